"""What the calendar kept by hand is held against, and the region's numbers of days."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from beliefs import Ledger
from model import Model

DAYS = {"high": 1, "standard": 5, "low": 5}
RECORD_DAYS = 3
DISPUTE_DAYS = 3
EMERGENCY_DAYS = 5
TASK_DAYS = {"data_task": 2, "named_officer_task": 1, "manual_channel_task": 1}
STEPS = (0, 1, 3)
"""Working days overdue at which each post is named."""
ACKNOWLEDGE, RECORD, DISPUTE = "acknowledge_task", "record_task", "disagreement_task"


@dataclass(frozen=True)
class Pass:
    """One pass: the night's own, or one by day."""

    at: dt.datetime
    date: dt.date
    """The newest night."""
    heard: int
    """How much of the portal's feed was known."""
    well: bool
    """Whether the portal took everything at once."""


@dataclass(frozen=True)
class Seen:
    """What authorities knew and people were told, and when passes were made."""

    model: Model
    ledger: Ledger
    feed: Sequence[dict]
    passes: Sequence[Pass]
