"""What the dashboard is told of deliveries that were refused for good."""

from collections.abc import Sequence
from typing import Literal

from sqlalchemy import Connection, select

from notifications.reports import DeadLetter
from register.batches import in_batches
from register.calls import Outgoing, outgoing
from register.tables import outbox

Settled = Literal["waits", "replayed", "delivered"]


def letters_about(
    connection: Connection, outbox_ids: Sequence[int], settled: Settled
) -> list[Outgoing]:
    """A document for each of these deliveries that says how it stands now.

    One that never was a dead letter has none, nor has one that is itself the document
    of a dead letter: that would go on for ever.
    """
    found: list[Outgoing] = []
    for some in in_batches(outbox_ids):
        told = {
            int(number)
            for number in connection.scalars(
                select(outbox.c.document_id).where(
                    outbox.c.document_id.in_([str(one) for one in some]),
                    outbox.c.kind == "dead_letter",
                )
            )
        }
        rows = connection.execute(
            select(outbox)
            .where(
                outbox.c.outbox_id.in_(some if settled == "waits" else sorted(told)),
                outbox.c.kind != "dead_letter",
            )
            .order_by(outbox.c.outbox_id)
        )
        found += [
            outgoing(
                DeadLetter(
                    letter_id=str(row.outbox_id),
                    destination=row.destination,
                    kind=row.kind,
                    document_id=row.document_id,
                    reason=row.last_problem or "",
                    attempts=row.attempts,
                    created_on=row.created_on,
                    settled=settled,
                ),
                row.created_on,
            )
            for row in rows
        ]
    return found
