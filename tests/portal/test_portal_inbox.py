"""An agency sees what waits, the most urgent first, and says when it is recorded."""

import datetime as dt
import re

import portal_samples as samples
import pytest
from portal_under_test import NOON, ON_SQLITE, feed, put, withdraw, words_of
from sqlalchemy import select

from notifications import documents as docs
from portal.permissions import OPERATOR
from portal.tables import notifications


def named(name, surname, **changed):
    return samples.notification(
        name, child=samples.child("Kit", f"{surname}-Test"), **changed
    )


def due(**much):
    return docs.Clock(
        due_at=NOON + dt.timedelta(**much), basis="protocol", text="A clock."
    )


def order_of(answer):
    """The surnames of a list, as they stand on the page."""
    return re.findall(r"Kit (\w+)-Test", answer.text)


def acknowledge(desk, document, version=1, reference="N/1", day="22 11 2026"):
    parts = (*day.split(), "", "", "")
    return desk.post(
        f"/notifications/{document.notification_id}/acknowledgement",
        version=version, reference=reference,
        **{"recorded-day": parts[0], "recorded-month": parts[1],
           "recorded-year": parts[2]},
    )  # fmt: skip


@pytest.fixture
def told(portal):
    """A portal that holds one notice, and its document."""
    document = samples.notification()
    put(portal.machine(), "notifications", document)
    return portal, document


def test_the_most_urgent_is_first(portal):
    machine = portal.machine()
    for document in (
        named("1", "Low", priority="low", clock=due(hours=1)),
        named("2", "Timeless", clock=None),
        named("3", "Later", clock=due(days=2)),
        named("4", "Sooner", clock=due(days=1)),
        named("5", "Overdue", priority="low", clock=due(hours=-1)),
        named("6", "Standard", priority="standard", clock=due(hours=1)),
        named("7", "Late", clock=due(days=-3)),
    ):
        put(machine, "notifications", document)

    page = portal.officer().get("/inbox")

    assert order_of(page) == [
        "Late", "Sooner", "Later", "Timeless", "Overdue", "Standard", "Low",
    ]  # fmt: skip


def test_a_fresh_urgent_notice_stands_above_a_pile_of_old_statutory_dates(portal):
    """A law's clock runs for the placing authority: it moves nobody else's list."""
    machine, desk = portal.machine(), portal.officer()
    for number in range(28):
        old = docs.Clock(
            due_at=NOON - dt.timedelta(days=30 + number), text="Before it started.",
            basis="Care Planning Regulations 2010, regulation 13(4)",
        )  # fmt: skip
        put(
            machine,
            "notifications",
            named(f"old {number}", f"Old{number}", clock=old, priority="standard"),
        )
    put(machine, "notifications", named("fresh", "Fresh", clock=due(days=1)))

    assert order_of(desk.get("/inbox"))[0] == "Fresh"
    assert "Overdue (0)" in desk.read("/inbox")


def test_counts_and_lists_follow_what_was_done(portal):
    machine, desk = portal.machine(), portal.officer()
    first, second, third = (named(str(n), f"Number{n}") for n in (1, 2, 3))
    for document in (first, second, third):
        put(machine, "notifications", document)
    assert "To do (3) Acknowledged (0) Disputed (0) All (3)" in desk.read("/inbox")

    acknowledge(desk, first)
    withdraw(machine, samples.withdrawal("2"))

    counts = "To do (2) Acknowledged (1) Disputed (0) All (3)"  # 2 was shown as true
    assert counts in desk.read("/inbox")
    desk.read(f"/notifications/{second.notification_id}")
    assert "To do (1) Acknowledged (1)" in desk.read("/inbox")
    assert order_of(desk.get("/inbox")) == ["Number3"]
    assert order_of(desk.get("/inbox?show=acknowledged")) == ["Number1"]
    everything = desk.get("/inbox?show=all")
    assert order_of(everything) == ["Number3", "Number1"]
    assert "Withdrawn notice" in words_of(everything)


def test_a_long_list_has_pages(portal):
    machine, desk = portal.machine(), portal.officer()
    for number in range(30):
        put(machine, "notifications", named(str(number), f"N{number:02}"))

    first, second = desk.get("/inbox"), desk.get("/inbox?show=open&page=2")

    assert (len(order_of(first)), len(order_of(second))) == (25, 5)
    assert len({*order_of(first), *order_of(second)}) == 30
    assert "Page 1 of 2 Next page" in words_of(first)
    assert order_of(desk.get("/inbox?page=99")) == order_of(second)


def test_a_notice_tells_what_it_is_and_what_nobody_supplied(told):
    portal, document = told

    page = portal.officer().read(f"/notifications/{document.notification_id}")

    for words in (
        "Zebediah Quill-Test",
        "29 February 2012 (14 years)",
        "4 Sample Close, Solihull",
        "Foster placement (U6)",
        "Expected end not supplied",
        f"Recording token {document.recording_token}",
        "by 23 November 2026, 5:00pm",
        "Duty desk 0121 496 0330",
        "Victim of sexual exploitation Answer yes Since 1 March 2026",
        "Goes missing Answer no",
        "Gangs Answer not supplied",
        "does not discharge regulation 13(4)",
        "Rule not_known , version 2026-11-22",
    ):
        assert words in page


@ON_SQLITE
def test_everything_a_supplier_wrote_is_text(portal):
    wicked = "<script>alert('x')</script>"
    document = samples.notification(child=samples.child(wicked, '"><b>'))
    put(portal.machine(), "notifications", document)
    desk = portal.officer()

    for path in ("/inbox", f"/notifications/{document.notification_id}"):
        page = desk.get(path).text
        assert "<script>alert" not in page
        assert "<b>" not in page
        assert "&lt;script&gt;alert" in page


def test_an_acknowledgement_carries_reference_and_date(told):
    portal, document = told
    desk = portal.officer()

    answer = acknowledge(desk, document, reference=" N/0012345 ", day="20 11 2026")

    assert answer.status_code == 303
    page = desk.read(answer.headers["Location"])
    assert "Acknowledged. You have recorded this under your own reference." in page
    assert "Your reference N/0012345 Recorded on 20 November 2026" in page
    assert "Acknowledge below" not in page


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"reference": " "}, "Enter your own record's reference"),
        ({"reference": "x" * 61}, "plain text of up to 60 characters"),
        ({"reference": "a\x00b"}, "plain text of up to 60 characters"),
        ({"day": ""}, "Enter the date on which you recorded it"),
        ({"day": "23 11 2026"}, "The date must be today or in the past"),
        ({"day": "31 2 2026"}, "The date must be a real date"),
        ({"day": "1 1 26"}, "The date must be a real date"),
        ({"day": "١ 1 2026"}, "The date must be a real date"),
        ({"day": "22 11 99999"}, "The date must be a real date"),
    ],
)
@ON_SQLITE
def test_a_faulty_acknowledgement_saves_nothing_and_keeps_what_was_typed(
    told, typed, words
):
    portal, document = told
    machine, desk = portal.machine(), portal.officer()

    answer = acknowledge(desk, document, **typed)

    assert answer.status_code == 422
    assert "There is a problem" in words_of(answer)
    assert words in words_of(answer)
    assert "receipt.acknowledged" not in {event["type"] for event in feed(machine)}


@ON_SQLITE
def test_today_is_londons(told):
    """Half past midnight of a summer night here is still yesterday in UTC."""
    portal, document = told
    portal.hands.at = dt.datetime(2026, 6, 30, 23, 30, tzinfo=dt.UTC)

    assert acknowledge(portal.officer(), document, day="1 7 2026").status_code == 303


def test_of_two_at_once_the_first_acknowledgement_stands(told):
    portal, document = told
    machine, first, second = portal.machine(), portal.officer(), portal.officer()

    assert acknowledge(first, document, reference="N/1").status_code == 303
    late = acknowledge(second, document, reference="N/2")

    assert late.status_code == 409
    assert "changed while you were reading it" in words_of(late)
    assert "N/1" in words_of(late)
    kinds = [event["type"] for event in feed(machine)]
    assert kinds.count("receipt.acknowledged") == 1


def test_sending_the_same_acknowledgement_twice_is_one(told):
    portal, document = told
    machine, desk = portal.machine(), portal.officer()

    answers = [acknowledge(desk, document).status_code for _ in range(2)]

    assert answers == [303, 303]
    kinds = [event["type"] for event in feed(machine)]
    assert kinds.count("receipt.acknowledged") == 1


def test_a_form_shown_before_the_notice_changed_is_refused(told):
    portal, document = told
    machine, desk = portal.machine(), portal.officer()
    desk.read(f"/notifications/{document.notification_id}")
    later = samples.notification("later", supersedes=document.notification_id)
    put(machine, "notifications", later)

    assert acknowledge(desk, document).status_code == 409


def test_what_changes_a_notice_makes_older_forms_void(told):
    """So that an acknowledgement in the same moment comes too late, or comes first."""
    portal, document = told
    machine = portal.machine()

    def version():
        with portal.store.reading(OPERATOR) as connection:
            return connection.scalar(
                select(notifications.c.version).where(
                    notifications.c.notification_id == document.notification_id
                )
            )

    assert version() == 1
    later = samples.notification("later", supersedes=document.notification_id)
    put(machine, "notifications", later)
    assert version() == 2
    withdraw(machine, samples.withdrawal())
    assert version() == 3


def test_a_superseded_notice_leads_to_the_later_one(told):
    portal, document = told
    machine, desk = portal.machine(), portal.officer()
    later = samples.notification(
        "later", kind="update", supersedes=document.notification_id
    )
    put(machine, "notifications", later)

    page = desk.get(f"/notifications/{document.notification_id}")

    assert f'href="/notifications/{later.notification_id}"' in page.text
    assert "Acknowledge below" not in words_of(page)
    assert "To do (1)" in desk.read("/inbox")
    assert acknowledge(desk, document, version=2).status_code == 409


def test_a_superseding_notice_may_arrive_first(portal):
    machine, desk = portal.machine(), portal.officer()
    first = samples.notification("first")
    later = samples.notification("later", supersedes=first.notification_id)

    put(machine, "notifications", later)
    put(machine, "notifications", first)

    assert "To do (1)" in desk.read("/inbox")


def test_a_withdrawn_notice_says_why_and_nothing_of_the_child(told):
    portal, document = told
    machine, desk = portal.machine(), portal.officer()
    acknowledge(desk, document, reference="N/77")
    withdraw(machine, samples.withdrawal())

    page = desk.read(f"/notifications/{document.notification_id}")

    assert "The placing authority took the placement out of its record." in page
    assert "Your reference N/77" in page
    assert document.recording_token in page
    for hidden in (samples.CANARY, "Quill", "Sample Close", "exploitation"):
        assert hidden not in page


def test_who_has_seen_what_was_wrong_is_shown_that_it_was(told):
    portal, document = told
    machine, desk = portal.machine(), portal.officer()
    desk.read(f"/notifications/{document.notification_id}")
    withdraw(machine, samples.withdrawal())

    assert "To do (1)" in desk.read("/inbox")
    desk.read(f"/notifications/{document.notification_id}")
    assert "To do (0)" in desk.read("/inbox")


def test_who_has_seen_it_in_a_list_is_shown_its_withdrawal_too(told):
    portal, document = told
    desk = portal.officer()
    desk.read("/inbox")
    withdraw(portal.machine(), samples.withdrawal())

    assert "To do (1)" in desk.read("/inbox")
    desk.read(f"/notifications/{document.notification_id}")
    assert "To do (0)" in desk.read("/inbox")


def test_a_withdrawal_of_what_nobody_was_shown_waits_for_nobody(told):
    portal, _ = told
    withdraw(portal.machine(), samples.withdrawal())

    assert "To do (0)" in portal.officer().read("/inbox")


def test_a_copy_asks_to_be_read_and_nothing_more(portal):
    machine, desk = portal.machine(), portal.officer(samples.PLACING_LA)
    copy = samples.notification(recipient=samples.PLACING_LA, is_copy=True)
    put(machine, "notifications", copy)
    assert "To do (1)" in desk.read("/inbox")

    page = desk.read(f"/notifications/{copy.notification_id}")

    assert "Acknowledge" not in page
    assert "To do (0)" in desk.read("/inbox")
    assert acknowledge(desk, copy).status_code == 409


def test_a_pointer_shows_where_and_whom_to_ask(portal):
    machine = portal.machine()
    pointer = samples.notification(
        kind="pointer", subject="person", child=None, placement=None,
        placing_authority=None, risk_indicators=(), clock=None,
        pointers=(
            docs.Pointer(
                authority="E23000015", authority_name="Staffordshire Police",
                record_ref="S/12", contact=None,
            ),
        ),
    )  # fmt: skip
    put(machine, "notifications", pointer)

    page = portal.officer().read(f"/notifications/{pointer.notification_id}")

    assert "Staffordshire Police Record S/12 Contact not supplied" in page


def test_looking_leaves_a_row_of_ids_and_no_names(told):
    portal, document = told
    desk = portal.officer()

    desk.read("/inbox")
    answer = desk.get(f"/notifications/{document.notification_id}")
    acknowledge(desk, document)

    identity = str(document.notification_id)
    who = (str(desk.user_id), samples.POLICE, "officer")
    assert portal.trail("actor", "agency", "role", "action", "subject", "shown") == [
        (*who, "notices.listed", "open", identity),
        (*who, "notice.opened", identity, ""),
        (*who, "notice.acknowledged", identity, ""),
    ]
    assert portal.trail("request_id")[1] == (answer.headers["X-Request-Id"],)
    every_cell = str(portal.trail("actor", "action", "subject", "shown"))
    assert samples.CANARY not in every_cell


def test_tasks_show_their_clock_and_escalation(portal):
    machine, desk = portal.machine(), portal.officer(samples.PLACING_LA)
    put(machine, "obligations", samples.obligation("later"))
    put(
        machine,
        "obligations",
        samples.obligation("late", due_at=NOON - dt.timedelta(days=2), escalation=2),
    )
    put(machine, "obligations", samples.obligation("met", met_on=dt.date(2026, 11, 21)))

    page = desk.read("/tasks")

    assert "To do (2) Done (1)" in page
    assert page.index("Overdue by 2 days: by 20 November 2026") < page.index(
        "Due in 3 days: by 25 November 2026"
    )
    assert "Escalated, step 2" in page
    assert "No longer owed since 21 November 2026" in desk.read("/tasks?show=met")
    assert portal.trail("action", "subject")[0] == ("tasks.listed", "owed")
