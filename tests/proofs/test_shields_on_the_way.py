"""A shield that goes up while a notice is on its way, or as the child leaves."""

import deeds
import life
import pytest
from histories import History
from laws import check_shields
from little_region import LittleRegion


@pytest.fixture
def history(fresh_register) -> History:
    """A child of Birmingham at Solihull's address."""
    found = History(LittleRegion(fresh_register()))
    found.happens(life.arrive, 0, 5)
    return found


def told_since(history: History, number: int) -> list:
    return list(history.ledger.told.values())[number:]


def test_a_notice_that_waits_when_its_child_is_shielded_is_not_sent(history):
    history.happens(deeds.portal_fails, 0, 0)
    history.night()
    history.happens(life.protect, 0, 0)
    history.happens(deeds.portal_recovers, 0, 0)
    history.night()
    assert not told_since(history, 0)


def test_a_restricted_child_that_leaves_is_not_named_in_an_end(history):
    history.happens(deeds.force_meets, 0, 2)
    history.night()
    told = len(history.ledger.told)
    history.happens(deeds.force_restricts, 0, 0)
    history.night()
    history.happens(life.leave_care, 0, 0)
    history.night()
    assert not told_since(history, told)


def test_an_end_goes_when_the_record_shields_the_child_that_left_no_more(history):
    history.happens(deeds.force_meets, 0, 2)
    history.night()
    history.happens(deeds.force_restricts, 0, 0)
    history.night()
    history.happens(life.leave_care, 0, 0)
    history.night()
    told = len(history.ledger.told)
    history.happens(deeds.force_restricts, 0, 0)
    history.night()
    assert {one.kind for one in told_since(history, told)} == {"end"}


def test_a_shielded_child_is_told_of_again_when_the_shield_is_lifted(history):
    history.happens(deeds.portal_fails, 0, 0)
    history.night()
    history.happens(life.protect, 0, 0)
    history.happens(deeds.portal_recovers, 0, 0)
    history.night()
    history.happens(life.protect, 0, 0)
    history.night()
    assert told_since(history, 0)
    check_shields(history.model, told_since(history, 0))
