"""Offering dead letters once more."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select, update

from register.batches import in_batches
from register.letters import letters_about
from register.outbox import NEWER, Delivery, dead_letters, enqueue
from register.tables import outbox


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of dead letters that were to be offered again, by their numbers."""

    replayed: tuple[str, ...]
    replaced: tuple[str, ...]
    """A newer version of the document went instead."""
    unknown: tuple[str, ...]
    """No dead letter has that number, or no longer."""


def replay(
    connection: Connection, letters: Collection[str] | None, at: dt.datetime
) -> Replayed:
    """Put dead letters in line again, each at its old place; all of them with ``None``.

    Not one whose document has been put in line anew: its older version would take the
    place of the newer one.
    """
    dead = {str(one.outbox_id): one for one in dead_letters(connection)}
    asked = list(dead) if letters is None else list(dict.fromkeys(letters))
    known = [dead[letter] for letter in asked if letter in dead]
    newest = _newest_rows(connection, known)
    again = [one.outbox_id for one in known if newest[one.outbox_id]]
    replaced = [one.outbox_id for one in known if not newest[one.outbox_id]]
    for some, values in (
        (again, {"state": "waiting", "settled_at": None, "next_attempt_at": None}),
        (replaced, {"state": "dropped", "settled_at": at, "last_problem": NEWER}),
    ):
        for ids in in_batches(some):
            connection.execute(
                update(outbox)
                .where(outbox.c.outbox_id.in_(ids), outbox.c.state == "dead")
                .values(values)
            )
        enqueue(connection, letters_about(connection, some, "replayed"), at)
    return Replayed(
        replayed=tuple(map(str, again)),
        replaced=tuple(map(str, replaced)),
        unknown=tuple(letter for letter in asked if letter not in dead),
    )


def _newest_rows(
    connection: Connection, deliveries: Sequence[Delivery]
) -> dict[int, bool]:
    """By number: whether a row is its document's last that was not dropped."""
    newest: dict[tuple[str, str], int] = {}
    for some in in_batches([one.document_id for one in deliveries]):
        rows = connection.execute(
            select(
                outbox.c.destination,
                outbox.c.document_id,
                func.max(outbox.c.outbox_id).label("last"),
            )
            .where(outbox.c.document_id.in_(some), outbox.c.state != "dropped")
            .group_by(outbox.c.destination, outbox.c.document_id)
        )
        newest |= {(row.destination, row.document_id): row.last for row in rows}
    return {
        one.outbox_id: newest[one.destination, one.document_id] == one.outbox_id
        for one in deliveries
    }
