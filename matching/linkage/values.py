"""Each distinct value once, with all that comparing it needs."""

import datetime as dt
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from matching.comparisons import PARTICLES, is_initials
from matching.linkage.layout import (
    COUNT,
    DISTRICT_BITS,
    FLAGS,
    HAS_FORMS,
    HEAD,
    IS_INITIALS,
    JOINED,
    LENGTH,
    LETTERS,
    MASK,
    MISSING,
    SECTOR_BITS,
    TAIL,
    WORDS,
    Int32s,
    Ints,
    Texts,
)
from matching.linkage.tests import NAMES
from matching.nicknames import forms_of, known_forms
from records.names import plain_name

_LETTERS_OF_A_HASH = 31
_CAPITALS = r"^[A-Z]{2,}( [A-Z]{2,})*$"
_PLACEHOLDERS = r"(^| )(UNKNOWN|BABY|UNBORN|NK|DUPLICATE)"
"""Words that begin so may be placeholders."""
_NONE = r"$^A"
_SPACES = (
    r"[\s\v\x{1c}-\x{1f}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}"
    r"\x{202f}\x{205f}\x{3000}]+"
)
"""What ``str.split`` takes for a space."""


def texts_of(distinct: pa.StringArray, shared: int | None = None) -> Texts:
    """The cards of distinct plain texts, none of them empty or null.

    Those from ``shared`` on, if it is given, are like no other one when spaces are left
    out.
    """
    texts = texts_and_words(distinct)[0]
    return texts if shared is None else texts._replace(shared=shared)


def texts_and_words(distinct: pa.StringArray) -> tuple[Texts, pa.StringArray]:
    """The same, and the words by their numbers. Texts may stand there twice."""
    size = len(distinct)
    card = np.zeros((size, 8), np.int32)
    plain = pc.replace_substring(distinct, " ", "")
    card[:, JOINED] = _numbers_of(plain)
    lengths = pc.utf8_length(plain).to_numpy(zero_copy_only=False).astype(np.int64)
    letters = np.frombuffer("".join(plain.to_pylist()).encode("utf-32-le"), np.int32)
    starts = np.cumsum(lengths) - lengths
    card[:, LENGTH], card[:, LETTERS] = lengths, starts
    card[:, MASK] = _masks(letters, starts, lengths)
    head = np.zeros((size, 4), np.int64)
    for place in range(4):
        has = lengths > place
        head[has, place] = letters[starts[has] + place] & 0xFFFF
    card[:, HEAD] = (head[:, 0] << 16 | head[:, 1]).astype(np.uint32).view(np.int32)
    card[:, TAIL] = (head[:, 2] << 16 | head[:, 3]).astype(np.uint32).view(np.int32)
    words, word_starts, counts, vocabulary = _words(distinct)
    known, forms = _forms(vocabulary)
    table = np.zeros((len(vocabulary) + 1, 2), np.int32)
    table[1 + known, 0] = [len(one) for one in forms]
    table[:, 0] = np.cumsum(table[:, 0])
    table[:-1, 1] = _telling(vocabulary)
    card[:, WORDS] = word_starts
    has_form = np.zeros(len(vocabulary), bool)
    has_form[known] = True
    any_form = np.zeros(size, bool)
    owners = np.repeat(np.arange(size), counts)
    any_form[owners[has_form[words]]] = True
    card[:, FLAGS] = (
        _initials(distinct, lengths) * IS_INITIALS
        + any_form * HAS_FORMS
        + (counts << COUNT)
    )
    texts = Texts(
        card=card,
        joined=card[:, JOINED].copy() if size else np.zeros(1, np.int32),
        letters=letters if len(letters) else np.frombuffer(bytes(4), np.int32),
        words=words if len(words) else np.zeros(1, np.int32),
        vocabulary=table,
        forms=np.array([form for one in forms for form in one] or [0], np.int32),
        shared=size,
    )
    return texts, vocabulary


def dates_of(days: Ints) -> Int32s:
    """The cards of distinct days since 1970; those by convention are marked later."""
    card = np.zeros((len(days), 4), np.int32)
    date = days.astype("datetime64[D]")
    months = date.astype("datetime64[M]").astype(np.int64)
    year, month = 1970 + months // 12, 1 + months % 12
    day = 1 + (date - date.astype("datetime64[M]")).astype(np.int64)
    digits = np.zeros(len(days), np.int64)
    number = year * 10_000 + month * 100 + day
    for place in range(8):
        digits |= (number // 10**place) % 10 << 4 * place
    card[:, 0] = days
    card[:, 1] = digits.astype(np.uint32).view(np.int32)
    return card


def postcodes_of(distinct: pa.StringArray) -> Int32s:
    """The places of distinct canonical postcodes: ``CV7 8QZ`` is CV, 7, 8."""
    padded = "".join(pc.ascii_rpad(distinct, 8).to_pylist()).encode("ascii")
    of = np.frombuffer(padded, np.uint8).reshape(-1, 8).astype(np.int32)
    lengths = pc.binary_length(distinct).to_numpy(zero_copy_only=False)
    outward = np.where(np.arange(8) < lengths[:, None] - 4, of, 0)
    wide = (outward[:, 1] >= ord("A")).astype(np.int64)
    some = np.arange(len(of))
    area = (outward[:, 0] & 31) << 5 | np.where(wide, outward[:, 1] & 31, 0)
    rest = _digit_or_letter(outward[some, 1 + wide]) * _ALNUM
    rest += _digit_or_letter(outward[some, 2 + wide])
    sector = of[some, lengths - 3] - ord("0")
    return np.asarray(area << DISTRICT_BITS | rest << SECTOR_BITS | sector, np.int32)


def _digit_or_letter(of: Int32s) -> Int32s:
    """1 to 36, and 0 for none."""
    digit = np.maximum(of - ord("0") + 1, 0)
    return np.where(of >= ord("A"), of - ord("A") + 11, digit)


_ALNUM = 37
"""A digit, a letter or none."""


def canonical_postcodes(texts: pa.StringArray) -> pa.StringArray:
    """``cv78qz`` as ``CV7 8QZ``; null where a text is no postcode."""
    bare = pc.replace_substring_regex(pc.ascii_upper(texts), _SPACES, "")
    fits = pc.match_substring_regex(bare, r"^[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}$")
    bare = pc.if_else(fits, bare, None)
    return pc.binary_join_element_wise(
        pc.utf8_slice_codeunits(bare, 0, -3), pc.utf8_slice_codeunits(bare, -3), " "
    )


def dates_from_texts(texts: pa.StringArray) -> pa.Date32Array:
    """``2011-02-03`` or ``20110203`` as a date; null where a text is none."""
    found: list[dt.date | None] = []
    for text in texts.to_pylist():
        digits = "".join(char for char in text or "" if char.isdigit())
        try:
            found.append(
                dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
                if len(digits) == 8
                else None
            )
        except ValueError:
            found.append(None)
    return pa.array(found, pa.date32())


def _numbers_of(texts: pa.Array) -> Int32s:
    """Equal texts as equal numbers; null as missing."""
    numbers = pc.fill_null(pc.dictionary_encode(texts).indices, MISSING)
    return np.asarray(numbers.to_numpy(zero_copy_only=False), np.int32)


def _masks(letters: Int32s, starts: Ints, lengths: Ints) -> Int32s:
    bit = np.left_shift(np.uint32(1), (letters & _LETTERS_OF_A_HASH).astype(np.uint32))
    masks = np.zeros(len(starts), np.uint32)
    some = lengths > 0
    if some.any():
        masks[some] = np.bitwise_or.reduceat(bit, starts[some])
    return masks.view(np.int32)


def _initials(distinct: pa.StringArray, lengths: Ints) -> np.ndarray:
    """Which texts are only initials; few can be, so only those are looked at."""
    found = np.zeros(len(distinct), np.int32)
    words = pc.count_substring(distinct, " ").to_numpy(zero_copy_only=False) + 1
    likely = np.flatnonzero(lengths == words)
    texts = distinct.take(pa.array(likely)).to_pylist()
    found[likely] = [is_initials(text) for text in texts]
    return found


def _words(distinct: pa.StringArray) -> tuple[Int32s, Ints, Ints, pa.StringArray]:
    """The words of all texts as numbers, where each text's begin, how many it has."""
    lists = pc.utf8_split_whitespace(distinct)
    flat = pc.dictionary_encode(lists.flatten())
    counts = pc.list_value_length(lists).to_numpy(zero_copy_only=False)
    counts = counts.astype(np.int64)
    words = flat.indices.to_numpy(zero_copy_only=False).astype(np.int32)
    return words, np.cumsum(counts) - counts, counts, flat.dictionary


def _forms(vocabulary: pa.StringArray) -> tuple[Ints, list[list[int]]]:
    """The words that are known forms of names, and of which names each is."""
    some = pc.is_in(vocabulary, value_set=pa.array(known_forms(), pa.string()))
    places = np.flatnonzero(some.to_numpy(zero_copy_only=False))
    return places, [
        sorted(forms_of(word)) for word in vocabulary.take(pa.array(places)).to_pylist()
    ]


def _telling(vocabulary: pa.StringArray) -> np.ndarray:
    """:func:`matching.comparisons.is_telling` of every word."""
    long = pc.greater(pc.utf8_length(vocabulary), 2)
    particle = pc.is_in(vocabulary, value_set=pa.array(sorted(PARTICLES), pa.string()))
    return np.asarray(pc.and_not(long, particle).to_numpy(zero_copy_only=False), bool)


def plain_text(text: str | None) -> str | None:
    """Any text in capitals with single spaces; letters and digits of every script."""
    if not text:
        return None
    kept = "".join(char if char.isalnum() else " " for char in text.upper())
    return " ".join(kept.split()) or None


def plain_identifier(text: str | None) -> str | None:
    """An identifier in capitals without spaces or punctuation."""
    if not text:
        return None
    return "".join(char for char in text.upper() if char.isalnum()) or None


_SPELLED: dict[str, tuple[Callable[[str], str | None], str, str]] = {
    "forename": (plain_name, _CAPITALS, _PLACEHOLDERS),
    "surname": (plain_name, _CAPITALS, _PLACEHOLDERS),
    "identifier": (plain_identifier, r"^[A-Z0-9]+$", _NONE),
    "code": (plain_identifier, r"^[A-Z0-9]+$", _NONE),
    "text": (plain_text, r"^[A-Z0-9]+( [A-Z0-9]+)*$", _NONE),
}
"""What spells a text of each kind plainly; texts that are plain already; those among
them that must be looked at all the same."""


def plain_texts(distinct: pa.StringArray, kind: str) -> pa.StringArray:
    """Distinct raw texts in one plain spelling each; null where nothing is left."""
    spell, plain, doubtful = _SPELLED[kind]
    likely = distinct
    if kind in NAMES:  # most that aren't plain yet lack no more than this
        likely = pc.replace_substring(pc.replace_substring(distinct, "'", ""), "-", " ")
    fine = pc.and_not(
        pc.match_substring_regex(likely, plain),
        pc.match_substring_regex(likely, doubtful),
    )
    others = pc.invert(fine)
    spelled = [spell(text) for text in distinct.filter(others).to_pylist()]
    if not spelled:
        return distinct if likely.equals(distinct) else likely
    return pc.replace_with_mask(likely, others, pa.array(spelled, pa.string()))
