"""A postcode has one spelling and parts that say how near two are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.postcodes import canonical_postcode, district, is_placeholder, sector

OUTWARDS = st.from_regex(r"\A[A-Z]{1,2}[0-9][A-Z0-9]?\Z")
INWARDS = st.from_regex(r"\A[0-9][A-Z]{2}\Z")
FORMS = ["M1 1AA", "M60 1NW", "CR2 6XH", "DN55 1PT", "W1A 1HQ", "EC1A 1BB", "SE1P 6UB"]


@pytest.mark.parametrize("postcode", FORMS)
def test_every_form_in_use_is_one_spelling(postcode):
    assert canonical_postcode(postcode) == postcode
    assert canonical_postcode(postcode.replace(" ", "")) == postcode


@given(OUTWARDS, INWARDS, st.text(" \t\u00a0"), st.booleans())
def test_spaces_and_case_do_not_matter(outward, inward, gap, lower):
    written = f"{gap}{outward}{gap}{inward}{gap}"
    assert (
        canonical_postcode(written.lower() if lower else written)
        == f"{outward} {inward}"
    )


@pytest.mark.parametrize(
    "written",
    [
        None, "", " ", "CV7", "CV7 8Q", "CV7 8QZZ", "7CV 8QZ", "CV 8QZ", "CON",
        "CV7-8QZ", "CV٧ 8QZ", "ßM1 1AA", "ıM1 1AA", "unknown", 12, float("nan"),
    ],
)  # fmt: skip
def test_what_has_no_postcodes_form_has_no_spelling(written):
    assert canonical_postcode(written) is None


@given(st.text())
def test_a_spelling_stays(text):
    once = canonical_postcode(text)
    assert once is None or canonical_postcode(once) == once


@pytest.mark.parametrize("written", ["nf11nf", "NF1 1FA", "zz99 3vz", "ZZ993WZ"])
def test_no_fixed_abode_is_known_by_its_spellings(written):
    assert is_placeholder(canonical_postcode(written))


def test_a_real_postcode_is_no_placeholder():
    assert not is_placeholder("CV7 8QZ")


@given(OUTWARDS, INWARDS)
def test_parts_are_what_a_postcode_begins_with(outward, inward):
    postcode = f"{outward} {inward}"
    assert district(postcode) == outward
    assert sector(postcode) == f"{outward} {inward[0]}"
