"""What waits to be sent of a child is not sent once the child is shielded (law 6)."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Connection, and_, select, tuple_, update

from notifications.documents import Kind
from notifications.search_answers import SearchAnswer
from register.calls import outgoing
from register.letters import letters_about
from register.outbox import enqueue, in_batches
from register.runs import Run
from register.tables import notification, outbox, review

SHIELDED = "the child is shielded since"


def withhold(
    connection: Connection, night: Run, children: Collection[tuple[str, str]]
) -> None:
    """Stop every notice of these children, and every review, that has not arrived.

    By placing authority and child_ref. Retractions and reminders go: they carry no
    details. What was stopped was never told, so once the shield is lifted it is decided
    anew. One that was tried may have arrived all the same; the same id and bytes go
    again then.
    """
    for some in in_batches(sorted(children)):
        told = tuple_(notification.c.placing_la, notification.c.child_ref).in_(some)
        asked = tuple_(review.c.left_authority, review.c.left_ref).in_(some)
        for table, whose in (
            (notification, and_(told, notification.c.kind != Kind.REMINDER)),
            (review, asked),
        ):
            key = table.primary_key.columns[0]
            about = connection.scalars(select(key).where(whose)).all()
            stopped = _stop(connection, night, about)
            values: dict[str, str | None] = {"dropped_by": night.run_id}
            if table is notification:
                values["stands_after"] = None
            for ids in in_batches(stopped):
                connection.execute(update(table).where(key.in_(ids)).values(values))
            if table is review:
                _say_no_more(connection, night, set(about))


def _say_no_more(connection: Connection, night: Run, asked_on: set[UUID]) -> None:
    """What was found of a child now shielded and has not arrived, arrives as that."""
    waiting = connection.scalars(
        select(outbox.c.body).where(
            outbox.c.kind == "search", outbox.c.state.in_(("waiting", "dead"))
        )
    ).all()
    found = [SearchAnswer.model_validate_json(one) for one in waiting]
    said = [
        outgoing(
            one.model_copy(update={"outcome": "shielded", "found": (), "searched": 0}),
            night.business_date,
        )
        for one in found
        if one.review_id in asked_on and one.outcome == "searched"
    ]
    enqueue(connection, said, night.recorded_at)


def _stop(connection: Connection, night: Run, ids: Collection[UUID]) -> list[UUID]:
    """Take documents out of the line, dead letters too; those that stood in it."""
    stopped: list[UUID] = []
    for some in in_batches(sorted(str(one) for one in ids)):
        done = connection.execute(
            update(outbox)
            .where(
                outbox.c.document_id.in_(some),
                outbox.c.kind.in_(("notification", "review")),
                outbox.c.state.in_(("waiting", "dead")),
            )
            .values(
                state="dropped", settled_at=night.recorded_at, last_problem=SHIELDED
            )
            .returning(outbox.c.outbox_id, outbox.c.document_id)
        ).all()
        stopped += [UUID(row.document_id) for row in done]
        letters = letters_about(connection, [row.outbox_id for row in done], "replayed")
        enqueue(connection, letters, night.recorded_at)
    return stopped
