"""A task as an earlier night left it open."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from notifications.documents import ObligationKind


@dataclass(frozen=True, slots=True)
class OpenObligation:
    """An obligation that was made and has no ``met_on`` yet."""

    obligation_id: UUID
    kind: ObligationKind
    owed_by: str
    placement_ref: str
    due_at: dt.datetime
    created_on: dt.date
    asked: str
    """What it asks, in the words that were put last."""
    rule: str
    """The id of the rule that it was put by last."""
    escalation: int = 0
