"""The companion files of every kind of children's services extract (contracts §2)."""

from collections.abc import Iterable

from synthetic.care import Child, Placement, began, standing
from synthetic.extracts import Cell, Extract, iso, yes_no
from synthetic.perpetrators import Concern

PROTECTED = ("child_id", "from", "until", "reason", "contact")
PLACEMENTS = (
    "child_id", "start_date", "address", "uprn", "carer_or_home", "carer_phone",
    "planned", "expected_end", "iro", "contact",
)  # fmt: skip
PERSONS_OF_CONCERN = (
    "person_ref", "forename", "surname", "aliases", "dob", "sex", "postcode", "concern",
    "since", "until", "linked_child_ids",
)  # fmt: skip
_NOT_SUPPLIED_EVERY = 12


def add_companions(
    extract: Extract, children: list[Child], concerns: Iterable[Concern]
) -> None:
    """Adds the three files; they hold all there is, even where the feed is a delta."""
    extract.add_table(
        "protected.csv",
        PROTECTED,
        [
            (
                child.child_ref,
                iso(each.start),
                iso(each.until),
                each.reason,
                each.contact,
            )
            for child in children
            for each in child.protections
        ],
    )
    extract.add_table(
        "placements.csv",
        PLACEMENTS,
        [
            _placement(child, placement)
            for child in children
            for placement in standing(child)
            if placement.number % _NOT_SUPPLIED_EVERY
        ],
    )
    extract.add_table(
        "persons_of_concern.csv",
        PERSONS_OF_CONCERN,
        [
            (
                each.person_ref,
                each.written.forename,
                each.written.surname,
                ";".join(each.aliases),
                iso(each.written.dob),
                each.person.sex,
                each.postcode,
                each.concern,
                iso(each.since),
                iso(each.until),
                ";".join(each.linked),
            )
            for each in concerns
            if each.authority == extract.authority
        ],
    )


def _placement(child: Child, placement: Placement) -> tuple[Cell, ...]:
    at = placement.stay.address
    return (
        child.child_ref,
        iso(began(child, placement)),
        at.line if at else None,
        at.uprn if at else None,
        placement.stay.carer,
        placement.stay.carer_phone,
        yes_no(placement.planned),
        iso(placement.expected_end),
        f"Reviewing officer of {child.worker.team}",
        child.worker.email,
    )
