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

BATCH = 100
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
    to_export: int = 0
    """Packages that a person must carry out of the region."""
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
            "to_export": self.to_export,
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
        packages = outbox.counts(connection, destination="export")
        sent.to_export = packages.get("waiting", 0)
    return sent


def _send(
    run: Run,
    portal: "PortalClient",
    batch: "tuple[Delivery, ...]",
    progress: tuple[Sent, dt.datetime],
) -> None:
    """Offers a batch, then writes down what became of each document of it.

    A crash in between leaves the batch leased: the same bytes go again, and the portal
    takes them as what it has.
    """
    from register import outbox
    from register.engine import writing

    sent, now = progress
    outcomes = [_offer(portal, item, sent) for item in batch]
    with writing(run.register) as connection:
        for item, outcome in zip(batch, outcomes, strict=True):
            if outcome is None:
                outbox.delivered(connection, item.outbox_id, now)
            elif isinstance(outcome, dt.timedelta):
                outbox.failed(
                    connection, item.outbox_id, sent.unreachable, now + outcome
                )
            else:
                outbox.refused(connection, item.outbox_id, outcome, now)


def _offer(
    portal: "PortalClient", item: "Delivery", sent: Sent
) -> dt.timedelta | str | None:
    """One document: taken (``None``), to be tried again after a wait, or refused."""
    from connectors.portal import PortalRefused, PortalUnavailable

    if sent.unreachable:
        return dt.timedelta()
    call = portal.put if item.method == "PUT" else portal.post
    try:
        call(item.path, item.body)
    except PortalRefused as error:
        sent.refused.append(f"{item.kind} {item.document_id}: {error}")
        return str(error)
    except PortalUnavailable as error:
        sent.unreachable = str(error)
        return _wait(item.attempts, error.retry_after)
    sent.delivered[item.kind] += 1
    return None


def _wait(attempts: int, asked: float | None) -> dt.timedelta:
    """Full jitter over a doubling wait, and never less than the portal asked for."""
    most: dt.timedelta = min(_FIRST_WAIT * 2 ** min(attempts, 20), _LONGEST_WAIT)
    jittered: dt.timedelta = most * random.random()  # noqa: S311 - spreads load, guards nothing
    least = dt.timedelta(seconds=asked or 0)
    return max(jittered, least)
