"""A shielded child's details are hidden until somebody proven says what for."""

import portal_samples as samples
import pytest
from portal_under_test import NOON, ON_SQLITE, PASSWORD, put, words_of
from sqlalchemy import select

from notifications.documents import Audience
from portal.permissions import OPERATOR, Role
from portal.reveals import Purpose
from portal.tables import sessions
from portal.words import REVEAL_PURPOSES

PRIVATE = (
    samples.CANARY, "Quill-Test", "4 Sample Close", "B91 9ZZ", "N/0012345", "C-10342",
    "29 February 2012", "CSE",
)  # fmt: skip


@pytest.fixture
def shielded(portal):
    """The path of a notice for named officers only."""
    document = samples.packaged("shielded", audience=Audience.NAMED_OFFICER)
    put(portal.machine(), "notifications", document)
    return f"/notifications/{document.notification_id}"


def path_of(document):
    return f"/notifications/{document.notification_id}"


def actions(portal):
    return [action for (action,) in portal.trail("action")]


def test_a_shielded_childs_details_are_hidden_at_first(portal, shielded):
    desk = portal.named_officer()

    for path in ("/inbox", shielded):
        page = desk.get(path)
        assert page.status_code == 200
        assert [word for word in PRIVATE if word in page.text] == []
    assert "Details for named officers only" in words_of(page)
    assert "0121 496 0330" in page.text  # whom to speak to
    assert "revealed" not in actions(portal)


def test_a_purpose_reveals_them_and_is_on_record(portal, shielded):
    desk = portal.named_officer()

    asked = desk.post(f"{shielded}/reveal", purpose="speak")
    assert asked.headers["Location"] == f"{shielded}/revealed/speak"
    page = desk.get(asked.headers["Location"])

    assert samples.CANARY in page.text
    assert "4 Sample Close" in page.text
    assert "to speak with the other named officer" in words_of(page)
    assert portal.trail("action", "subject", "purpose")[-1] == (
        "revealed", shielded.rpartition("/")[2], "speak",
    )  # fmt: skip
    assert samples.CANARY not in desk.get(shielded).text


@ON_SQLITE
@pytest.mark.parametrize("purpose", ["", "curiosity"])
def test_nothing_is_revealed_without_a_purpose_of_the_list(portal, shielded, purpose):
    desk = portal.named_officer()

    asked = desk.post(f"{shielded}/reveal", purpose=purpose)

    assert asked.status_code == 422
    assert "Choose what you need the details for" in words_of(asked)
    assert samples.CANARY not in asked.text
    assert desk.get(f"{shielded}/revealed/curiosity").status_code == 404
    assert "revealed" not in actions(portal)


@pytest.mark.parametrize(
    ("what", "before"), [("", "notice.opened"), ("/record.csv", "package.downloaded")]
)
def test_a_system_that_takes_them_by_its_key_is_on_record_as_a_reveal(
    portal, shielded, what, before
):
    program = portal.program(acts_as=Role.NAMED_OFFICER)

    assert samples.CANARY in program.get(f"/v1{shielded}{what}").text

    identity = shielded.rpartition("/")[2]
    assert portal.trail("action", "subject", "purpose", "role") == [
        (before, identity, "safeguarding", "named_officer"),
        ("revealed", identity, "system", "named_officer"),
    ]
    page = portal.desk(Role.IG_LEAD).read("/audit/withheld")
    assert "Reveals of shielded details, newest first" in page
    assert "A system, by its key" in page
    assert "To keep it in the agency's own system" in page


@ON_SQLITE
def test_a_system_reveals_nothing_where_nothing_is_hidden(portal):
    document = samples.packaged("plain")
    put(portal.machine(), "notifications", document)
    program = portal.program(acts_as=Role.NAMED_OFFICER)

    for what in ("", "/record.csv"):
        assert program.get(f"/v1{path_of(document)}{what}").status_code == 200

    assert "revealed" not in actions(portal)
    assert "Nothing was revealed" in portal.desk(Role.IG_LEAD).read("/audit/withheld")


@ON_SQLITE
def test_nobody_reveals_for_a_systems_purpose(portal, shielded):
    desk = portal.named_officer()

    assert desk.post(f"{shielded}/reveal", purpose="system").status_code == 422
    assert desk.get(f"{shielded}/revealed/system").status_code == 404


def test_whoever_takes_the_package_has_revealed_it_to_record_the_child(
    portal, shielded
):
    desk = portal.named_officer()
    assert samples.CANARY in desk.get(f"{shielded}/record.csv").text

    assert portal.trail("action", "purpose")[-1] == ("revealed", "record")
    page = portal.desk(Role.IG_LEAD).read("/audit/withheld")
    assert "To record the child in our own system" in page
    assert "A system, by its key" not in page


def test_every_purpose_has_words():
    assert set(REVEAL_PURPOSES) == set(Purpose)


@pytest.mark.parametrize("what", ["/revealed/check", "/record.csv"])
def test_after_a_while_who_is_there_must_be_proven_again(portal, shielded, what):
    desk = portal.named_officer()
    assert desk.get(shielded + what).status_code == 200
    portal.hands.pass_by(minutes=10)

    away = desk.get(shielded + what, headers={"Referer": f"{portal.url}{shielded}"})

    assert away.status_code == 303
    assert away.headers["Location"].startswith(f"/prove?next={shielded}")
    wrong = desk.post("/prove", password="not the password", next=shielded)
    assert (wrong.status_code, "password is wrong" in words_of(wrong)) == (422, True)
    assert desk.get(shielded + what).status_code == 303
    right = desk.post("/prove", password=PASSWORD, next=shielded)
    assert (right.status_code, right.headers["Location"]) == (303, shielded)
    assert desk.get(shielded + what).status_code == 200
    assert {"proof.refused", "proven"} <= set(actions(portal))


@ON_SQLITE
def test_what_was_refused_left_no_trace_of_a_download(portal, shielded):
    desk = portal.named_officer()
    portal.hands.pass_by(minutes=10)

    desk.get(f"{shielded}/record.csv")

    assert "package.downloaded" not in actions(portal)


def test_a_proof_changes_the_session(portal, shielded):
    desk = portal.named_officer()
    before = desk.client.cookies[portal.running.cookie]
    portal.hands.pass_by(minutes=5)

    proven = desk.post("/prove", password=PASSWORD, next="https://elsewhere.example")

    assert proven.headers["Location"] == "/"
    thief = portal.client(cookies={portal.running.cookie: before})
    assert thief.get("/inbox").status_code == 303
    assert desk.get("/inbox").status_code == 200
    with portal.store.reading(OPERATOR) as connection:
        row = connection.execute(select(sessions)).one()
    assert (row.created_at, row.proven_at) == (NOON, portal.hands())


@ON_SQLITE
def test_guessing_a_proof_has_to_wait(portal):
    desk = portal.named_officer()
    for _ in range(5):
        assert desk.post("/prove", password="a guess").status_code == 422

    assert desk.post("/prove", password=PASSWORD).status_code == 429


@ON_SQLITE
def test_an_ordinary_notice_is_shown_as_ever(portal):
    document = samples.packaged("plain")
    put(portal.machine(), "notifications", document)
    path = f"/notifications/{document.notification_id}"
    desk = portal.officer()

    assert samples.CANARY in desk.get(path).text
    assert "revealed" not in actions(portal)


def test_the_account_lists_and_ends_ones_own_sessions(portal):
    desk, colleague = portal.officer(), portal.officer()
    assert desk.read("/account").count("This browser") == 1
    assert "Another browser" not in desk.read("/account")

    out = desk.post("/account/sign-out-everywhere")

    assert out.headers["Location"] == "/sign-in"
    assert desk.get("/inbox").status_code == 303
    assert colleague.get("/inbox").status_code == 200
    assert portal.trail("action", "subject")[-1] == ("notices.listed", "open")
    assert ("sessions.ended", "1") in portal.trail("action", "subject")
