"""Four sources on one placement: its authority, the home, the host LA, the police.

What they say is held against each other only where they speak: a source that sent
nothing tonight takes no part, and nothing is concluded from its silence. Placements of
shielded children, and rows that may be theirs, give nothing on any side.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from notifications.config import Reconciliation
from notifications.hosted import Attribution, Placed, PlacedChild, Said, Voice

LOOK_BACK = dt.timedelta(days=90)
"""How long two ends are held against each other, once both say that it ended."""

HOME_CODES = frozenset({"K1", "K2", "R1", "S1"})
"""Placements in a home that owes the host LA a notice."""


class Difference(StrEnum):
    """What two sources disagree about; the rule's id is ``disagreement.…``."""

    HOME_ADMITTED_NOT_PLACED = "home-admitted-not-placed"
    HOME_NOTICE_NOT_SEEN = "home-notice-not-seen"
    HOME_STAY_ENDED = "home-stay-ended"
    NOT_ON_REGISTER = "not-on-register"
    ON_REGISTER_NOT_PLACED = "on-register-not-placed"
    ON_REGISTER_ENDED = "on-register-ended"
    END_NOT_TOLD = "end-not-told"
    STARTS_DIFFER = "starts-differ"
    ENDS_DIFFER = "ends-differ"
    ADDRESSES_DIFFER = "addresses-differ"
    AMBIGUOUS = "ambiguous"
    FLAG_WHERE_NOBODY_IS = "flag-where-nobody-is"

    @property
    def rule(self) -> str:
        return f"disagreement.{self.value}"


@dataclass(frozen=True, slots=True)
class Flagged:
    """A nominal that a force flags as placed by an authority; never a restricted one.

    Only nominals with a current address; ``postcodes`` are those of its person.
    """

    force: str
    nominal_ref: str
    placing_la: str
    postcodes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Sources:
    """Who speaks tonight."""

    speaking: frozenset[tuple[Voice, str]]
    """A host LA whose file, or a force whose extract, is tonight's."""
    waiting: frozenset[tuple[Voice, str]]
    """Those that spoke before and not tonight: what they said stands undecided."""
    placing: frozenset[str]
    """Local authorities whose own data is tonight's."""
    members: frozenset[str]

    def could_look(self, voice: Voice, source: str, placing: str) -> bool:
        """Whether tonight can say that a disagreement is no more."""
        if (voice, source) in self.waiting:
            return False
        return placing in self.placing or placing not in self.members


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two sources that say different things, and who is to settle it."""

    difference: Difference
    voice: Voice
    """Who speaks against the placing authority."""
    source: str
    """The host LA or the force that sent it."""
    owner: str
    placing_la: str
    placement_ref: str | None = None
    child_ref: str | None = None
    """The placing authority's own; only of a placement that it told of."""
    source_ref: str | None = None
    """The notice, entry or nominal that says so."""

    @property
    def key(self) -> str:
        """Names the same disagreement on every night: of references only."""
        about = self.placement_ref or self.source_ref or ""
        return "/".join(
            (self.difference, self.voice, self.source, self.placing_la, about)
        )


def could_look(key: str, sources: Sources) -> bool:
    """Whether tonight can say that the disagreement of a key is no more."""
    _, voice, source, placing, _ = key.split("/", 4)
    return sources.could_look(Voice(voice), source, placing)


@dataclass(frozen=True, slots=True)
class Accounts:
    """What everybody says, rows attributed (``notifications.hosted.attributed``)."""

    children: Sequence[PlacedChild]
    rows: Sequence[Attribution]
    flagged: Sequence[Flagged] = ()


def reconcile(
    accounts: Accounts, sources: Sources, policy: Reconciliation, on: dt.date
) -> tuple[Disagreement, ...]:
    """Every disagreement that holds tonight, by key."""
    night = _Night(sources, policy, on)
    found = [
        *_about_rows(accounts.rows, night),
        *_about_silence(accounts, night),
        *_about_flags(accounts, night),
    ]
    return tuple(sorted({one.key: one for one in found}.values(), key=lambda d: d.key))


@dataclass(frozen=True, slots=True)
class _Night:
    sources: Sources
    policy: Reconciliation
    on: dt.date
    grace: dt.timedelta = field(init=False)

    def __post_init__(self) -> None:
        grace = dt.timedelta(days=self.policy.settle_days)
        object.__setattr__(self, "grace", grace)

    def settled(self, since: dt.date | None) -> bool:
        """Whether it has been so for long enough."""
        return since is None or since + self.grace < self.on

    def apart(self, one: dt.date, other: dt.date) -> bool:
        return abs((one - other).days) > self.policy.date_days

    def compares(self, voice: Voice, source: str, placing: str) -> bool:
        """Whether both speak tonight, and not of the host's own children."""
        speak = (voice, source) in self.sources.speaking
        return speak and placing in self.sources.placing and source != placing


# --- rows of hosts -----------------------------------------------------------------

_Stay = tuple[Voice, str, str]
"""Voice, host LA and placement_ref: all rows about one stay go together."""


def _about_rows(rows: Iterable[Attribution], night: _Night) -> Iterable[Disagreement]:
    stays: dict[_Stay, list[Attribution]] = defaultdict(list)
    for row in rows:
        said = row.said
        placing = said.placing_la or ""
        if row.aside or said.absent:
            continue
        if not night.compares(said.voice, said.host_la, placing):
            continue
        if row.sure and len(row.fitting) == 1:
            ref = row.fitting[0][1].placement_ref
            stays[said.voice, said.host_la, ref].append(row)
        elif said.stands(night.on):
            yield from _unattributed(row, night)
    for together in stays.values():
        yield from _about_stay(together, night)


def _unattributed(row: Attribution, night: _Night) -> Iterable[Disagreement]:
    said = row.said
    placing = said.placing_la or ""
    if row.fitting:
        yield Disagreement(
            Difference.AMBIGUOUS, said.voice, said.host_la, said.host_la, placing,
            source_ref=said.ref,
        )  # fmt: skip
    elif night.settled(said.start):
        home = said.voice is Voice.HOME
        yield Disagreement(
            Difference.HOME_ADMITTED_NOT_PLACED
            if home
            else Difference.ON_REGISTER_NOT_PLACED,
            said.voice, said.host_la, placing, placing, source_ref=said.ref,
        )  # fmt: skip


def _about_stay(rows: Sequence[Attribution], night: _Night) -> Iterable[Disagreement]:
    """What the rows about one placement say, taken together, against its authority."""
    child, placed = rows[0].fitting[0]
    if not placed.in_scope:
        return
    said = _latest([row.said for row in rows], night.on)
    starts = [row.said.start for row in rows if row.said.start]

    def differ(difference: Difference, owner: str) -> Disagreement:
        return Disagreement(
            difference, said.voice, said.host_la, owner, child.authority,
            placed.placement_ref, child.child_ref, said.ref,
        )  # fmt: skip

    if (which := _ends(placed, said, night)) is not None:
        late = which is Difference.END_NOT_TOLD
        yield differ(which, child.authority if late else said.host_la)
    both = placed.stands(night.on) and said.stands(night.on)
    if both and starts and night.apart(min(starts), placed.start):
        yield differ(Difference.STARTS_DIFFER, said.host_la)
    postcodes = {placed.postcode, said.postcode} - {None}
    if both and len(postcodes) == 2 and night.settled(placed.start):
        yield differ(Difference.ADDRESSES_DIFFER, child.authority)


def _latest(rows: Sequence[Said], on: dt.date) -> Said:
    """The row that speaks for all: one that stands, else the last to have ended."""
    return max(rows, key=lambda one: (one.stands(on), one.end or dt.date.max, one.ref))


def _ends(placed: Placed, said: Said, night: _Night) -> Difference | None:
    """How the two accounts of the end differ, if they do."""
    here, there = placed.stands(night.on), said.stands(night.on)
    if here and there:
        return None
    if here:
        return Difference.END_NOT_TOLD if night.settled(said.end) else None
    if there:
        home = said.voice is Voice.HOME
        ended = Difference.HOME_STAY_ENDED if home else Difference.ON_REGISTER_ENDED
        return ended if night.settled(placed.end) else None
    if placed.end is None or said.end is None:
        return None
    recent = night.on - max(placed.end, said.end) <= LOOK_BACK
    apart = recent and night.apart(placed.end, said.end)
    return Difference.ENDS_DIFFER if apart else None


# --- who is not named --------------------------------------------------------------


def _about_silence(accounts: Accounts, night: _Night) -> Iterable[Disagreement]:
    """Placements that a host which speaks says nothing of.

    A row that may be the child's, though nobody can say, is enough to be named.
    """
    named = {
        (row.said.voice, row.said.host_la, placed.placement_ref)
        for row in accounts.rows
        for _, placed in row.fitting
    }
    for child in accounts.children:
        if child.shielded:
            continue
        for placed in child.placements:
            host = placed.host_la
            if host is None or not placed.stands(night.on) or not placed.in_scope:
                continue
            for difference, voice, since in _expected(placed):
                if (voice, host, placed.placement_ref) in named:
                    continue
                if night.compares(voice, host, child.authority) and night.settled(
                    since
                ):
                    yield Disagreement(
                        difference, voice, host, host, child.authority,
                        placed.placement_ref, child.child_ref,
                    )  # fmt: skip


def _expected(placed: Placed) -> Iterable[tuple[Difference, Voice, dt.date]]:
    """Who should name a placement, and from which day."""
    if (placed.place_code or "").strip().upper() in HOME_CODES:
        yield Difference.HOME_NOTICE_NOT_SEEN, Voice.HOME, placed.start
    if placed.told_on is not None:
        since = max(placed.told_on, placed.start)
        yield Difference.NOT_ON_REGISTER, Voice.REGISTER, since


# --- the police --------------------------------------------------------------------


def _about_flags(accounts: Accounts, night: _Night) -> Iterable[Disagreement]:
    """Flags at an address where no child of any authority is or just was placed."""
    occupied = _occupied(accounts.children, night)
    for one in accounts.flagged:
        if not night.compares(Voice.POLICE, one.force, one.placing_la):
            continue
        if not any(postcode in occupied for postcode in one.postcodes):
            yield Disagreement(
                Difference.FLAG_WHERE_NOBODY_IS, Voice.POLICE, one.force, one.force,
                one.placing_la, source_ref=one.nominal_ref,
            )  # fmt: skip


def _occupied(
    children: Iterable[PlacedChild], night: _Night
) -> Mapping[str, PlacedChild]:
    """By postcode, somebody placed there; shielded children are somebody too."""
    return {
        placed.postcode: child
        for child in children
        for placed in child.placements
        if placed.postcode is not None
        and (placed.end is None or placed.end + night.grace >= night.on)
    }
