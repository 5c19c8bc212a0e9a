"""An inbox is narrowed by its choices, counted in one pass, and taken away as CSV."""

import csv
import datetime as dt
import io
import itertools
import re

import portal_samples as samples
import pytest
from portal_under_test import NOON, ON_SQLITE, feed, put, withdraw, words_of
from sqlalchemy import case, event, select

from notifications import documents as docs
from portal import inboxes
from portal.permissions import OPERATOR
from portal.standings import KEPT
from portal.tables import notifications


def due(**much):
    return docs.Clock(
        due_at=NOON + dt.timedelta(**much), basis="protocol", text="A clock."
    )


def named(name, **changed):
    return samples.notification(
        name, child=samples.child("Kit", f"{name}-Test"), **changed
    )


@pytest.fixture
def stocked(portal):
    """A portal with notices of several kinds, priorities, authorities and clocks."""
    machine = portal.machine()
    for document in (
        named("Late", clock=due(hours=-2)),
        named("Soon", clock=due(hours=20), kind="update"),
        named("Far", clock=due(days=3), priority="low"),
        named("Timeless", clock=None, priority="standard",
              placing_authority=samples.contact("861", "Stoke-on-Trent")),
    ):  # fmt: skip
        put(machine, "notifications", document)
    return portal


CASES = {
    "": {"Late", "Soon", "Far", "Timeless"},
    "kind=update": {"Soon"},
    "priority=low": {"Far"},
    "placing=861": {"Timeless"},
    "due=overdue": {"Late"},
    "due=day": {"Soon"},
    "due=later": {"Far"},
    "due=none": {"Timeless"},
    "held=nobody": {"Late", "Soon", "Far", "Timeless"},
    "held=me": set(),
    "held=others": set(),
    "priority=high&due=day": {"Soon"},
    "priority=high&due=later": set(),
    "kind=&priority=&placing=&held=&due=": {"Late", "Soon", "Far", "Timeless"},
}


@pytest.mark.parametrize("choice", CASES)
def test_a_choice_leaves_what_it_says_and_its_count(stocked, choice):
    page = stocked.officer().read(f"/inbox?show=open&{choice}")

    wanted = CASES[choice]
    for name in CASES[""]:
        assert (f"Kit {name}-Test" in page) == (name in wanted)
    notices = "notice" if len(wanted) == 1 else "notices"
    assert f"{len(wanted)} {notices} to do" in page


LISTS = {
    "open": {"overdue": {"Late", "Missing"}, "day": {"Soon"}, "later": {"Far"},
             "none": {"Timeless", "Withdrawn notice"}},
    # answered in time, or after: neither is late any more
    "acknowledged": {"overdue": {"Missing"}, "day": set(), "later": set(),
                     "none": {"Done", "Ahead"}},
    "disputed": {"overdue": set(), "day": set(), "later": set(), "none": {"Wrong"}},
    "all": {"overdue": {"Late", "Missing"}, "day": {"Soon"}, "later": {"Far"},
            "none": {"Timeless", "Done", "Ahead", "Wrong", "Withdrawn notice"}},
}  # fmt: skip
"""Of each list and choice of due time, what is left. ``Missing`` was acknowledged and
is looked for still, as the recipient's own extract does not show it."""


@pytest.fixture
def answered(stocked):
    """The same with notices that were answered before their time was over or after,
    and one that was taken back after it had been seen."""
    machine, desk = stocked.machine(), stocked.officer()
    clocks = {
        "Done": due(hours=-1), "Ahead": due(hours=5), "Wrong": due(hours=-3),
        "Missing": due(hours=-4), "Gone": due(hours=-5),
    }  # fmt: skip
    for name, clock in clocks.items():
        put(machine, "notifications", named(name, clock=clock))
    desk.get("/inbox")
    for name in ("Done", "Ahead", "Missing"):
        assert acknowledge(desk, named(name), 1).status_code == 303
    desk.post(
        f"/notifications/{named('Wrong').notification_id}/dispute", version=1,
        dispute="not_ours",
    )  # fmt: skip
    put(machine, "obligations", samples.obligation(
        "record", kind="record_task", owed_by=samples.POLICE,
        notification_id=named("Missing").notification_id,
    ))  # fmt: skip
    withdraw(machine, samples.withdrawal("Gone"))
    return desk


def shown_in(page) -> set[str]:
    """The surnames on a page, without what all of them end in."""
    found = re.findall(r"Kit (\w+)-Test|(Withdrawn notice)", page)
    return {name or withdrawn for name, withdrawn in found}


@pytest.mark.parametrize("show", LISTS)
def test_only_what_still_waits_is_overdue_or_due(answered, show):
    desk = answered
    for value, wanted in LISTS[show].items():
        page = desk.read(f"/inbox?show={show}&due={value}")
        taken = desk.post("/inbox/export", show=show, due=value, purpose="records")

        assert shown_in(page) == wanted, value
        assert len(table_of(taken)) == len(wanted), value
        said = f"{len(wanted)} notice{'' if len(wanted) == 1 else 's'}"
        assert f"{said}{' to do' if show == 'open' else ''} of what you chose" in page

    page = desk.read(f"/inbox?show={show}")
    for words, value in (
        ("Overdue", "overdue"), ("Due within 24 hours", "day"), ("Due later", "later"),
        ("Nothing due", "none"),
    ):  # fmt: skip
        assert (f"{words} ({len(LISTS[show][value])})" in page) == bool(
            LISTS[show][value]
        ), words


@pytest.mark.parametrize("show", LISTS)
@ON_SQLITE
def test_overdue_is_red_and_offered_only_where_something_is_late(answered, show):
    page = answered.get(f"/inbox?show={show}").text

    late = len(LISTS[show]["overdue"])
    red = f'xb-late" href="/inbox?show={show}&amp;due=overdue">Overdue ({late})</a>'
    assert (red in page) == (late > 0)
    assert ("due=overdue" in page) == (late > 0 or show == "open")


@ON_SQLITE
def test_each_choice_tells_how_many_it_would_leave_beside_the_others(stocked):
    page = stocked.officer().read("/inbox?priority=high")

    for words in (
        "New (1) Update (1)", "High priority (2)", "Low priority (1)",
        "Birmingham (2)", "Overdue (1)", "Due within 24 hours (1)",
    ):  # fmt: skip
        assert words in page
    assert "Stoke-on-Trent" not in page
    assert "Stoke-on-Trent (1)" in stocked.officer().read("/inbox")


@ON_SQLITE
def test_a_choice_can_be_taken_out_and_pages_keep_the_others(portal):
    machine, desk = portal.machine(), portal.officer()
    for number in range(30):
        put(machine, "notifications", named(f"N{number}", kind="update"))
    put(machine, "notifications", named("New"))

    page = desk.get("/inbox?kind=update&priority=high")

    assert 'href="/inbox?show=open&amp;priority=high"' in page.text
    assert "Take out Kind: Update" in words_of(page)
    onward = "/inbox?show=open&amp;kind=update&amp;priority=high&amp;page=2"
    assert f'href="{onward}"' in page.text
    second = desk.read(onward.replace("&amp;", "&"))
    assert "Page 2 of 2" in second
    assert "30 notices to do of what you chose" in second
    lists = "/inbox?show=all&amp;kind=update&amp;priority=high"
    assert f'href="{lists}"' in page.text


@pytest.mark.parametrize(
    "query", ["kind=unheard", "held=them", "due=soon", "placing=%27;--", "show=mine"]
)
@ON_SQLITE
def test_a_choice_that_there_is_not_is_refused(stocked, query):
    assert stocked.officer().get(f"/inbox?{query}").status_code == 422


@ON_SQLITE
def test_a_list_costs_the_same_statements_however_long_it_is(portal):
    machine, desk = portal.machine(), portal.officer()
    counts = []

    @event.listens_for(portal.store.writer, "before_cursor_execute")
    def count(_connection, _cursor, statement, *_rest):
        if not statement.startswith(("INSERT INTO events", "UPDATE counters")):
            counts[-1] += 1

    for number in range(24):
        counts.append(0)
        put(machine, "notifications", named(f"N{number}"))
        if number in {1, 23}:
            counts.append(0)
            desk.read("/inbox")
            counts.append(-100)
            desk.read("/inbox")
    asked = [number for number in counts if number < 0]
    assert asked[0] == asked[1]


# --- taking a list away ------------------------------------------------


def table_of(answer):
    assert answer.status_code == 200, words_of(answer)
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_a_list_is_taken_away_by_references_for_a_purpose_that_is_on_record(stocked):
    desk = stocked.officer()

    answer = desk.post(
        "/inbox/export", show="open", priority="high", due="overdue", purpose="shift"
    )

    (row,) = table_of(answer)
    late = named("Late")
    assert row["Recording token"] == late.recording_token
    assert row["Placing authority's reference"] == "C-10342"
    assert (row["Due"], row["State"]) == ("2026-11-22 10:00", "Not opened")
    assert (
        'filename="notices-open-2026-11-22.csv"'
        in answer.headers["Content-Disposition"]
    )
    for hidden in ("Kit", "Late-Test", "Sample Close", "2012", "exploit"):
        assert hidden not in answer.text
    action, purpose, subject, shown = stocked.trail(
        "action", "purpose", "subject", "shown"
    )[-1]
    assert (action, purpose) == ("notices.exported", "shift")
    assert subject == "open priority=high due=overdue"
    assert shown == str(late.notification_id)
    told = [(one["type"], one["subject"]) for one in feed(stocked.machine())]
    assert told == [("receipt.fetched", str(late.notification_id))]


@pytest.mark.parametrize("purpose", ["", "fun"])
@ON_SQLITE
def test_without_a_purpose_nothing_is_taken(stocked, purpose):
    answer = stocked.officer().post("/inbox/export", show="open", purpose=purpose)

    assert answer.status_code == 422
    assert "Choose what you take the list away for" in words_of(answer)
    assert ("notices.exported",) not in stocked.trail("action")


@ON_SQLITE
def test_a_list_that_is_too_long_is_refused_whole(stocked, monkeypatch):
    monkeypatch.setattr(inboxes, "MOST_EXPORTED", 3)

    answer = stocked.officer().post("/inbox/export", show="open", purpose="shift")

    assert answer.status_code == 422
    assert "The list has 4 notices" in words_of(answer)
    assert ("notices.exported",) not in stocked.trail("action")


@ON_SQLITE
def test_no_cell_is_a_formula(portal):
    child = samples.child().model_copy(update={"child_ref": "=cmd|' /C calc'!A0"})
    put(portal.machine(), "notifications", samples.notification(child=child))

    answer = portal.officer().post("/inbox/export", show="all", purpose="records")

    (row,) = table_of(answer)
    assert row["Placing authority's reference"] == "'=cmd|' /C calc'!A0"


@ON_SQLITE
def test_a_withdrawn_notice_leaves_without_the_childs_reference(portal):
    machine = portal.machine()
    put(machine, "notifications", samples.notification())
    withdraw(machine, samples.withdrawal())

    answer = portal.officer().post("/inbox/export", show="all", purpose="records")

    (row,) = table_of(answer)
    assert (row["State"], row["Placing authority's reference"]) == ("Withdrawn", "")


# --- what is kept of where a notice stands -----------------------------


def kept_and_followed(portal):
    """Of each notice: what its row keeps, and what follows from all that is held."""
    follows = [
        case((value, 1), else_=0) if column.type.python_type is bool else value
        for column, value in KEPT.items()
    ]
    with portal.store.reading(OPERATOR) as connection:
        rows = connection.execute(
            select(notifications.c.notification_id, *KEPT, *follows)
        ).all()
    half = len(KEPT)
    return [(row[1 : half + 1], row[half + 1 :]) for row in rows]


def acknowledge(desk, document, version):
    return desk.post(
        f"/notifications/{document.notification_id}/acknowledgement",
        version=version, reference="N/1", sure="N/1",
        **{"recorded-day": 22, "recorded-month": 11, "recorded-year": 2026},
    )  # fmt: skip


@pytest.mark.parametrize("turn", range(6))
def test_what_is_kept_is_what_follows_whatever_comes_in_which_order(portal, turn):
    machine, desk = portal.machine(), portal.officer()
    first, later = (
        named("first"),
        named("later", supersedes=named("first").notification_id),
    )
    copy = named("copy", is_copy=True)
    task = samples.obligation(
        "record", kind="record_task", owed_by=samples.POLICE,
        notification_id=copy.notification_id,
    )  # fmt: skip
    path = f"/notifications/{first.notification_id}"
    arrivals = list(itertools.permutations((
        lambda: put(machine, "notifications", first),
        lambda: put(machine, "notifications", later),
        lambda: put(machine, "notifications", samples.reminder("first")),
    )))[turn]  # fmt: skip
    deeds = (
        *arrivals,
        lambda: put(machine, "notifications", copy),
        lambda: put(machine, "obligations", task),
        lambda: desk.get("/inbox?show=all"),
        lambda: desk.get(f"/notifications/{copy.notification_id}"),
        lambda: acknowledge(desk, later, 1),
        lambda: desk.post(
            f"/notifications/{later.notification_id}/dispute", version=2,
            dispute="duplicate",
        ),
        lambda: acknowledge(desk, later, 3),
        lambda: withdraw(machine, samples.withdrawal("first")),
        lambda: desk.get(path),
        lambda: withdraw(machine, samples.withdrawal("later")),
        lambda: desk.get(f"/notifications/{later.notification_id}"),
    )  # fmt: skip
    for deed in deeds:
        assert deed().status_code < 400
        for kept, follows in kept_and_followed(portal):
            assert tuple(kept) == tuple(follows)
    assert len(kept_and_followed(portal)) == 4
