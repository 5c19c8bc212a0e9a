"""A name is compared in one plain spelling; a placeholder is no name at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.names import PLACEHOLDER_TOKENS, plain_name


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("Anne-Marie", "ANNE MARIE"),
        ("O'Brien", "OBRIEN"),
        ("O’Brien", "OBRIEN"),
        ("O´Brien", "OBRIEN"),
        ("O`Brien", "OBRIEN"),
        ("  van   der Berg ", "VAN DER BERG"),
        ("Nguyễn", "NGUYEN"),
        ("Łukasz", "LUKASZ"),
        ("Weiß", "WEISS"),
        ("Sørensen", "SORENSEN"),
        ("Ǿrsted", "ORSTED"),
        ("Ǽthelstan", "AETHELSTAN"),
        ("Sığırcı", "SIGIRCI"),
        ("D.J.", "D J"),
        ("Σοφία", "ΣΟΦΙΑ"),
        ("ﬁona", "FIONA"),
        ("John2", "JOHN"),
    ],
)
def test_a_name_loses_what_typists_differ_in(written, plain):
    assert plain_name(written) == plain


@pytest.mark.parametrize(
    "written",
    [
        None, "", "  ", "--", "123", 7, float("nan"), "Unknown", "UNKNOWN,",
        "(unknown)", "baby", "Báby", "Unborn", "NK", "N/K", "n/k.",
        "MIG_ERROR", "MIG_ERROR_17", "NO_SHOW1", "[DUPLICATE]", "DUPLICATE_2",
    ],
)  # fmt: skip
def test_a_placeholder_is_no_name(written):
    assert plain_name(written) is None


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("Baby Jones", "JONES"),
        ("MIG_ERROR_3 Ali", "ALI"),
        ("Unknown-Smith", "SMITH"),
        ("Babylon", "BABYLON"),
    ],
)
def test_only_the_placeholder_token_is_dropped(written, plain):
    assert plain_name(written) == plain


@given(st.text())
def test_a_plain_name_is_its_own_plain_name(text):
    once = plain_name(text)
    assert once is None or plain_name(once) == once


@given(st.text())
def test_a_plain_name_is_capitals_and_single_spaces(text):
    once = plain_name(text)
    if once is not None:
        assert once == once.upper() == " ".join(once.split())
        assert all(char.isalpha() or char == " " for char in once)
        assert not PLACEHOLDER_TOKENS & set(once.split())


@given(st.text("abcdefgh-' "))
def test_case_does_not_matter(text):
    assert plain_name(text) == plain_name(text.upper()) == plain_name(text.title())
