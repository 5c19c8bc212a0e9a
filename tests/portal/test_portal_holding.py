"""Who has a notice is shown, kept and numbered; a shift is handed over whole."""

import re

import portal_samples as samples
import pytest
from portal_under_test import ON_SQLITE, feed, put, words_of
from sqlalchemy import select, update

from notifications.documents import Audience
from portal.permissions import OPERATOR, Role
from portal.tables import handovers, users


def path_of(document):
    return f"/notifications/{document.notification_id}"


def give(desk, document, to, passes=0):
    return desk.post(f"{path_of(document)}/holder", to=str(to), passes=passes)


def item(document, passes=1):
    return f"{document.notification_id}.{passes}"


def hand_over(desk, *items, to="desk", note=""):
    return desk.post("/handover", item=list(items), to=str(to), note=note)


@pytest.fixture
def one(portal):
    """A portal with one notice: itself, an officer's desk, the document."""
    document = samples.notification()
    put(portal.machine(), "notifications", document)
    return portal, portal.officer(), document


def test_taking_passing_and_giving_back_is_shown_and_remembered(one):
    portal, desk, document = one
    colleague = portal.add_user(Role.OFFICER, samples.POLICE, "Bo Desk")
    assert "Nobody yet: it is on the desk" in desk.read(path_of(document))

    assert give(desk, document, desk.user_id).status_code == 303
    assert "You have this notice" in desk.read(path_of(document))
    assert "Held by you" in desk.read("/inbox?held=me")
    assert give(desk, document, colleague, passes=1).status_code == 303
    assert "Bo Desk has this notice" in desk.read(path_of(document))
    assert "Held by Bo Desk" in desk.read("/inbox?held=others")
    assert give(desk, document, "desk", passes=2).status_code == 303

    page = desk.read(path_of(document))
    history = page[page.index("What your authority did with it") :]
    places = [
        history.index(words)
        for words in (
            "First opened, by Test officer", "Taken, by Test officer",
            "Passed on, by Test officer to Bo Desk",
            "Given back to the desk, by Test officer",
        )
    ]  # fmt: skip
    assert places == sorted(places)
    passed = [row for row in portal.trail("action", "subject", "shown")
              if row[0] == "notice.passed_on"]  # fmt: skip
    identity = str(document.notification_id)
    assert passed == [
        ("notice.passed_on", identity, str(desk.user_id)),
        ("notice.passed_on", identity, str(colleague)),
        ("notice.passed_on", identity, ""),
    ]


def test_of_two_who_take_it_at_once_the_first_has_it(one):
    portal, first, document = one
    second = portal.officer()

    assert give(first, document, first.user_id).status_code == 303
    late = give(second, document, second.user_id)

    assert late.status_code == 409
    assert "Somebody else took this notice" in words_of(late)
    assert "You have this notice" in first.read(path_of(document))


def test_taking_what_one_has_already_changes_nothing(one):
    portal, desk, document = one
    for _ in range(2):
        assert give(desk, document, desk.user_id).status_code == 303

    assert portal.trail("action").count(("notice.passed_on",)) == 1


def test_a_form_of_acknowledgement_stays_good_when_the_notice_changes_hands(one):
    portal, desk, document = one
    give(portal.officer(), document, desk.user_id)

    answer = desk.post(
        f"{path_of(document)}/acknowledgement", version=1, reference="N/1",
        **{"recorded-day": 22, "recorded-month": 11, "recorded-year": 2026},
    )  # fmt: skip

    assert answer.status_code == 303


def test_who_has_a_notice_is_no_business_of_the_regions(one):
    portal, desk, document = one
    give(desk, document, desk.user_id)
    hand_over(desk, item(document), note="Ring the home")

    assert {event["type"] for event in feed(portal.machine())} <= {
        "receipt.fetched", "receipt.opened",
    }  # fmt: skip


@pytest.mark.parametrize("to", ["", "everybody"])
@ON_SQLITE
def test_passing_it_to_nobody_is_refused(one, to):
    _, desk, document = one

    answer = give(desk, document, to)

    assert answer.status_code == 422
    assert "choose to whom you pass the notice on" in words_of(answer)


def test_nobody_of_another_agency_or_who_may_not_read_it_can_have_it(portal):
    machine, desk = portal.machine(), portal.named_officer()
    duty = samples.notification("duty")
    named = samples.notification("named", audience=Audience.NAMED_OFFICER)
    for document in (duty, named):
        put(machine, "notifications", document)
    gone = portal.add_user(Role.OFFICER, samples.POLICE)
    with portal.store.writing(OPERATOR) as connection:
        connection.execute(
            update(users).where(users.c.user_id == gone)
            .values(disabled_at=portal.hands())
        )  # fmt: skip
    officer = portal.add_user(Role.OFFICER, samples.POLICE, "Pat Officer")

    for document, to in (
        (duty, portal.add_user(Role.OFFICER, "E23000015")),
        (duty, portal.add_user(Role.SUPPLIER, samples.POLICE)),
        (duty, portal.add_user(Role.REVIEWER)),
        (duty, gone),
        (duty, samples.made("nobody")),
        (named, officer),
    ):
        assert give(desk, document, to).status_code == 404
    assert "Pat Officer" not in desk.read(path_of(named))
    assert "Pat Officer" in desk.read(path_of(duty))
    assert give(desk, named, portal.named_officer().user_id).status_code == 303


def test_what_somebody_had_who_is_gone_is_on_the_desk(one):
    portal, desk, document = one
    gone = portal.add_user(Role.OFFICER, samples.POLICE, "Gone Away")
    give(desk, document, gone)
    with portal.store.writing(OPERATOR) as connection:
        connection.execute(
            update(users).where(users.c.user_id == gone)
            .values(disabled_at=portal.hands())
        )  # fmt: skip

    assert "Gone Away, who can't sign in any more" in desk.read("/inbox?held=nobody")
    assert "1 open notice on the desk" in desk.read("/handover")
    assert "0 notices to do" in desk.read("/inbox?held=others")


# --- handing over ------------------------------------------------------


@pytest.fixture
def shift(portal):
    """An officer who has two of three notices, and a colleague of the next shift."""
    machine, desk, next_one = portal.machine(), portal.officer(), portal.officer()
    documents = [
        samples.notification(name, child=samples.child("Kit", f"{name}-Test"))
        for name in ("One", "Two", "Three")
    ]
    for document in documents:
        put(machine, "notifications", document)
    for document in documents[:2]:
        give(desk, document, desk.user_id)
    return portal, desk, next_one, documents


def test_a_shift_is_handed_over_with_a_note(shift):
    _, desk, next_one, (first, second, third) = shift
    page = desk.get("/handover")
    assert "You have 2 open notices" in words_of(page)
    assert "1 open notice on the desk" in words_of(page)
    chosen = re.findall(r'name="item" value="([^"]+)" checked', page.text)
    assert set(chosen) == {item(first), item(second)}

    answer = hand_over(
        desk, item(first), item(second), to=next_one.user_id,
        note="Ring the home at six.\r\nSecond line <b>",
    )  # fmt: skip

    assert answer.status_code == 303
    assert "You have 0 open notices" in desk.read("/handover?said=handed")
    theirs = next_one.get("/handover")
    assert "You have 2 open notices" in words_of(theirs)
    assert "handed 2 notices to you" in words_of(theirs)
    assert "Ring the home at six.\nSecond line &lt;b&gt;" in theirs.text
    assert "at the end of a shift" in desk.read(path_of(first))
    assert "on the desk" in desk.read(path_of(third))


def test_a_note_is_in_no_event_no_trail_and_no_other_agencys_page(shift):
    portal, desk, next_one, (first, second, _) = shift
    hand_over(desk, item(first), item(second), note=f"{samples.CANARY} is at home")

    columns = ("actor", "agency", "role", "action", "subject", "shown")
    assert samples.CANARY not in str(portal.trail(*columns))
    assert samples.CANARY not in str(feed(portal.machine()))
    assert ("handover.made",) in portal.trail("action")
    note = f"{samples.CANARY} is at home"
    assert note in next_one.read("/handover")
    for other in (
        portal.officer("E23000015"),
        portal.named_officer(samples.PLACING_LA),
    ):
        assert note not in other.read("/handover")
    portal.hands.pass_by(minutes=10)
    assert note in next_one.read("/handover/print")


def test_a_note_stands_for_a_week(shift):
    portal, desk, _, (first, _, _) = shift
    hand_over(desk, item(first), note="Ring the home")
    portal.hands.pass_by(days=8)

    assert "Ring the home" not in portal.officer().read("/handover")


def test_what_named_officers_hand_over_other_officers_do_not_read_of(portal):
    named = samples.notification("named", audience=Audience.NAMED_OFFICER)
    put(portal.machine(), "notifications", named)
    desk, officer = portal.named_officer(), portal.officer()
    give(desk, named, desk.user_id)

    refused = hand_over(desk, item(named), to=officer.user_id, note="A shielded matter")
    assert refused.status_code == 422
    assert "Choose a named officer" in words_of(refused)
    assert "A shielded matter" in refused.text
    hand_over(desk, item(named), note="A shielded matter")

    assert "A shielded matter" not in officer.read("/handover")
    assert "A shielded matter" in portal.named_officer().read("/handover")


def test_a_hand_over_is_whole_or_not_at_all(shift):
    portal, desk, next_one, (first, second, _) = shift
    give(next_one, second, next_one.user_id, passes=1)

    answer = hand_over(desk, item(first), item(second), note="Ring the home")

    assert answer.status_code == 409
    page = words_of(answer)
    assert "Nothing was handed over" in page
    assert "You have 1 open notice" in page
    assert "Ring the home" in page
    with portal.store.reading(OPERATOR) as connection:
        assert connection.execute(select(handovers)).all() == []


def test_nobody_hands_over_what_a_colleague_has(shift):
    _, desk, next_one, (first, _, third) = shift

    for document, passes in ((first, 1), (third, 0)):
        answer = hand_over(next_one, item(document, passes))
        assert answer.status_code == 409
    assert "You have 2 open notices" in desk.read("/handover")


def test_nobody_hands_over_another_agencys_or_to_one(shift):
    portal, desk, _, (first, _, _) = shift
    theirs = portal.officer("E23000015")

    assert hand_over(theirs, item(first)).status_code == 404
    assert hand_over(desk, item(first), to=theirs.user_id).status_code == 404
    assert "You have 2 open notices" in desk.read("/handover")


@pytest.mark.parametrize(
    ("items", "to", "note", "said"),
    [
        ((), "desk", "", "Choose what you hand over"),
        (("nonsense",), "desk", "", "Choose what you hand over"),
        ((f"{samples.made('x')}.1",), "", "", "Choose whom you hand over to"),
        (
            (f"{samples.made('x')}.1",),
            "desk",
            "x" * 1001,
            "The note has up to 1,000 characters",
        ),
    ],
)
@ON_SQLITE
def test_a_faulty_hand_over_says_what_to_mend(shift, items, to, note, said):
    _, desk, _, _ = shift

    answer = hand_over(desk, *items, to=to, note=note)

    assert answer.status_code == 422
    assert said in words_of(answer)


def test_the_sheet_names_no_child(shift):
    portal, desk, _, (first, _, third) = shift

    page = desk.get("/handover/print")

    assert first.recording_token in page.text
    assert third.recording_token in page.text
    assert "has 2 open notices" in words_of(page)
    assert "Kit" not in page.text
    assert "govuk-service-navigation" not in page.text
    assert portal.trail("action")[-1] == ("handover.printed",)


def test_a_notice_on_paper_has_no_menu_and_is_on_record(one):
    portal, desk, document = one

    page = desk.get(f"{path_of(document)}/print")

    assert page.status_code == 200
    for words in ("Zebediah Quill-Test", document.recording_token, "Duty desk",
                  "Why you received this"):  # fmt: skip
        assert words in words_of(page)
    for absent in ("govuk-service-navigation", "<form", "<script type"):
        assert absent not in page.text.replace('<script type="module" nonce', "")
    assert portal.trail("action") == [("notice.opened",), ("notice.printed",)]
    told = [event["type"] for event in feed(portal.machine())]
    assert told == ["receipt.fetched", "receipt.opened"]
