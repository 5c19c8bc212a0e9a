"""The life of a notice as one table, and the same told from the stored facts.

Nothing keeps a state: :func:`state_of` reads it from what the register holds, and a
test holds it to :data:`TRANSITIONS` over any legal order of happenings. Fetched and
opened are shown and prove nothing (law 4): only the recipient's own reference and date
make a notice acknowledged, only a look at its next extract makes it recorded.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from notifications.documents import Kind
from notifications.following import Followed, Progress
from notifications.rule_entry import RuleEntry, version_of
from notifications.working_time import london_date
from records.authorities import AuthorityKind, kind_of


class LoopState(StrEnum):
    """Where a notice to one recipient stands."""

    HELD = "held"
    """Decided, and kept back until its time or a named person's release."""
    DROPPED = "dropped"
    """It was held, and a later night did not decide it again: never sent."""
    QUEUED = "queued"
    DEAD_LETTER = "dead_letter"
    """Refused for good; it waits for somebody to mend the cause and replay it."""
    DELIVERED = "delivered"
    FETCHED = "fetched"
    OPENED = "opened"
    KNOWN_UNACKNOWLEDGED = "known_unacknowledged"
    """The force's own records show the child at the placement, with flag; nobody has
    acknowledged."""
    DISPUTED = "disputed"
    """The recipient says that it is wrong."""
    ACKNOWLEDGED = "acknowledged"
    """The recipient gave its own reference and date; no extract since has been seen."""
    RECORDED = "recorded"
    """The latest usable extract since then bears the token or the reference."""
    NOT_RECORDED = "not_recorded"
    """The latest usable extract since then does not: acknowledged but not recorded."""
    KNOWN_AT_PLACEMENT = "known_at_placement"
    """Acknowledged, and the force's records show the child there, with flag."""
    SUPERSEDED = "superseded"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


class Happening(StrEnum):
    """What can befall a notice. Every night says its part afresh, as one of the last
    four."""

    RELEASED = "released"
    DROPPED = "dropped"
    DELIVERED = "delivered"
    REFUSED = "refused"
    REPLAYED = "replayed"
    FETCHED = "fetched"
    OPENED = "opened"
    ACKNOWLEDGED = "acknowledged"
    DISPUTED = "disputed"
    SUPERSEDED = "superseded"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"
    KNOWN = "known"
    """Known at the placement tonight."""
    NO_LONGER_KNOWN = "no_longer_known"
    """Not known tonight, though the night before; nobody has acknowledged."""
    SEEN = "seen"
    """Not known tonight; the latest usable extract bears the token or reference."""
    NOT_SEEN = "not_seen"
    """Not known tonight; the latest usable extract bears neither."""


CLOSED_RULE = RuleEntry(
    "loop.closed",
    version_of("loop.closed"),
    "loop",
    "what a recipient says of a notice that was withdrawn, ended or superseded before "
    "is kept and shown, and changes nothing: nobody is reminded, and nothing is owed",
    "The region's design, law 4: told is not recorded",
)

S, H = LoopState, Happening

STARTS: Mapping[LoopState, str] = MappingProxyType(
    {S.HELD: "decided, and held back", S.QUEUED: "decided"}
)
"""How a notice begins."""

ON_ITS_WAY = (S.QUEUED, S.DEAD_LETTER)
UNACKNOWLEDGED = (
    *ON_ITS_WAY, S.DELIVERED, S.FETCHED, S.OPENED, S.KNOWN_UNACKNOWLEDGED,
)  # fmt: skip
ANSWERED = (S.ACKNOWLEDGED, S.RECORDED, S.NOT_RECORDED, S.KNOWN_AT_PLACEMENT)
OPEN = (*UNACKNOWLEDGED, S.DISPUTED, *ANSWERED)
CLOSED = (S.SUPERSEDED, S.ENDED, S.WITHDRAWN)
_THERE = (S.DELIVERED, S.FETCHED, S.OPENED)
_LOOKS = (H.KNOWN, H.SEEN, H.NOT_SEEN)


@dataclass(frozen=True, slots=True)
class Change:
    """One row: from any of these states, on this happening, to that state."""

    before: tuple[LoopState, ...]
    happening: Happening
    after: LoopState
    why: str


CHANGES: tuple[Change, ...] = (
    Change((S.HELD,), H.RELEASED, S.QUEUED,
           "its time came, or a named person released it"),
    Change((S.HELD,), H.DROPPED, S.DROPPED,
           "a later night did not decide it again"),
    Change(ON_ITS_WAY, H.DELIVERED, S.DELIVERED,
           "the portal has it for its recipient"),
    Change((S.QUEUED,), H.REFUSED, S.DEAD_LETTER,
           "the portal refused it for good"),
    Change((S.DEAD_LETTER,), H.REPLAYED, S.QUEUED,
           "somebody asked to offer it once more"),
    Change((*ON_ITS_WAY, S.DELIVERED), H.FETCHED, S.FETCHED,
           "the recipient's system took it; that proves nothing"),
    Change((*ON_ITS_WAY, S.DELIVERED, S.FETCHED), H.OPENED, S.OPENED,
           "somebody looked at it; that proves nothing"),
    Change(_THERE, H.KNOWN, S.KNOWN_UNACKNOWLEDGED,
           "the force's own records show the child there, with flag"),
    Change((S.KNOWN_UNACKNOWLEDGED,), H.NO_LONGER_KNOWN, S.DELIVERED,
           "the records show it no more: it is chased afresh from that night"),
    Change(OPEN, H.ACKNOWLEDGED, S.ACKNOWLEDGED,
           "the recipient gave its own reference and the date it recorded; the next "
           "extract must show it"),
    Change(OPEN, H.DISPUTED, S.DISPUTED,
           "the recipient says that it is wrong: the placing authority must look"),
    Change(ANSWERED, H.SEEN, S.RECORDED,
           "an extract since then bears the token or the reference"),
    Change(ANSWERED, H.NOT_SEEN, S.NOT_RECORDED,
           "the latest extract since then bears neither"),
    Change(ANSWERED, H.KNOWN, S.KNOWN_AT_PLACEMENT,
           "the force's own records show the child there, with flag"),
    Change(OPEN, H.SUPERSEDED, S.SUPERSEDED,
           "a later notice took its place"),
    Change(OPEN, H.ENDED, S.ENDED,
           "an end was sent"),
    Change(OPEN, H.WITHDRAWN, S.WITHDRAWN,
           "it was taken back"),
)  # fmt: skip
"""Every change, in the order in which a reader meets them."""

STAYS: tuple[tuple[tuple[LoopState, ...], tuple[Happening, ...]], ...] = (
    ((S.DEAD_LETTER,), (H.REFUSED,)),
    ((*_THERE, S.KNOWN_UNACKNOWLEDGED, S.DISPUTED, *ANSWERED),
     (H.DELIVERED, H.REFUSED, H.REPLAYED)),
    ((S.FETCHED, S.OPENED, S.KNOWN_UNACKNOWLEDGED, S.DISPUTED, *ANSWERED),
     (H.FETCHED,)),
    ((S.OPENED, S.KNOWN_UNACKNOWLEDGED, S.DISPUTED, *ANSWERED), (H.OPENED,)),
    (_THERE, (H.SEEN, H.NOT_SEEN)),
    ((S.KNOWN_UNACKNOWLEDGED,), (H.KNOWN,)),
    ((S.DISPUTED,), _LOOKS),
    (CLOSED, (H.DELIVERED, H.REFUSED, H.REPLAYED, H.FETCHED, H.OPENED,
              H.ACKNOWLEDGED, H.DISPUTED, *_LOOKS)),
)  # fmt: skip
"""What is kept and changes nothing: a receipt that comes late, a token seen before
anybody acknowledged, whatever befalls a notice that is closed."""


def _table() -> dict[tuple[LoopState, Happening], LoopState]:
    table = {
        (state, change.happening): change.after
        for change in CHANGES
        for state in change.before
    }
    for states, happenings in STAYS:
        for state in states:
            for happening in happenings:
                table.setdefault((state, happening), state)
    return table


TRANSITIONS: Mapping[tuple[LoopState, Happening], LoopState] = MappingProxyType(
    _table()
)
"""The state machine. What is not in it can't befall a notice in that state."""

FOLLOWS: Mapping[Kind | None, frozenset[Kind]] = MappingProxyType(
    {
        None: frozenset({Kind.NEW, Kind.UPDATE, Kind.UNCONFIRMED, Kind.POINTER}),
        Kind.NEW: frozenset({Kind.UPDATE, Kind.END, Kind.RETRACTION}),
        Kind.UPDATE: frozenset({Kind.UPDATE, Kind.END, Kind.RETRACTION}),
        Kind.UNCONFIRMED: frozenset({Kind.UPDATE, Kind.END, Kind.RETRACTION}),
        Kind.POINTER: frozenset({Kind.POINTER, Kind.RETRACTION}),
        Kind.END: frozenset(),
        Kind.RETRACTION: frozenset(),
        Kind.REMINDER: frozenset(),
    }
)
"""Which kinds may take the place of what stands for a recipient; ``None`` is nothing.

After an end or a retraction nothing stands. A reminder neither stands nor supersedes.
"""

RECORDABLE = frozenset({Kind.NEW, Kind.UPDATE, Kind.UNCONFIRMED})
"""Kinds whose token belongs in the recipient's record. An end is acknowledged only."""

CHASED = RECORDABLE | {Kind.END}


def to_force(followed: Progress) -> bool:
    """Whether the recipient is a police force."""
    return kind_of(followed.recipient) is AuthorityKind.POLICE


def is_known(followed: Progress) -> bool:
    """Whether the force that was told shows the child at the placement itself."""
    return (
        followed.known_on is not None
        and followed.kind in RECORDABLE
        and to_force(followed)
    )


def is_disputed(followed: Progress) -> bool:
    """Whether a dispute is the recipient's latest word."""
    disputed, acknowledged = followed.disputed_at, followed.acknowledged_at
    return disputed is not None and (acknowledged is None or acknowledged <= disputed)


def reaches(followed: Progress) -> dt.datetime | None:
    """Up to when the latest usable extract surely tells: the start of its day, as it
    may have been cut at any hour of it."""
    end = followed.looked_as_of
    return None if end is None else end - dt.timedelta(days=1)


def looked_since(followed: Progress, at: dt.datetime) -> bool:
    """Whether a usable extract has been searched that surely tells of after ``at``."""
    reached = reaches(followed)
    return reached is not None and reached > at


def state_of(followed: Followed) -> LoopState:
    """Where the notice stands, from the facts alone."""
    return _out_of_hand(followed) or _in_hand(followed)


def is_answered_closed(followed: Followed) -> bool:
    """Whether its recipient answered a notice that is closed: :data:`CLOSED_RULE`."""
    answered = followed.acknowledged_at or followed.disputed_at
    return answered is not None and state_of(followed) in CLOSED


def _out_of_hand(followed: Followed) -> LoopState | None:
    states: Iterable[tuple[bool, LoopState]] = (
        (followed.dropped, S.DROPPED),
        (followed.withdrawn, S.WITHDRAWN),
        (followed.closed, S.ENDED),
        (followed.superseded, S.SUPERSEDED),
        (followed.held_by is not None, S.HELD),
    )
    return next((state for holds, state in states if holds), None)


def _in_hand(followed: Followed) -> LoopState:
    if is_disputed(followed):
        return S.DISPUTED
    if followed.acknowledged_at is not None:
        return _proof(followed, followed.acknowledged_at)
    if _arrived(followed):
        return S.KNOWN_UNACKNOWLEDGED if is_known(followed) else _receipt(followed)
    return S.DEAD_LETTER if followed.refused else S.QUEUED


def _proof(followed: Followed, acknowledged: dt.datetime) -> LoopState:
    """A night after it shows what is there; only data from after it what is not."""
    day = london_date(acknowledged)
    seen, known = followed.seen_on, followed.known_on
    if followed.kind not in RECORDABLE:
        return S.ACKNOWLEDGED
    if is_known(followed) and known is not None and known > day:
        return S.KNOWN_AT_PLACEMENT
    if seen is not None:
        return S.RECORDED if seen > day else S.ACKNOWLEDGED
    return S.NOT_RECORDED if looked_since(followed, acknowledged) else S.ACKNOWLEDGED


def _arrived(followed: Followed) -> bool:
    """A receipt proves it too, where the portal's own answer was lost."""
    deeds = (followed.delivered_at, followed.fetched_at, followed.opened_at)
    return any(at is not None for at in deeds)


def _receipt(followed: Followed) -> LoopState:
    """Receipts from before the night that lost sight of the child count no more."""
    if _counts(followed.opened_at, followed):
        return S.OPENED
    return S.FETCHED if _counts(followed.fetched_at, followed) else S.DELIVERED


def _counts(at: dt.datetime | None, followed: Followed) -> bool:
    lost = followed.no_longer_known_on
    return at is not None and (lost is None or london_date(at) > lost)
