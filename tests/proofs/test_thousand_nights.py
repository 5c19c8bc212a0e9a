"""A region over many nights: nothing lost, doubled or contradicted, every clock right.

From 22 November 2026: Christmas and Easter, bank holidays and changes of the clock are
inside. ``make proofs-long`` lives a thousand nights.
"""

from collections import Counter
from dataclasses import replace

import pytest
from a_long_time import live
from beliefs import BrokenLaw
from due_laws import check_due_dates
from slips import slips


def test_many_nights_lose_nothing_and_keep_every_clock(fresh_register, campaign, say):
    history = live(fresh_register(), campaign.nights, campaign.seed)
    assert history.nights > campaign.nights
    assert len(history.ledger.told) > campaign.nights // 2
    chased, held = history.hold_to_the_clocks()
    assert chased > campaign.nights // 4
    assert held.clocks > campaign.nights
    assert held.tasks > campaign.nights // 3
    kinds = Counter(one.kind for one in history.ledger.told.values())
    say(
        f"{history.nights} nights, {dict(kinds)} told, held to the hour: {held.clocks} "
        f"notices and reminders, {held.tasks} tasks, {held.questions} questions; "
        f"{chased} chases followed from end to end"
    )
    found = []
    for kind, ledger in slips(history.ledger):
        found.append(kind)
        with pytest.raises(BrokenLaw, match="due at"):
            check_due_dates(replace(history.seen(), ledger=ledger))
    assert set(KINDS) <= set(found), "an hour's slip of each kind was tried"


KINDS = (
    "force's clock, placement", "force's clock, end",
    "authority's clock, placement", "authority's clock, end",
    "reminder, loop.remind", "reminder, loop.overdue",
    "acknowledge_task", "record_task", "disagreement_task",
    "data_task", "named_officer_task", "manual_channel_task", "question",
)  # fmt: skip
