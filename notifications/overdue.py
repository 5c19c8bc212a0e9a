"""A task that a night made and nobody has met names a more senior post as time goes by.

Notices have their own chase, in ``notifications.loop``. Tasks about records and
placements are looked at once a night, by the same steps.
"""

import datetime as dt

from notifications.chasing import post
from notifications.clocks import LONDON
from notifications.documents import Obligation
from notifications.loop import escalation_at
from notifications.rulebook import Rulebook


def escalated(task: Obligation, rulebook: Rulebook, on: dt.date) -> Obligation | None:
    """The open task as it stands on a business date, if that is higher than it stood.

    Each step is so many working days overdue (``policy.clocks.escalate``), counted
    until the beginning of that date. It only rises, and never closes anything.
    """
    begins = dt.datetime.combine(on, dt.time(), LONDON).astimezone(dt.UTC)
    step = escalation_at(task.due_at, rulebook.policy.clocks.escalate, begins)
    if step <= task.escalation:
        return None
    return task.model_copy(
        update={
            "escalation": step,
            "escalated_to": post(rulebook, task.owed_by, step),
        }
    )
