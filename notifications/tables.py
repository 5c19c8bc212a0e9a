"""Decisions, notices and people as the tables that every run leaves (contracts: §5)."""

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

import pyarrow as pa

from notifications.facts import PersonGroup
from notifications.outcome import Decision, Notice
from records.schemas import conform

_text, _flag, _day, _number = pa.string(), pa.bool_(), pa.date32(), pa.float64()


def _schema(columns: Iterable[tuple[str, pa.DataType]], *, nullable: str) -> pa.Schema:
    may_be_null = set(nullable.split())
    return pa.schema(
        [pa.field(name, kind, nullable=name in may_be_null) for name, kind in columns]
    )


DECISIONS = _schema(
    [
        ("placing_la", _text),
        ("child_ref", _text),
        ("placement_ref", _text),
        ("placement_start", _day),
        ("host_la", _text),
        ("host_force", _text),
        ("at_distance", _flag),
        ("cross_force", _flag),
        ("state", _text),
        ("reason", _text),
        ("as_of", _day),
        ("priority", _text),
        ("best_nominal_ref", _text),
        ("match_probability", _number),
        ("notification_ids", pa.list_(_text)),
    ],
    nullable="host_la host_force at_distance cross_force best_nominal_ref "
    "match_probability",
)

NOTIFICATIONS = _schema(
    [
        ("notification_id", _text),
        ("kind", _text),
        ("subject", _text),
        ("placing_la", _text),
        ("child_ref", _text),
        ("placement_ref", _text),
        ("recipient", _text),
        ("rule", _text),
        ("rule_version", _text),
        ("priority", _text),
        ("due_at", pa.timestamp("us", tz="UTC")),
        ("supersedes", _text),
    ],
    nullable="placing_la child_ref placement_ref due_at supersedes",
)

PEOPLE = _schema(
    [
        ("person_id", _text),
        ("kind", _text),
        ("authority", _text),
        ("record_ref", _text),
        ("probability", _number),
    ],
    nullable="",
)


def decisions_table(decisions: Iterable[Decision]) -> pa.Table:
    """One row for each decision, by placing authority, child and placement."""
    ordered = sorted(
        decisions, key=lambda one: (one.placing_la, one.child_ref, one.placement_ref)
    )
    return conform([_row(one, DECISIONS) for one in ordered], DECISIONS)


def notifications_table(notices: Iterable[Notice]) -> pa.Table:
    """One row for each notice that a night made, by id.

    One that waits for a review's deadline is not made yet: it has its row on the night
    that makes it. One that the surge brake or a first night's schedule holds is made:
    whoever decides it again on later nights leaves it out there.
    """
    made = (one for one in notices if one.hold is None or one.hold.by != "review")
    ordered = sorted(made, key=lambda one: str(one.notification_id))
    return conform([_row(one, NOTIFICATIONS) for one in ordered], NOTIFICATIONS)


def people_table(people: Iterable[PersonGroup]) -> pa.Table:
    """One row for each record of a cross-border person, by person and record.

    Restricted records are left out, and with them a person whom then only one
    authority holds.
    """
    rows: list[dict[str, object]] = []
    for group in sorted(people, key=lambda one: str(one.person_id)):
        shown = sorted(
            (one for one in group.members if not one.restricted),
            key=lambda one: (one.authority, one.record_ref),
        )
        if len({one.authority for one in shown}) < 2:
            continue
        rows += [
            {
                "person_id": str(group.person_id),
                "kind": group.kind,
                "authority": one.authority,
                "record_ref": one.record_ref,
                "probability": one.probability,
            }
            for one in shown
        ]
    return conform(rows, PEOPLE)


def _row(record: Decision | Notice, schema: pa.Schema) -> dict[str, object]:
    return {name: _plain(getattr(record, name)) for name in schema.names}


def _plain(value: object) -> object:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, tuple):
        return [str(one) for one in value]
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC)
    return value
