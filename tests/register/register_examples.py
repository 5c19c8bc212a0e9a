"""Small, invented nights: one child of Birmingham placed in Warwickshire."""

import datetime as dt
from uuid import UUID, uuid5

from sqlalchemy import Engine, select

from notifications.documents import (
    Audience,
    Contact,
    Kind,
    Notification,
    Obligation,
    ObligationKind,
    Priority,
    RecordView,
    Review,
    Rule,
    Withdrawal,
)
from notifications.facts import ChildMemory, PlacementStatus, State
from notifications.outcome import ChildOutcome, Decision, Notice
from records.tokens import recording_token
from register.engine import reading, writing
from register.memory import load_memory
from register.nights import NightRecord
from register.outbox import delivered, pending, take
from register.placements import ResolvedPlacement, SeenPlacement
from register.tables import METADATA

REGION = "west-midlands"
LA, FORCE = "330", "E23000014"
CHILD, PLACEMENT = "C1", "P-AAAAAAAAAAAAAAAA"
FIRST = dt.date(2026, 11, 20)
NAMESPACE = UUID("a3c9d7de-5e30-4d6e-8f6b-2b6a3f6d9a01")
RULE = Rule(id="told", version="1", text="A rule.")


def day(number: int) -> dt.date:
    """Business dates: day 1, day 2 …"""
    return FIRST + dt.timedelta(days=number - 1)


def at(number: int, hour: int = 3) -> dt.datetime:
    return dt.datetime.combine(day(number), dt.time(hour), dt.UTC)


def an_id(*parts: object) -> UUID:
    return uuid5(NAMESPACE, "/".join(map(str, parts)))


def seen(**changes) -> SeenPlacement:
    given = {
        "authority": LA, "child_ref": CHILD, "source_kind": "ssd-csv",
        "source_ref": "77", "start": dt.date(2026, 11, 1), "postcode": "CV7 8QZ",
        "place_code": "U4",
    }  # fmt: skip
    return SeenPlacement(**(given | changes))


def resolved(ref: str = PLACEMENT, **changes) -> ResolvedPlacement:
    given = {"status": PlacementStatus.CURRENT, "absent_nights": 0, "rows": 1}
    own = {name: changes.pop(name) for name in list(changes) if name in given}
    return ResolvedPlacement(
        placement_ref=ref, last_seen=seen(**changes), **(given | own)
    )


def decision(state: State, ref: str = PLACEMENT, **changes) -> Decision:
    given = {
        "placing_la": LA, "child_ref": CHILD, "placement_ref": ref,
        "placement_start": dt.date(2026, 11, 1), "host_la": "937",
        "host_force": FORCE, "at_distance": False, "cross_force": True,
        "state": state, "reason": "a.rule", "as_of": FIRST,
        "priority": Priority.STANDARD, "best_nominal_ref": None,
        "match_probability": None, "notification_ids": (), "facts_hash": "f1",
    }  # fmt: skip
    return Decision(**(given | changes))


def notice(key: object = "n", *, on: int = 1, **changes) -> Notice:
    """A notice whose id follows from ``key``; ``contact`` changes its body only."""
    identity = an_id("notice", key)
    kind = changes.get("kind", Kind.NEW)
    supersedes = changes.get("supersedes")
    contact = Contact(authority=LA, name="A", duty_phone=changes.pop("contact", None))
    given = {
        "notification_id": identity, "kind": kind, "subject": "placement",
        "placing_la": LA, "child_ref": CHILD, "placement_ref": PLACEMENT,
        "recipient": FORCE, "rule": RULE.id, "rule_version": RULE.version,
        "priority": Priority.STANDARD, "due_at": at(on + 3), "supersedes": supersedes,
        "channel": "portal", "facts_hash": "f1", "audience": Audience.DUTY,
        "is_copy": False,
    } | changes  # fmt: skip
    if kind is Kind.RETRACTION:
        document = Withdrawal(
            notification_id=supersedes, retraction_id=identity,
            reason="Withdrawn by its source.", created_on=day(on),
        )  # fmt: skip
    else:
        document = Notification(
            notification_id=identity, kind=kind, subject=given["subject"],
            recipient=given["recipient"], audience=given["audience"],
            is_copy=given["is_copy"], rule=RULE, priority=given["priority"],
            created_on=day(on), recording_token=recording_token(identity),
            supersedes=supersedes, asked="Record it.", child=None, placement=None,
            placing_authority=contact, risk_indicators=(), clock=None,
            your_records=(), pointers=(),
        )  # fmt: skip
    return Notice(**given, document=document)


def obligation(key: object = "o", *, on: int = 1, **changes) -> Obligation:
    given = {
        "obligation_id": an_id("obligation", key), "kind": ObligationKind.DATA_TASK,
        "owed_by": LA, "audience": Audience.DUTY, "rule": RULE,
        "placing_authority": Contact(authority=LA, name="A"), "child_ref": CHILD,
        "placement_ref": PLACEMENT, "asked": "Mend the postcode.",
        "due_at": at(on + 5), "escalation": 0, "created_on": day(on), "met_on": None,
    }  # fmt: skip
    return Obligation(**(given | changes))


def review(key: object = "r", *, on: int = 1, **changes) -> Review:
    def view(authority: str, ref: str) -> RecordView:
        return RecordView(
            authority=authority, authority_name="A", record_ref=ref, names=(),
            dobs=(), sex=None, postcodes=(), identifiers=(),
            content_hash=f"hash-{ref}",
        )  # fmt: skip

    given = {
        "review_id": an_id("review", key), "left": view(LA, CHILD),
        "right": view(FORCE, "N1"), "weight": 3.0, "probability": 0.8,
        "evidence": (), "rivals": (), "household": (), "hangs_on_it": "A notice.",
        "deadline": at(on + 4), "priority": Priority.STANDARD, "created_on": day(on),
    }  # fmt: skip
    return Review(**(given | changes))


def night(number: int, run: int = 1, **parts) -> NightRecord:
    """Day ``number``, run for the ``run``-th time. ``decisions``, ``notices`` and
    ``obligations`` make one child's outcome."""
    date = day(number)
    child = ChildOutcome(
        decisions=tuple(parts.pop("decisions", ())),
        notices=tuple(parts.pop("notices", ())),
        obligations=tuple(parts.pop("obligations", ())),
    )
    given = {
        "run_id": f"{REGION}-{date}-{run}", "region": REGION, "business_date": date,
        "outcome": "good", "recorded_at": at(number), "pictures": (),
        "placements": (resolved(),), "outcomes": (child,), "reviews": (),
    }  # fmt: skip
    return NightRecord(**(given | parts))


# --- asking a register -------------------------------------------------------------


def everything(engine: Engine) -> dict[str, list[str]]:
    """Every row of every table, as text."""
    with reading(engine) as connection:
        return {
            table.name: sorted(
                repr(tuple(row)) for row in connection.execute(select(table))
            )
            for table in METADATA.sorted_tables
        }


def memory(engine: Engine, before: int, child: str = CHILD) -> ChildMemory:
    with reading(engine) as connection:
        return load_memory(connection, day(before)).get((LA, child), ChildMemory())


def waiting(engine: Engine) -> list[str]:
    with reading(engine) as connection:
        return [one.document_id for one in pending(connection, at(90), 100)]


def send_all(engine: Engine, number: int) -> list[str]:
    """Everything that can be sent arrives; the documents in the order of arrival."""
    sent: list[str] = []
    while True:
        with writing(engine) as connection:
            taken = take(connection, at(number, 4), 100)
        for one in taken:
            with writing(engine) as connection:
                delivered(connection, one.outbox_id, at(number, 4))
            sent.append(one.document_id)
        if not taken:
            return sent
