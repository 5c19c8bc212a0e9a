"""Documents about people who were never born, for the portal's tests.

Every surname ends in *-test*, every phone is of the range set aside for drama, every
postcode is of no live place, so that nobody real can be meant.
"""

import datetime as dt
from uuid import UUID, uuid5

from notifications import documents as docs
from notifications import reports
from notifications.fill_in import fill_in
from notifications.search_answers import FoundView, SearchAnswer
from records.tokens import recording_token

SPACE = UUID("5f0b6b52-9c55-5a83-9f3e-2f4f0e7f8a10")
POLICE, HOST_LA, PLACING_LA = "E23000014", "334", "330"
NIGHT = dt.date(2026, 11, 22)
CANARY = "Zebediah"  # a forename that must be found nowhere but on pages


def made(name: str) -> UUID:
    """An id that is always the same for the same name."""
    return uuid5(SPACE, name)


def contact(authority: str = PLACING_LA, name: str = "Birmingham") -> docs.Contact:
    return docs.Contact(
        authority=authority, name=name, duty_phone="0121 496 0330",
        duty_email="duty.330@demo.example", out_of_hours_phone="0121 496 0331",
        social_worker="Pat Worker-Test", social_worker_phone="07700 900123",
        social_worker_email="pat@demo.example",
    )  # fmt: skip


def rule(name: str = "not_known") -> docs.Rule:
    return docs.Rule(
        id=name, version="2026-11-22",
        text="A child looked after by another authority is placed in your area, and "
        "your records do not know the child.",
    )  # fmt: skip


def notification(name: str = "first", **changed: object) -> docs.Notification:
    notification_id = made(f"notification {name}")
    given: dict[str, object] = {
        "notification_id": notification_id,
        "kind": docs.Kind.NEW,
        "subject": "placement",
        "recipient": POLICE,
        "audience": docs.Audience.DUTY,
        "is_copy": False,
        "rule": rule(),
        "priority": docs.Priority.HIGH,
        "created_on": NIGHT,
        "recording_token": recording_token(notification_id),
        "supersedes": None,
        "asked": "Record that this child is looked after out of area at this address, "
        "name the placing authority, and write the recording token into your record. "
        "Then acknowledge with your own reference and the date you recorded it. This "
        "notice does not discharge regulation 13(4): the placing authority must still "
        "give its own written notice.",
        "child": child(),
        "placement": placement(),
        "placing_authority": contact(),
        "risk_indicators": (
            docs.RiskIndicator(
                indicator="cse_victim", answer="yes",
                source="assessment factors, 330", since=dt.date(2026, 3, 1),
            ),
            docs.RiskIndicator(
                indicator="missing", answer="no", source="330", since=None
            ),
            docs.RiskIndicator(
                indicator="gang", answer="not supplied", source=None,
                since=None,
            ),
        ),
        "clock": docs.Clock(
            due_at=dt.datetime(2026, 11, 23, 17, tzinfo=dt.UTC),
            basis="protocol, new placements", text="One working day from the night.",
        ),
        "your_records": ("N/0012345",),
        "pointers": (),
    }  # fmt: skip
    return docs.Notification.model_validate(given | changed)


def child(forename: str = CANARY, surname: str = "Quill-Test") -> docs.ChildDetails:
    return docs.ChildDetails(
        child_ref="C-10342", forename=forename, middle_names="Ada", surname=surname,
        known_as="Zeb", former_surname=None, dob=dt.date(2012, 2, 29), sex="M",
    )  # fmt: skip


def placement() -> docs.PlacementDetails:
    return docs.PlacementDetails(
        placement_ref="P-330-00017", address="4 Sample Close, Solihull",
        postcode="B91 9ZZ", host_la=HOST_LA, host_la_name="Solihull", place_code="U6",
        place_type="foster placement", start=dt.date(2026, 11, 20), end=None,
        expected_end=None, carer_or_home="Foster carer", carer_phone=None,
        legal_status="full care order", iro="Sam Officer-Test",
    )  # fmt: skip


def withdrawal(name: str = "first", **changed: object) -> docs.Withdrawal:
    given: dict[str, object] = {
        "notification_id": made(f"notification {name}"),
        "retraction_id": made(f"retraction {name}"),
        "reason": "The placing authority took the placement out of its record.",
        "created_on": NIGHT,
    }
    return docs.Withdrawal.model_validate(given | changed)


def obligation(name: str = "first", **changed: object) -> docs.Obligation:
    given: dict[str, object] = {
        "obligation_id": made(f"obligation {name}"),
        "kind": docs.ObligationKind.DATA_TASK,
        "owed_by": PLACING_LA,
        "audience": docs.Audience.DUTY,
        "rule": docs.Rule(
            id="no_host", version="2026-11-22",
            text="Your record of this child's placement can't be placed on the map.",
        ),
        "placing_authority": contact(),
        "child_ref": "C-20001",
        "placement_ref": "P-330-00021",
        "asked": "The placement has no postcode. Add it.",
        "due_at": dt.datetime(2026, 11, 25, 17, tzinfo=dt.UTC),
        "escalation": 0,
        "created_on": NIGHT,
        "met_on": None,
    }  # fmt: skip
    return docs.Obligation.model_validate(given | changed)


def record(side: str, **changed: object) -> docs.RecordView:
    police = side == "right"
    given: dict[str, object] = {
        "authority": POLICE if police else PLACING_LA,
        "authority_name": "West Midlands Police" if police else "Birmingham",
        "record_ref": "N/0012345" if police else "C-10342",
        "names": ("Zeb Quill-Test",) if police else ("Zebediah Ada Quill-Test",),
        "dobs": (dt.date(2012, 2, 28) if police else dt.date(2012, 2, 29),),
        "sex": "M",
        "postcodes": ("B91 9ZY", "CV7 9ZZ") if police else ("B91 9ZZ",),
        "identifiers": ("pnc 2024/0012345X",) if police else ("nhs 9434765919",),
        "content_hash": f"sha256:{side}",
    }
    return docs.RecordView.model_validate(given | changed)


def review(name: str = "first", **changed: object) -> docs.Review:
    parts = (
        ("prior", "How often any such pair is one person", None, None, -12.4),
        ("forename", "A short form of the same name", "Zebediah", "Zeb", 5.1),
        ("surname", "The same rare surname", "Quill-Test", "Quill-Test", 9.8),
        ("date_of_birth", "One day apart", "2012-02-29", "2012-02-28", 3.2),
        ("postcode", "The same district", "B91 9ZZ", "B91 9ZY", 1.1),
        ("sex", "The same", "M", "M", 0.9),
        ("identifiers", "Of different kinds, so nothing is compared", None, None, 0.0),
        ("known_before", "No link on record", None, None, -2.6),
    )
    rival = record("right", record_ref="N/0099999", names=("Zac Quill-Test",))
    given: dict[str, object] = {
        "review_id": made(f"review {name}"),
        "left": record("left"),
        "right": record("right"),
        "weight": 5.1,
        "probability": 0.971,
        "evidence": tuple(
            docs.EvidenceView(
                comparison=comparison, explanation=explanation, left=left, right=right,
                weight=weight,
            )
            for comparison, explanation, left, right, weight in parts
        ),
        "rivals": (docs.RivalView(record=rival, weight=1.3, probability=0.71),),
        "household": (
            record("right", record_ref="N/0011111", names=("Ann Quill-Test",),
                   dobs=(dt.date(1980, 5, 1),), sex="F"),
        ),
        "hangs_on_it": "If nobody decides, West Midlands Police is told it as "
        "unconfirmed.",
        "deadline": dt.datetime(2026, 11, 24, 17, tzinfo=dt.UTC),
        "priority": docs.Priority.HIGH,
        "created_on": NIGHT,
    }  # fmt: skip
    return docs.Review.model_validate(given | changed)


def search_answer(name: str = "first", **changed: object) -> SearchAnswer:
    given: dict[str, object] = {
        "search_id": made(f"search {name}"),
        "review_id": made(f"review {name}"),
        "outcome": "searched",
        "authority": POLICE,
        "authority_name": "West Midlands Police",
        "as_of": NIGHT,
        "searched": 4012,
        "found": (
            FoundView(
                record=record("right", record_ref="N/0777777"), weight=-3.2,
                probability=0.1, review_id=made(f"review {name} found"),
            ),
            FoundView(
                record=record("right", record_ref="N/0888888"), weight=-7.5,
                probability=0.01, review_id=None,
            ),
        ),
        "answered_on": NIGHT,
    }  # fmt: skip
    return SearchAnswer.model_validate(given | changed)


def person(**changed: object) -> docs.CrossBorderPerson:
    given: dict[str, object] = {
        "person_id": made("person"),
        "kind": "perpetrator",
        "holders": (
            docs.Holder(authority=POLICE, record_ref="N/77", probability=0.99),
            docs.Holder(authority="E23000015", record_ref="S/12", probability=0.98),
        ),
        "created_on": NIGHT,
    }
    return docs.CrossBorderPerson.model_validate(given | changed)


def run(**changed: object) -> reports.RunSummary:
    given: dict[str, object] = {
        "run_id": "demo-2026-11-22-1",
        "region": "demo",
        "business_date": NIGHT,
        "outcome": "degraded",
        "problems": ("861: no extract arrived; its last good picture stands.",),
        "counts": {
            "extract": {"rows": 81234, "accepted": 81200, "rejected": 34},
            "match": {"pairs_compared": 1204331, "pairs_kept": 812},
            "decide": {
                "state_not_known": 31,
                "state_possible": 4,
                "state_known_at_placement": 90,
            },
            "publish": {"delivered": 52, "refused": 0},
        },
        "seconds": {"extract": 4.21, "match": 11.9, "decide": 0.8, "publish": 2.2},
    }
    return reports.RunSummary.model_validate(given | changed)


def verdict(**changed: object) -> reports.SupplierVerdict:
    given: dict[str, object] = {
        "verdict_id": made("verdict"),
        "authority": PLACING_LA,
        "business_date": NIGHT,
        "outcome": "usable",
        "reason": "",
        "files": (
            reports.SupplierFile(
                name="ssd_person.csv", outcome="partly_accepted", rows=400,
                accepted=398, rejected=2, problem="", notes=("3 unknown columns",),
            ),
        ),
        "rejects_by_code": {"bad_date": 2},
    }  # fmt: skip
    return reports.SupplierVerdict.model_validate(given | changed)


def quality(**changed: object) -> reports.QualityReport:
    given: dict[str, object] = {
        "authority": PLACING_LA,
        "business_date": NIGHT,
        "outcome": "usable",
        "as_of": NIGHT,
        "rows": 400,
        "accepted": 398,
        "rejected": 2,
        "tables": (
            reports.TableQuality(
                table="children", rows=120,
                filled={"forename": 120, "dob": 119, "ethnicity": 60},
            ),
            reports.TableQuality(table="missing_episodes", rows=9, filled={"start": 9}),
        ),
        "states": {"not_known": 3, "known_at_placement": 9, "possible": 1},
        "loop": {"told": 12, "recorded": 7, "open": 3, "overdue": 1},
    }  # fmt: skip
    return reports.QualityReport.model_validate(given | changed)


def dead_letter(name: str = "17", **changed: object) -> reports.DeadLetter:
    given: dict[str, object] = {
        "letter_id": name,
        "destination": "portal",
        "kind": "notification",
        "document_id": str(made(f"notification {name}")),
        "reason": "422, This portal has no agency E23000016",
        "attempts": 1,
        "created_on": NIGHT,
        "settled": "waits",
    }
    return reports.DeadLetter.model_validate(given | changed)


def reminder(name: str = "first", number: int = 1, **changed: object):
    """A reminder of the notification of that name: it repeats no details."""
    given: dict[str, object] = {
        "notification_id": made(f"reminder {number} {name}"),
        "kind": docs.Kind.REMINDER,
        "recording_token": recording_token(made(f"notification {name}")),
        "reminds": made(f"notification {name}"),
        "child": None,
        "placement": None,
        "risk_indicators": (),
        "your_records": (),
    }
    return notification(name, **(given | changed))


def packaged(name: str = "first", **changed: object) -> docs.Notification:
    """A notification with a record-ready package."""
    document = notification(name, **changed)
    return document.model_copy(update={"fill_in": fill_in((), document)})
