"""Tonight's matrix against what stands: who hears what, and who hears nothing.

A recipient is to hold at most one standing notice of a placement. From it and tonight's
cell follows one step, or silence:

========================================  =====================  ==================
what stands for the recipient             tonight                step
========================================  =====================  ==================
nothing                                   the cell says a kind   that kind
nothing                                   the cell says nothing  silence
this placement, same facts                any                    silence, but …
… an unconfirmed notice                   new or update          update
… an unconfirmed notice                   a person says: known   update
… a decision since taken back             any                    update
this placement, other facts               any                    update
an ended placement (or one in the area)   any (a move)           update
a placement at the same address, ended    any (no move)          silence
placement ended, nothing else here        not concerned          end
placement ended yesterday, none follows   –                      silence for a night
placement corrected to lie elsewhere      not concerned          end
child 18, dead, no longer looked after    –                      end
placement withdrawn by its source         –                      retraction
a later notice of it that names another   –                      retraction
placement current, host can't be told     –                      silence
========================================  =====================  ==================

While the case is shielded only retractions go out: they carry no details.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from notifications.documents import Kind
from notifications.facts import Standing
from notifications.outcome import Hold
from notifications.recipients import Role
from notifications.rule_entry import RuleEntry, version_of
from notifications.wording import Cause

_CONTRACT = "The region's contract, who is told what"


def _told_as(cause: Cause, words: str, source: str = _CONTRACT) -> RuleEntry:
    rule = f"tell.{cause.value}"
    return RuleEntry(rule, version_of(rule), "lifecycle", words, source)


def _silent(name: str, words: str, source: str = _CONTRACT) -> RuleEntry:
    rule = f"life.{name}"
    return RuleEntry(rule, version_of(rule), "lifecycle", words, source)


CAUSES: Mapping[Cause, RuleEntry] = {
    cause: _told_as(cause, *words)
    for cause, words in {
        Cause.DECIDED: ("an unconfirmed notice whose matter is decided becomes an "
                        "update, never a second new; when a reviewer's decision says "
                        "that the force knows the child, an update too",),
        Cause.UNDONE: ("a notice that rested on a reviewer's decision is put right by "
                       "an update when the decision is taken back, once, whatever the "
                       "state is by then",
                       "The region's design, law 5: undo sends a correction"),
        Cause.CORRECTED: ("a changed start, postcode, address, type, name or date of "
                          "birth is an update to whoever was told",),
        Cause.MOVED: ("a move is an update to whoever was told of the earlier "
                      "placement and hosts the new one, and new to whoever was not",),
        Cause.PLACEMENT_ENDED: ("a placement that ended is an end to whoever was told "
                                "of it",),
        Cause.NOT_HERE: ("a correction that moves the placement to another area is an "
                         "end to the old hosts; the new ones hear of it as new",),
        Cause.IN_AREA: ("a child back in the placing authority's own area is an end",),
        Cause.NOT_LOOKED_AFTER: ("a child no longer looked after, adoption too, is an "
                                 "end; no notice says adoption",),
        Cause.ADULT: ("the eighteenth birthday is an end",),
        Cause.DIED: ("a child's death is an end",),
        Cause.WITHDRAWN: ("a record that its source takes back is a retraction to "
                          "whoever was told, of a shielded child too",
                          "The DfE CSC API's purge; in CP-IS a deletion is no end"),
        Cause.TOLD_AGAIN: ("of two standing notices of one placement to one recipient "
                           "the earlier is retracted: the later one could not name it, "
                           "as the notice between them never arrived or the night was "
                           "run again",
                           "The region's design, law 3: nobody is told twice"),
    }.items()
}  # fmt: skip
"""Why a notice is made where it is not the first: ids ``tell.…``."""

QUIET: Mapping[str, RuleEntry] = {
    one.id: one
    for one in (
        _silent("told-once", "the same facts to the same recipient are told once; "
                "another carer, social worker or phone, or another legal status alone "
                "(RNE L), is no other fact",
                "The region's design, law 3: nobody is told twice; SSDA903 guide: "
                "reason for new episode"),
        _silent("now-known", "when a force's own records come to show a child whom it "
                "was told of as unconfirmed, that is the answer: no other notice, and "
                "the loop follows the one that stands",
                "The region's design, law 4: told is not recorded"),
        _silent("doubt", "an unreadable postcode, an unusable extract, a record out of "
                "sight: nothing is ended",
                "The region's design, law 2: doubt never reassures"),
        _silent("back-again", "a child back at the same address within a day has not "
                "moved: what was told goes on to count",
                "The region file, squash_days"),
        _silent("waits-a-night", "an end that nothing follows, and that is no end of "
                "care, is told a night later: the child may be back",
                "The region file, squash_days"),
        _silent("adopted", "an adoption ends all that began before it, whatever is "
                "left open; the child's later record is another child's and is never "
                "linked to the earlier one",
                "SSDA903 guide: adoption closes the record, a new one is unlinked"),
        _silent("history", "each update, end and retraction names the notice it takes "
                "the place of, and none is changed or deleted"),
        _silent("base-stands", "a temporary stay elsewhere and the return from it tell "
                "nobody: the placement that it interrupts stands",
                "SSDA903 validation rule 383"),
    )
}  # fmt: skip
"""Why nobody hears of something."""


class Fate(StrEnum):
    """What became of a placement that somebody was told of."""

    HOSTED = "hosted"
    """Current and told of: whoever is not among its recipients is not concerned."""
    HELD = "held"
    """Current, but nobody can be told tonight, or nobody is to be: all stays."""
    IN_AREA = "in_area"
    """It lies, or the child is again, in the placing authority's own area."""
    ENDED = "ended"
    WAITS = "waits"
    """Ended so lately that the child may yet be back."""
    LEFT_CARE = "left_care"
    """Ended, and no placement followed."""
    WITHDRAWN = "withdrawn"
    NOT_SEEN = "not_seen"
    """The register handed in no such placement. Absence ends nothing."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What tonight's matrix says to one recipient of one placement."""

    recipient: str
    role: Role
    placement_ref: str
    facts_hash: str
    kind: Kind | None
    """``None``: concerned, but there is nothing to say."""
    judgement: str | None = None
    """The event id of the person's decision that what is said rests on."""
    waiting: tuple[Kind, Hold] | None = None
    """What is said if nobody decides, and until when it is held."""
    judged_known: bool = False
    """It is that decision which says that the force knows the child there."""
    known_there: bool = False
    """The force's own records show the child there."""


@dataclass(frozen=True, slots=True)
class Step:
    """One notice to be made."""

    kind: Kind
    cause: Cause
    recipient: str
    role: Role | None
    """``None`` for an end or a retraction: the recipient has no role any more."""
    placement_ref: str
    facts_hash: str
    standing: Standing | None
    """What it supersedes."""
    judgement: str | None = None
    hold: Hold | None = None


@dataclass(frozen=True, slots=True)
class Unsaid:
    """Why a recipient who holds a notice hears nothing of it tonight."""

    recipient: str
    placement_ref: str
    rule: RuleEntry


@dataclass(frozen=True, slots=True)
class Night:
    """What the steps follow from, beside the cells."""

    fates: Mapping[str, Fate]
    """By placement_ref."""
    departure: Cause | None
    shielded: bool
    judgements: frozenset[str] = frozenset()
    """The event ids of the decisions that nobody has taken back."""
    told_again: tuple[Standing, ...] = ()
    """Notices whose recipients hold a later one of the same placement too."""

    def fate(self, standing: Standing) -> Fate:
        return self.fates.get(standing.placement_ref, Fate.NOT_SEEN)


_MOVED_FROM = frozenset({Fate.ENDED, Fate.IN_AREA})
"""Fates of a placement that a child can have left for one that is told of."""
_CLOSED_BY = {
    Fate.ENDED: Cause.PLACEMENT_ENDED,
    Fate.LEFT_CARE: Cause.NOT_LOOKED_AFTER,
    Fate.IN_AREA: Cause.IN_AREA,
    Fate.HOSTED: Cause.NOT_HERE,
}


def steps(
    standing: Iterable[Standing], cells: Sequence[Cell], night: Night
) -> tuple[Step, ...]:
    """Every notice that tonight makes about a child, in a stable order."""
    return steps_and_unsaid(standing, cells, night)[0]


def steps_and_unsaid(
    standing: Iterable[Standing], cells: Sequence[Cell], night: Night
) -> tuple[tuple[Step, ...], tuple[Unsaid, ...]]:
    """The same, and why whoever was told before hears nothing."""
    held = sorted(
        standing,
        key=lambda one: (one.created_on, str(one.notification_id)),
        reverse=True,
    )
    found: list[Step | Unsaid | None] = []
    taken: set[Standing] = set()
    if not night.shielded:
        for cell in cells:
            about = _about(cell, held, night, taken)
            if about is not None:
                taken.add(about)
            found.append(_told(cell, about, night))
    found += [_closed(one, night) for one in held if one not in taken]
    found += [
        _closing(one, Kind.RETRACTION, Cause.TOLD_AGAIN) for one in night.told_again
    ]
    made = (one for one in found if isinstance(one, Step))
    unsaid = (one for one in found if isinstance(one, Unsaid))
    return tuple(sorted(made, key=_order)), tuple(unsaid)


def _about(
    cell: Cell, held: Sequence[Standing], night: Night, taken: Collection[Standing]
) -> Standing | None:
    """The standing notice that the cell's recipient holds of this placement, or of
    one that the child has left."""
    mine = [one for one in held if one.recipient == cell.recipient]
    for one in mine:
        if one.placement_ref == cell.placement_ref:
            return one
    for one in mine:
        if one not in taken and night.fate(one) in _MOVED_FROM:
            return one
    return None


def _told(cell: Cell, standing: Standing | None, night: Night) -> Step | Unsaid | None:
    if standing is None:
        return _first(cell)
    cause = _news(cell, standing, night)
    if cause is not None:
        return _step(cell, Kind.UPDATE, cause, standing)
    shown = standing.kind is Kind.UNCONFIRMED and cell.known_there
    return _unsaid(standing, "life.now-known" if shown else "life.told-once")


def _first(cell: Cell) -> Step | None:
    """What a recipient is told who holds nothing that stands."""
    if cell.kind is not None:
        return _step(cell, cell.kind, Cause.STATE, None)
    if cell.waiting is not None:
        kind, hold = cell.waiting
        return replace(_step(cell, kind, Cause.STATE, None), hold=hold)
    return None


def _news(cell: Cell, standing: Standing, night: Night) -> Cause | None:
    """Why what stands is to be updated, if it is."""
    taken_back = standing.judgement not in night.judgements
    if standing.placement_ref != cell.placement_ref:
        return Cause.MOVED
    if standing.judgement is not None and taken_back:
        return Cause.UNDONE
    if standing.facts_hash != cell.facts_hash:
        return Cause.CORRECTED
    decided = cell.kind in {Kind.NEW, Kind.UPDATE} or cell.judged_known
    if standing.kind is Kind.UNCONFIRMED and decided:
        return Cause.DECIDED
    return None


def _step(cell: Cell, kind: Kind, cause: Cause, standing: Standing | None) -> Step:
    return Step(
        kind=kind,
        cause=cause,
        recipient=cell.recipient,
        role=cell.role,
        placement_ref=cell.placement_ref,
        facts_hash=cell.facts_hash,
        standing=standing,
        judgement=cell.judgement,
    )


def _unsaid(standing: Standing, rule: str) -> Unsaid:
    return Unsaid(standing.recipient, standing.placement_ref, QUIET[rule])


def _closed(standing: Standing, night: Night) -> Step | Unsaid | None:
    """The end or retraction of a notice that no cell of tonight is about."""
    fate = night.fate(standing)
    if fate is Fate.WITHDRAWN:
        return _closing(standing, Kind.RETRACTION, Cause.WITHDRAWN)
    cause = night.departure or _CLOSED_BY.get(fate)
    if night.shielded:
        return None
    if cause is None:
        waits = fate is Fate.WAITS
        return _unsaid(standing, "life.waits-a-night" if waits else "life.doubt")
    return _closing(standing, Kind.END, cause)


def _closing(standing: Standing, kind: Kind, cause: Cause) -> Step:
    return Step(
        kind=kind,
        cause=cause,
        recipient=standing.recipient,
        role=None,
        placement_ref=standing.placement_ref,
        facts_hash=standing.facts_hash,
        standing=standing,
    )


def _order(step: Step) -> tuple[str, str, str, str]:
    made_from = str(step.standing.notification_id) if step.standing else ""
    return (step.placement_ref, step.recipient, step.kind.value, made_from)
