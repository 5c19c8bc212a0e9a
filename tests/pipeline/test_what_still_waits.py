"""What an earlier night left waiting for a person is said again every night."""

import datetime as dt
import logging
from dataclasses import replace

import pytest
from delivery_world import NOW, Receiver, region_of, run_of
from register_examples import REGION, an_id, at, day, night, notice, resolved

from notifications.outcome import ChildOutcome, Hold, PointerOutcome
from pipeline.holds import hold_back
from pipeline.run import BETWEEN_NIGHTS
from pipeline.stages.publish import publish
from register.holds import release
from register.nights import record_night

SURGE = Hold("surge", None)


def later(run, **changes):
    """Another run over the same register."""
    made = replace(run, **changes)
    made.__dict__["register"] = run.register
    return made


@pytest.fixture
def run(engine, tmp_path):
    """The night after one whose brake held a notice."""
    record_night(
        engine, night(1, placements=(resolved(),), notices=[notice(hold=SURGE)])
    )
    made = run_of(engine, region_of(region=REGION), tmp_path)
    return later(made, business_date=day(2))


def no_notices(call):
    return "422" if "/v1/notifications/" in call.path else "ok"


def tonight(run):
    outcome = ChildOutcome(notices=(notice(on=2),))
    return hold_back(run, (outcome,), PointerOutcome())


def test_what_the_brake_holds_is_an_alert_until_a_person_releases_it(
    run, engine, caplog
):
    with caplog.at_level(logging.ERROR, "crossborder.alert"):
        held = tonight(run)
    (one,) = held.outcomes[0].notices
    assert one.hold == SURGE
    assert held.why is None, "the brake does not grip anew"
    assert held.still.startswith("The surge brake still holds notices")
    assert held.still in caplog.text
    release(
        engine, [an_id("notice", "n")], by="someone", at=at(1, 12),
        reclock=lambda document: document,
    )  # fmt: skip
    assert tonight(run).still is None


def test_a_dead_letter_is_said_every_night_and_not_every_pass(engine, tmp_path):
    record_night(engine, night(1, placements=(resolved(),), notices=[notice()]))
    with Receiver(plan=no_notices).serving() as receiver:
        region = region_of(portal={"url": receiver.url})
        first = later(run_of(engine, region, tmp_path), at=NOW)
        (refused,) = publish(first).problems
        assert "the portal refused" in refused
        receiver.plan = lambda call: "ok"
        second = later(first, at=NOW + dt.timedelta(days=1))
        (still,) = publish(second).problems
        assert "has still reached nobody, 1 in all" in still
        assert publish(later(second, run_id=BETWEEN_NIGHTS)).problems == ()


def test_a_stock_taken_days_late_is_spread_from_the_day_it_is_taken(run, engine):
    taken = NOW + dt.timedelta(days=9)
    late = later(run, baseline=True, at=taken)

    (one,) = (
        hold_back(
            late,
            (ChildOutcome(notices=(notice("new", on=2, placement_ref="P-2"),)),),
            PointerOutcome(),
        )
        .outcomes[0]
        .notices
    )

    assert one.hold.by == "baseline"
    assert one.hold.release_at > taken
