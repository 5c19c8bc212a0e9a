"""Going live without a flood: what waits, until when, and with which clock it goes.

Two holds are set here. ``surge``: when a night makes far more notices than nights
usually do, or the rules, a model or what the region file decides by have changed since
the last one, whatever is not of high priority waits for a named person. ``baseline``:
the stock of the first night is let go by a schedule. A third, ``review``, is the rules'
own.

Which kinds may wait. A retraction never does: what should not have been said is taken
back at once. An end waits: a crowd of ends is what a broken feed looks like, and a
host that closes its entry of a child who is still there does harm, while one that
hears a day late that a child has left does little. An update waits too: until it goes
the recipient holds what it was told before.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median
from uuid import UUID

from notifications.clocks import LONDON, protocol_clock, working_days_after
from notifications.config import Clocks, PolicyConfig, Surge
from notifications.documents import Kind, Notification, Priority
from notifications.outcome import History, Hold, Notice, Versions
from notifications.rule_entry import RuleEntry, version_of
from records.authorities import AuthorityKind, kind_of

_GOING_LIVE = "The region file, surge and baseline; decision record 8"


def _rule(name: str, words: str) -> RuleEntry:
    rule = f"hold.{name}"
    return RuleEntry(rule, version_of(rule), "holds", words, _GOING_LIVE)


SURGE = _rule(
    "surge",
    "when a night makes more than three times as many notices as its latest 28 nights "
    "usually do, and more than 20, they wait for a named person; seven nights must be "
    "recorded before any number is usual (the region file may set all four)",
)
VERSIONS = _rule(
    "versions",
    "after a change of the rules, of a model or of what the region file decides by, "
    "the next night's notices wait for a named person, however few they are",
)
URGENT = _rule(
    "urgent",
    "what is of high priority never waits for a person, nor does the copy of it",
)
NEVER = _rule(
    "never",
    "a retraction, an agreed test record and what a person carries out of the region "
    "never wait, and count in no crowd",
)
WAITS_ON = _rule(
    "waits-on",
    "what waits and is decided again the next night waits on, until a named person or "
    "its day lets it go; one that has become urgent goes",
)
BASELINE = _rule(
    "baseline",
    "the stock of a first night goes to each recipient 25 a working day, from 9:00 on "
    "the next one on: the urgent first, then the placements that began first",
)
RECLOCKED = _rule(
    "reclocked",
    "the protocol's clock of a notice that waited counts from the day on which it "
    "goes; a statutory one stays",
)
HOLD_RULES = (SURGE, VERSIONS, URGENT, NEVER, WAITS_ON, BASELINE, RECLOCKED)

HOLDABLE = frozenset({Kind.NEW, Kind.UPDATE, Kind.UNCONFIRMED, Kind.POINTER, Kind.END})
START_OF_DAY = dt.time(9)
"""When a working day's share of the baseline goes, in London."""

_URGENCY = {Priority.HIGH: 0, Priority.STANDARD: 1, Priority.LOW: 2}
_WORDS = {
    "rules": "the rules",
    "children_model": "the model for children",
    "perpetrator_model": "the model for perpetrators",
}


@dataclass(frozen=True, slots=True)
class Braked:
    notices: tuple[Notice, ...]
    """The same ones in the same order; only holds differ."""
    held: int
    """How many the brake holds."""
    why: str | None
    """One sentence with figures and no personal data, for the alert; ``None`` when
    the brake did not grip."""
    rules: tuple[str, ...] = ()
    """The id of each rule by which something waits, or goes though others wait."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A notice that an earlier night decided and that nobody has released yet."""

    notification_id: UUID
    recipient: str
    placement_ref: str | None
    """``None`` for a pointer."""
    hold: Hold
    urgent: bool = False
    """Whether it was of high priority when it was last decided."""


# --- a night with too much to say ----------------------------------------------------


def usual(counts: Sequence[int], surge: Surge) -> float | None:
    """The median of the latest nights, or ``None`` while too few are recorded."""
    latest = counts[-surge.nights :]
    if len(latest) < surge.settled_after:
        return None
    return float(median(latest))


def brake(
    notices: Sequence[Notice], history: History, versions: Versions, surge: Surge
) -> Braked:
    """Tonight's notices, those held that must wait for a named person.

    What something holds already is neither counted nor touched. A police notice and
    the placing authority's copy of it wait together or go together: at once if either
    is of high priority or is carried by hand. Before a usual number is known only a
    change of versions grips; the first night of a region is what ``--baseline`` is for.
    """
    crowd = [one for one in notices if _may_wait(one)]
    norm = usual(history.counts, surge)
    limit = None if norm is None else max(surge.factor * norm, float(surge.at_least))
    flooded = limit is not None and len(crowd) > limit
    changed = _changed(history.versions, versions)
    if not crowd or not (flooded or changed):
        return Braked(tuple(notices), 0, None)
    going = {_pair(one) for one in crowd if one.priority is Priority.HIGH}
    going |= {_pair(one) for one in notices if one.channel == "export"}
    waiting = {
        one.notification_id
        for one in crowd
        if one.priority is not Priority.HIGH and _pair(one) not in going
    }
    if not waiting and not flooded:
        return Braked(tuple(notices), 0, None)
    causes = [f"{' and '.join(changed)} changed since the last night"] * bool(changed)
    if flooded:
        causes.append(
            f"there are {len(crowd):,} notices, more than {limit:g}, where "
            f"{norm:g} are usual"
        )
    applied = (
        (SURGE, flooded),
        (VERSIONS, changed),
        (URGENT, len(crowd) > len(waiting)),
        (NEVER, any(one.hold is None and not _may_wait(one) for one in notices)),
    )
    return Braked(
        notices=tuple(
            replace(one, hold=Hold("surge", None))
            if one.notification_id in waiting
            else one
            for one in notices
        ),
        held=len(waiting),
        why=f"The surge brake holds {len(waiting):,} of {len(crowd):,} notices until "
        f"a named person releases them, because {' and '.join(causes)}; "
        f"{len(crowd) - len(waiting):,} go at once.",
        rules=tuple(rule.id for rule, applies in applied if applies),
    )


def keep_waiting(
    notices: Sequence[Notice], waiting: Iterable[Waiting]
) -> tuple[Notice, ...]:
    """Tonight's notices, each under the hold that it waits under already.

    A notice that waits is decided anew every night. Without its hold it would count
    as released, so a surge or a baseline would last one night. The hold is found by
    the notice's id or, where the facts have changed meanwhile, by recipient and
    placement. One of high priority waits for its turn in a baseline, never for a
    person; one that has become so since has a turn no more, and goes.
    """
    by_id: dict[UUID, Waiting] = {}
    by_subject: dict[tuple[str, str], Waiting] = {}
    for one in waiting:
        if one.hold.by == "review":  # the rules say each night what waits for one
            continue
        by_id[one.notification_id] = one
        if one.placement_ref is not None:
            by_subject[one.recipient, one.placement_ref] = one
    urgent = {
        _pair(one)
        for one in notices
        if one.kind in HOLDABLE and one.priority is Priority.HIGH
    }

    def held(notice: Notice) -> Hold | None:
        if not _may_wait(notice):
            return notice.hold
        about = notice.recipient, notice.placement_ref or ""
        before = by_id.get(notice.notification_id) or by_subject.get(about)
        if before is None:
            return None
        if before.hold.by == "surge":
            return None if _pair(notice) in urgent else before.hold
        risen = notice.priority is Priority.HIGH and not before.urgent
        return None if risen else before.hold

    return tuple(replace(one, hold=held(one)) for one in notices)


def _may_wait(notice: Notice) -> bool:
    """Whether a hold may be set here. An agreed test record counts in no crowd; what a
    person carries out of the region waits for that person, whose task runs from now.
    """
    document = notice.document
    test = isinstance(document, Notification) and document.test_record
    apart = test or notice.channel == "export"
    return notice.hold is None and notice.kind in HOLDABLE and not apart


def _changed(before: Versions | None, now: Versions) -> list[str]:
    """What decided the last night otherwise, in words. A setting that only one of both
    nights wrote down came with a release, and is not known to have changed."""
    if before is None:
        return []
    changed = [name for name in _WORDS if getattr(before, name) != getattr(now, name)]
    others = [
        key
        for key in sorted(before.settings.keys() & now.settings.keys())
        if before.settings[key] != now.settings[key] and key not in changed
    ]
    keys = [key for key in others if key not in _WORDS]
    return [
        *(_WORDS[name] for name in changed),
        *([f"{' and '.join(keys)} of the region file"] if keys else []),
        *(f"the content of {_WORDS[key]}" for key in others if key in _WORDS),
    ]


def _pair(notice: Notice) -> tuple[str, ...]:
    """The same for a police notice of a placement and the copy of it."""
    if notice.placement_ref is None:
        return ("", str(notice.notification_id))
    together = notice.is_copy or kind_of(notice.recipient) is AuthorityKind.POLICE
    return (
        str(notice.placing_la),
        notice.placement_ref,
        "" if together else notice.recipient,
    )


# --- the stock of the first night ----------------------------------------------------


def schedule_baseline(
    notices: Sequence[Notice], policy: PolicyConfig, on: dt.date
) -> tuple[Notice, ...]:
    """The stock of a first night, each notice held until its working day.

    To each recipient so many a working day, from the first one after ``on``: the most
    urgent first, then the placements that began first. What waits for a review keeps
    its own time and takes up a place of that day.
    """
    bound = policy.baseline.per_working_day
    release: dict[UUID, dt.datetime] = {}
    by_recipient: dict[str, list[Notice]] = defaultdict(list)
    taken: Counter[tuple[str, dt.date]] = Counter()
    for one in notices:
        if _may_wait(one):
            by_recipient[one.recipient].append(one)
        elif one.hold is not None and one.hold.release_at is not None:
            due = one.hold.release_at.astimezone(LONDON).date()
            taken[one.recipient, due] += 1
    for recipient, theirs in by_recipient.items():
        day = working_days_after(on, 1)
        for one in sorted(theirs, key=_turn):
            while taken[recipient, day] >= bound:
                day = working_days_after(day, 1)
            taken[recipient, day] += 1
            release[one.notification_id] = _opening(day)
    return tuple(
        replace(one, hold=Hold("baseline", release[one.notification_id]))
        if one.notification_id in release
        else one
        for one in notices
    )


def _turn(notice: Notice) -> tuple[int, dt.date, str]:
    start = dt.date.max
    if isinstance(notice.document, Notification) and notice.document.placement:
        start = notice.document.placement.start
    return (_URGENCY[notice.priority], start, str(notice.notification_id))


def _opening(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, START_OF_DAY, LONDON).astimezone(dt.UTC)


# --- on its way at last --------------------------------------------------------------


def reclocked(document: Notification, on: dt.date, clocks: Clocks) -> Notification:
    """The notice as it is sent on the day of its release.

    The protocol's clock is counted from that day. A statutory one stays: it runs from
    the placement, whoever was told when. So do id, token and ``created_on``, the
    business date that decided it.
    """
    protocol = protocol_clock(on, document.priority, clocks)
    if document.clock is None or document.clock.basis != protocol.basis:
        return document
    return document.model_copy(update={"clock": protocol})
