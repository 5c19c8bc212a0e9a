"""The recipient's last word stands, and nothing it said is lost."""

import datetime as dt

import portal_samples as samples
import pytest
from portal_under_test import ON_SQLITE, feed, put, withdraw, words_of

from notifications import documents as docs


def path_of(document):
    return f"/notifications/{document.notification_id}"


def other_child(name, ref="C-77777"):
    child = samples.child("Kit", f"{name}-Test").model_copy(update={"child_ref": ref})
    return samples.notification(name, child=child)


def acknowledge(desk, document, version=1, reference="N/0012345", sure=""):
    return desk.post(
        f"{path_of(document)}/acknowledgement",
        version=version, reference=reference, sure=sure,
        **{"recorded-day": 22, "recorded-month": 11, "recorded-year": 2026},
    )  # fmt: skip


def dispute(desk, document, version=1, reason="not_ours"):
    return desk.post(f"{path_of(document)}/dispute", version=version, dispute=reason)


def told(machine):
    """The feed's types, without what looking leaves."""
    looked = {"receipt.fetched", "receipt.opened"}
    return [one["type"] for one in feed(machine) if one["type"] not in looked]


@pytest.fixture
def one(portal):
    """A portal with one notice: its machine, an officer's desk, the document."""
    machine, document = portal.machine(), samples.notification()
    put(machine, "notifications", document)
    return machine, portal.officer(), document


# --- what is wrong -----------------------------------------------------


@pytest.mark.parametrize("reason", ["not_ours", "duplicate", "wrong_facts"])
def test_a_dispute_is_told_and_leaves_the_list_of_what_waits(one, reason):
    machine, desk, document = one

    answer = dispute(desk, document, reason=reason)

    assert answer.status_code == 303
    event = feed(machine)[-1]
    assert (event["type"], event["subject"]) == (
        "receipt.disputed", str(document.notification_id),
    )  # fmt: skip
    assert event["data"] == {
        "agency": samples.POLICE, "actor": str(desk.user_id), "reason": reason,
    }  # fmt: skip
    page = desk.read(answer.headers["Location"])
    assert "Saved. The placing authority is asked to check." in page
    assert "said by your authority on 22 November 2026, 12:00pm" in page
    assert "To do (0) Acknowledged (0) Disputed (1) All (1)" in desk.read("/inbox")


@pytest.mark.parametrize("reason", ["", "because", "not_ours "])
@ON_SQLITE
def test_a_dispute_without_a_reason_is_asked_again(one, reason):
    machine, desk, document = one

    answer = dispute(desk, document, reason=reason)

    assert answer.status_code == 422
    assert "Choose what is wrong with the notice" in words_of(answer)
    assert told(machine) == []


def test_the_same_dispute_twice_is_one_and_another_reason_is_another(one):
    machine, desk, document = one

    answers = [
        dispute(desk, document, version, reason).status_code
        for version, reason in ((1, "not_ours"), (1, "not_ours"), (2, "duplicate"))
    ]

    assert answers == [303, 303, 303]
    assert told(machine) == ["receipt.disputed"] * 2
    assert "It is a duplicate : said by" in desk.read(path_of(document))


def test_an_acknowledgement_overtakes_a_dispute_and_a_dispute_that(one):
    machine, desk, document = one
    dispute(desk, document, 1)
    assert acknowledge(desk, document, 2).status_code == 303
    assert "Disputed (0)" in desk.read("/inbox")
    dispute(desk, document, 3, "wrong_facts")

    assert acknowledge(desk, document, 4).status_code == 303

    assert told(machine) == ["receipt.disputed", "receipt.acknowledged"] * 2
    assert "Acknowledged (1) Disputed (0)" in desk.read("/inbox")


def test_a_colleagues_form_from_before_a_dispute_is_refused(one):
    machine, desk, document = one
    dispute(desk, document)

    late = acknowledge(desk, document, version=1)

    assert late.status_code == 409
    assert "changed while you were reading it" in words_of(late)
    assert told(machine) == ["receipt.disputed"]


@pytest.mark.parametrize("what", ["withdrawn", "superseded", "copy", "reminder"])
def test_what_is_not_to_be_acknowledged_is_not_to_be_disputed(portal, what):
    machine, desk = portal.machine(), portal.officer()
    document = samples.notification(is_copy=what == "copy")
    if what == "reminder":
        document = samples.reminder("elsewhere")
    put(machine, "notifications", document)
    version = 1
    if what == "withdrawn":
        withdraw(machine, samples.withdrawal())
        version = 2
    if what == "superseded":
        later = samples.notification("later", supersedes=document.notification_id)
        put(machine, "notifications", later)
        version = 2

    for answer in (
        dispute(desk, document, version),
        acknowledge(desk, document, version),
    ):
        assert answer.status_code == 409
    assert told(machine) == []


def test_a_later_notice_answers_a_dispute(one):
    machine, desk, document = one
    dispute(desk, document)
    later = samples.notification("later", supersedes=document.notification_id)
    put(machine, "notifications", later)

    assert "To do (1) Acknowledged (0) Disputed (0)" in desk.read("/inbox")
    page = desk.get(path_of(later))
    assert f'href="{path_of(document)}">an earlier notice' in page.text


# --- what was mistyped -----------------------------------------------------


def test_an_acknowledgement_may_be_corrected(portal, one):
    machine, desk, document = one
    acknowledge(desk, document, 1, "N/0012354")
    assert "Correct the reference or the date" in desk.read(path_of(document))

    corrected = acknowledge(desk, document, 2, "N/0012345")

    assert corrected.status_code == 303
    references = [
        event["data"]["reference"]
        for event in feed(machine)
        if event["type"] == "receipt.acknowledged"
    ]
    assert references == ["N/0012354", "N/0012345"]
    assert "Your reference N/0012345" in desk.read(path_of(document))
    assert portal.trail("action").count(("notice.acknowledged",)) == 2


def test_a_correction_from_an_old_page_is_refused(one):
    machine, desk, document = one
    acknowledge(desk, document, 1, "N/1")
    acknowledge(desk, document, 2, "N/2")

    assert acknowledge(desk, document, 2, "N/3").status_code == 409
    assert told(machine) == ["receipt.acknowledged"] * 2


# --- one reference, several children ------------------------------------------------


def test_a_reference_of_another_child_is_asked_about_and_taken_when_confirmed(one):
    machine, desk, document = one
    for name in ("Brook", "Ford"):
        other = other_child(name, f"C-{name}")
        put(machine, "notifications", other)
        acknowledge(desk, other, reference="n/0012345", sure="n/0012345")

    asked = acknowledge(desk, document)

    assert asked.status_code == 422
    assert "This reference is on 2 other notices, about other children" in words_of(
        asked
    )
    assert 'name="sure" value="N/0012345"' in asked.text
    assert len(told(machine)) == 2
    assert acknowledge(desk, document, sure="N/0012346").status_code == 422
    assert acknowledge(desk, document, sure="N/0012345").status_code == 303
    assert len(told(machine)) == 3


def test_a_reference_may_stand_on_every_notice_of_one_child(one):
    machine, desk, document = one
    update = samples.notification("update", kind="update")
    put(machine, "notifications", update)
    acknowledge(desk, document)

    assert acknowledge(desk, update).status_code == 303


def test_what_an_officer_may_not_see_is_not_counted(portal):
    machine = portal.machine()
    hidden = samples.notification(
        "hidden", audience=docs.Audience.NAMED_OFFICER,
        child=samples.child().model_copy(update={"child_ref": "C-5"}),
    )  # fmt: skip
    elsewhere = samples.notification(
        "elsewhere", recipient="E23000015",
        child=samples.child().model_copy(update={"child_ref": "C-6"}),
    )  # fmt: skip
    mine = samples.notification("mine")
    for document in (hidden, elsewhere, mine):
        put(machine, "notifications", document)
    assert acknowledge(portal.named_officer(), hidden).status_code == 303
    assert acknowledge(portal.officer("E23000015"), elsewhere).status_code == 303

    assert acknowledge(portal.officer(), mine).status_code == 303


# --- what is fetched, reminded of, and owed -----------------------------------------


def test_being_listed_is_fetched_once_for_each_notice(one):
    machine, desk, document = one
    second = other_child("Brook")
    put(machine, "notifications", second)

    desk.read("/inbox")
    desk.read("/inbox?show=all")

    events = feed(machine)
    assert [event["type"] for event in events] == ["receipt.fetched"] * 2
    assert {event["subject"] for event in events} == {
        str(document.notification_id), str(second.notification_id),
    }  # fmt: skip
    assert events[0]["data"] == {
        "agency": samples.POLICE, "actor": str(desk.user_id),
    }  # fmt: skip


def test_only_what_the_page_shows_is_fetched(portal):
    machine, desk = portal.machine(), portal.officer()
    for number in range(27):
        put(machine, "notifications", other_child(f"N{number:02}"))
    put(machine, "notifications", samples.notification("away", recipient="334"))
    put(machine, "notifications", samples.notification("withdrawn"))
    withdraw(machine, samples.withdrawal("withdrawn"))

    desk.read("/inbox")
    assert len(feed(machine)) == 25
    desk.read("/inbox?page=2")
    assert len(feed(machine)) == 27
    assert "Withdrawn notice" in desk.read("/inbox?show=all") + desk.read(
        "/inbox?show=all&page=2"
    )

    assert len(feed(machine)) == 27


def test_reminders_show_on_their_notice_and_nowhere_else(one):
    machine, desk, document = one
    for number in (1, 2):
        put(machine, "notifications", samples.reminder(number=number))

    assert "To do (1) Acknowledged (0) Disputed (0) All (1)" in desk.read("/inbox")
    assert "Reminded 2 times" in desk.read("/inbox")
    reminder = samples.reminder(number=2)
    led = desk.get(path_of(reminder))
    assert (led.status_code, led.headers["Location"]) == (303, path_of(document))
    assert "You have been reminded of this notice 2 times" in desk.read(
        path_of(document)
    )
    kinds = [(one["type"], one["subject"]) for one in feed(machine)]
    for told_of in (document, samples.reminder(), reminder):
        for kind in ("receipt.fetched", "receipt.opened"):
            assert kinds.count((kind, str(told_of.notification_id))) == 1
    acknowledge(desk, document)
    assert "Reminded" not in desk.read("/inbox?show=all")


def test_a_reminder_of_what_is_not_here_stands_alone_and_is_only_to_be_read(portal):
    machine, desk = portal.machine(), portal.officer()
    reminder = samples.reminder("nowhere")
    put(machine, "notifications", reminder)
    assert "To do (1)" in desk.read("/inbox")

    page = desk.read(path_of(reminder))

    assert "reminds you of a notice that is not here" in page
    assert "Acknowledge below" not in page
    assert "To do (0)" in desk.read("/inbox")


def test_what_was_reminded_of_comes_before_what_was_not(portal):
    """Among its equals: nothing of lesser priority stands above a high one."""
    machine, desk = portal.machine(), portal.officer()
    for name, priority in (
        ("Plain", "high"), ("Pressed", "high"), ("Low", "low"), ("Chased", "low"),
    ):  # fmt: skip
        child = samples.child("Kit", f"{name}-Test")
        document = samples.notification(name, priority=priority, child=child)
        put(machine, "notifications", document)
    for name in ("Pressed", "Chased"):
        put(machine, "notifications", samples.reminder(name))

    page = desk.read("/inbox")

    places = [page.index(f"Kit {name}-Test") for name in
              ("Pressed", "Plain", "Chased", "Low")]  # fmt: skip
    assert places == sorted(places)


def follow_up(kind, document, **changed):
    return samples.obligation(
        f"{kind} of {document.notification_id}", kind=kind,
        **{"owed_by": samples.POLICE, "notification_id": document.notification_id,
           "escalation": 1, "escalated_to": "Head of vulnerability"} | changed,
    )  # fmt: skip


def test_acknowledged_but_not_recorded_waits_again(one):
    machine, desk, document = one
    acknowledge(desk, document)
    task = follow_up("record_task", document)
    put(machine, "obligations", task)

    assert "To do (1) Acknowledged (1)" in desk.read("/inbox")
    assert "Not found in your records" in desk.read("/inbox")
    page = desk.read(path_of(document))
    assert "Record what you acknowledged: escalated to Head of vulnerability" in page
    assert "Acknowledge again" in page
    tasks = desk.get("/tasks")
    assert f'href="{path_of(document)}">Open the notice' in tasks.text
    assert "Escalated to Head of vulnerability." in words_of(tasks)

    met = task.model_copy(update={"met_on": dt.date(2026, 11, 23)})
    put(machine, "obligations", met)
    assert "To do (0) Acknowledged (1)" in desk.read("/inbox")


def test_a_task_to_acknowledge_is_not_shown_to_who_has_just_done_so(one):
    machine, desk, document = one
    put(machine, "obligations", follow_up("acknowledge_task", document))
    assert "Acknowledge a notice: escalated to" in desk.read(path_of(document))

    acknowledge(desk, document)

    assert "Acknowledge a notice: escalated to" not in desk.read(path_of(document))
    assert "To do (0)" in desk.read("/inbox")


def test_who_owes_about_another_agencys_notice_is_given_no_link(portal):
    machine, document = portal.machine(), samples.notification()
    put(machine, "notifications", document)
    task = follow_up("disagreement_task", document, owed_by=samples.PLACING_LA)
    put(machine, "obligations", task)

    page = portal.officer(samples.PLACING_LA).get("/tasks")

    assert "Settle a disagreement" in words_of(page)
    assert "Open the notice" not in words_of(page)
    assert "escalated" not in portal.officer().read(path_of(document))


@ON_SQLITE
def test_a_test_record_and_the_desk_it_is_for_are_said_first(portal):
    machine, desk = portal.machine(), portal.officer()
    document = samples.notification(test_record=True, route="Solihull MASH desk")
    put(machine, "notifications", document)

    assert "For: Solihull MASH desk." in desk.read("/inbox")
    assert "Test record" in desk.read("/inbox")
    page = desk.read(path_of(document))
    assert "Agreed test record: no child; do not visit" in page
    assert "For: Solihull MASH desk" in page


def test_a_withdrawn_notice_leads_to_what_took_its_place(one):
    machine, desk, document = one
    withdraw(machine, samples.withdrawal())
    later = samples.notification("later", supersedes=document.notification_id)
    put(machine, "notifications", later)

    page = desk.get(path_of(document))

    assert f'href="{path_of(later)}">open the later notice' in page.text
