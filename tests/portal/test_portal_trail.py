"""The trail says of every kind of action who, what and what for, and names nobody."""

import dataclasses
import json

import portal_samples as samples
import pytest
from portal_under_test import ON_SQLITE, OWNER, PASSWORD, feed, put, stored_as
from test_portal_codes import set_up
from test_portal_sign_in import hidden, try_to_sign_in

from notifications.documents import Audience
from portal import oversight_words, retention, sealing
from portal.audit import (
    ALWAYS_SAID,
    Action,
    Purpose,
    PurposeMissing,
    purpose_of,
    record_command,
)
from portal.permissions import OPERATOR, Role

HINT = "Quazzlethorpe"
NAMED = samples.packaged("named", audience=Audience.NAMED_OFFICER)


def path_of(document):
    return f"/notifications/{document.notification_id}"


def come_and_go(portal):
    portal.add_user(Role.OFFICER, samples.POLICE, "zebediah.quill")
    try_to_sign_in(portal.client(), "zebediah.quill", "a wrong guess")
    try_to_sign_in(portal.client(), "zebediah.quill")
    desk = portal.officer()
    set_up(desk, portal)
    desk.post("/prove", password=f"{samples.CANARY} guesses")
    portal.hands.pass_by(seconds=30)
    other = portal.officer()
    other.post("/prove", password=PASSWORD)
    other.post("/account/sign-out-everywhere")
    portal.officer().post("/sign-out")


def work_on_notices(portal):
    document, disputed = samples.packaged(), samples.packaged("disputed")
    officer = portal.officer()
    path, other = path_of(document), path_of(disputed)
    for page in (
        "/inbox", path, f"{path}/record.csv", f"{path}/print", "/tasks", "/handover",
        "/handover/print", "/reviews",
    ):  # fmt: skip
        officer.get(page)
    officer.post("/search", q="Quill-Test")
    officer.post("/inbox/export", purpose="shift")
    officer.post(f"{other}/holder", to=officer.user_id, passes=0)
    officer.post(
        "/handover", to="desk", item=f"{disputed.notification_id}.1", note=HINT
    )
    officer.post(f"{other}/dispute", version=1, dispute="not_ours")
    officer.post(
        f"{path}/acknowledgement", **{"version": 1, "reference": "Quill-Test",
        "recorded-day": 22, "recorded-month": 11, "recorded-year": 2026},
    )  # fmt: skip
    named = portal.named_officer()
    named.post(f"{path_of(NAMED)}/reveal", purpose="protect")
    named.get(f"{path_of(NAMED)}/revealed/protect")


def work_on_pairs(portal):
    path = f"/reviews/{samples.review().review_id}"
    first, second, third = (portal.reviewer() for _ in range(3))
    said = {"reason": f"{samples.CANARY} it is"}
    for desk, deed, form in (
        (first, "claim", {}), (first, "letting-go", {}), (first, "claim", {}),
        (first, "handing-over", {"to": str(second.user_id)}), (second, "skip", {}),
        (first, "search", {"surname": HINT, "year": 2011}),
        (first, "judgement", said | {"decision": "same", "version": 1}),
        (second, "second-reading", said | {"decision": "different", "version": 2}),
        (third, "recusal", {}),
    ):  # fmt: skip
        desk.post(f"{path}/{deed}", **form)
    judge_and_undo(second)
    for page in ("/reviews", path, "/agreement", "/agreement/labels.csv"):
        first.get(page)


def judge_and_undo(desk):
    path = f"/reviews/{samples.review('undone').review_id}"
    said = {"decision": "same", "reason": f"{HINT} it is", "version": 1}
    desk.post(f"{path}/judgement", **said)
    judgement = hidden(desk.get(path), "judgement")
    desk.post(f"{path}/undoing", judgement=judgement, reason=f"No {HINT}")


def keep_the_nights_running(portal):
    team, supplier = (
        portal.desk(Role.DATA_TEAM), portal.desk(Role.SUPPLIER, samples.PLACING_LA)
    )  # fmt: skip
    for page in ("/runs", "/authorities", f"/authorities/{samples.PLACING_LA}"):
        team.get(page)
    team.post(f"/runs/{samples.run().run_id}/release")
    team.post(f"/dead-letters/{samples.dead_letter().letter_id}/replay")
    for page in ("/verdicts", "/verdicts.csv"):
        supplier.get(page)
    portal.program(samples.PLACING_LA, Role.SUPPLIER).get("/v1/verdicts")


def oversee(portal, of):
    lead = portal.desk(Role.IG_LEAD)
    for page in (
        "/audit", "/audit/withheld", "/audit/retention",
        "/audit/export.csv?purpose=inspection",
    ):  # fmt: skip
        lead.get(page)
    lead.post("/audit/child", reference=samples.CANARY, purpose="complaint")
    lead.post(f"/audit/staff/{of}", purpose="incident")


def operate(portal):
    token = samples.packaged().recording_token
    portal.hands.pass_by(days=365 * 7)
    with (
        stored_as(portal.store, OWNER) as owner,
        owner.writing(OPERATOR) as connection,
    ):
        now = portal.hands()
        retention.hold(connection, token, now)
        retention.end_hold(connection, token, now)
        retention.apply(connection, portal.running.settings, now)
        record_command(connection, f"disable-user {samples.made('user')}", now)


@pytest.fixture
def everything_done(portal, web_server):
    """Every kind of action is done, by people, programs and the operator."""
    twice = portal.running.settings.model_copy(update={"second_reader_share": 1.0})
    portal.running = dataclasses.replace(portal.running, settings=twice)
    web_server[0].state.running = portal.running
    machine = portal.machine()
    for document in (samples.packaged(), samples.packaged("disputed"), NAMED):
        put(machine, "notifications", document)
    apart = samples.record("left", record_ref="C-2")
    for review in (samples.review(), samples.review("undone", left=apart)):
        put(machine, "reviews", review)
    put(machine, "runs", samples.run(held={"surge": 1}))
    put(machine, "verdicts", samples.verdict())
    put(machine, "quality", samples.quality())
    put(machine, "dead-letters", samples.dead_letter())
    come_and_go(portal)
    work_on_notices(portal)
    work_on_pairs(portal)
    keep_the_nights_running(portal)
    oversee(portal, portal.add_user(Role.OFFICER, samples.POLICE))
    portal.client().get("/v1/events")
    feed(machine)
    operate(portal)
    sealing.seal_waiting(portal.store, portal.hands)
    return portal


def test_every_kind_of_action_is_in_the_trail_for_a_purpose_and_names_nobody(
    everything_done,
):
    text = "".join(sealing.exported(everything_done.store, OPERATOR))

    lines = [json.loads(line) for line in text.splitlines()]
    entries = [line["entry"] for line in lines if "entry" in line]
    assert set(Action) - {entry["action"] for entry in entries} == set()
    assert [entry for entry in entries if not entry["purpose"]] == []
    for word in (
        samples.CANARY, "zebediah", "Quill", "Test ", "Sample Close", "2012-02-29", HINT
    ):  # fmt: skip
        assert word not in text


@pytest.mark.parametrize("action", Action)
def test_every_action_has_a_purpose_or_must_be_told_one(action):
    if action in ALWAYS_SAID:
        with pytest.raises(PurposeMissing):
            purpose_of(action)
    else:
        assert purpose_of(action) in set(Purpose)
    assert purpose_of(action, Purpose.COURT) is Purpose.COURT


def test_every_purpose_has_words():
    assert set(oversight_words.PURPOSES) == set(Purpose)


@ON_SQLITE
def test_each_action_of_a_page_has_its_purpose_and_its_place(portal):
    officer = portal.officer()
    officer.get("/inbox")
    portal.officer().get("/inbox")

    purposes, networks = zip(*portal.trail("purpose", "network"), strict=True)

    assert set(purposes) == {"safeguarding"}
    assert len(set(networks)) == 1
    assert len(networks[0]) == 16
    assert "127" not in networks[0]
