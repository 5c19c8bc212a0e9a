"""Whatever happens in whatever order, every recipient believes what is so.

Hypothesis makes up histories of a little region; after every night and every pass the
laws of ``model`` must hold. ``make proofs-long`` makes up thousands.
"""

import deeds
import life
from histories import History, Tally
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)
from little_places import FORCES, LOCAL_AUTHORITIES, region
from little_region import LittleRegion

CALM: dict = {}
WARY = {
    "surge": {"factor": 1.5, "nights": 7, "settled_after": 1, "at_least": 1},
    "baseline": {"per_working_day": 2},
}
"""The brake grips at the least crowd."""

_pick = st.integers(0, 999)
_absent = st.frozensets(st.sampled_from((*LOCAL_AUTHORITIES, *FORCES)), max_size=2)
_hour = st.sampled_from((9, 13, 17, 18))


def _some(happenings):
    return st.lists(st.tuples(st.sampled_from(happenings), _pick, _pick), max_size=3)


_happenings = _some((*life.CHILDREN, *deeds.POLICE, *life.SHIELDS, *deeds.PEOPLE))
_answers = _some((*deeds.PEOPLE, *deeds.OPERATORS))
PORTAL_TROUBLES = (deeds.portal_fails, deeds.portal_fails, deeds.portal_refuses)


def _machine(fresh_register, tally):
    class Region(RuleBasedStateMachine):
        """One history of the little region."""

        def __init__(self):
            super().__init__()
            tally.begins()
            self.engine = fresh_register()
            self.history = History(LittleRegion(self.engine), tally)

        @initialize(
            picks=st.lists(st.tuples(_pick, _pick), min_size=3, max_size=6),
            policy=st.sampled_from((CALM, CALM, CALM, WARY)),
            baseline=st.sampled_from((False, False, False, True)),
        )
        def children_are_placed(self, picks, policy, baseline):
            self.history = History(LittleRegion(self.engine, region(**policy)), tally)
            for a, b in picks:
                self.history.happens(life.arrive, a, b)
            self.history.night(baseline=baseline)

        @rule(happenings=_happenings)
        def a_day_goes_by(self, happenings):
            self._live(happenings)
            self.history.night()

        @rule(happenings=_happenings, missing=_absent)
        def a_day_goes_by_and_extracts_are_missing(self, happenings, missing):
            self._live(happenings)
            self.history.night(missing)

        @rule(happenings=_happenings, how=_pick, hour=_hour)
        def a_day_goes_by_and_the_portal_falters(self, happenings, how, hour):
            self._live(happenings)
            self.history.happens(PORTAL_TROUBLES[how % 3], how, how)
            self.history.night()
            self.history.happens(deeds.portal_recovers, how, how)
            self.history.later_that_day(hour)

        @rule(happenings=_happenings, step=st.integers(0, 150))
        def a_day_goes_by_and_the_power_fails(self, happenings, step):
            self._live(happenings)
            self.history.night_cut_short(step)

        @rule()
        def the_same_night_again(self):
            self.history.night_again()

        @rule(happenings=_answers, hour=_hour)
        def people_answer_and_a_pass_is_made(self, happenings, hour):
            self._live(happenings)
            self.history.later_that_day(hour)

        def _live(self, happenings):
            for happening, a, b in happenings:
                self.history.happens(happening, a, b)

    return Region


def test_every_history_ends_with_everybody_rightly_told(fresh_register, campaign, say):
    tally = Tally(say)
    run_state_machine_as_test(
        _machine(fresh_register, tally),
        settings=settings(
            max_examples=campaign.histories,
            stateful_step_count=campaign.steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert tally.checked > tally.nights / 2, tally
    assert tally.claims > 5 * tally.nights, tally
    say(str(tally))
