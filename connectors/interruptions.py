"""A temporary placement interrupts another, which stands until the child comes back.

A temporary placement (T0–T4) must end with a return to the same place and postcode (DfE
validation rule 383), so the placement it interrupts, its *base*, has not ended.
"""

from collections.abc import Sequence
from dataclasses import replace

from connectors.care import (
    ANOTHER_FOLLOWS,
    Contradiction,
    Fault,
    Placement,
    Remark,
)


def across_interruptions(
    runs: Sequence[Placement], remarks: list[Remark]
) -> list[Placement]:
    """Placements in order of start, each base standing across what interrupts it.

    Temporary placements stay rows of their own. Remarks are added to the list.
    """
    placements: list[Placement] = []
    base: int | None = None
    absences: list[Placement] = []  # the temporary placements since the base
    for run in runs:
        standing = None if base is None else placements[base]
        if run.temporary:
            placements.append(run)
            if standing and _interrupts(run, absences[-1] if absences else standing):
                if not _lies_within(run, standing):
                    absences.append(run)
                continue
            remarks.append(Remark(Fault.NO_BASE, 0))
        elif base is not None and absences and _is_return(run, standing, absences[-1]):
            placements[base] = _resumed(placements[base], run)
            absences = []
            continue
        else:
            placements.append(run)
        if base is not None and absences:
            placements[base] = _left(placements[base], absences[-1])
        base, absences = None if run.temporary else len(placements) - 1, []
    if base is not None and absences:
        placements[base] = _at_the_last(placements[base], absences[-1], remarks)
    return placements


def _at_the_last(
    base: Placement, absence: Placement, remarks: list[Remark]
) -> Placement:
    """The base when nothing is known after the last absence."""
    if absence.end is None or care_ended(absence):
        return _left(base, absence)
    remarks.append(Remark(Fault.NOT_BACK_YET, 0))
    return _standing(base, absence)


def care_ended(placement: Placement) -> bool:
    """Whether the child left care with the end of the placement."""
    reason = placement.end_reason
    return (
        placement.end is not None and reason is not None and reason != ANOTHER_FOLLOWS
    )


def _lies_within(absence: Placement, base: Placement) -> bool:
    """An absence that is over and that the base outlasts changes nothing about it."""
    return absence.end is not None and (base.end is None or base.end > absence.end)


def _interrupts(absence: Placement, before: Placement) -> bool:
    """Whether a temporary placement carries on from the placement before it.

    A period of care can't begin with a temporary placement (DfE rule 380): after a
    start (S), or the end of care, there is nothing to interrupt.
    """
    return absence.start_reason != "S" and not care_ended(before)


def _is_return(run: Placement, base: Placement | None, absence: Placement) -> bool:
    return (
        base is not None
        and run.start_reason != "S"
        and not care_ended(absence)
        and (run.place_code, run.postcode) == (base.place_code, base.postcode)
    )


def _resumed(base: Placement, back: Placement) -> Placement:
    """The base from its own start to the end of the stay after the return."""
    return replace(
        base,
        end=back.end,
        end_reason=back.end_reason,
        legal_status=back.legal_status or base.legal_status,
        provider_code=back.provider_code or base.provider_code,
        urn=back.urn or base.urn,
        contradiction=back.contradiction,
    )


def _left(base: Placement, absence: Placement) -> Placement:
    """A base to which the child has not come back from the last absence.

    It stands while the absence lasts; it ended with care when care ended during the
    absence; and it ended as supplied when the child went elsewhere.
    """
    if absence.end is None:
        return _standing(base, absence)
    if care_ended(absence) and base.end is not None:
        return replace(
            base, end=max(base.end, absence.end), end_reason=absence.end_reason
        )
    return base


def _standing(base: Placement, absence: Placement) -> Placement:
    status = absence.legal_status or base.legal_status
    open_beside = base.contradiction is Contradiction.TWO_OPEN
    return replace(
        base,
        end=None,
        end_reason=None,
        legal_status=status,
        contradiction=None if open_beside else base.contradiction,
    )
