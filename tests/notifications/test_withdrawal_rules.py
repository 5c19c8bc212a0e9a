"""A withdrawal bears its rule's words: by them, whoever reads it finds the rule."""

import pytest

from notifications import people
from notifications.lifecycle import CAUSES
from notifications.recipients import Role
from notifications.wording import (
    POINTER_WITHDRAWN,
    Cause,
    rule_of_withdrawal,
    why,
)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("cause", [Cause.WITHDRAWN, Cause.TOLD_AGAIN])
def test_the_reason_for_a_retraction_tells_its_rule(cause, role):
    assert rule_of_withdrawal(why(cause, None, role)) == CAUSES[cause].id


def test_the_reason_for_a_pointer_taken_back_tells_its_rule():
    assert rule_of_withdrawal(POINTER_WITHDRAWN) == people.WITHDRAWN.id


@pytest.mark.parametrize("reason", ["", "Somebody's own words.", "tell.withdrawn"])
def test_other_words_tell_none(reason):
    assert rule_of_withdrawal(reason) is None
