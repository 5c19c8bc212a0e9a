"""Two records side by side: each field says in words whether they agree."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from notifications.documents import RecordView
from portal import words
from records.names import plain_name
from records.postcodes import canonical_postcode, district


class Agreement(StrEnum):
    """How two records stand in one field; the shade on the page follows it."""

    SAME = "same"
    PARTLY = "partly"
    DIFFERENT = "different"
    ONE_SIDED = "one-sided"
    """Only one record has it: that tells neither for nor against."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a field, and whether the other record has it too."""

    text: str
    shared: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of two records."""

    field: str
    left: tuple[Value, ...]
    right: tuple[Value, ...]
    agreement: Agreement
    words: str


def differences(left: RecordView, right: RecordView) -> tuple[Difference, ...]:
    """Every field that either record has, in the order in which people compare."""
    fields = (
        _texts("Name", left.names, right.names, _name_words),
        _births(left.dobs, right.dobs),
        _texts("Sex", _sexes(left.sex), _sexes(right.sex), _plain_words),
        _texts("Postcode", left.postcodes, right.postcodes, _postcode_words),
        _texts("Identifier", left.identifiers, right.identifiers, _identifier_words),
    )
    return tuple(field for field in fields if field.left or field.right)


_Worded = tuple[Agreement, str]
_Compare = Callable[[Sequence[str], Sequence[str]], _Worded]
_ALIKE: _Worded = (Agreement.SAME, "Same")
_OTHER: _Worded = (Agreement.DIFFERENT, "Different")


def _texts(
    field: str, left: Sequence[str], right: Sequence[str], compare: _Compare
) -> Difference:
    if left and right:
        agreement, said = compare(left, right)
    else:
        agreement, said = Agreement.ONE_SIDED, "Only one record has it"
    return Difference(
        field, _values(left, right), _values(right, left), agreement, said
    )


def _values(own: Sequence[str], other: Sequence[str]) -> tuple[Value, ...]:
    theirs = {_key(text) for text in other}
    return tuple(Value(text, _key(text) in theirs) for text in own)


def _key(text: str) -> str:
    """One spelling: accents, case and spaces are no difference."""
    return (plain_name(text) if _is_words(text) else None) or "".join(
        text.upper().split()
    )


def _is_words(text: str) -> bool:
    return not any(char.isdigit() for char in text)


def _sexes(code: str | None) -> tuple[str, ...]:
    return () if code is None else (words.SEXES.get(code, code),)


def _plain_words(left: Sequence[str], right: Sequence[str]) -> _Worded:
    return _ALIKE if _common(left, right) else _OTHER


def _name_words(left: Sequence[str], right: Sequence[str]) -> _Worded:
    if _common(left, right):
        return _ALIKE
    shared = _tokens(left) & _tokens(right)
    if shared:
        return Agreement.PARTLY, "Partly the same: " + ", ".join(sorted(shared))
    return _OTHER


def _postcode_words(left: Sequence[str], right: Sequence[str]) -> _Worded:
    if _common(left, right):
        return _ALIKE
    if _districts(left) & _districts(right):
        return Agreement.PARTLY, "Different, but the same district"
    return _OTHER


def _identifier_words(left: Sequence[str], right: Sequence[str]) -> _Worded:
    if _common(left, right):
        return _ALIKE
    kinds = {text.split()[0] for text in left} & {text.split()[0] for text in right}
    if kinds:
        return Agreement.DIFFERENT, "Conflict: " + ", ".join(sorted(kinds))
    return Agreement.ONE_SIDED, "Different kinds, so nothing to compare"


def _births(left: Sequence[dt.date], right: Sequence[dt.date]) -> Difference:
    if not left or not right:
        agreement, said = Agreement.ONE_SIDED, "Only one record has it"
    elif set(left) & set(right):
        agreement, said = _ALIKE
    else:
        agreement, said = min(
            (_birth_words(a, b) for a in left for b in right), key=_strength
        )
    return Difference(
        "Date of birth",
        tuple(Value(words.day(date), date in right) for date in left),
        tuple(Value(words.day(date), date in left) for date in right),
        agreement,
        said,
    )


def _birth_words(left: dt.date, right: dt.date) -> _Worded:
    if (left.year, left.month, left.day) == (right.year, right.day, right.month):
        return Agreement.PARTLY, "Day and month are swapped"
    same = [
        part for part in ("year", "month", "day")
        if getattr(left, part) == getattr(right, part)
    ]  # fmt: skip
    if len(same) == 2:
        differing = ({"year", "month", "day"} - set(same)).pop()
        return Agreement.PARTLY, f"Only the {differing} differs"
    if same == ["year"]:
        return Agreement.PARTLY, "Only the year is the same"
    return _OTHER


def _strength(worded: _Worded) -> tuple[bool, str]:
    return worded[0] is Agreement.DIFFERENT, worded[1]


def _common(left: Sequence[str], right: Sequence[str]) -> set[str]:
    return {_key(text) for text in left} & {_key(text) for text in right}


def _tokens(texts: Sequence[str]) -> set[str]:
    return {token for text in texts for token in (plain_name(text) or "").split()}


def _districts(postcodes: Sequence[str]) -> set[str]:
    canonical = (canonical_postcode(text) for text in postcodes)
    return {district(postcode) for postcode in canonical if postcode}
