"""The data team sees what arrived beside what is usual; suppliers pick up their own."""

import csv
import datetime as dt
import io

import portal_samples as samples
import pytest
from portal_under_test import ON_SQLITE, put

from notifications.reports import SupplierFile, TableQuality
from portal.charts import Night, by_night
from portal.permissions import Role
from portal.supply import is_unusual, match_yield
from portal.words import in_a_hundred

LA, FORCE = samples.PLACING_LA, samples.POLICE


@pytest.fixture
def analyst(portal):
    return portal.desk(Role.DATA_TEAM)


def nights(machine, rows, **changed):
    """A report for each of the nights up to tonight."""
    for back, count in enumerate(reversed(rows)):
        on = samples.NIGHT - dt.timedelta(days=back)
        given = {"business_date": on, "rows": count, "accepted": count, "rejected": 0}
        put(machine, "quality", samples.quality(**given | changed))


def test_an_extract_far_from_what_is_usual_is_marked(portal, analyst):
    nights(portal.machine(), [1000, 1010, 990, 600])

    assert "600 rows usually 1,000" in analyst.read("/authorities")
    assert "(usually 1,000)" not in analyst.read(f"/authorities/{LA}")


def test_an_extract_as_usual_is_not(portal, analyst):
    nights(portal.machine(), [1000, 1010, 990, 1100])

    assert "usually" not in analyst.read("/authorities")


def test_nights_that_could_not_be_used_are_no_norm(portal, analyst):
    machine = portal.machine()
    nights(machine, [1000, 1000])
    for back in (2, 3, 4):
        on = samples.NIGHT - dt.timedelta(days=back)
        bad = samples.quality(business_date=on, outcome="refused", rows=3, tables=())
        put(machine, "quality", bad)

    assert "usually" not in analyst.read("/authorities")


def test_what_nobody_supplied_says_so(portal, analyst):
    put(portal.machine(), "quality", samples.quality())

    page = analyst.read("/authorities")

    assert "Ethnicity 50 %" in page
    assert "Missing episodes 9" in page
    assert "Placement details not supplied" in page
    assert "Told and recorded 7 of 12" in page
    assert "Tasks overdue 1 of 3" in page


def test_a_force_shows_how_many_of_the_children_it_knows(portal, analyst):
    states = {"known_at_placement": 8, "possible": 1, "not_known": 1, "cannot_say": 50}
    put(portal.machine(), "quality", samples.quality(authority=FORCE, states=states))

    assert "Children known 80 %" in analyst.read("/authorities")


def test_one_authoritys_nights_are_drawn_and_written(portal, analyst):
    nights(portal.machine(), [500, 1000])

    answer = analyst.get(f"/authorities/{LA}")

    assert "Rows that arrived: 2 of 90 nights reported; lowest 500" in answer.text
    assert answer.text.count('class="xb-nights__good"') == 8  # four charts
    page = analyst.read(f"/authorities/{LA}")
    assert "21 November 2026 Outcome Usable Rows 500" in page


@pytest.mark.parametrize(
    ("states", "drawn"),
    [
        (
            {"not_known": 5, "possible": 2},
            "2 of 90 nights reported; lowest 0, highest 0",
        ),
        ({"known_at_placement": 3, "not_known": 1}, "highest 75"),
        ({"cannot_say": 9}, None),
        ({}, None),
    ],
)
@ON_SQLITE
def test_an_authority_none_of_whose_children_is_known_has_its_picture(
    portal, analyst, states, drawn
):
    nights(portal.machine(), [500, 1000], states=states)

    page = analyst.get(f"/authorities/{LA}").text

    title = "Children placed whom the police know, in a hundred"
    assert (title in page) == (drawn is not None)
    if drawn:
        said = page[page.index(f"{title}: ") :].split("</", 1)[0]
        assert drawn in said


def test_a_field_that_says_less_than_usual_is_named(portal, analyst):
    machine = portal.machine()
    for back in (1, 2, 3):
        on = samples.NIGHT - dt.timedelta(days=back)
        put(machine, "quality", samples.quality(business_date=on))
    poorer = TableQuality(
        table="children",
        rows=120,
        filled={"forename": 120, "dob": 119, "ethnicity": 12},
    )
    put(machine, "quality", samples.quality(tables=(poorer,)))

    assert "ethnicity: 10 %, usually 50 %" in analyst.read(f"/authorities/{LA}")


def test_the_nights_page_says_what_waits_and_what_did_not_arrive(portal, analyst):
    machine = portal.machine()
    counts = {
        "decide": {"state_not_known": 4, "sentinels": 2, "sentinel_faults": 1},
        "report": {"sentinel_faults": 2},  # what had not arrived
    }
    put(machine, "runs", samples.run(counts=counts))
    put(machine, "quality", samples.quality(outcome="refused", tables=()))
    late = samples.review("late", deadline=dt.datetime(2026, 11, 21, 9, tzinfo=dt.UTC))
    put(machine, "reviews", late)
    put(machine, "reviews", samples.review("waiting"))

    page = analyst.read("/runs")

    assert "not known to the host police 4" in page
    assert "Birmingham refused" in page
    assert "pairs for a reviewer 2 of them past their deadline 1" in page
    assert "tasks owed 3 of them overdue 1" in page
    assert "3 faults of 2 sentinels" in page


def test_ninety_nights_are_drawn_with_the_last_report_of_each(portal, analyst):
    machine = portal.machine()
    made = {"decide": {"first_made": 7}}
    put(machine, "runs", samples.run(counts=made))
    again = {"run_id": "demo-2026-11-22-2", "counts": {"decide": {"first_made": 9}}}
    portal.hands.pass_by(minutes=1)
    put(machine, "runs", samples.run(**again))

    page = analyst.read("/runs/history")

    assert "22 November 2026 Outcome Degraded First made 9" in page
    assert "First made 7" not in page


def test_dead_letters_of_one_cause_are_replayed_together(portal, analyst):
    machine = portal.machine()
    for name in ("17", "18", "19"):
        put(machine, "dead-letters", samples.dead_letter(name))
    put(machine, "dead-letters", samples.dead_letter("20", reason="another"))
    assert "Replay all of this cause" in analyst.read("/runs")

    assert analyst.post("/dead-letters/17/replay-alike").status_code == 303

    asked = {event["subject"] for event in machine.get("/v1/events").json()}
    assert asked == {"17", "18", "19"}
    assert analyst.post("/dead-letters/18/replay-alike").status_code == 409


def test_a_supplier_reads_what_became_of_its_own_extracts(portal):
    machine = portal.machine()
    file = SupplierFile(
        name="=cmd()", outcome="refused", rows=0, accepted=0, rejected=0,
        problem="no such column", notes=(),
    )  # fmt: skip
    put(machine, "verdicts", samples.verdict(files=(file,), reason="send it again"))
    put(machine, "quality", samples.quality())
    desk = portal.desk(Role.SUPPLIER, LA)

    assert "send it again" in desk.read("/verdicts")
    assert "Birmingham" in desk.read(f"/authorities/{LA}")
    (head, row) = csv.reader(io.StringIO(desk.get("/verdicts.csv").text))
    assert dict(zip(head, row, strict=True))["file"] == "'=cmd()"
    assert [action for (action,) in portal.trail("action")] == [
        "verdicts.listed", "supply.opened", "verdicts.exported",
    ]  # fmt: skip


@ON_SQLITE
def test_a_supplier_sees_nothing_of_another_authority(portal):
    put(portal.machine(), "verdicts", samples.verdict(reason="theirs alone"))
    put(portal.machine(), "quality", samples.quality())
    desk = portal.desk(Role.SUPPLIER, samples.HOST_LA)

    assert "theirs alone" not in desk.read("/verdicts")
    assert desk.get(f"/authorities/{LA}").status_code == 404
    for path in ("/authorities", "/runs", "/runs/history", "/inbox", "/reviews"):
        assert desk.get(path).status_code == 403


@pytest.mark.parametrize("role", [Role.OFFICER, Role.NAMED_OFFICER])
@ON_SQLITE
def test_officers_see_no_extracts(portal, role):
    put(portal.machine(), "quality", samples.quality())
    desk = portal.desk(role, LA)

    for path in ("/authorities", f"/authorities/{LA}", "/verdicts", "/verdicts.csv"):
        assert desk.get(path).status_code == 403


@pytest.mark.parametrize(
    ("part", "said"),
    [(0, "0 %"), (0.001, "< 1 %"), (0.5, "50 %"), (0.995, "> 99 %"), (1, "100 %")],
)
def test_a_share_is_never_rounded_to_all_or_nothing(part, said):
    assert in_a_hundred(part) == said


@pytest.mark.parametrize(
    ("count", "usual", "marked"),
    [(100, None, False), (100, 100, False), (75, 100, False), (74, 100, True),
     (126, 100, True), (0, 0, False), (5, 0, True)],
)  # fmt: skip
def test_unusual_is_a_quarter_away(count, usual, marked):
    assert is_unusual(count, usual) is marked


def test_the_yield_asks_good_data_only():
    assert match_yield({"cannot_say": 9, "restricted": 2}) is None
    assert match_yield({"known_not_at_address": 1, "not_known": 3}) == 0.25


def test_a_missing_night_is_a_mark_and_not_a_zero():
    chart = by_night("x", "Rows", {samples.NIGHT: Night(10)}, samples.NIGHT, 3)

    assert [column.tone for column in chart.columns] == ["gap", "gap", "plain"]
    assert "nothing was reported" in chart.columns[0].said
