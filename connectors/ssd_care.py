"""Where the Standard Safeguarding Dataset says that children are placed.

A row of ``ssd_cla_placement`` is read as one episode. Why it began and ended stands in
``ssd_cla_episodes``, the legal status in ``ssd_legal_status``. What one table lacks,
another may say: an open episode whose placement is missing or over still gives a
placement, without a postcode, so that no child in care falls out of sight.
"""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pyarrow as pa
import pyarrow.compute as pc

from connectors.care import ANOTHER_FOLLOWS, Episode
from connectors.columns import british_date, mapped, unreadable
from connectors.conformed import Ledger
from connectors.dates import date_or_dropped
from connectors.ssd_rows import kept_rows, postcodes
from connectors.ssda903_schema import MODULES

_CODE = re.compile(r"[A-Z]{1,2}\d{1,2}[AB]?(?![A-Z0-9])")
_LEGAL_STATUSES = MODULES["episodes"].codes["LS"]


@dataclass(frozen=True, slots=True)
class CareEpisode:
    """A row of ``ssd_cla_episodes``."""

    person: str
    care: str | None
    placement: str | None
    start: dt.date | None
    reason_new: str | None
    end: dt.date | None
    ceased: bool
    """It has ended, though perhaps on a date that can't be read."""

    reason_ceased: str | None
    line: int

    @property
    def left_care(self) -> bool:
        return self.ceased and self.reason_ceased not in (None, ANOTHER_FOLLOWS)


@dataclass(frozen=True, slots=True)
class LegalStatus:
    code: str
    start: dt.date | None
    end: dt.date | None


@dataclass(slots=True)
class Care:
    """What the three tables say, by person."""

    episodes: dict[str, list[CareEpisode]] = field(default_factory=dict)
    placements: dict[str, list[Episode]] = field(default_factory=dict)
    statuses: dict[str, list[LegalStatus]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def people(self) -> dict[str, None]:
        """Everybody who is or was looked after, in order of first mention."""
        return dict.fromkeys((*self.episodes, *self.placements))


def read_care_episodes(ledger: Ledger, care: Care) -> None:
    """Why and when each part of a child's care began and ended."""
    ledger.reject_missing("clae_person_id")
    started = date_or_dropped(ledger, "clae_cla_episode_start_date")
    entered = date_or_dropped(ledger, "clae_entered_care_date")
    ended = date_or_dropped(ledger, "clae_cla_episode_ceased_date")
    by_person = defaultdict(list, care.episodes)
    for row in kept_rows(ledger, start=pc.coalesce(started, entered), end=ended):
        reason = code(row["clae_cla_episode_ceased_reason"])
        was_told = row["clae_cla_episode_ceased_date"] is not None
        by_person[row["clae_person_id"]].append(
            CareEpisode(
                person=row["clae_person_id"],
                care=row["clae_cla_id"],
                placement=row["clae_cla_placement_id"],
                start=row["start"],
                reason_new=letter(row["clae_cla_episode_start_reason"]),
                end=row["end"],
                ceased=was_told,
                reason_ceased=reason,
                line=row["line"],
            )
        )
    care.episodes = {
        person: sorted(some, key=lambda e: (e.start or dt.date.min, e.line))
        for person, some in by_person.items()
    }


def read_legal_statuses(ledger: Ledger, care: Care) -> None:
    """The statuses under which children are looked after.

    The table has others too (special guardianship, private fostering …), which say
    nothing of care: they are counted and left out.
    """
    ledger.reject_missing("lega_person_id")
    start = date_or_dropped(ledger, "lega_legal_status_start_date")
    end = date_or_dropped(ledger, "lega_legal_status_end_date")
    known = mapped(ledger.column("lega_legal_status"), _legal_status, pa.string())
    ledger.count(
        unreadable(ledger.column("lega_legal_status"), known),
        "legal_status that is none of being looked after, left out",
    )
    by_person = defaultdict(list, care.statuses)
    for row in kept_rows(ledger, start=start, end=end, code=known):
        if row["code"]:
            status = LegalStatus(row["code"], row["start"], row["end"])
            by_person[row["lega_person_id"]].append(status)
    care.statuses = dict(by_person)


def read_placement_rows(ledger: Ledger, care: Care) -> None:
    """Placements, each told by its person, or by the episode that names it.

    Rejected: a placement of nobody, and one that neither itself nor an episode gives
    a start.
    """
    linked = _linked(care.episodes)
    people = _people_by_link(care.episodes)
    person = [
        row["clap_person_id"]
        or people.get(row["clap_cla_placement_id"])
        or people.get(row["clap_cla_id"])
        for row in kept_rows(ledger)
    ]
    starts = mapped(
        ledger.column("clap_cla_placement_start_date"), british_date, pa.date32()
    )
    from_episodes = pa.array(
        [
            next((e.start for e in linked.get(ref, ()) if e.start), None)
            for ref in ledger.column("clap_cla_placement_id").to_pylist()
        ],
        pa.date32(),
    )
    bad_start = unreadable(ledger.column("clap_cla_placement_start_date"), starts)
    start = pc.coalesce(starts, from_episodes)
    who = pa.array(person, pa.string())
    ledger.reject(
        pc.is_null(who),
        "orphan",
        "clap_person_id is empty and no CLA episode names the placement: fill it",
    )
    ledger.reject(
        pc.is_null(start),
        "bad_date",
        "clap_cla_placement_start_date is missing or no date, and no CLA episode of "
        "the placement has one: write 2026-11-22",
    )
    ledger.count(bad_start, "start_from_episode")
    end = date_or_dropped(ledger, "clap_cla_placement_end_date")
    ceased = unreadable(ledger.column("clap_cla_placement_end_date"), end)
    postcode = postcodes(ledger, "clap_cla_placement_postcode")
    ledger.count(pc.is_null(postcode), "no_placement_postcode")
    _count_unknown(ledger, "clap_cla_placement_type", "PLACE")
    by_person = defaultdict(list, care.placements)
    for row in kept_rows(
        ledger, who=who, start=start, end=end, ceased=ceased, postcode=postcode
    ):
        ref = row["clap_cla_placement_id"]
        by_person[row["who"]].append(
            Episode(
                start=row["start"],
                end=row["end"],
                place_code=code(row["clap_cla_placement_type"]),
                provider_code=code(row["clap_cla_placement_provider"]),
                urn=row["clap_cla_placement_urn"],
                postcode=row["postcode"],
                source_ref=ref,
                line=row["line"],
                ceased=row["ceased"],
            )
        )
    care.placements = dict(by_person)


def episodes_of(care: Care, person: str, on: dt.date) -> list[Episode]:
    """One person's care as episodes, complete with reasons and legal status."""
    told = care.episodes.get(person, [])
    linked = _linked({person: told})
    has_left = bool(told) and all(e.ceased for e in told) and told[-1].left_care
    episodes = []
    for bare in care.placements.get(person, []):
        own = linked.get(bare.source_ref or "") or _touching(told, bare)
        placement = replace(
            bare,
            reason_new=_first(e.reason_new for e in own),
            reason_ceased=own[-1].reason_ceased if own and bare.end else None,
        )
        if has_left and placement.end is None:
            placement = _ended_with_care(placement, told[-1], care)
        episodes.append(placement)
    episodes += _without_placement(care, person, episodes, on)
    statuses = care.statuses.get(person, ())
    return [replace(e, legal_status=status_on(statuses, e.end or on)) for e in episodes]


def _ended_with_care(placement: Episode, last: CareEpisode, care: Care) -> Episode:
    """A placement without an end of a child that has left care."""
    if last.end is None or last.end < placement.start:
        return placement
    care.notes.append("placement_open_after_care_ended, read as ended with care")
    return replace(
        placement, end=last.end, ceased=False, reason_ceased=last.reason_ceased
    )


def _without_placement(
    care: Care, person: str, known: Sequence[Episode], on: dt.date
) -> list[Episode]:
    """The latest open episode of care, when no placement is open.

    It begins where the last placement ended: that one is over, and where the child is
    now nobody supplied.
    """
    if any(e.end is None or e.end > on for e in known):
        return []
    started = [
        (e.start, e.reason_new)
        for e in care.episodes.get(person, [])
        if not e.ceased and e.start is not None and e.start <= on
    ]
    if not started:
        return []
    care.notes.append("open_care_without_open_placement, kept without a postcode")
    began, reason = max(started)
    latest = max([began, *(e.end for e in known if e.end is not None)])
    return [Episode(start=latest, reason_new=reason if latest == began else None)]


def status_on(statuses: Iterable[LegalStatus], day: dt.date) -> str | None:
    """The legal status that held on a day: the last to begin of those not over."""
    held = [
        s
        for s in statuses
        if (s.start is None or s.start <= day) and (s.end is None or s.end >= day)
    ]
    latest = max(held, key=lambda s: s.start or dt.date.min, default=None)
    return latest.code if latest else None


def code(text: str | None) -> str | None:
    """``U4`` of ``U4`` and of ``u4 - Foster placement``; other text as it is."""
    match = _CODE.match(text.upper()) if text else None
    return match[0] if match else text


def letter(text: str | None) -> str | None:
    """``P`` of ``P`` and of ``P - Change of placement``; other text as it is."""
    match = re.match(r"[A-Z](?![A-Z])", text.upper()) if text else None
    return match[0] if match else text


def _legal_status(text: str) -> str | None:
    return found if (found := code(text)) in _LEGAL_STATUSES else None


def _count_unknown(ledger: Ledger, column: str, kind: str) -> None:
    codes = MODULES["episodes"].codes[kind]
    known = mapped(
        ledger.column(column), lambda t: found if (found := code(t)) in codes else None,
        pa.string(),
    )  # fmt: skip
    ledger.count(unreadable(ledger.column(column), known), f"unknown_code {column}")


def _linked(
    by_person: Mapping[str, Sequence[CareEpisode]],
) -> dict[str, list[CareEpisode]]:
    linked = defaultdict(list)
    for episodes in by_person.values():
        for episode in episodes:
            if episode.placement:
                linked[episode.placement].append(episode)
    return linked


def _people_by_link(by_person: Mapping[str, Sequence[CareEpisode]]) -> dict[str, str]:
    return {
        link: episode.person
        for episodes in by_person.values()
        for episode in episodes
        for link in (episode.care, episode.placement)
        if link
    }


def _touching(told: Sequence[CareEpisode], placement: Episode) -> list[CareEpisode]:
    """Episodes that start or end with a placement that none of them names."""
    first = [e for e in told if e.placement is None and e.start == placement.start]
    last = [
        e
        for e in told
        if e.placement is None and e.end is not None and e.end == placement.end
    ]
    return [*first[:1], *last[-1:]]


def _first(values: Iterable[str | None]) -> str | None:
    return next((value for value in values if value), None)
