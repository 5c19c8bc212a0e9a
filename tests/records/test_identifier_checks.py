"""An identifier counts as evidence only when its check digit holds."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from records.identifiers import (
    CANONICAL,
    PNC_ALPHABET,
    UPN_ALPHABET,
    canonical_cro,
    canonical_home_office,
    canonical_nhs,
    canonical_pnc,
    canonical_upn,
    pnc_check_letter,
    upn_check_letter,
)

DIGITS = "0123456789"


def digits(count: int) -> st.SearchStrategy[str]:
    return st.text(DIGITS, min_size=count, max_size=count)


@st.composite
def nhs_numbers(draw: st.DrawFn) -> str:
    body = draw(digits(9))
    total = sum(int(d) * w for d, w in zip(body, range(10, 1, -1), strict=True))
    check = (11 - total % 11) % 11
    assume(check != 10 and len(set(body)) > 1)
    return f"{body}{check}"


@st.composite
def upns(draw: st.DrawFn) -> str:
    body = draw(digits(11)) + draw(st.sampled_from(DIGITS + UPN_ALPHABET))
    return upn_check_letter(body) + body


@st.composite
def pnc_ids(draw: st.DrawFn) -> str:
    year = draw(st.integers(1900, 2026))
    serial = f"{draw(st.integers(1, 9_999_999)):07}"
    return f"{year}/{serial}{pnc_check_letter(str(year)[2:], serial)}"


@st.composite
def cro_numbers(draw: st.DrawFn) -> str:
    year, serial = draw(digits(2)), f"{draw(st.integers(1, 999_999)):06}"
    return f"{serial}/{year}{pnc_check_letter(year, serial)}"


@st.composite
def small_file_cros(draw: st.DrawFn) -> str:
    year, serial = draw(digits(2)), str(draw(st.integers(1, 999_999)))
    return f"SF{year}/{serial}{PNC_ALPHABET[int(year + serial) % 23]}"


KINDS = [
    pytest.param(canonical_nhs, nhs_numbers(), id="nhs"),
    pytest.param(canonical_upn, upns(), id="upn"),
    pytest.param(canonical_pnc, pnc_ids(), id="pnc"),
    pytest.param(canonical_cro, cro_numbers(), id="cro"),
    pytest.param(canonical_cro, small_file_cros(), id="cro small file"),
]


def other_of_its_kind(char: str) -> str:
    return DIGITS if char.isdigit() else UPN_ALPHABET


@pytest.mark.parametrize(("canonical", "numbers"), KINDS)
@given(data=st.data())
def test_a_right_number_is_its_own_canonical_spelling(canonical, numbers, data):
    number = data.draw(numbers)
    assert canonical(number) == number


@pytest.mark.parametrize(("canonical", "numbers"), KINDS)
@given(data=st.data())
def test_spaces_case_and_hyphens_do_not_matter(canonical, numbers, data):
    number = data.draw(numbers)
    at = data.draw(st.integers(0, len(number)))
    noise = data.draw(st.sampled_from([" ", "-", ".", "\t", "\u00a0"]))
    assert canonical(f" {number[:at]}{noise}{number[at:]} ".lower()) == number


@pytest.mark.parametrize(("canonical", "numbers"), KINDS)
@given(data=st.data())
def test_one_wrong_character_is_caught(canonical, numbers, data):
    number = data.draw(numbers)
    places = [i for i, char in enumerate(number) if char != "/"]
    at = data.draw(st.sampled_from(places))
    wrong = data.draw(st.sampled_from(other_of_its_kind(number[at])))
    assume(wrong != number[at])
    spelled = number[:at] + wrong + number[at + 1 :]
    assert canonical(spelled) is None


@pytest.mark.parametrize("canonical", [canonical_nhs, canonical_upn])
@given(data=st.data())
def test_two_neighbouring_digits_swapped_are_caught(canonical, data):
    number = data.draw({canonical_nhs: nhs_numbers(), canonical_upn: upns()}[canonical])
    at = data.draw(st.integers(1, 8))
    assume(number[at] != number[at + 1])
    swapped = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    assert canonical(swapped) is None


@pytest.mark.parametrize("canonical", CANONICAL.values(), ids=CANONICAL)
@given(text=st.text() | st.text("0123456789/ABCSF -.\u0663\u00b2"))
def test_any_text_gives_none_or_a_spelling_that_stays(canonical, text):
    once = canonical(text)
    assert once is None or (once.isascii() and canonical(once) == once)


@pytest.mark.parametrize("canonical", CANONICAL.values(), ids=CANONICAL)
@pytest.mark.parametrize("value", [None, "", "   ", 9434765919, float("nan"), b"x"])
def test_what_is_no_text_is_no_identifier(canonical, value):
    assert canonical(value) is None


@pytest.mark.parametrize(
    ("number", "canonical"),
    [
        ("943 476 5919", "9434765919"),
        ("943-476-5919", "9434765919"),
        ("943 476 5910", None),
        ("0000000000", None),  # the arithmetic holds; a placeholder
        ("94347659190", None),
        ("٩٤٣٤٧٦٥٩١٩", None),
    ],
)
def test_nhs_numbers_as_they_are_written(number, canonical):
    assert canonical_nhs(number) == canonical


@pytest.mark.parametrize("code", ["UN1", "UN5", "A12345678901234", "I801200001001"])
def test_a_reason_for_no_upn_is_no_upn(code):
    assert canonical_upn(code) is None


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("2003/0062845E", "2003/0062845E"),
        ("03/62845e", "2003/0062845E"),
        ("81/154257C", "1981/0154257C"),
        ("20020073319Z", "2002/0073319Z"),  # as courts write it
        ("2003/0062845F", None),
        ("2903/0062845E", None),  # no year of a person
        ("2000/0000000Z", None),
        ("2001/0000007I", None),
    ],
)
def test_pnc_ids_as_they_are_written(written, canonical):
    assert canonical_pnc(written) == canonical


def test_a_two_digit_year_later_than_this_one_is_of_the_last_century():
    number = f"27/7{pnc_check_letter('27', '0000007')}"
    assert canonical_pnc(number, year_now=2026) == f"19{number[:3]}000000{number[3:]}"
    assert canonical_pnc(number, year_now=2027) == f"20{number[:3]}000000{number[3:]}"


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("265416/21G", "265416/21G"),
        ("65656/91H", "065656/91H"),
        ("6697/56U", "006697/56U"),
        ("SF05/482703J", "SF05/482703J"),
        ("sf83/50058z", "SF83/50058Z"),
        ("265416/21H", None),
        ("85227/65G", None),
        ("SF83/50058Y", None),
    ],
)
def test_cro_numbers_as_they_are_written(written, canonical):
    assert canonical_cro(written) == canonical


def test_the_check_letter_of_a_upn_is_that_of_the_published_sum():
    assert upn_check_letter("201100018042") == "R"  # 176 = 7 × 23 + 15
    assert canonical_upn("r 2011 0001 8042") == "R201100018042"


@pytest.mark.parametrize("number", ["000000/00Z", "SF00/0Z", "123456", "SF/123456A"])
def test_a_cro_placeholder_is_no_cro_number(number):
    assert canonical_cro(number) is None


@pytest.mark.parametrize(
    ("written", "canonical"),
    [("a 1234567", "A1234567"), ("123456", "123456"), ("12345", None), ("AB12", None)],
)
def test_home_office_references(written, canonical):
    assert canonical_home_office(written) == canonical
