"""A task that a night made and nobody has met names a more senior post as time goes by.

Notices have their own chase, in ``notifications.loop``. Tasks about records and
placements are looked at by every pass of the clocks, by the same steps.
"""

import datetime as dt

from notifications.chasing import post
from notifications.clocks import due_in
from notifications.documents import Obligation
from notifications.loop import escalation_at
from notifications.rulebook import Rulebook
from notifications.working_time import london_date


def escalated(
    task: Obligation, rulebook: Rulebook, made_at: dt.datetime, now: dt.datetime
) -> Obligation | None:
    """The open task as it stands at this moment, if that is higher than it stood.

    Each step is so many working days overdue (``policy.clocks.escalate``). It only
    rises, and never closes anything. A night that is worked days late makes tasks that
    are due in the past: whoever owes one has the time that its clock gives all the
    same, from the day on which it was made.
    """
    clocks = rulebook.policy.clocks
    given = due_in(london_date(made_at), clocks.of_task(task.kind))
    step = escalation_at(max(task.due_at, given), clocks.escalate, now)
    if step <= task.escalation:
        return None
    return task.model_copy(
        update={
            "escalation": step,
            "escalated_to": post(rulebook, task.owed_by, step),
        }
    )
