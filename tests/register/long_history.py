"""A register that has run for years: much that is over, and a little that is open.

Every placement is told to its host force and host authority. Of those that are over
every notice was acknowledged, what was asked for was met, and the end was sent. Rows
are written as nights, the relay and the feed would leave them, and not by those.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from loop_cases import document
from register_examples import FORCE, LA, REGION, an_id, at, day
from sqlalchemy import Engine, insert, text

from notifications.documents import Kind, body
from notifications.facts import State
from notifications.feed import EventType
from notifications.recordings import folded_reference
from register.columns import as_proof
from register.engine import writing
from register.tables import (
    decision,
    event,
    follow_up,
    notification,
    outbox,
    placement,
    recording,
    recording_look,
    run,
)

HOST_LA = "937"
NIGHTS = 60
"""Of each open placement, of which each has a decision."""
NIGHTS_WHEN_OVER = 5
TABLES = (
    run, placement, notification, outbox, event, recording, recording_look, follow_up,
    decision,
)  # fmt: skip
KNOWN, NOT_KNOWN = State.KNOWN_AT_PLACEMENT, State.NOT_KNOWN

Rows = dict[Any, list[dict[str, Any]]]


def remember(engine: Engine, *, over: int, still_open: int, first: int = 0) -> int:
    """So many placements that are over and that are open; how many notices it made.

    ``first`` is the number of the first of them: how many the register holds already.
    """
    told = 0
    with writing(engine) as connection:
        if not first:
            nights = range(1, NIGHTS + 1)
            connection.execute(insert(run), [_night(one) for one in nights])
            connection.execute(insert(recording_look), [_look(one) for one in nights])
        for rows in _in_heaps(range(first, first + over + still_open), first + over):
            for table in TABLES:
                if rows[table]:
                    connection.execute(insert(table), rows[table])
            told += len(rows[notification])
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as plain:
        # as a database that has run for years does by itself
        is_postgres = engine.dialect.name == "postgresql"
        plain.execute(text("VACUUM ANALYZE" if is_postgres else "ANALYZE"))
    return told


def _in_heaps(numbers: range, first_open: int, size: int = 1_000) -> Iterator[Rows]:
    rows: Rows = defaultdict(list)
    for number in numbers:
        one = _Placement(number, rows)
        if number < first_open:
            one.is_over()
        else:
            one.is_open()
        if (number + 1) % size == 0:
            yield rows
            rows = defaultdict(list)
    yield rows


def _run_id(number: int) -> str:
    return f"{REGION}-{day(number)}-1"


def _night(number: int) -> dict[str, Any]:
    return {
        "run_id": _run_id(number), "region": REGION, "business_date": day(number),
        "ordinal": 1, "outcome": "good", "recorded_at": at(number),
    }  # fmt: skip


def _look(number: int) -> dict[str, Any]:
    return {
        "authority": FORCE, "business_date": day(number), "run_id": _run_id(number),
        "as_of": day(number),
    }  # fmt: skip


class _Placement:
    """The rows that one placement leaves."""

    def __init__(self, number: int, rows: Rows):
        self.number, self.rows = number, rows
        self.ref = f"P-{number:016}"
        self.child = f"C{number // 3}"  # each child was moved now and then
        rows[placement].append(
            {"placement_ref": self.ref, "authority": LA, "child_ref": self.child,
             "run_id": _run_id(1)}
        )  # fmt: skip

    def is_over(self) -> None:
        self._decided([NOT_KNOWN] * NIGHTS_WHEN_OVER)
        for recipient in (FORCE, HOST_LA):
            last = self._told(Kind.NEW, recipient, 1)
            self._acknowledged(last, 2)
            self._seen(last, recipient, 3)
            if self.number % 5 == 0:
                self._chased_once(last)
                last = self._told(Kind.UPDATE, recipient, 4, last)
                self._acknowledged(last, 5)
            self._acknowledged(self._told(Kind.END, recipient, 6, last), 7)

    def is_open(self) -> None:
        """One of ten ways of being open, the most of them in good order."""
        way = self.number % 10
        known = way == 8
        states = [NOT_KNOWN] * 3 + [KNOWN if known else NOT_KNOWN] * (NIGHTS - 3)
        if way == 9:
            states[5:20] = [KNOWN] * 15
        self._decided(states)
        for recipient in (FORCE, HOST_LA):
            told = self._told(Kind.NEW, recipient, 1, delivered=way != 7)
            if way < 6:
                self._acknowledged(told, 2)
            if way < 4:
                self._seen(told, recipient, 3)
            if way == 3 and recipient == FORCE:
                self._seen(told, recipient, 9, seen=False)
            if way == 2:
                self._receipt(told, EventType.DISPUTED, 5)
            if way == 6:
                self._task(told, "acknowledge_task", met=False)

    def _told(
        self, kind: Kind, recipient: str, on: int, supersedes: UUID | None = None,
        *, delivered: bool = True,
    ) -> UUID:  # fmt: skip
        key = an_id(kind, self.number, recipient)
        self.rows[notification].append(
            {
                "notification_id": key, "kind": kind.value, "subject": "placement",
                "recipient": recipient, "audience": "duty", "is_copy": False,
                "placing_la": LA, "child_ref": self.child, "placement_ref": self.ref,
                "facts_hash": "f", "rule": "r", "rule_version": "1",
                "priority": "standard", "due_at": None, "supersedes": supersedes,
                "created_on": day(on), "run_id": _run_id(on), "channel": "portal",
                "body": _words(kind, recipient, key), "stands_after": day(on),
                "reminds": None, "reminder_no": None,
            }
        )  # fmt: skip
        self.rows[outbox].append(
            {
                "destination": "portal", "kind": "notification",
                "document_id": str(key), "method": "PUT",
                "path": f"/v1/notifications/{key}", "body": b"{}",
                "created_on": day(on), "run_id": _run_id(on), "attempts": 1,
                "state": "delivered" if delivered else "waiting",
                "settled_at": at(on, 4) if delivered else None,
            }
        )  # fmt: skip
        return key

    def _acknowledged(self, about: UUID, on: int) -> None:
        self._receipt(about, EventType.FETCHED, on)
        self._receipt(about, EventType.OPENED, on)
        reference = f"CR/{self.number if self.number % 50 else 0}"
        said = {"reference": reference, "recorded_on": day(on).isoformat()}
        proof = as_proof(folded_reference(reference))
        self._receipt(about, EventType.ACKNOWLEDGED, on, proof=proof, **said)

    def _receipt(
        self, about: UUID, kind: EventType, on: int, proof: str | None = None, **said
    ) -> None:
        self.rows[event].append(
            {
                "event_id": f"{kind}-{about}", "type": kind.value,
                "subject": str(about), "time": at(on, 9),
                "data": {"agency": "a", "actor": "x", **said},
                "after_night": day(on), "proof": proof,
            }
        )  # fmt: skip

    def _seen(self, about: UUID, recipient: str, on: int, *, seen: bool = True) -> None:
        if recipient == FORCE:
            self.rows[recording].append(
                {"notification_id": about, "business_date": day(on),
                 "run_id": _run_id(on), "seen": seen}
            )  # fmt: skip

    def _chased_once(self, about: UUID) -> None:
        self._task(about, "acknowledge_task", met=True)
        first = self.rows[notification][-1]
        self.rows[notification].append(
            first | {
                "notification_id": an_id("reminder", about), "kind": "reminder",
                "reminds": about, "reminder_no": 1, "stands_after": None,
            }
        )  # fmt: skip

    def _task(self, about: UUID, kind: str, *, met: bool) -> None:
        self.rows[follow_up].append(
            {
                "obligation_id": an_id(kind, about), "notification_id": about,
                "kind": kind, "owed_by": FORCE, "due_at": at(4), "escalation": 0,
                "opened_at": at(5), "met_at": at(6) if met else None, "body": b"{}",
                "updated_at": at(6),
            }
        )  # fmt: skip

    def _decided(self, states: list[State]) -> None:
        last = len(states)
        for number, state in enumerate(states, 1):
            self.rows[decision].append(
                {
                    "placement_ref": self.ref, "business_date": day(number),
                    "until": day(number + 1) if number < last else None,
                    "run_id": _run_id(number), "placing_la": LA,
                    "child_ref": self.child, "host_la": HOST_LA, "host_force": FORCE,
                    "state": state.value, "facts_hash": "f",
                    "last_good_state": state.value, "last_good_on": day(number),
                    "last_good_facts_hash": "f",
                }
            )  # fmt: skip


_MADE: dict[tuple[Kind, str], tuple[str, UUID]] = {}


def _words(kind: Kind, recipient: str, key: UUID) -> bytes:
    """A notice's body in its whole length, under its own id."""
    if (kind, recipient) not in _MADE:
        first = document(kind, recipient, created_on=dt.date(2026, 11, 20))
        _MADE[kind, recipient] = body(first).decode(), first.notification_id
    words, first_id = _MADE[kind, recipient]
    return words.replace(str(first_id), str(key)).encode()
