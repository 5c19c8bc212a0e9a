"""Why somebody hears nothing of a placement tonight: the rule, recipient by recipient.

It follows from the same cells and steps as the notices (``notifications.lifecycle``)
and decides nothing. A placement that ended is not decided on and has none: what an end
waits for (``life.waits-a-night``) is seen by the end itself.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from notifications.facts import Standing
from notifications.findings import Finding
from notifications.lifecycle import Cell, Step
from notifications.outcome import Silence
from notifications.recipients import (
    BY_CRITERIA,
    MATRIX,
    ROWS,
    TELLS_HOSTS,
    Role,
    Row,
)

TOLD_ONCE, SAME_STAY = "life.told-once", "life.back-again"
WHOLE_CASE, HOLDERS = "shield.whole-case", "shield.holders"


@dataclass(frozen=True, slots=True)
class Before:
    """What stood as the night began."""

    standing: Sequence[Standing]
    unsaid: Mapping[tuple[str, str], str]
    """The rule by which a holder hears nothing, by recipient and placement_ref."""
    carried: Collection[UUID]
    """Of those: told of an earlier placement of the same stay, and counted on."""
    shielded: bool

    def of(self, placement_ref: str) -> dict[str, Standing]:
        """The latest of a placement, by recipient."""
        mine = [one for one in self.standing if one.placement_ref == placement_ref]
        mine.sort(key=lambda one: (one.created_on, str(one.notification_id)))
        return {one.recipient: one for one in mine}


def silences(
    finding: Finding, cells: Iterable[Cell], taken: Iterable[Step], before: Before
) -> tuple[Silence, ...]:
    """Who is concerned, or holds a notice, and hears nothing: in recipients' order.

    Where nobody is, one without a recipient says why.
    """
    ref = finding.placement.placement_ref
    heard = {one.recipient for one in taken if one.placement_ref == ref}
    held = before.of(ref)
    quiet = {
        one.recipient: _of_cell(finding, one, held.get(one.recipient), before)
        for one in cells
        if one.placement_ref == ref and one.recipient not in heard
    }
    for recipient in held.keys() - quiet.keys() - heard:
        quiet[recipient] = _of_holder(finding.row, held[recipient], before)
    if not quiet and not heard:
        return (Silence(None, ROWS[finding.row].id),)
    return tuple(Silence(*one) for one in sorted(quiet.items()))


def _of_cell(
    finding: Finding, cell: Cell, held: Standing | None, before: Before
) -> str:
    """The rule by which a recipient whom the placement concerns hears nothing."""
    if before.shielded:
        return WHOLE_CASE
    if held is None:
        return _of_row(finding, cell.role)
    rule = before.unsaid[held.recipient, held.placement_ref]
    counted_on = rule == TOLD_ONCE and held.notification_id in before.carried
    return SAME_STAY if counted_on else rule


def _of_row(finding: Finding, role: Role) -> str:
    told = MATRIX[finding.row].kind_for(role) is not None
    return BY_CRITERIA.id if told and not finding.police else ROWS[finding.row].id


def _of_holder(row: Row, held: Standing, before: Before) -> str:
    """The rule by which a notice stays as it is though tonight is about nobody."""
    if before.shielded:
        return HOLDERS
    concerned = row in TELLS_HOSTS or row is Row.OUT_OF_SCOPE
    if concerned:
        return ROWS[row].id
    return before.unsaid[held.recipient, held.placement_ref]
