"""Tonight's matrix against what stands: who hears what, and who hears nothing.

A recipient holds at most one standing notice of a placement. From it and tonight's
cell follows one step, or silence:

========================================  =====================  ==================
what stands for the recipient             tonight                step
========================================  =====================  ==================
nothing                                   the cell says a kind   that kind
nothing                                   the cell says nothing  silence
this placement, same facts                any                    silence, but …
… an unconfirmed notice                   new or update          update
this placement, other facts               any                    update
an ended placement (or one in the area)   any (a move)           update
placement ended, nothing else here        not concerned          end
placement corrected to lie elsewhere      not concerned          end
child 18, dead, no longer looked after    –                      end
placement withdrawn by its source         –                      retraction
placement current, host can't be told     –                      silence
========================================  =====================  ==================

While the case is shielded only retractions go out: they carry no details.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from notifications.documents import Kind
from notifications.facts import Standing
from notifications.recipients import Role
from notifications.wording import Cause


class Fate(StrEnum):
    """What became of a placement that somebody was told of."""

    HOSTED = "hosted"
    """Current and told of: whoever is not among its recipients is not concerned."""
    HELD = "held"
    """Current, but nobody can be told tonight, or nobody is to be: all stays."""
    IN_AREA = "in_area"
    """It lies, or the child is again, in the placing authority's own area."""
    ENDED = "ended"
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


@dataclass(frozen=True, slots=True)
class Night:
    """What the steps follow from, beside the cells."""

    fates: Mapping[str, Fate]
    """By placement_ref."""
    departure: Cause | None
    shielded: bool

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
    held = sorted(
        standing,
        key=lambda one: (one.created_on, str(one.notification_id)),
        reverse=True,
    )
    found: list[Step] = []
    taken: set[Standing] = set()
    if not night.shielded:
        for cell in cells:
            about = _about(cell, held, night, taken)
            if about is not None:
                taken.add(about)
            step = _told(cell, about)
            if step is not None:
                found.append(step)
    found += [
        step
        for one in held
        if one not in taken and (step := _closed(one, night)) is not None
    ]
    return tuple(sorted(found, key=_order))


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


def _told(cell: Cell, standing: Standing | None) -> Step | None:
    if standing is None:
        if cell.kind is None:
            return None
        return _step(cell, cell.kind, Cause.STATE, None)
    if standing.placement_ref != cell.placement_ref:
        return _step(cell, Kind.UPDATE, Cause.MOVED, standing)
    if standing.facts_hash != cell.facts_hash:
        return _step(cell, Kind.UPDATE, Cause.CORRECTED, standing)
    if standing.kind is Kind.UNCONFIRMED and cell.kind in {Kind.NEW, Kind.UPDATE}:
        return _step(cell, Kind.UPDATE, Cause.DECIDED, standing)
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
    )


def _closed(standing: Standing, night: Night) -> Step | None:
    """The end or retraction of a notice that no cell of tonight is about."""
    fate = night.fate(standing)
    if fate is Fate.WITHDRAWN:
        return _closing(standing, Kind.RETRACTION, Cause.WITHDRAWN)
    cause = night.departure or _CLOSED_BY.get(fate)
    if cause is None or night.shielded:
        return None
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
