"""Kind ``csc-api-json``: the DfE children's social care payload, a document per child.

The first night sends everybody; each later one only the children whose document has
changed, and what must be deleted (``purge``). The payload has no names but first name
and surname, and neither legal status nor the names of workers.
"""

from collections.abc import Iterable, Sequence

from synthetic.care import Child, Placement
from synthetic.extracts import Cell, Extract, iso
from synthetic.format_ssd import factors, periods
from synthetic.world import Purge

Document = dict[str, object]


def add_documents(
    extract: Extract, children: Sequence[Child], purged: Sequence[Purge] = ()
) -> None:
    """Adds ``children.json``: the children given, and what is to be deleted."""
    placements = {
        each.child_ref: each.placement for each in purged if each.placement is not None
    }
    documents = [
        _document(extract.authority, child, placements.get(child.child_ref))
        for child in children
    ]
    documents += [
        _payload(extract.authority, each.child_ref, {"purge": True})
        for each in purged
        if each.placement is None
    ]
    extract.add_documents("children.json", documents)


def changed(la: str, before: Iterable[Child], now: Iterable[Child]) -> list[Child]:
    """The children of tonight whose document differs from last night's."""
    held = {child.child_ref: _document(la, child, None) for child in before}
    return [
        child
        for child in now
        if held.get(child.child_ref) != _document(la, child, None)
    ]


def _payload(la: str, child_ref: str, rest: Document) -> Document:
    code: object = int(la) if la.isdigit() else la
    own = {"la_child_id": child_ref, "mis_child_id": f"MIS{child_ref}"}
    return {"la_code": code, "Children": {**own, **rest}}


def _document(la: str, child: Child, purged_placement: int | None) -> Document:
    return _payload(
        la,
        child.child_ref,
        {
            "purge": False,
            "child_details": _details(child),
            "social_care_episodes": [
                _episode(child, period, purged_placement)
                for period in dict.fromkeys(period for period, _ in periods(child))
            ],
        },
    )


def _details(child: Child) -> Document:
    person = child.person
    unknown: Cell = None if child.upn else "UN1" if person.uasc else "UN3"
    return {
        "unique_pupil_number": child.upn,
        "unique_pupil_number_unknown_reason": unknown,
        "first_name": person.name.forename,
        "surname": person.name.surname,
        "date_of_birth": iso(person.dob),
        "sex": person.sex,
        "ethnicity": person.ethnicity,
        "disabilities": [],
        "postcode": person.home.postcode if person.home else None,
        "uasc_flag": person.uasc,
        "purge": False,
    }


def _episode(child: Child, period: str, purged_placement: int | None) -> Document:
    own = [placement for its, placement in periods(child) if its == period]
    entered, last = own[0].start, own[-1].episodes[-1]
    over = last.end is not None and last.end_reason != "X1"
    placements = [_placement(placement) for placement in own]
    if purged_placement is not None and child.placements[-1] is own[-1]:
        gone = {"child_looked_after_placement_id": str(purged_placement)}
        placements.append({**gone, "purge": True})
    return {
        "social_care_episode_id": period,
        "referral_date": iso(entered),
        "closure_date": iso(last.end) if over else None,
        "care_worker_details": [
            {
                "worker_id": f"SW{child.worker.number:04d}",
                "start_date": iso(entered),
                "end_date": None,
            }
        ],
        "child_and_family_assessments": [
            {
                "child_and_family_assessment_id": f"{period}A",
                "start_date": iso(entered),
                "authorisation_date": iso(entered),
                "factors": factors(child),
                "purge": False,
            }
        ],
        "child_looked_after_placements": placements,
        "purge": False,
    }


def _placement(placement: Placement) -> Document:
    stay, end = placement.stay, placement.episodes[-1]
    return {
        "child_looked_after_placement_id": str(placement.number),
        "start_date": iso(placement.start),
        "start_reason": placement.episodes[0].reason,
        "placement_type": stay.place_code,
        "postcode": stay.postcode,
        "end_date": iso(end.end),
        "end_reason": end.end_reason,
        "change_reason": placement.change_reason,
        "purge": False,
    }
