"""An operator asks once; the region answers with a later document."""

import datetime as dt

import portal_samples as samples
import pytest
from portal_under_test import ON_SQLITE, feed, put, words_of

from portal.permissions import Role

RUN = samples.run().run_id


@pytest.fixture
def analyst(portal):
    return portal.desk(Role.DATA_TEAM)


def test_what_is_held_is_said_with_what_holds_it(portal, analyst):
    machine = portal.machine()
    held = {"surge": 412, "review": 1, "baseline": 1200, "else": 0}
    put(machine, "runs", samples.run(held=held))

    page = analyst.read("/runs")

    assert "412 notices are held back by the surge brake" in page
    assert "1 notice is held back until the deadline of a review" in page
    assert "1,200 notices are held back by the first night's schedule" in page
    assert "by else" not in page


def test_only_the_newest_report_says_what_is_held(portal, analyst):
    machine = portal.machine()
    put(machine, "runs", samples.run(held={"surge": 412}))
    newer = {"run_id": "demo-2026-11-23-1", "business_date": dt.date(2026, 11, 23)}
    put(machine, "runs", samples.run(held={}, **newer))

    assert "held back" not in analyst.read("/runs")


def test_a_release_is_confirmed_and_then_an_event(portal, analyst):
    machine = portal.machine()
    put(machine, "runs", samples.run(held={"surge": 412}))
    page = analyst.read(f"/runs/{RUN}/release")
    assert "The surge brake holds 412 notices" in page
    assert "it can't be called back" in page
    assert feed(machine) == []

    answer = analyst.post(f"/runs/{RUN}/release")

    assert answer.status_code == 303
    (event,) = feed(machine)
    assert (event["type"], event["subject"]) == ("request.release", RUN)
    assert event["data"] == {"actor": str(analyst.user_id), "run_id": RUN}
    page = analyst.read("/runs?said=release")
    assert "asked to release them on 22 November 2026, 12:00pm" in page
    assert "Nothing of this night waits" in analyst.read(f"/runs/{RUN}/release")
    assert ("release.asked", RUN) in portal.trail("action", "subject")


def test_a_release_is_asked_once_until_the_night_is_reported_anew(portal, analyst):
    machine = portal.machine()
    put(machine, "runs", samples.run(held={"surge": 412}))

    answers = [analyst.post(f"/runs/{RUN}/release").status_code for _ in range(2)]
    assert answers == [303, 409]
    put(machine, "runs", samples.run(held={"surge": 3}))

    assert analyst.post(f"/runs/{RUN}/release").status_code == 303
    assert [one["type"] for one in feed(machine)] == ["request.release"] * 2


@pytest.mark.parametrize("held", [{}, {"surge": 0}, {"review": 4}, {"baseline": 9}])
@ON_SQLITE
def test_only_what_the_surge_brake_holds_waits_for_a_person(portal, analyst, held):
    machine = portal.machine()
    put(machine, "runs", samples.run(held=held))

    assert f"/runs/{RUN}/release" not in analyst.get("/runs").text
    assert analyst.post(f"/runs/{RUN}/release").status_code == 409
    assert feed(machine) == []


def test_dead_letters_wait_on_the_page_until_they_are_settled(portal, analyst):
    machine = portal.machine()
    put(machine, "dead-letters", samples.dead_letter())
    page = analyst.read("/runs")
    assert "Refused deliveries that wait (1)" in page
    assert "Notification to portal" in page
    assert "422, This portal has no agency E23000016" in page

    put(machine, "dead-letters", samples.dead_letter(settled="delivered", attempts=2))

    assert "Refused deliveries" not in analyst.read("/runs")


def test_a_replay_is_asked_once_and_again_when_it_was_refused_again(portal, analyst):
    machine = portal.machine()
    put(machine, "dead-letters", samples.dead_letter())

    answers = [analyst.post("/dead-letters/17/replay").status_code for _ in range(2)]
    assert answers == [303, 409]
    assert "asked to replay it on 22 November 2026" in analyst.read("/runs")
    put(machine, "dead-letters", samples.dead_letter(attempts=2))

    assert analyst.post("/dead-letters/17/replay").status_code == 303
    first, _ = feed(machine)
    assert (first["type"], first["subject"]) == ("request.replay", "17")
    assert first["data"] == {"actor": str(analyst.user_id), "letter_id": "17"}
    assert ("replay.asked", "17") in portal.trail("action", "subject")


@ON_SQLITE
@pytest.mark.parametrize("settled", ["replayed", "delivered"])
def test_a_settled_letter_is_not_replayed(portal, analyst, settled):
    machine = portal.machine()
    put(machine, "dead-letters", samples.dead_letter(settled=settled))

    answer = analyst.post("/dead-letters/17/replay")

    assert answer.status_code == 409
    assert "it has been asked or settled already" in words_of(answer)


@ON_SQLITE
@pytest.mark.parametrize("path", ["/runs/no-such/release", "/dead-letters/99/replay"])
def test_what_is_not_there_is_not_asked_for(portal, analyst, path):
    assert analyst.post(path).status_code == 404
    assert feed(portal.machine()) == []


@ON_SQLITE
def test_a_reviewer_sees_and_can_do_nothing_about_it(portal):
    machine, reviewer = portal.machine(), portal.reviewer()
    put(machine, "runs", samples.run(held={"surge": 412}))
    put(machine, "dead-letters", samples.dead_letter())

    page = reviewer.get("/runs")

    assert "412 notices are held back" in words_of(page)
    assert "The data team mends the cause and replays it." in words_of(page)
    assert "<form" not in page.text.replace(
        '<form method="post" action="/sign-out">', ""
    )


def test_what_was_noticed_in_a_suppliers_files_is_on_the_page(portal, analyst):
    noted = "end_unclear: the end is before the start: 1 (lines 31)"
    (file,) = samples.verdict().files
    odd = file.model_copy(update={"name": "episodes.csv", "notes": (noted,)})
    put(portal.machine(), "verdicts", samples.verdict(files=(odd,)))

    page = analyst.read(f"/authorities/{samples.PLACING_LA}")
    assert "episodes.csv" in page
    assert noted in page
