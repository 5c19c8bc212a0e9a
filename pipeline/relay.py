"""The relay takes what the outbox holds ready to where it goes, in order, each at
least once; ids and frozen bytes make that once. The portal first, then nudges."""

import datetime as dt
import logging
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.run import Run
from pipeline.sending import Answer, Later, Line, Moment, Never, Taken, send_line

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from connectors.portal import PortalClient
    from register.outbox import Delivery

log = logging.getLogger("crossborder")

_KEY_REFUSED = frozenset({401, 403})
"""They are about the region's key: no document is to become a dead letter of it."""


@dataclass(slots=True)
class Sent:
    """What one pass of the relay did."""

    delivered: Counter[str] = field(default_factory=Counter)
    """By kind of document."""
    refused: list[str] = field(default_factory=list)
    """Kind, id and the portal's reason of each dead letter."""
    waiting: int = 0
    still_refused: int = 0
    """Dead letters of earlier passes that nobody has replayed."""
    to_export: int = 0
    """Notices that a person must carry out of the region."""
    unreachable: str = ""
    """Why the portal did not take everything; empty when it did."""
    nudges: int = 0
    nudges_given_up: int = 0
    nudge_troubles: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """For the stage's report."""
        return {
            "delivered": self.delivered.total(),
            "notifications": self.delivered["notification"],
            "reviews": self.delivered["review"],
            "refused": len(self.refused),
            "waiting": self.waiting,
            "to_export": self.to_export,
            "nudges": self.nudges,
            "nudges_given_up": self.nudges_given_up,
            "nudges_failing": len(self.nudge_troubles),
        }

    def problems(self) -> tuple[str, ...]:
        """A dead letter is an incident: each is one line."""
        return tuple(
            f"the portal refused {letter}; mend the cause, then replay it"
            for letter in self.refused
        )


def relay(run: Run, now: dt.datetime, chance: random.Random | None = None) -> Sent:
    """Offers every document that is due; the portal's come before any nudge.

    ``chance`` spreads what is tried again; without it, from the system's entropy.
    """
    from pipeline.nudging import send_nudges
    from register import outbox

    sent = Sent()
    if run.publish:
        moment = Moment(now, chance or random.Random())  # noqa: S311 - spreads load
        with run.portal() as portal:
            line = Line(
                "portal", lambda item: _offer(portal, item), _writer(run, now, sent)
            )
            sent.unreachable = send_line(run.register, line, moment)
        nudged = send_nudges(run, moment)
        sent.nudges, sent.nudges_given_up = nudged.sent, nudged.given_up
        sent.nudge_troubles = nudged.troubles
        for trouble in nudged.troubles:
            log.warning("nudge not taken: %s", trouble)
    with run.register.connect() as connection:
        sent.waiting = outbox.waiting(connection)
        refused = outbox.waiting(connection, state="dead")
        sent.still_refused = refused - len(sent.refused)
        sent.to_export = outbox.waiting(connection, destination="export")
    return sent


def _offer(portal: "PortalClient", item: "Delivery") -> Answer:
    from connectors.portal import PortalRefused, PortalUnavailable

    call = portal.put if item.method == "PUT" else portal.post
    try:
        call(item.path, item.body)
    except PortalRefused as error:
        if error.status in _KEY_REFUSED:
            return Later(f"{error}: mend the region's key, or its role on the portal")
        return Never(str(error))
    except PortalUnavailable as error:
        return Later(str(error), error.retry_after)
    return Taken()


def _writer(
    run: Run, now: dt.datetime, sent: Sent
) -> "Callable[[Connection, Delivery, Answer], None]":
    """Counts each answer, and writes down whom to nudge of what was taken."""
    from pipeline.nudging import note

    noted: set[str] = set()

    def write(connection: "Connection", item: "Delivery", answer: Answer) -> None:
        match answer:
            case Taken():
                sent.delivered[item.kind] += 1
                note(connection, run, item, now, noted)
            case Never(reason):
                sent.refused.append(f"{item.kind} {item.document_id}: {reason}")

    return write
