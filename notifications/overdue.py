"""A task that a night made and nobody has met names a more senior post as time goes by.

Notices have their own chase, in ``notifications.loop``. Tasks about records and
placements are looked at by every pass of the clocks, by the same steps.
"""

import datetime as dt

from notifications.chasing import post
from notifications.documents import Obligation
from notifications.loop import escalation_at
from notifications.rulebook import Rulebook


def escalated(
    task: Obligation, rulebook: Rulebook, now: dt.datetime
) -> Obligation | None:
    """The open task as it stands at this moment, if that is higher than it stood.

    Each step is so many working days overdue (``policy.clocks.escalate``). It only
    rises, and never closes anything.
    """
    step = escalation_at(task.due_at, rulebook.policy.clocks.escalate, now)
    if step <= task.escalation:
        return None
    return task.model_copy(
        update={
            "escalation": step,
            "escalated_to": post(rulebook, task.owed_by, step),
        }
    )
