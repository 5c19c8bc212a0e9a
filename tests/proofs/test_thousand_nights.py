"""A region over many nights: nothing lost, doubled or contradicted, every clock right.

From 22 November 2026: Christmas and Easter, bank holidays and changes of the clock are
inside. ``make proofs-long`` lives a thousand nights.
"""

from a_long_time import live


def test_many_nights_lose_nothing_and_keep_every_clock(fresh_register, campaign):
    history = live(fresh_register(), campaign.nights, campaign.seed)
    assert history.nights > campaign.nights
    assert len(history.ledger.told) > campaign.nights // 2
    assert history.hold_to_the_clocks() > campaign.nights // 4
