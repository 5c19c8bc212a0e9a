"""One destination's line: a document at a time, each written down before the next.

A document counts as tried from the moment before it is sent. A crash after that leaves
it leased: the same bytes go again, and the receiver takes them as what it has.
"""

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.retries import is_over, wait_after

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from register.breakers import Breaker
    from register.calls import Destination
    from register.outbox import Delivery


@dataclass(frozen=True, slots=True)
class Taken:
    """It arrived."""


@dataclass(frozen=True, slots=True)
class Later:
    """It may have arrived or not; the same bytes go again."""

    reason: str
    asked: float | None = None
    """The seconds to wait at least."""


@dataclass(frozen=True, slots=True)
class Never:
    """These bytes will never be taken."""

    reason: str


@dataclass(frozen=True, slots=True)
class Closed:
    """The destination wants no more of anything."""

    reason: str


Answer = Taken | Later | Never | Closed


@dataclass(frozen=True, slots=True)
class Line:
    """Where documents go, how one is offered, and what follows once one is taken."""

    destination: "Destination"
    offer: "Callable[[Delivery], Answer]"
    settled: "Callable[[Connection, Delivery, Answer], None]"
    """Called in the transaction that writes the answer down."""
    recipient: str | None = None

    @property
    def name(self) -> str:
        """The breaker's: ``portal``, ``webhook:330``, ``email``."""
        return ":".join(filter(None, (self.destination, self.recipient)))

    @property
    def gives_up(self) -> bool:
        """Nudges are given up in the end; a document never is."""
        return self.destination != "portal"


@dataclass(frozen=True, slots=True)
class Moment:
    """The instant that a pass takes for the present, and its luck."""

    now: dt.datetime
    chance: random.Random


def send_line(register: "Engine", line: Line, moment: Moment) -> str:
    """Offers all that is due, in order; why it stopped early, or nothing.

    A failure is followed by the next document. The line stops once its breaker opens;
    a line that was left in peace is first tried with one document.
    """
    from register.engine import writing

    settling: tuple[Delivery, Answer] | None = None
    stopped = ""
    while True:
        with writing(register) as connection:
            if settling is not None:
                stopped = _settle(connection, line, settling, moment) or stopped
            item, closed = _next(connection, line, moment.now)
        if item is None:
            return closed or stopped
        settling = item, line.offer(item)


def _next(
    connection: "Connection", line: Line, now: dt.datetime
) -> "tuple[Delivery | None, str]":
    """The next document, or why there is none though one is due."""
    from register import breakers, outbox

    breaker = breakers.breaker_of(connection, line.name)
    gate = breaker.gate(now)
    due = outbox.is_due(connection, now, line.destination, line.recipient)
    trial = gate == "half-open"
    if not due:
        return None, ""
    if gate == "open" or (
        trial and not breakers.begin_trial(connection, line.name, now)
    ):
        return None, _in_peace(breaker)
    taken = outbox.take(
        connection,
        now,
        1,
        destination=line.destination,
        recipient=line.recipient,
        fresh_first=trial,
    )
    if not taken and trial:
        breakers.end_trial(connection, line.name, now)
    return (taken[0] if taken else None), ""


def _in_peace(breaker: "Breaker") -> str:
    if breaker.open_until is None or breaker.disabled:
        return f"{breaker.destination} is closed: {breaker.last_problem}"
    until = breaker.open_until.strftime("%H:%M UTC")
    return f"{breaker.last_problem}; left in peace until {until}"


def _settle(
    connection: "Connection",
    line: Line,
    settling: "tuple[Delivery, Answer]",
    moment: Moment,
) -> str:
    """Writes an answer down; the trouble, if it is the destination's."""
    from register import breakers, outbox

    item, answer = settling
    key, now = item.outbox_id, moment.now
    trouble = ""
    match answer:
        case Taken():
            outbox.delivered(connection, key, now)
            breakers.arrived(connection, line.name)
        case Never(reason) if line.gives_up:
            outbox.given_up(connection, key, reason, now)
            breakers.arrived(connection, line.name)
        case Never(reason):
            outbox.refused(connection, key, reason, now)
            breakers.arrived(connection, line.name)
        case Closed(reason):
            outbox.given_up(connection, key, reason, now)
            breakers.disable(connection, line.name, reason)
        case Later(reason, asked):
            if line.gives_up and is_over(item.attempts):
                outbox.given_up(connection, key, f"given up: {reason}", now)
            else:
                wait = wait_after(item.attempts, asked, moment.chance)
                outbox.failed(connection, key, reason, now + wait)
            least = dt.timedelta(seconds=asked or 0)
            breakers.failed(connection, line.name, reason, now, least)
            trouble = reason
    line.settled(connection, item, answer)
    return trouble
