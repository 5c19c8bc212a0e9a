"""What to type, taken away as a sheet or a row: the same bytes, no formula, no leak."""

import csv
import io
import re
import time
import zlib

import portal_samples as samples
import pytest
from hypothesis import given
from hypothesis import strategies as st
from portal_under_test import ON_SQLITE, feed, put, withdraw, words_of

from notifications import documents as docs
from portal.package import TEST_RECORD, as_csv, sections
from portal.package_pdf import FONTS, MARKING, OF_AN_END, UNPRINTABLE, as_pdf

REGION = "Demonstration region"


def of_lines(*values, **changed):
    """A notice whose package has these values."""
    lines = tuple(
        docs.FillIn(section="Part", label=f"Field {number}", value=value)
        for number, value in enumerate(values)
    )
    return samples.notification(**changed).model_copy(update={"fill_in": lines})


def pages_of(sheet):
    return len(re.findall(rb"/Type /Page\b", sheet))


def text_of(sheet):
    """What somebody would get who selects all of a sheet's text."""
    streams = [
        _inflated(found)
        for found in re.findall(rb"stream\n(.*?)\nendstream", sheet, re.S)
    ]
    fonts = [
        {
            bytes.fromhex(glyph): chr(int(character, 16))
            for glyph, character in re.findall(
                r"<([0-9A-F]{4})> <([0-9A-F]{4})>", stream.decode("latin-1")
            )
        }
        for stream in streams
        if b"beginbfchar" in stream
    ]
    said, font = [], {}
    for stream in streams:
        if b" Tj" not in stream or b"BT" not in stream:
            continue
        for number, raw in re.findall(
            rb"/F(\d) [\d.]+ Tf|\(((?:\\.|[^\\)])*)\) Tj", stream, re.S
        ):
            if number:
                font = fonts[int(number) - 1]
                continue
            codes = _unescaped(raw)
            said.append(
                "".join(font[codes[at : at + 2]] for at in range(0, len(codes), 2))
            )
    return "\n".join(said)


def _inflated(stream):
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return stream


def _unescaped(raw):
    named = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
    return re.sub(
        rb"\\(.)", lambda found: named.get(found[1], found[1]), raw, flags=re.S
    )


@pytest.fixture(scope="module")
def sheet():
    return as_pdf(samples.packaged(route="Solihull MASH desk"), REGION)


def test_a_sheet_is_one_page_of_text_that_can_be_selected(sheet):
    document, text = samples.packaged(), text_of(sheet)

    assert sheet.startswith(b"%PDF-")
    assert pages_of(sheet) == 1
    lines = text.splitlines()
    for line in document.fill_in:
        assert line.label in lines
        assert (line.value or "not supplied").split(";")[0].split()[0] in text
    assert lines.count(document.recording_token) == 2
    assert lines.count(MARKING) == 2
    assert "What to type into your record. For: Solihull MASH desk" in lines
    assert "Page 1" in text
    assert TEST_RECORD not in text


def an_end(name="first"):
    """An end of what ``earlier`` said, with its package."""
    return samples.packaged(
        name, kind="end", supersedes=samples.notification("earlier").notification_id,
        rule=docs.Rule(id="tell.adult", version="1", text="Now 18."),
        risk_indicators=(), your_records=(),
    )  # fmt: skip


def test_an_ends_sheet_says_what_to_close_and_by_which_token():
    document, earlier = an_end(), samples.notification("earlier")
    lines = text_of(as_pdf(document, REGION)).splitlines()

    assert "What to type to close the entry" in lines
    assert OF_AN_END in lines
    assert lines.count(document.recording_token) == 1, "at the head alone"
    assert lines.count(earlier.recording_token) == 1
    assert "the young person is 18" in lines


def test_an_ends_row_has_the_token_of_the_entry_to_close():
    names, values = rows_of(as_csv(an_end()))
    cells = dict(zip(names, values, strict=True))

    assert cells["Entry to close: External reference that it bears"] == (
        samples.notification("earlier").recording_token
    )
    assert cells["Close it: To"] == "not supplied"
    assert cells["Close it: Reason"] == "the young person is 18"


def test_a_sheet_is_the_same_bytes_whenever_it_is_made(sheet):
    time.sleep(1.1)  # a PDF's own dates have seconds

    assert as_pdf(samples.packaged(route="Solihull MASH desk"), REGION) == sheet


def test_a_sheets_file_holds_no_name_outside_its_text(sheet):
    assert samples.CANARY.encode() not in sheet


def test_a_test_record_says_so_on_every_page():
    values = ["A long value of a very long form, over and over again. " * 8] * 20
    text = text_of(as_pdf(of_lines(*values, test_record=True), REGION))

    pages = text.count("Page ")
    assert pages > 1
    assert text.count(TEST_RECORD) == pages
    assert text.count(MARKING) == 2 * pages
    assert text.splitlines().count(samples.notification().recording_token) == pages


def test_a_long_form_is_set_smaller_before_it_takes_a_second_page():
    assert pages_of(as_pdf(of_lines(*["value"] * 60), REGION)) == 1
    assert pages_of(as_pdf(of_lines(*["value"] * 90), REGION)) == 2


@pytest.mark.parametrize(
    ("name", "printable"),
    [("Żółć-Ōwen", True), ("Оля", True), ("Ωμέγα", True), ("山田", False)],
)
def test_names_in_any_alphabet_are_printed_or_owned_up_to(name, printable, caplog):
    text = text_of(as_pdf(of_lines(name), REGION))

    assert (UNPRINTABLE in text) is not printable
    assert (name in text) is printable


def test_the_fonts_licence_travels_with_them():
    assert "Bitstream Vera Fonts Copyright" in (FONTS / "LICENSE").read_text()


def rows_of(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_a_row_has_a_name_for_each_value():
    document = samples.packaged()

    names, values = rows_of(as_csv(document))

    assert len(names) == len(values) == len(document.fill_in)
    cells = dict(zip(names, values, strict=True))
    assert cells["Person: Surname"] == "Quill-Test"
    assert cells["Person: Former surname"] == "not supplied"
    assert cells["Identifiers: External reference"] == document.recording_token


def test_a_test_records_row_says_so_first():
    names, values = rows_of(as_csv(samples.packaged(test_record=True)))

    assert (names[0], values[0]) == ("Test record", TEST_RECORD)


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"), ("+44 7700 900123", "'+44 7700 900123"), ("-2", "'-2"),
        ("@SUM(A1)", "'@SUM(A1)"), ("＝1+1", "'＝1+1"), (" \t=1", "'=1"),
        ("\r\n=1", "'=1"), ("a=1", "a=1"), ("4 Close, A", "4 Close, A"),
        ('"quoted"', '"quoted"'), (None, "not supplied"),
    ],
)  # fmt: skip
def test_no_cell_is_a_formula(value, cell):
    _, (found,) = rows_of(as_csv(of_lines(value)))

    assert found == cell


@given(st.lists(st.text(max_size=20), min_size=1, max_size=5))
def test_whatever_was_supplied_is_one_row_and_no_formula(values):
    content = as_csv(of_lines(*values))

    names, cells = rows_of(content)
    assert len(names) == len(cells) == len(values)
    assert not any(cell[:1] in tuple("=+-@\t\r") for cell in cells if cell)


def test_sections_keep_the_forms_order_and_may_come_again():
    lines = tuple(
        docs.FillIn(section=section, label=label, value="v")
        for section, label in (("A", "1"), ("A", "2"), ("B", "3"), ("A", "4"))
    )
    document = samples.notification().model_copy(update={"fill_in": lines})

    assert [(name, len(part)) for name, part in sections(document)] == [
        ("A", 2), ("B", 1), ("A", 1),
    ]  # fmt: skip


# --- at the portal --------------------------------------------------------------------


@pytest.fixture
def desk(portal):
    return portal.officer()


@pytest.mark.parametrize(
    ("suffix", "kind"),
    [("pdf", "application/pdf"), ("csv", "text/csv; charset=utf-8")],
)
def test_a_download_is_on_record_and_fetched_once(portal, desk, suffix, kind):
    machine, document = portal.machine(), samples.packaged()
    put(machine, "notifications", document)
    path = f"/notifications/{document.notification_id}/record.{suffix}"

    first, again = desk.get(path), desk.get(path)

    assert first.status_code == 200
    assert first.content == again.content
    assert first.headers["Content-Type"] == kind
    assert first.headers["Cache-Control"] == "no-store"
    name = f"record-{document.recording_token}.{suffix}"
    assert first.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert [one["type"] for one in feed(machine)] == ["receipt.fetched"]
    assert portal.trail("action", "subject") == [
        ("package.downloaded", str(document.notification_id))
    ] * 2  # fmt: skip
    assert "Not opened" in desk.read("/inbox")


def test_the_page_shows_the_package_in_plain_text(portal, desk):
    document = samples.packaged()
    put(portal.machine(), "notifications", document)

    page = desk.get(f"/notifications/{document.notification_id}")

    assert "What to type into your record" in words_of(page)
    assert "Date of birth 29/02/2012" in words_of(page)
    assert page.text.count("data-xb-copy=") == sum(
        line.value is not None for line in document.fill_in
    )
    assert "<script>" not in page.text


@pytest.mark.parametrize("suffix", ["pdf", "csv", "print"])
def test_an_end_shows_what_to_type_to_close_the_entry(portal, desk, suffix):
    document, earlier = an_end(), samples.notification("earlier")
    put(portal.machine(), "notifications", document)
    path = f"/notifications/{document.notification_id}"

    page = words_of(desk.get(path))

    assert "What to type to close the entry" in page
    assert f"External reference that it bears {earlier.recording_token}" in page
    assert "What to type into your record" not in page
    taken = f"{path}/print" if suffix == "print" else f"{path}/record.{suffix}"
    assert desk.get(taken).status_code == 200
    if suffix == "print":
        assert "What to type to close the entry" in words_of(desk.get(taken))


@ON_SQLITE
@pytest.mark.parametrize("what", ["withdrawn", "superseded", "without"])
def test_nothing_is_typed_from_what_no_longer_holds(portal, desk, what):
    machine, document = portal.machine(), samples.packaged()
    if what == "without":
        document = samples.notification()
    put(machine, "notifications", document)
    if what == "withdrawn":
        withdraw(machine, samples.withdrawal())
    if what == "superseded":
        later = samples.notification("later", supersedes=document.notification_id)
        put(machine, "notifications", later)
    path = f"/notifications/{document.notification_id}"

    for suffix in ("pdf", "csv"):
        answer = desk.get(f"{path}/record.{suffix}")
        assert answer.status_code == 410
        assert "There is nothing to record from this notice" in words_of(answer)
        assert samples.CANARY not in answer.text
    assert feed(machine) == []
    assert "What to type" not in desk.read(path)
