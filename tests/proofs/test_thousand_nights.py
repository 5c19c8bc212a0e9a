"""A region over many nights: nothing lost, doubled or contradicted, every clock right.

From 22 November 2026: Christmas and Easter, bank holidays and changes of the clock are
inside. ``make proofs-long`` lives a thousand nights.
"""

from collections import Counter

from a_long_time import live


def test_many_nights_lose_nothing_and_keep_every_clock(fresh_register, campaign, say):
    history = live(fresh_register(), campaign.nights, campaign.seed)
    assert history.nights > campaign.nights
    assert len(history.ledger.told) > campaign.nights // 2
    held = history.hold_to_the_clocks()
    assert held > campaign.nights // 4
    kinds = Counter(one.kind for one in history.ledger.told.values())
    say(f"{history.nights} nights, {dict(kinds)} told, {held} held to the hour")
