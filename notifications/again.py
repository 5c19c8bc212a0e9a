"""A task that stands, and of which something else is asked by tonight.

It is the same task: it keeps its id, and its clock runs on. The record has not been
right on any night since the task was made, and all that time somebody may not have
been told; a clock that began anew with each slip would never run out. Hosts that come
into it have tasks of their own, with clocks of their own. An escalation stays as well.
"""

import datetime as dt

from notifications.chasing import post
from notifications.documents import Obligation
from notifications.owing import OpenObligation
from notifications.rule_entry import RuleEntry, version_of
from notifications.rulebook import Rulebook

ASKED_ANEW = RuleEntry(
    "task.asked-anew", version_of("task.asked-anew"), "tasks",
    "while a task stands and something else is asked, the same task is put again and "
    "says so; its clock runs on and an escalation stays, since the record was never "
    "right in between",
    "The region's design, law 2: doubt never reassures",
)  # fmt: skip


def asked_anew(
    opened: OpenObligation, tonight: Obligation, rulebook: Rulebook, on: dt.date
) -> Obligation | None:
    """The open task as it is to be put from tonight on; ``None`` if it says so already.

    ``tonight`` is what would be made of it if it were new. The night is named in the
    task, so that words which come back are not taken for an old retry of theirs.
    """
    if (opened.asked, opened.rule) == (tonight.asked, tonight.rule.id):
        return None
    return as_it_stands(tonight, opened, rulebook).model_copy(update={"asked_on": on})


def as_it_stands(
    task: Obligation, opened: OpenObligation, rulebook: Rulebook
) -> Obligation:
    """A document of an open task, under the task's id, clock and escalation."""
    return task.model_copy(
        update={
            "obligation_id": opened.obligation_id,
            "due_at": opened.due_at,
            "created_on": opened.created_on,
            "escalation": opened.escalation,
            "escalated_to": post(rulebook, opened.owed_by, opened.escalation),
        }
    )
