"""The information-governance lead sees who looked at what and why, and no record."""

import csv
import datetime as dt
import io

import portal_samples as samples
import pytest
from portal_under_test import ON_SQLITE, put, withdraw, words_of

from notifications.documents import Audience
from notifications.recipients import Role as PartIn
from notifications.wording import POINTER_WITHDRAWN, Cause, why
from portal import audit
from portal.audit import Action
from portal.oversight import most_within, reason
from portal.permissions import OPERATOR, Role

PAGES = ("/audit", "/audit/child", "/audit/refusals", "/audit/withheld",
         "/audit/retention")  # fmt: skip


@pytest.fixture
def lead(portal):
    return portal.desk(Role.IG_LEAD)


@pytest.fixture
def busy(portal):
    """A portal in which people have looked at things."""
    machine = portal.machine()
    put(machine, "notifications", samples.notification())
    put(machine, "notifications", samples.notification(
        "named", audience=Audience.NAMED_OFFICER,
        child=samples.child().model_copy(update={"child_ref": "C-7"}),
    ))  # fmt: skip
    put(machine, "obligations", samples.obligation())
    put(machine, "reviews", samples.review())
    put(machine, "runs", samples.run(held={"surge": 3}))
    officer = portal.officer()
    officer.get("/inbox")
    officer.get(f"/notifications/{samples.made('notification first')}")
    portal.reviewer().get(f"/reviews/{samples.review().review_id}")
    portal.officer("E23000015").get(
        f"/notifications/{samples.made('notification first')}"
    )
    return officer


def ask(desk, **form):
    return desk.post("/audit/child", purpose="complaint", **form)


@pytest.mark.parametrize("path", PAGES)
def test_no_page_shows_a_record(portal, lead, busy, path):
    answer = lead.get(path)

    assert answer.status_code == 200
    for word in (samples.CANARY, "Quill", "B91", "Sample Close"):
        assert word not in answer.text


def test_the_trail_says_who_did_what_of_what_and_why(portal, lead, busy):
    text = lead.read("/audit")

    assert "Opened a notice" in text
    assert str(samples.made("notification first")) in text
    assert "Act on a notice" in text
    assert "West Midlands Police" in text
    assert str(busy.user_id)[:8] in text


@pytest.mark.parametrize(
    ("query", "seen", "unseen"),
    [
        ("action=denied", "Was refused", "Listed notices"),
        ("agency=E23000015", "Was refused", "Opened a pair"),
        ("agency=region", "Opened a pair", "Opened a notice"),
        ("from=2026-11-22&to=2026-11-22", "Opened a pair", "There is no such entry"),
        ("from=2026-11-23", "There is no such entry", "Act on a notice"),
        ("to=2026-11-21", "There is no such entry", "Act on a notice"),
    ],
)
def test_the_trail_is_filtered(portal, lead, busy, query, seen, unseen):
    page = lead.get(f"/audit?{query}").text
    text = page[page.index("Filter the trail") :]
    shown = text[text.index("</form>") :]

    assert seen in shown
    assert unseen not in shown


def test_one_persons_entries_are_found_and_the_name_only_for_a_reason(
    portal, lead, busy
):
    path = f"/audit/staff/{busy.user_id}"
    assert "Test officer" not in lead.read(f"/audit?actor={busy.user_id}")

    refused = lead.post(path)
    revealed = lead.post(path, purpose="incident")

    assert refused.status_code == 422
    assert "Test officer" not in refused.text
    assert "Test officer" in words_of(revealed)
    assert portal.trail("action", "subject", "purpose")[-1] == (
        "staff.revealed", str(busy.user_id), "incident",
    )  # fmt: skip


def test_the_trail_goes_on_page_by_page(portal, lead):
    for _ in range(30):
        lead.get("/audit/child")
        lead.get("/audit?action=denied")

    first = lead.get("/audit")
    older = lead.get("/audit?before=6")

    assert first.text.count("Read the audit trail</span>") == 25
    assert "Older entries" in first.text
    assert "Older entries" not in older.text
    assert older.text.count("Read the audit trail</span>") == 5


@pytest.mark.parametrize(
    "question",
    [
        {"reference": samples.notification().recording_token},
        {"reference": samples.notification().recording_token.lower().replace("-", "")},
        {"reference": str(samples.notification().notification_id)},
        {"authority": "330", "record_ref": "C-10342"},
    ],
)
def test_every_access_to_one_child_is_found(portal, lead, busy, question):
    text = words_of(ask(lead, **question))

    assert "Opened a notice" in text
    assert "Listed notices" in text
    assert "Was refused" in text
    assert samples.CANARY not in text
    assert "C-7" not in text


def test_accesses_to_a_pair_and_a_withdrawal_belong_to_the_child(portal, lead):
    machine = portal.machine()
    put(machine, "notifications", samples.notification())
    left = samples.record("left", record_ref="C-10342")
    put(machine, "reviews", samples.review(left=left))
    withdraw(machine, samples.withdrawal())
    portal.reviewer().get(f"/reviews/{samples.review().review_id}")
    portal.officer().get(f"/notifications/{samples.made('notification first')}")

    text = words_of(ask(lead, authority="330", record_ref="C-10342"))

    assert "Opened a pair" in text
    assert f"withdrawal {samples.withdrawal().retraction_id}" in text
    assert "2 accesses to 3 documents" in text


def test_another_childs_accesses_are_not_told(portal, lead, busy):
    text = words_of(ask(lead, authority="330", record_ref="C-7"))

    assert "0 accesses to 1 document" in text


def test_a_history_is_asked_for_with_a_reason_and_the_question_is_on_record(
    portal, lead, busy
):
    token = samples.notification().recording_token
    unsaid = lead.post("/audit/child", reference=token)
    nobody = ask(lead)

    assert (unsaid.status_code, nobody.status_code) == (422, 422)
    assert "Choose why you ask" in unsaid.text
    ask(lead, reference=token)
    action, purpose, shown = portal.trail("action", "purpose", "shown")[-1]
    assert (action, purpose) == ("accesses.listed", "complaint")
    assert str(samples.notification().notification_id) in shown


def test_a_long_history_has_pages(portal, lead, busy):
    for _ in range(30):
        busy.get(f"/notifications/{samples.made('notification first')}")
    form = {"reference": samples.notification().recording_token}

    first, second = words_of(ask(lead, **form)), words_of(ask(lead, **form, page=2))

    assert "Page 1 of 2" in first
    assert "Page 2 of 2" in second
    assert "Listed notices" in second


def test_refusals_are_listed(portal, lead, busy):
    text = lead.read("/audit/refusals")

    assert "Refusals of the last week: 1" in text
    assert f"notice {samples.made('notification first')}" in text
    assert "Nobody looked at far more" in text


def test_somebody_who_looks_at_far_more_than_they_do_is_listed(portal, lead, busy):
    for _ in range(25):
        busy.get(f"/notifications/{samples.made('notification first')}")

    text = lead.read("/audit/refusals")

    assert "Far above the person's own norm" in text
    assert str(busy.user_id)[:8] in text


@pytest.mark.parametrize(
    ("looked", "norm", "at_once", "why"),
    [
        (20, 0, 20, ""), (21, 0, 21, "norm"), (21, 4.2, 21, ""), (50, 9.9, 29, "norm"),
        (50, 10, 29, ""), (50, 10, 30, "hour"), (29, 10, 29, ""),
    ],
)  # fmt: skip
def test_what_is_unusual_depends_on_what_the_person_does(looked, norm, at_once, why):
    assert reason(looked, norm, at_once) == why


def test_an_hour_is_any_sixty_minutes():
    start = dt.datetime(2026, 11, 22, 9, 30, tzinfo=dt.UTC)
    times = [start + dt.timedelta(minutes=m) for m in (0, 50, 59, 60, 61, 200)]

    assert most_within(times, dt.timedelta(hours=1)) == 4
    assert most_within([], dt.timedelta(hours=1)) == 0


def test_what_is_withheld_is_listed_by_reference(portal, lead, busy):
    machine = portal.machine()
    withdraw(machine, samples.withdrawal())
    second = samples.notification("second")
    put(machine, "notifications", second)
    busy.post(
        f"/notifications/{second.notification_id}/dispute", version=1,
        dispute="not_ours",
    )  # fmt: skip
    portal.desk(Role.DATA_TEAM).post(f"/runs/{samples.run().run_id}/release")

    text = lead.read("/audit/withheld")

    named = samples.notification("named")
    assert "West Midlands Police 1" in text
    assert named.recording_token in text
    assert "3 notices are held back by the surge brake" in text
    assert str(samples.made("notification first")) in text
    assert "It is not ours" in text
    assert "Release asked for" in text


REASONS = {
    why(Cause.WITHDRAWN, None, PartIn.HOST_FORCE): (
        "The placing authority withdrew the record it was made from "
        "Rule tell.withdrawn",
        "Birmingham, by its extract",
    ),
    why(Cause.TOLD_AGAIN, None, PartIn.PLACING_LA): (
        "A later notice of the placement counts in its place Rule tell.told-again",
        "The region",
    ),
    POINTER_WITHDRAWN: (
        "The records are no longer held to be one person Rule point.withdrawn",
        "The region",
    ),
    f"{samples.CANARY} is nobody's child.": ("No rule recorded", "The region"),
}


@pytest.mark.parametrize("reason", REASONS)
def test_a_withdrawal_says_why_and_who_decided_it(portal, lead, reason):
    machine = portal.machine()
    put(machine, "notifications", samples.notification())
    withdraw(machine, samples.withdrawal(reason=reason))

    text = lead.read("/audit/withheld")

    what, by = REASONS[reason]
    original = samples.made("notification first")
    assert f"{original} What {what} When 22 November 2026 By {by}" in text
    assert samples.CANARY not in text


SHIELDED = {
    "task.named-officer-task": (
        "Named officers speak with each other about the case "
        "Rule task.named-officer-task",
        "Birmingham, by its record of the child, or the region, by a rule on it",
    ),
    "point.restricted": (
        "A restricted record may be of a person whom another authority holds too "
        "Rule point.restricted",
        "West Midlands Police, by its own record",
    ),
    "shield.new": (
        "By another rule Rule shield.new",
        "Birmingham, by its record of the child, or the region, by a rule on it",
    ),
    f"because of {samples.CANARY}": (
        "No rule recorded",
        "Birmingham, by its record of the child, or the region, by a rule on it",
    ),
}


@pytest.mark.parametrize("rule", SHIELDED)
def test_what_is_shielded_says_why_and_who_decides_it(portal, lead, rule):
    task = samples.obligation(
        owed_by=samples.POLICE, audience=Audience.NAMED_OFFICER, child_ref="",
        rule=samples.rule(rule),
    )  # fmt: skip
    put(portal.machine(), "obligations", task)

    text = lead.read("/audit/withheld")

    why_, by = SHIELDED[rule]
    assert (
        f"{task.obligation_id} Kind Task For West Midlands Police Made 22 November "
        f"2026 Why {why_} Decided by {by}"
    ) in text
    assert samples.CANARY not in text


@ON_SQLITE
def test_a_shielded_notice_without_an_authority_is_the_regions(portal, lead):
    pointer = samples.notification(
        audience=Audience.NAMED_OFFICER, placing_authority=None, child=None,
        placement=None, subject="person", rule=samples.rule("point.same-person"),
    )  # fmt: skip
    put(portal.machine(), "notifications", pointer)

    assert (
        "Why By another rule Rule point.same-person Decided by The region"
    ) in lead.read("/audit/withheld")


def test_the_filtered_trail_is_taken_away_as_a_table(portal, lead, busy):
    assert lead.get("/audit/export.csv").status_code == 422

    answer = lead.get("/audit/export.csv?action=denied&purpose=inspection")

    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["action"] for row in rows] == ["denied"]
    assert rows[0]["subject"] == f"notice {samples.made('notification first')}"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert portal.trail("action", "subject", "purpose")[-1] == (
        "audit.exported", "csv denied", "inspection",
    )  # fmt: skip


@ON_SQLITE
def test_what_is_typed_into_the_filter_is_not_kept(portal, lead):
    lead.get("/audit", params=dict.fromkeys(("agency", "actor", "action"), "Zebedi"))

    assert portal.trail("action", "subject")[-1] == ("audit.listed", "")


@ON_SQLITE
def test_no_cell_of_the_table_is_a_formula(portal, lead):
    with portal.store.writing(OPERATOR) as connection:
        audit.record_operator(
            connection, portal.hands(), Action.ERASED, "=HYPERLINK(1)"
        )

    answer = lead.get("/audit/export.csv?purpose=inspection")

    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert "'=HYPERLINK(1)" in [row["subject"] for row in rows]


def test_the_whole_trail_is_verified_from_the_page(portal, lead, busy):
    answer = lead.post("/audit/verification")

    assert "The audit trail is whole" in words_of(answer)
    assert "Last verified 22 November 2026, 12:00pm: it held" in lead.read("/audit")


def test_retention_says_what_is_kept_and_the_oldest_of_each(portal, lead, busy):
    text = lead.read("/audit/retention")

    assert "Notices 2,192 days How many 2 Oldest 22 November 2026" in text.replace(
        "How long ", ""
    )
    assert "Audit trail" in text
    assert portal.trail("action")[-1] == ("retention.seen",)
