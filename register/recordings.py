"""What is looked for in an authority's extract: tokens and references outstanding."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, select

from notifications.documents import Kind
from notifications.lifecycle import CAUSES
from notifications.recordings import Outstanding
from notifications.wording import Cause
from register.events import receipts
from register.tables import notification, run

_TOLD_OF = (Kind.NEW, Kind.UPDATE, Kind.UNCONFIRMED)
_TOLD_AGAIN = CAUSES[Cause.TOLD_AGAIN].id
"""It takes back one notice, not what was said of the placement."""


def outstanding(
    connection: Connection, recipient: str, before: dt.date
) -> tuple[Outstanding, ...]:
    """What a night of a business date looks for in a recipient's extract.

    One entry for each token and each acknowledged reference; all entries of a notice
    bear its id. Looked for is every notice that the recipient holds to be true: sent by
    the portal before that date and not superseded, ended or withdrawn since. Whatever
    it was told of the same placement before, since that was last withdrawn, counts for
    it too: the officer may have typed the first token and only read the update.
    """
    rows = connection.execute(
        select(
            notification.c.notification_id,
            notification.c.kind,
            notification.c.rule,
            notification.c.placing_la,
            notification.c.child_ref,
            notification.c.placement_ref,
            notification.c.supersedes,
            notification.c.recording_token,
            notification.c.stands_after,
        )
        .join(run, run.c.run_id == notification.c.run_id)
        .where(
            notification.c.subject == "placement",
            notification.c.channel == "portal",
            notification.c.is_copy.is_(False),
            notification.c.recipient == recipient,
            notification.c.stands_after < before,
        )
        .order_by(
            notification.c.stands_after,
            notification.c.released_at.is_not(None),
            run.c.ordinal,
            notification.c.notification_id,
        )
    ).all()
    answers = receipts(connection, before)
    found: list[Outstanding] = []
    for latest, told in _by_placement(rows):
        entries: dict[tuple[str, str | None], None] = {}
        for row in told:
            receipt = answers.get(str(row.notification_id))
            reference = receipt.reference if receipt else None
            entries[row.recording_token, reference] = None
        found += [
            Outstanding(
                notification_id=latest.notification_id,
                token=token,
                reference=reference,
                child=(latest.placing_la, latest.child_ref),
            )
            for token, reference in entries
        ]
    return tuple(found)


def _by_placement(
    rows: Iterable[Any],
) -> list[tuple[Row[Any], list[Row[Any]]]]:
    """For each placement that something stands of: the latest notice, and all of it."""
    rows = list(rows)
    gone = {row.supersedes for row in rows}
    withdrawn = {
        (row.placing_la, row.placement_ref): row.stands_after
        for row in rows
        if row.kind == Kind.RETRACTION and row.rule != _TOLD_AGAIN
    }
    told: dict[tuple[str, str], list[Row[Any]]] = defaultdict(list)
    latest: dict[tuple[str, str], Row[Any]] = {}
    for row in rows:
        about = (row.placing_la, row.placement_ref)
        if row.kind not in _TOLD_OF:
            continue
        if about in withdrawn and row.stands_after < withdrawn[about]:
            continue
        told[about].append(row)
        if row.notification_id not in gone:
            latest[about] = row
    return [(row, told[about]) for about, row in latest.items()]
