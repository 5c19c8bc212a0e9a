"""Episodes become placements by the reading rules of the SSDA903 guide.

Every children's feed tells care in episodes or in something near them. This module has
the one set of rules that turns them into placements, whatever the feed:

* an *episode* ends when the placement or the legal status changes (domain: SSDA903);
* a *placement* is a run of episodes joined by reason L, a change of legal status only.
  An L whose place, postcode or home (URN) differs from the episode before contradicts
  itself: the child may have moved, so a new placement begins;
* a placement without an end is current. So is one whose end lies ahead;
* a temporary placement (T0–T4) interrupts the placement it follows. That *base* stands
  without an end while the interruption lasts, and is one placement across it when the
  child comes back to the same place and postcode (DfE validation rule 383).

Faulty episodes are never dropped. Where they contradict each other the reading is the
one that keeps a child in view, and a :class:`Fault` says so to the supplier.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from connectors.care import (
    ANOTHER_FOLLOWS,
    Contradiction,
    Episode,
    Fault,
    Placement,
    Reading,
    Remark,
)
from connectors.interruptions import across_interruptions


def read_placements(episodes: Iterable[Episode], on: dt.date) -> Reading:
    """All placements of one child, as known on a business date.

    Args:
        episodes: those of one child, in any order.
        on: the business date. An end after it has not come yet.
    """
    remarks: list[Remark] = []
    settled = _with_ends(_once_each(episodes, on, remarks), on, remarks)
    runs = _joined(settled, on, remarks)
    placements = across_interruptions(runs, remarks)
    return Reading(tuple(_tidy(p, remarks) for p in placements), tuple(remarks))


def reopened(reading: Reading) -> Reading:
    """The reading with its latest placement current, if none is.

    For a child whose next episode can't be read: the last one ended because another
    follows (X1), and until that is mended the child is kept in view where it was.
    """
    bases = [p for p in reading.placements if not p.temporary]
    if reading.current or not bases:
        return reading
    latest = max(bases, key=lambda p: (p.end or dt.date.max, p.start))
    if latest.end_reason != ANOTHER_FOLLOWS:
        return reading
    open_again = replace(latest, end=None, end_reason=None)
    return replace(
        reading,
        placements=tuple(open_again if p is latest else p for p in reading.placements),
    )


def _once_each(
    episodes: Iterable[Episode], on: dt.date, remarks: list[Remark]
) -> list[Episode]:
    """In order, with plain ends, and one for each start of a placement."""
    ordered = sorted(
        (_plain_end(episode, on, remarks) for episode in episodes),
        key=lambda e: (e.start, e.end is None, e.end or e.start, e.line),
    )
    kept: list[Episode] = []
    for episode in ordered:
        same_day = len(kept)
        while same_day and kept[same_day - 1].start == episode.start:
            same_day -= 1
            if _same_place(kept[same_day], episode):
                kept[same_day] = _merged(kept[same_day], episode, remarks)
                break
        else:
            if kept and kept[-1].start == episode.start:
                remarks.append(Remark(Fault.TWO_AT_ONCE, episode.line))
            kept.append(episode)
    return kept


def _plain_end(episode: Episode, on: dt.date, remarks: list[Remark]) -> Episode:
    if episode.end is None:
        if episode.ceased:
            remarks.append(Remark(Fault.END_BEFORE_START, episode.line))
        return episode
    if episode.end < episode.start:
        remarks.append(Remark(Fault.END_BEFORE_START, episode.line))
        return replace(
            episode,
            end=None,
            ceased=True,
            contradiction=Contradiction.ENDS_BEFORE_START,
        )
    if episode.end > on:
        remarks.append(Remark(Fault.END_AHEAD, episode.line))
        return replace(episode, end=None)
    return episode


def _merged(first: Episode, second: Episode, remarks: list[Remark]) -> Episode:
    """One of two episodes on one start: an open end beats an end, later lines hold."""
    if replace(first, line=second.line, source_ref=second.source_ref) == second:
        remarks.append(Remark(Fault.REPEATED, second.line))
        return first
    remarks.append(Remark(Fault.SAME_START, max(first.line, second.line)))
    early, late = sorted((first, second), key=lambda e: e.line)
    is_open = first.end is None or second.end is None
    latest_end = None if is_open else max(first.end, second.end)  # type: ignore[type-var]
    return Episode(
        start=early.start,
        end=latest_end,
        reason_new=early.reason_new or late.reason_new,
        reason_ceased=late.reason_ceased or early.reason_ceased,
        place_code=late.place_code or early.place_code,
        provider_code=late.provider_code or early.provider_code,
        urn=late.urn or early.urn,
        postcode=late.postcode or early.postcode,
        legal_status=late.legal_status or early.legal_status,
        source_ref=early.source_ref or late.source_ref,
        line=late.line,
        ceased=is_open and all(e.ceased for e in (first, second) if e.end is None),
        contradiction=late.contradiction or early.contradiction,
    )


def _with_ends(
    episodes: Sequence[Episode], on: dt.date, remarks: list[Remark]
) -> list[Episode]:
    """Ends for those that must have ended, because a later episode says so.

    An open episode followed only by ended ones stays open: doubt keeps it in view.
    """
    last_open_start = max(
        (e.start for e in episodes if e.end is None and not e.ceased and e.start <= on),
        default=dt.date.min,
    )
    settled = []
    for episode, next_start in zip(episodes, _next_starts(episodes), strict=True):
        if episode.end is not None:
            remarks += _misfits(episode, episode.end, next_start)
            settled.append(episode)
            continue
        never_ended = episode.start < last_open_start and not episode.ceased
        if never_ended:
            remarks.append(Remark(Fault.NEVER_ENDED, episode.line))
        has_ended = (never_ended or episode.ceased) and (next_start or on) <= on
        settled.append(
            replace(
                episode,
                end=next_start if has_ended else None,
                contradiction=Contradiction.TWO_OPEN
                if never_ended
                else episode.contradiction,
            )
        )
    return settled


def _next_starts(episodes: Sequence[Episode]) -> list[dt.date | None]:
    """For each episode in order of start, the next later start."""
    found: list[dt.date | None] = []
    later: dt.date | None = None
    start: dt.date | None = None
    for episode in reversed(episodes):
        if episode.start != start:
            later, start = start, episode.start
        found.append(later)
    return found[::-1]


def _misfits(
    episode: Episode, end: dt.date, next_start: dt.date | None
) -> Iterator[Remark]:
    """Whether the next episode starts on the day this one ends, where it should."""
    if next_start is not None and next_start < end:
        yield Remark(Fault.OVERLAP, episode.line)
    elif next_start != end and episode.reason_ceased == ANOTHER_FOLLOWS:
        yield Remark(Fault.GAP, episode.line)


def _joined(
    episodes: Sequence[Episode], on: dt.date, remarks: list[Remark]
) -> list[Placement]:
    """Runs of episodes joined by reason L."""
    runs: list[Placement] = []
    touching: list[int] = []  # the runs that were not over when the last one began
    for episode in episodes:
        touching = [place for place in touching if _touches(runs[place], episode)]
        place = _continued(runs, touching, episode, remarks)
        if place is None:
            touching.append(len(runs))
            runs.append(_begun(episode))
        else:
            runs[place] = _extended(runs[place], episode, on)
    return runs


def _touches(run: Placement, episode: Episode) -> bool:
    return run.end is None or run.end >= episode.start


def _continued(
    runs: Sequence[Placement],
    touching: Sequence[int],
    episode: Episode,
    remarks: list[Remark],
) -> int | None:
    """Which run an episode of reason L carries on, if any."""
    if episode.reason_new != "L" or not runs:
        return None
    for place in reversed(touching):
        if _same_place(runs[place], episode):
            return place
    fault = Fault.L_BUT_MOVED if touching else Fault.L_AFTER_GAP
    remarks.append(Remark(fault, episode.line))
    return None


def _begun(episode: Episode) -> Placement:
    return Placement(
        start=episode.start,
        end=episode.end,
        place_code=episode.place_code,
        provider_code=episode.provider_code,
        urn=episode.urn,
        postcode=episode.postcode,
        legal_status=episode.legal_status,
        start_reason=episode.reason_new,
        end_reason=episode.reason_ceased,
        temporary=episode.temporary,
        source_ref=episode.source_ref,
        contradiction=episode.contradiction,
    )


def _extended(run: Placement, episode: Episode, on: dt.date) -> Placement:
    """A run with one more episode: its end, and what it says anew.

    An open run stays open. A change that lies ahead does not yet change the status.
    """
    changed = replace(
        run,
        place_code=episode.place_code or run.place_code,
        provider_code=episode.provider_code or run.provider_code,
        urn=episode.urn or run.urn,
        postcode=episode.postcode or run.postcode,
        end_reason=episode.reason_ceased,
        contradiction=episode.contradiction,
    )
    if episode.start <= on:
        status = episode.legal_status or run.legal_status
        changed = replace(changed, legal_status=status)
    if run.end is not None and episode.end is not None:
        return replace(changed, end=max(run.end, episode.end))
    return replace(changed, end=None)


def _same_place(one: Episode | Placement, other: Episode | Placement) -> bool:
    """Whether nothing says that the child moved: what is not supplied differs never."""
    return all(
        a is None or b is None or a == b
        for a, b in (
            (one.place_code, other.place_code),
            (one.postcode, other.postcode),
            (one.urn, other.urn),
        )
    )


def _tidy(placement: Placement, remarks: list[Remark]) -> Placement:
    """A current placement is not followed by another; another reason is kept."""
    if placement.end is not None or placement.end_reason is None:
        return placement
    remarks.append(Remark(Fault.END_REASON_WITHOUT_END, 0))
    if placement.end_reason != ANOTHER_FOLLOWS:
        return placement
    return replace(placement, end_reason=None)
