"""Whatever happens in whatever order, every recipient believes what is so.

Hypothesis makes up histories of a little region; after every night and every pass the
laws of ``model`` must hold. ``make proofs-long`` makes up thousands.
"""

import deeds
import life
from histories import History
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


def _machine(fresh_register):
    class Region(RuleBasedStateMachine):
        """One history of the little region."""

        def __init__(self):
            super().__init__()
            self.engine = fresh_register()
            self.history = History(LittleRegion(self.engine))

        @initialize(
            picks=st.lists(st.tuples(_pick, _pick), min_size=2, max_size=6),
            policy=st.sampled_from((CALM, WARY)),
            baseline=st.booleans(),
        )
        def children_are_placed(self, picks, policy, baseline):
            self.history = History(LittleRegion(self.engine, region(**policy)))
            for a, b in picks:
                self.history.happens(life.arrive, a, b)
            self.history.night(baseline=baseline)

        @rule(what=st.sampled_from(life.CHILDREN), a=_pick, b=_pick)
        def a_childs_life_goes_on(self, what, a, b):
            self.history.happens(what, a, b)

        @rule(what=st.sampled_from(deeds.POLICE), a=_pick, b=_pick)
        def a_force_works_on_its_records(self, what, a, b):
            self.history.happens(what, a, b)

        @rule(what=st.sampled_from(life.SHIELDS), a=_pick, b=_pick)
        def a_shield_goes_up_or_down(self, what, a, b):
            self.history.happens(what, a, b)

        @rule(what=st.sampled_from(deeds.PEOPLE), a=_pick, b=_pick)
        def somebody_does_something_at_the_portal(self, what, a, b):
            self.history.happens(what, a, b)

        @rule(what=st.sampled_from(deeds.PORTAL), a=_pick, b=_pick)
        def the_portal_falters_or_recovers(self, what, a, b):
            self.history.happens(what, a, b)

        @rule(what=st.sampled_from(deeds.OPERATORS), a=_pick, b=_pick)
        def an_operator_looks_after_it(self, what, a, b):
            self.history.happens(what, a, b)

        @rule()
        def the_next_night(self):
            self.history.night()

        @rule(missing=_absent)
        def a_night_with_extracts_missing(self, missing):
            self.history.night(missing)

        @rule()
        def the_same_night_again(self):
            self.history.night_again()

        @rule(step=st.integers(0, 150))
        def a_night_cut_short(self, step):
            self.history.night_cut_short(step)

        @rule(hour=st.sampled_from((9, 13, 17, 18)))
        def a_pass_by_day(self, hour):
            self.history.later_that_day(hour)

    return Region


def test_every_history_ends_with_everybody_rightly_told(fresh_register, campaign):
    run_state_machine_as_test(
        _machine(fresh_register),
        settings=settings(
            max_examples=campaign.histories,
            stateful_step_count=campaign.steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
