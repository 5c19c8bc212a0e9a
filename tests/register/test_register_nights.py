"""A night is recorded whole, once; a date run again replaces what it found."""

import pytest
from register_examples import (
    CHILD, FORCE, LA, PLACEMENT, an_id, at, day, decision, night, notice, obligation,
    resolved, review,
)  # fmt: skip
from sqlalchemy import func, select

from notifications.documents import Kind, RunSummary
from notifications.facts import State
from register import outbox as deliveries
from register.engine import reading, writing
from register.memory import load_memory
from register.nights import NightIsClosedError, RunConflictError, record_night
from register.notices import NoticeConflictError
from register.outbox import pending
from register.pictures import PictureRef, last_good
from register.placements import load_known
from register.tables import METADATA, notification


def everything(engine):
    """Every row of every table, but those of the run itself."""
    with reading(engine) as connection:
        return {
            table.name: sorted(map(repr, connection.execute(select(table)).all()))
            for table in METADATA.sorted_tables
        }


def memory(engine, before, child=(LA, CHILD)):
    with reading(engine) as connection:
        return load_memory(connection, day(before)).get(child)


def waiting(engine):
    with reading(engine) as connection:
        return [one.document_id for one in pending(connection, at(90), 100)]


def deliver_all(engine, number=1):
    with writing(engine) as connection:
        for one in deliveries.take(connection, at(number, 4), 100):
            deliveries.delivered(connection, one.outbox_id, at(number, 4))


FULL = {
    "decisions": [decision(State.NOT_KNOWN)],
    "notices": [notice()],
    "obligations": [obligation()],
    "reviews": (review(),),
}


def test_recording_a_night_again_changes_nothing(engine):
    record_night(engine, night(1, **FULL))
    first = everything(engine)
    again = record_night(engine, night(1, **FULL))
    assert everything(engine) == first
    assert again.new == again.frozen == again.dropped == ()
    assert again.enqueued == 0
