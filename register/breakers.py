"""Leaving a destination in peace that fails again and again.

A breaker opens after :data:`MOST_FAILURES` in a row. Once its pause is over, one
delivery is tried: if that arrives it closes, else the next pause is longer. All of it
is computed from what is stored, so that any pass of any process goes on from there.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, delete, insert, select, update

from register.engine import take_turns
from register.tables import breaker

MOST_FAILURES = 5
FIRST_PAUSE = dt.timedelta(seconds=30)
LONGEST_PAUSE = dt.timedelta(hours=1)

TRIAL = dt.timedelta(minutes=2)
"""How long nobody else tries while one delivery is tried."""

FOR_GOOD = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)
"""Open until a person says otherwise."""

Gate = Literal["closed", "half-open", "open"]


@dataclass(frozen=True, slots=True)
class Breaker:
    """How a destination has answered of late."""

    destination: str
    """``portal``, ``webhook:<authority>`` or ``email``."""
    failures: int
    """In a row."""
    open_until: dt.datetime | None
    last_problem: str | None

    @property
    def disabled(self) -> bool:
        return self.open_until == FOR_GOOD

    def gate(self, now: dt.datetime) -> Gate:
        """Whether to send; half-open says: try one delivery."""
        if self.open_until is None:
            return "closed"
        return "open" if now < self.open_until else "half-open"


def breaker_of(connection: Connection, destination: str) -> Breaker:
    """A destination's breaker; one that nothing is known of is closed."""
    row = connection.execute(
        select(breaker).where(breaker.c.destination == destination)
    ).one_or_none()
    if row is None:
        return Breaker(destination, 0, None, None)
    return Breaker(**row._mapping)


def breakers(connection: Connection) -> tuple[Breaker, ...]:
    """Every destination whose last delivery failed, by name."""
    rows = connection.execute(
        select(breaker).where(breaker.c.failures > 0).order_by(breaker.c.destination)
    )
    return tuple(Breaker(**row._mapping) for row in rows)


def begin_trial(connection: Connection, destination: str, now: dt.datetime) -> bool:
    """Whether this caller is the one to try a half-open destination."""
    done = connection.execute(
        update(breaker)
        .where(breaker.c.destination == destination, breaker.c.open_until <= now)
        .values(open_until=now + TRIAL)
    )
    return done.rowcount == 1


def end_trial(connection: Connection, destination: str, now: dt.datetime) -> None:
    """There was nothing to try it with: the next delivery may."""
    connection.execute(
        update(breaker)
        .where(breaker.c.destination == destination)
        .values(open_until=now)
    )


def arrived(connection: Connection, destination: str) -> None:
    """A delivery arrived: the breaker is closed, unless it was closed for good."""
    connection.execute(
        update(breaker)
        .where(
            breaker.c.destination == destination,
            breaker.c.failures > 0,
            breaker.c.open_until.is_(None) | (breaker.c.open_until < FOR_GOOD),
        )
        .values(failures=0, open_until=None, last_problem=None)
    )


def failed(
    connection: Connection, destination: str, problem: str, now: dt.datetime,
    asked: dt.timedelta = dt.timedelta(),
) -> Breaker:  # fmt: skip
    """A delivery did not arrive; ``asked`` is the wait that the destination wants."""
    take_turns(connection, f"breaker:{destination}")
    before = breaker_of(connection, destination)
    if before.disabled:
        return before
    failures = before.failures + 1
    until = None
    if failures >= MOST_FAILURES:
        doublings = min(failures - MOST_FAILURES, 16)
        pause = min(FIRST_PAUSE * 2**doublings, LONGEST_PAUSE)
        until = now + max(pause, asked)
    return _put(connection, Breaker(destination, failures, until, problem))


def disable(connection: Connection, destination: str, problem: str) -> Breaker:
    """The destination wants no more: it stays open until :func:`reopen`."""
    take_turns(connection, f"breaker:{destination}")
    before = breaker_of(connection, destination)
    return _put(
        connection, Breaker(destination, before.failures + 1, FOR_GOOD, problem)
    )


def reopen(connection: Connection, destination: str) -> bool:
    """A person says that it will work again; whether anything was known of it."""
    done = connection.execute(
        delete(breaker).where(breaker.c.destination == destination)
    )
    return done.rowcount > 0


def _put(connection: Connection, one: Breaker) -> Breaker:
    values = {
        "failures": one.failures,
        "open_until": one.open_until,
        "last_problem": one.last_problem,
    }
    done = connection.execute(
        update(breaker).where(breaker.c.destination == one.destination).values(values)
    )
    if not done.rowcount:
        connection.execute(
            insert(breaker).values(destination=one.destination, **values)
        )
    return one
