"""Who of a household a record may be instead: a twin, a brother or sister, a parent.

Members of a family share what is compared, and a score that treats each comparison by
itself overrates them. These are hints for a person's eye; they weigh nothing.
"""

import datetime as dt
from difflib import SequenceMatcher

from notifications.documents import RecordView
from records.names import plain_name

_TWINS = dt.timedelta(days=2)
"""Twins may be born either side of midnight, and a date be a slip away."""
_SIBLINGS = dt.timedelta(days=15 * 366)
_A_SLIP = 0.8
"""How alike two spellings of one forename are, of letters in the same order."""
_PARENTS = (dt.timedelta(days=15 * 365), dt.timedelta(days=55 * 366))


def relation(child: RecordView, other: RecordView) -> str:
    """What the other may be to the child, in words; empty when nothing points to it."""
    forenames = _forenames(child), _forenames(other)
    surnames = _surnames(child) & _surnames(other)
    if not all(forenames) or not surnames:
        return ""
    apart = _apart(child.dobs, other.dobs)
    if apart is None:
        return ""
    home = bool(set(child.postcodes) & set(other.postcodes))
    generation = _PARENTS[0] <= apart <= _PARENTS[1]
    if _one_name(*forenames):
        return "Possible parent of the same name" if generation else ""
    hints = (
        (apart <= _TWINS, "Possible twin"),
        (apart <= _SIBLINGS and home, "Possible brother or sister"),
        (generation and home, "Possible parent"),
    )
    return next((words for holds, words in hints if holds), "")


def _one_name(left: set[str], right: set[str]) -> bool:
    """Whether a forename is the other's, its beginning or a slip away from it: Zeb is
    no twin of Zebediah, nor Ronnan of Ronan, nor somebody known by an initial."""
    return any(
        one.startswith(other)
        or other.startswith(one)
        or SequenceMatcher(None, one, other).ratio() >= _A_SLIP
        for one in left
        for other in right
    )


def _apart(
    left: tuple[dt.date, ...], right: tuple[dt.date, ...]
) -> dt.timedelta | None:
    """The least that any two dates of birth differ by."""
    return min((abs(one - other) for one in left for other in right), default=None)


def _forenames(record: RecordView) -> set[str]:
    names = (plain_name(name) for name in record.names)
    return {name.split()[0] for name in names if name and " " in name}


def _surnames(record: RecordView) -> set[str]:
    """The last word of each name: what a double-barrelled one ends with counts."""
    names = (plain_name(name) for name in record.names)
    return {name.split()[-1] for name in names if name and " " in name}
