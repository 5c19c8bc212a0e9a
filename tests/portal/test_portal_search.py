"""A notice is found by its references: among the own agency's only, and on record."""

import logging

import portal_samples as samples
import pytest
from hypothesis import given
from hypothesis import strategies as st
from portal_under_test import ON_SQLITE, put, settings_for, words_of

from notifications.documents import Audience
from portal.references import Form, Mistyped, fingerprint, read_reference, search_key
from records.tokens import recording_token


def find(desk, typed):
    return desk.post("/search", q=typed)


def leads_to(answer):
    assert answer.status_code == 303, words_of(answer)
    return answer.headers["Location"].rpartition("/")[2]


@pytest.fixture
def told(portal):
    """A portal with one notice, its document, and an officer's desk."""
    document = samples.notification()
    put(portal.machine(), "notifications", document)
    return portal, document, portal.officer()


def acknowledge(desk, document, reference):
    return desk.post(
        f"/notifications/{document.notification_id}/acknowledgement",
        version=1, reference=reference,
        **{"recorded-day": 22, "recorded-month": 11, "recorded-year": 2026},
    )  # fmt: skip


def ways_to_type(token):
    bare = token.replace("-", "")
    return (
        token, token.lower(), f"  {token}\t", bare, bare.lower(),
        f"{bare[:4]} {bare[4:8]} {bare[8:]}", token.replace("-", "\u2011"),
        token.replace("-", "\u2013"), "".join(chr(ord(c) + 0xFEE0) for c in bare),
    )  # fmt: skip


@given(st.uuids(), st.integers(0, 8))
def test_a_token_is_read_however_it_is_typed(notification_id, way):
    token = recording_token(notification_id)

    found = read_reference(ways_to_type(token)[way])

    assert (found.form, found.key) == (Form.RECORDING, token)


@given(st.uuids(), st.integers(3, 12), st.sampled_from("23456789ABCDEFGH"))
def test_a_mistyped_token_is_said_to_be_mistyped(notification_id, place, wrong):
    token = recording_token(notification_id)
    spoilt = token[:place] + wrong + token[place + 1 :]
    if token[place] in {"-", wrong}:
        return

    with pytest.raises(Mistyped, match="mistyped"):
        read_reference(spoilt)


@pytest.mark.parametrize(
    ("typed", "said"),
    [("", "Enter a reference"), (" \u200b ", "Enter a reference"),
     ("x" * 101, "up to 100 characters")],
)  # fmt: skip
def test_what_can_not_be_looked_for_is_said(typed, said):
    with pytest.raises(Mistyped, match=said):
        read_reference(typed)


@pytest.mark.parametrize("typed", ["N/1", "n / 1", "\uff2e/1", "N/1 "])
def test_references_are_compared_without_case_and_spaces(typed):
    assert search_key(typed) == "N/1"


@pytest.mark.parametrize("way", range(9))
@ON_SQLITE
def test_a_recording_token_leads_to_its_notice(told, way):
    _, document, desk = told

    answer = find(desk, ways_to_type(document.recording_token)[way])

    assert leads_to(answer) == str(document.notification_id)


@pytest.mark.parametrize("typed", ["n/00 12345", "c-10342", "id"])
def test_other_references_lead_to_the_notice_too(told, typed):
    _, document, desk = told
    acknowledge(desk, document, "N/0012345")
    identity = str(document.notification_id)

    assert (
        leads_to(find(desk, identity.upper() if typed == "id" else typed)) == identity
    )


def test_several_that_bear_it_are_listed_newest_first(told):
    portal, document, desk = told
    later = samples.notification(
        "later", created_on=samples.NIGHT.replace(day=23), kind="update",
        child=samples.child("Kit", "Later-Test"),
    )  # fmt: skip
    put(portal.machine(), "notifications", later)

    page = words_of(find(desk, "C-10342"))

    assert "2 notices bear it" in page
    assert page.index("Kit Later-Test") < page.index("Zebediah Quill-Test")
    action, _, shown = portal.trail("action", "subject", "shown")[-1]
    assert action == "notices.searched"
    assert shown == f"{later.notification_id},{document.notification_id}"


@ON_SQLITE
def test_a_token_finds_the_notice_and_not_its_reminders(told):
    portal, document, desk = told
    reminder = samples.reminder()
    put(portal.machine(), "notifications", reminder)

    for typed in (document.recording_token, str(reminder.notification_id)):
        path = f"/notifications/{leads_to(find(desk, typed))}"
        answer = desk.get(path, follow_redirects=True)
        assert answer.url.path == f"/notifications/{document.notification_id}"


def test_what_others_hold_is_not_found(portal):
    machine = portal.machine()
    named = samples.notification("named", audience=Audience.NAMED_OFFICER)
    theirs = samples.notification("theirs", recipient="E23000015")
    for document in (named, theirs):
        put(machine, "notifications", document)

    desk = portal.officer()
    for document in (named, theirs):
        for typed in (document.recording_token, str(document.notification_id)):
            answer = find(desk, typed)
            assert "None of your authority’s notices bears it" in words_of(answer)
    assert "None of your" in words_of(find(desk, "C-10342"))
    assert leads_to(find(portal.named_officer(), named.recording_token))


def test_a_mistyped_token_is_told_and_nothing_is_looked_for(told):
    portal, document, desk = told
    spoilt = document.recording_token[:-1] + (
        "A" if document.recording_token[-1] != "A" else "B"
    )

    answer = find(desk, spoilt)

    assert answer.status_code == 422
    assert "This recording token is mistyped" in words_of(answer)
    assert f'value="{spoilt}"' in answer.text
    assert portal.trail("action") == []


@ON_SQLITE
def test_what_was_typed_is_in_no_address_log_or_trail(told, caplog):
    portal, _, desk = told
    caplog.set_level(logging.INFO)

    answer = find(desk, f"{samples.CANARY} Quill-Test")

    assert answer.status_code == 200
    assert "There is no search by name" in words_of(answer)
    said = str(portal.trail("action", "subject", "shown", "actor")).lower()
    for word in (samples.CANARY.lower(), "quill"):
        assert word not in said
        assert word not in caplog.text.lower()
    assert "POST /search 200" in caplog.text
    assert portal.trail("subject")[-1][0].startswith("other ")


def test_a_search_is_known_again_by_its_fingerprint_and_not_to_be_guessed():
    one, same, other = map(read_reference, ("N/1", "n/ 1", "N/2"))
    ours, theirs = (
        settings_for("sqlite:///x"),
        settings_for("sqlite:///x", secret="z" * 40),
    )

    assert fingerprint(one, ours) == fingerprint(same, ours)
    assert fingerprint(one, ours) != fingerprint(other, ours)
    assert fingerprint(one, ours) != fingerprint(one, theirs)
