"""The audit trail: who saw or did what. Ids and codes only, never a person's data.

Rows are only added, in the transaction of what they tell, so neither is there without
the other. Sealing them (a chain of hashes) can come after the row: a sealer reads
``entry_id`` in order and needs nothing from here.
"""

from collections.abc import Iterable
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Connection, insert

from portal.permissions import REGION
from portal.tables import audit
from portal.visits import Visit


class Action(StrEnum):
    """What was done. Stored: changing a value is a migration."""

    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    NOTICES_LISTED = "notices.listed"
    NOTICE_OPENED = "notice.opened"
    NOTICE_ACKNOWLEDGED = "notice.acknowledged"
    NOTICE_DISPUTED = "notice.disputed"
    PACKAGE_DOWNLOADED = "package.downloaded"
    TASKS_LISTED = "tasks.listed"
    REVIEWS_LISTED = "reviews.listed"
    REVIEW_OPENED = "review.opened"
    JUDGEMENT_MADE = "judgement.made"
    JUDGEMENT_UNDONE = "judgement.undone"
    RUNS_LISTED = "runs.listed"
    SUPPLY_LISTED = "supply.listed"
    SUPPLY_OPENED = "supply.opened"
    VERDICTS_LISTED = "verdicts.listed"
    VERDICTS_EXPORTED = "verdicts.exported"
    RELEASE_ASKED = "release.asked"
    REPLAY_ASKED = "replay.asked"
    DENIED = "denied"


def record(
    connection: Connection,
    visit: Visit,
    action: Action,
    subject: str = "",
    shown: Iterable[str | UUID] = (),
) -> None:
    """A row of the trail: this person, this request, this action on this subject.

    ``shown`` are the ids that a list put on the screen.
    """
    connection.execute(
        insert(audit).values(
            at=visit.at, actor=visit.actor, agency=visit.viewer.agency or REGION,
            role=visit.viewer.role, action=action, subject=subject,
            shown=",".join(map(str, shown)), request_id=visit.request_id,
        )
    )  # fmt: skip
