"""Care histories: earlier placements, legal statuses, and the episodes they make."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from synthetic.care import Episode, Placement, Stay
from synthetic.chance import Chance, Weighted

_TIME_IN_CARE = Weighted(
    [((5, 30), 0.08), ((31, 180), 0.2), ((181, 730), 0.34), ((731, 2500), 0.38)]
)
_TIME_IN_PLACEMENT = Weighted([((1, 30), 0.17), ((31, 365), 0.45), ((366, 1500), 0.38)])
_EARLIER_PLACEMENTS = Weighted([(0, 0.3), (1, 0.3), (2, 0.2), (3, 0.12), (4, 0.08)])
_CHANGE_REASONS = Weighted(
    [
        ("CARPL", 0.45), ("CREQB", 0.12), ("CREQO", 0.08), ("CHILD", 0.1),
        ("LAREQ", 0.07), ("STAND", 0.03), ("ALLEG", 0.02), ("CLOSE", 0.02),
        ("APPRR", 0.01), ("OTHER", 0.1),
    ]
)  # fmt: skip
_SAME_CARER = 0.05

Statuses = Sequence[tuple[dt.date, str]]
"""Legal statuses, each with the day from which it holds; the first day is entry."""


def entry_and_start(
    chance: Chance, born: dt.date, on: dt.date, longest: int
) -> tuple[dt.date, dt.date]:
    """The day of entry into care and the day the current placement began.

    Both lie before ``on`` and not before birth; entry at most ``longest`` days before.
    """
    in_care = min(
        chance.whole(*_TIME_IN_CARE.pick(chance)), longest, max(1, (on - born).days)
    )
    here = min(chance.whole(*_TIME_IN_PLACEMENT.pick(chance)), in_care)
    return on - dt.timedelta(in_care), on - dt.timedelta(here)


def moves_between(chance: Chance, entered: dt.date, start: dt.date) -> list[dt.date]:
    """The days on which earlier placements began, entry first; none if it was direct.

    Placements last two days at least, as no episode may end on the day it starts.
    """
    if entered >= start:
        return []
    how_many = _EARLIER_PLACEMENTS.pick(chance)
    days = sorted(
        chance.day(entered + dt.timedelta(2), start - dt.timedelta(2))
        for _ in range(how_many)
    )
    kept = [entered]
    for day in days:
        if day - kept[-1] >= dt.timedelta(2) and start - day >= dt.timedelta(2):
            kept.append(day)
    return kept


def statuses(
    chance: Chance, entered: dt.date, on: dt.date, only: str | None
) -> list[tuple[dt.date, str]]:
    """The legal statuses from entry on; ``only`` one, where the case demands it."""
    if only is not None:
        return [(entered, only)]
    first = Weighted([("C1", 0.5), ("V2", 0.42), ("L2", 0.03), ("C2", 0.05)]).pick(
        chance
    )
    found = [(entered, first)]
    if first == "C2" or (first == "V2" and chance.yes(0.5)):
        return found
    later = entered + dt.timedelta(chance.whole(3, 21) if first == "L2" else 0)
    if first == "L2":
        found.append((later, "C1"))
    later += dt.timedelta(chance.whole(120, 300))
    found.append((later, "C2"))
    return [(day, status) for day, status in found if day < on]


def placements(
    chance: Chance,
    stays: Sequence[tuple[dt.date, Stay]],
    legal: Statuses,
    number: Callable[[], int],
) -> tuple[Placement, ...]:
    """One period of care: contiguous placements of which the last is open."""
    found: list[Placement] = []
    ends = [start for start, _ in stays[1:]] + [None]
    for (start, stay), end in zip(stays, ends, strict=True):
        reason = "S" if not found else _reason(chance, start, legal)
        found.append(
            Placement(
                number=number(),
                stay=stay,
                episodes=episodes(start, end, reason, legal),
                change_reason=_CHANGE_REASONS.pick(chance) if end else None,
            )
        )
    return tuple(found)


def _reason(chance: Chance, start: dt.date, legal: Statuses) -> str:
    same_carer = chance.yes(_SAME_CARER)
    if any(day == start for day, _ in legal):
        return "U" if same_carer else "B"
    return "T" if same_carer else "P"


def episodes(
    start: dt.date, end: dt.date | None, reason: str, legal: Statuses
) -> tuple[Episode, ...]:
    """The episodes of one placement: a new one at each change of legal status."""
    status = next(status for day, status in reversed(legal) if day <= start)
    found = [Episode(start, reason, status)]
    for day, later in legal:
        if start < day and (end is None or day < end):
            found[-1] = replace(found[-1], end=day, end_reason="X1")
            found.append(Episode(day, "L", later))
    if end is not None:
        found[-1] = replace(found[-1], end=end, end_reason="X1")
    return tuple(found)


def ended(placement: Placement, day: dt.date, reason: str) -> Placement:
    """The placement with its last episode ceased on a day, for a REC reason."""
    *before, last = placement.episodes
    last = replace(last, end=day, end_reason=reason)
    return replace(placement, episodes=(*before, last))


def followed(placement: Placement, day: dt.date, change_reason: str) -> Placement:
    """The placement as ended because another placement follows it."""
    return replace(ended(placement, day, "X1"), change_reason=change_reason)


def next_number(placements_of_la: Iterable[Placement]) -> int:
    """The first placement number that an LA has not used yet."""
    return max((each.number for each in placements_of_la), default=0) + 1
