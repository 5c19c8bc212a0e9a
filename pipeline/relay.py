"""The relay takes what the outbox holds ready to the portal, in order, each at least
once; ids and frozen bytes make that once."""

import datetime as dt
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.run import Run

if TYPE_CHECKING:
    from connectors.portal import PortalClient
    from register.outbox import Delivery

BATCH = 200
_FIRST_WAIT = dt.timedelta(seconds=5)
_LONGEST_WAIT = dt.timedelta(hours=6)


@dataclass(slots=True)
class Sent:
    """What one pass of the relay did."""

    delivered: Counter[str] = field(default_factory=Counter)
    """By kind of document."""
    refused: list[str] = field(default_factory=list)
    """Kind, id and the portal's reason of each dead letter."""
    waiting: int = 0
    unreachable: str = ""
    """Why the pass stopped early; empty when it did not."""

    def counts(self) -> dict[str, int]:
        """For the stage's report."""
        return {
            "delivered": self.delivered.total(),
            "notifications": self.delivered["notification"],
            "reviews": self.delivered["review"],
            "refused": len(self.refused),
            "waiting": self.waiting,
        }

    def problems(self) -> tuple[str, ...]:
        """A dead letter is an incident: each is one line."""
        return tuple(
            f"the portal refused {letter}; mend the cause, then replay it"
            for letter in self.refused
        )


def relay(run: Run, now: dt.datetime) -> Sent:
    """Offers every document that is due; stops when the portal does not answer."""
    from register import outbox
    from register.engine import writing

    sent = Sent()
    if run.publish:
        with run.portal() as portal:
            while not sent.unreachable:
                with writing(run.register) as connection:
                    batch = outbox.take(connection, now, BATCH)
                if not batch:
                    break
                _send(run, portal, batch, (sent, now))
    with run.register.connect() as connection:
        sent.waiting = outbox.counts(connection).get("waiting", 0)
    return sent


def _send(
    run: Run,
    portal: "PortalClient",
    batch: "tuple[Delivery, ...]",
    progress: tuple[Sent, dt.datetime],
) -> None:
    """Sends a batch and writes down what became of each document of it."""
    from connectors.portal import PortalRefused, PortalUnavailable
    from register import outbox
    from register.engine import writing

    sent, now = progress
    for item in batch:
        call = portal.put if item.method == "PUT" else portal.post
        problem: PortalRefused | PortalUnavailable | None = None
        if not sent.unreachable:
            try:
                call(item.path, item.body)
            except (PortalRefused, PortalUnavailable) as error:
                problem = error
        with writing(run.register) as connection:
            if sent.unreachable:
                outbox.failed(connection, item.outbox_id, sent.unreachable, now)
            elif problem is None:
                outbox.delivered(connection, item.outbox_id, now)
                sent.delivered[item.kind] += 1
            elif isinstance(problem, PortalRefused):
                outbox.refused(connection, item.outbox_id, str(problem), now)
                sent.refused.append(f"{item.kind} {item.document_id}: {problem}")
            else:
                sent.unreachable = str(problem)
                again = now + _wait(item.attempts, problem.retry_after)
                outbox.failed(connection, item.outbox_id, str(problem), again)


def _wait(attempts: int, asked: float | None) -> dt.timedelta:
    """Full jitter over a doubling wait, and never less than the portal asked for."""
    most = min(_FIRST_WAIT * 2 ** min(attempts, 20), _LONGEST_WAIT)
    jittered = most * random.random()  # noqa: S311 - spreads load, guards nothing
    return max(jittered, dt.timedelta(seconds=asked or 0))
