import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.csvfiles import (
    Columns,
    FileRefused,
    StringTable,
    read_header,
    read_text_table,
)

WANTED = Columns(("ref", "name"), ("note",))


def read(content: str | bytes, **renames: str) -> StringTable:
    raw = content.encode() if isinstance(content, str) else content
    return read_text_table(raw, WANTED, renames)


def values(table: StringTable) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in table.data.to_pylist()]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("ref,name,note\n1,Ann,x\n2,Bob,\n", id="plain"),
        pytest.param("\ufeffref,name,note\n1,Ann,x\n2,Bob,\n", id="with BOM"),
        pytest.param("ref,name,note\r\n1,Ann,x\r\n2,Bob,\r\n", id="CRLF"),
        pytest.param("ref,name,note\r1,Ann,x\r2,Bob,\r", id="CR"),
        pytest.param("note,ref,name\nx,1,Ann\n,2,Bob\n", id="another order"),
        pytest.param(" REF ,Name,NOTE\n1,Ann,x\n2,Bob,\n", id="other case"),
        pytest.param('"ref","name","note"\n"1","Ann","x"\n2,"Bob",""\n', id="quoted"),
        pytest.param("ref,name,note\n 1 ,\tAnn ,x\n2,\u00a0Bob,  \n", id="spaces"),
        pytest.param("ref,name,note\n1,Ann,x,,\n2,Bob,,\n", id="surplus empty values"),
        pytest.param("ref,name,note,,\n1,Ann,x,,\n2,Bob,,,\n", id="unnamed columns"),
        pytest.param("\n\nref,name,note\n\n1,Ann,x\n,,\n2,Bob,\n\n", id="blank lines"),
        pytest.param("ref,name,note\n1,Ann,x\n2,Bob,", id="no last line end"),
    ],
)
def test_one_table_is_read_however_it_is_written(content: str) -> None:
    table = read(content)
    assert values(table) == [("1", "Ann", "x"), ("2", "Bob", None)]
    assert table.rows == 2


def test_every_row_knows_the_line_it_starts_on() -> None:
    table = read('ref,name\n1,"An\nn"\n\n2,Bob\n3\n4,Cy\n')
    assert table.lines.tolist() == [2, 5, 7]
    assert [row.line for row in table.unsplit] == [6]


@pytest.mark.parametrize(
    ("content", "mend"),
    [
        ("ref,name\n1,Zoë\n".encode("cp1252"), "line 2 is not UTF-8"),
        ("ref,name\n1,Ann\n".encode("utf-16"), "CSV UTF-8"),
        ("ref,name\n1,Ann\n".encode("utf-16-le"), "NUL byte"),
        (b"ref,name\n1,A\0n\n", "line 2 holds a NUL byte"),
        (b"", "send the header"),
        (b"\n\n", "send the header"),
        (b"ref,name,note,NAME\n", "columns 2 and 4 have one name"),
        (b"ref,note\n1,x\n", "required columns are missing: name. The file has ref"),
        (b"ref;name\n1;Ann\n", "export with commas"),
        (b"1,Ann\n2,Bob\n", "names none of our columns"),
        (b'"ref"x,name\n', "the header is badly quoted"),
        (b'ref,name\n1,"Ann\n2,Bob\n', "a quote that opens on line 2 is not closed"),
        (b'ref,name\n1,"Ann\n2,"Bob"\n', "a quote that opens on line 2 is not closed"),
        (b"ref,name,note\n1,Ann,x\n2,B", "cut off: its last line, 3"),
        (b"ref,name,no", "only a header and it has no line end"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused_with_the_mend(
    content: bytes, mend: str
) -> None:
    with pytest.raises(FileRefused, match=mend):
        read(content)


def test_a_refusal_shows_no_value_of_a_file_without_header() -> None:
    for content in (b"1,Zebedee\n2,Bob\n", b"Zebedee,Zebedee\n", b"Zebedee;1\n"):
        with pytest.raises(FileRefused) as refusal:
            read(content)
        assert "zebedee" not in str(refusal.value).casefold()


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("2", "1 values for 3 columns"),
        ("2,Lee, Ann,x", "4 values for 3 columns"),
        ('2,"Ann" Lee,', "badly quoted"),
    ],
)
def test_a_row_that_cannot_be_split_costs_only_itself(line: str, problem: str) -> None:
    table = read(f"ref,name,note\n1,Ann,\n{line}\n3,Cy,\n")
    assert values(table) == [("1", "Ann", None), ("3", "Cy", None)]
    assert [row.line for row in table.unsplit] == [3]
    assert problem in table.unsplit[0].problem
    assert table.rows == 3


def test_unknown_and_absent_columns_are_told() -> None:
    table = read("ref,name,shoe_size,hat\n1,Ann,5,M\n")
    assert table.data.column_names == ["ref", "name", "note"]
    assert table.absent == {"note"}
    assert table.data.column("note").null_count == 1
    assert table.notes == ("unknown_columns: 2 (shoe_size, hat)",)


def test_the_suppliers_columns_are_renamed() -> None:
    table = read("Person ID,name\n1,Ann\n", **{"person id": "ref", "gone": "note"})
    assert values(table) == [("1", "Ann", None)]
    assert table.notes == ("mapped_columns_absent: 1 (gone)",)
    assert read_header(b"Person ID,,Name\n", {"PERSON ID": "ref"}) == ("ref", "Name")


def test_two_columns_cannot_be_renamed_to_one() -> None:
    with pytest.raises(FileRefused, match="have one name"):
        read("ref,id,name\n1,1,Ann\n", id="ref")


def test_a_header_without_rows_is_a_table_without_rows() -> None:
    table = read("ref,name\n")
    assert (table.rows, table.data.num_rows, len(table.lines)) == (0, 0, 0)


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8).map(
    str.strip
)
TABLES = st.lists(st.tuples(CELLS.filter(bool), CELLS, CELLS), max_size=12)


def written(table: list[tuple[str, str, str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(("ref", "name", "note"))
    writer.writerows(table)
    return text.getvalue().encode()


@given(TABLES)
def test_what_a_writer_writes_is_what_is_read(
    table: list[tuple[str, str, str]],
) -> None:
    trimmed = [
        tuple(cell.strip(" \t\r\n\v\f\u00a0\u200b\ufeff") or None for cell in row)
        for row in table
    ]
    assert values(read(written(table))) == trimmed


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_and_no_row_is_lost(content: bytes) -> None:
    try:
        table = read(b"ref,name\n" + content)
    except FileRefused:
        return
    assert table.rows == table.data.num_rows + len(table.unsplit)
    assert len(table.lines) == table.data.num_rows


@given(TABLES, st.integers(0, 400))
def test_a_file_cut_off_is_refused_or_says_so_or_was_cut_between_rows(
    table: list[tuple[str, str, str]], at: int
) -> None:
    whole = written(table)
    cut = whole[: max(len(b'"ref","name","note"\n'), len(whole) - at)]
    try:
        found = read(cut)
    except FileRefused:
        return
    all_rows = values(read(whole))
    read_rows = values(found)
    if "last_line_has_no_line_end" in found.notes:
        assert read_rows[:-1] == all_rows[: len(read_rows) - 1]
    else:
        assert read_rows == all_rows[: len(read_rows)]
