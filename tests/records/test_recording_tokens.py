"""A recording token can be typed by hand: one wrong or swapped character is caught."""

from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from records.tokens import (
    ALPHABET,
    canonical_token,
    check_character,
    recording_token,
)

TOKENS = st.uuids().map(recording_token)
AT = [3, 4, 5, 6, 8, 9, 10, 11, 13]
"""Where a token's nine characters stand in ``XB-7F3K-9Q2M-C``."""


def test_the_token_of_a_notification_never_changes():
    token = recording_token(UUID("6f1c5a3e-6a2b-5f0e-9c1d-0a1b2c3d4e5f"))
    assert token == "XB-8V45-WDJZ-W"


@given(TOKENS)
def test_a_token_is_its_own_spelling(token):
    assert canonical_token(token) == token


@given(TOKENS, st.sampled_from(["", " ", "-"]))
def test_it_may_be_typed_without_hyphens_in_small_letters(token, between):
    typed = f" {token.replace('-', '').lower()}"
    assert canonical_token(typed) == token
    assert canonical_token(token.replace("-", between)) == token


@given(TOKENS)
def test_letters_that_look_like_others_are_read_as_those(token):
    typed = token[:3] + token[3:].translate(str.maketrans("105V", "IOSU"))
    assert canonical_token(typed) == token


@given(TOKENS, st.sampled_from(AT), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_caught(token, at, wrong):
    assume(token[at] != wrong)
    assert canonical_token(token[:at] + wrong + token[at + 1 :]) is None


@given(TOKENS, st.sampled_from(AT), st.sampled_from(AT))
def test_two_swapped_characters_are_caught(token, one, other):
    assume(token[one] != token[other])
    typed = list(token)
    typed[one], typed[other] = typed[other], typed[one]
    assert canonical_token("".join(typed)) is None


@pytest.mark.parametrize(
    "typed",
    [None, "", "XB", "7F3K-9Q2M-C", "XB-7F3K-9Q2M", "XB-7F3K-9Q2M-CC", 5, "XB-٧F3K"],
)
def test_anything_else_is_no_token(typed):
    assert canonical_token(typed) is None


@given(st.text())
def test_any_text_is_a_token_or_none(text):
    assert canonical_token(text) in {None, canonical_token(canonical_token(text))}


def test_the_alphabet_is_a_prime_of_characters_that_look_different():
    assert len(set(ALPHABET)) == 31
    assert not set("ILOSU") & set(ALPHABET)
    assert check_character("00000000") == "0"
