"""What a region may rely on, whichever portal it speaks to."""

import datetime as dt
import json
from uuid import uuid4

import httpx
import portal_samples as samples
import pytest

from connectors.portal import PortalClient, PortalRefused
from notifications.documents import body
from notifications.feed import SearchAsked
from register.calls import outgoing
from register.events import read_event

TODAY = dt.date(2026, 11, 20)
EVERY_KIND = {
    "notifications": samples.notification,
    "obligations": samples.obligation,
    "reviews": samples.review,
    "people": lambda name, **changed: samples.person(
        **{"person_id": samples.made(f"person {name}")} | changed
    ),
    "runs": lambda name, **changed: samples.run(**{"run_id": f"run-{name}"} | changed),
    "verdicts": lambda name, **changed: samples.verdict(
        **{"verdict_id": samples.made(f"verdict {name}")} | changed
    ),
    "quality": lambda name, **changed: samples.quality(
        **{"business_date": dt.date(2026, 1, 1) + dt.timedelta(len(name))} | changed
    ),
    "dead-letters": samples.dead_letter,
    "searches": samples.search_answer,
}


def path_of(kind, document):
    return outgoing(document, TODAY).path


def put(region, kind, document):
    region.put(path_of(kind, document), body(document))


def status_of(region, kind, document):
    """How a document is refused; ``None`` when it is taken."""
    try:
        put(region, kind, document)
    except PortalRefused as refused:
        return refused.status
    return None


def withdraw(region, document):
    region.post(
        f"/v1/notifications/{document.notification_id}/withdrawal", body(document)
    )


@pytest.fixture
def heard(region):
    """What the feed gained since the test began."""
    earlier = [event["id"] for event in region.events(None)]
    last = earlier[-1] if earlier else None
    return lambda: list(region.events(last))


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_the_same_bytes_may_come_any_number_of_times(region, name, kind):
    document = EVERY_KIND[kind](name)

    for _ in range(3):
        put(region, kind, document)


@pytest.mark.parametrize(
    ("kind", "changed"),
    [
        ("notifications", {"asked": "Something else."}),
        ("reviews", {"hangs_on_it": "Nothing."}),
        ("searches", {"searched": 1}),
        ("obligations", {"owed_by": samples.HOST_LA}),
        ("obligations", {"child_ref": "C-another"}),
        ("people", {"kind": "child"}),
    ],
)
def test_other_bytes_of_what_never_changes_are_refused(region, name, kind, changed):
    first = EVERY_KIND[kind](name)
    put(region, kind, first)

    assert status_of(region, kind, EVERY_KIND[kind](name, **changed)) == 409
    put(region, kind, first)


@pytest.mark.parametrize(
    ("kind", "changed"),
    [
        ("obligations", {"escalation": 1, "escalated_to": "the supervisor"}),
        ("obligations", {"met_on": dt.date(2026, 11, 23)}),
        ("obligations", {"met_on": dt.date(2026, 11, 23), "child_ref": ""}),
        ("people", {"created_on": dt.date(2026, 11, 23)}),
        ("searches", {"outcome": "shielded", "found": ()}),
        ("runs", {"held": {"surge": 3}}),
        ("verdicts", {"reason": "read again"}),
        ("quality", {"accepted": 397, "rejected": 3}),
        ("dead-letters", {"settled": "replayed"}),
    ],
)
def test_a_later_version_is_taken_and_so_is_a_late_retry(region, name, kind, changed):
    first, later = EVERY_KIND[kind](name), EVERY_KIND[kind](name, **changed)

    for document in (first, later, first, later):
        put(region, kind, document)


def test_an_obligation_does_not_go_back(region, name):
    put(region, "obligations", samples.obligation(name, escalation=2))

    back = samples.obligation(name, escalation=1, asked="Earlier words.")

    assert status_of(region, "obligations", back) == 409


def test_a_withdrawal_is_taken_once_and_only_of_what_is_there(region, name):
    withdrawal = samples.withdrawal(name)
    with pytest.raises(PortalRefused) as early:
        withdraw(region, withdrawal)
    put(region, "notifications", samples.notification(name))

    withdraw(region, withdrawal)
    withdraw(region, withdrawal)
    with pytest.raises(PortalRefused) as other:
        withdraw(region, samples.withdrawal(name, reason="Another reason."))

    assert (early.value.status, other.value.status) == (404, 409)


def test_nobody_is_told_into_the_void(region, name):
    document = samples.notification(name, recipient="E23000016")

    assert status_of(region, "notifications", document) == 422


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"{", 400), (b"[]", 422), (b'{"notification_id": "x"}', 422)],
)
def test_what_is_no_document_is_refused(region, name, content, status):
    with pytest.raises(PortalRefused) as refused:
        region.put(path_of("notifications", samples.notification(name)), content)

    assert refused.value.status == status


def test_the_paths_id_must_be_the_bodys_and_unknown_keys_are_errors(region, name):
    document = samples.notification(name)
    extra = {**json.loads(body(document)), "extra": 1}

    for path, content in (
        (f"/v1/notifications/{uuid4()}", body(document)),
        (path_of("notifications", document), json.dumps(extra).encode()),
    ):
        with pytest.raises(PortalRefused) as refused:
            region.put(path, content)
        assert refused.value.status == 422


def test_another_key_opens_nothing(party, name):
    with (
        PortalClient(party.url, "xb_made-up") as stranger,
        pytest.raises(PortalRefused) as refused,
    ):
        put(stranger, "notifications", samples.notification(name))

    assert refused.value.status == 401


def test_what_a_recipient_does_comes_back_in_order(party, region, heard, name):
    document = samples.notification(name)
    put(region, "notifications", document)
    subject, people = str(document.notification_id), party.people

    people.opens(subject)
    people.opens(subject)
    people.acknowledges(subject, f"N/{name}", TODAY)
    people.acknowledges(subject, f"M/{name}", TODAY)
    people.disputes(subject, "wrong_facts")

    events = heard()
    types = [event["type"] for event in events]
    once = [kind for kind in types if kind != "receipt.opened"]
    assert types[:2] == ["receipt.fetched", "receipt.opened"]
    assert once == [
        "receipt.fetched", "receipt.acknowledged", "receipt.acknowledged",
        "receipt.disputed",
    ]  # fmt: skip
    assert {event["subject"] for event in events} == {subject}
    assert {event["data"]["agency"] for event in events} == {samples.POLICE}
    corrected = events[-2]["data"]
    assert corrected["reference"] == f"M/{name}"
    assert corrected["recorded_on"] == "2026-11-20"
    assert events[-1]["data"]["reason"] == "wrong_facts"


def test_a_judgement_names_both_records_as_they_were_and_its_undoing_names_it(
    party, region, heard, name
):
    review = samples.review(name)
    put(region, "reviews", review)

    party.people.judges(review.review_id, "same")
    (judged,) = heard()
    party.people.undoes(review.review_id, judged["id"])
    _, undone = heard()

    assert (judged["type"], judged["subject"]) == (
        "judgement.made", str(review.review_id),
    )  # fmt: skip
    assert judged["data"].pop("actor")
    assert judged["data"] == {
        "decision": "same", "split": None, "reason": "seen both files",
        "left_authority": "330", "left_ref": "C-10342", "left_hash": "sha256:left",
        "right_authority": samples.POLICE, "right_ref": "N/0012345",
        "right_hash": "sha256:right",
    }  # fmt: skip
    assert (undone["type"], undone["subject"]) == (
        "judgement.undone", str(review.review_id),
    )  # fmt: skip
    assert undone["data"]["judgement"] == judged["id"]
    assert undone["data"]["reason"] == "a wrong line"


def test_an_operators_wishes_name_what_they_are_about(party, region, heard, name):
    run = samples.run(run_id=f"run-{name}", held={"surge": 7})
    letter = samples.dead_letter(name)
    put(region, "runs", run)
    put(region, "dead-letters", letter)

    party.people.asks_release(run.run_id)
    party.people.asks_replay(letter.letter_id)

    release, replay = heard()
    assert (release["type"], release["subject"]) == ("request.release", run.run_id)
    assert release["data"]["run_id"] == run.run_id
    assert (replay["type"], replay["subject"]) == ("request.replay", name)
    assert replay["data"]["letter_id"] == name


def test_a_search_is_asked_on_a_pair_and_answered_under_the_events_own_id(
    party, region, heard, name
):
    review = samples.review(name)
    put(region, "reviews", review)

    party.people.asks_search(review.review_id, samples.POLICE)

    (asked,) = heard()
    assert (asked["type"], asked["subject"]) == (
        "request.search", str(review.review_id),
    )  # fmt: skip
    wish = SearchAsked.model_validate(asked["data"])
    assert (str(wish.review_id), wish.authority) == (
        str(review.review_id), samples.POLICE,
    )  # fmt: skip
    answer = samples.search_answer(
        name, search_id=asked["id"], review_id=review.review_id
    )
    put(region, "searches", answer)
    put(region, "searches", answer)


def test_every_event_is_one_that_the_register_can_read(party, region, heard, name):
    document, review = samples.notification(name), samples.review(name)
    put(region, "notifications", document)
    put(region, "reviews", review)
    party.people.opens(document.notification_id)
    party.people.disputes(document.notification_id, "duplicate")
    party.people.judges(review.review_id, "different")

    events = heard()

    assert [read_event(raw).event_id for raw in events] == [one["id"] for one in events]
    numbers = [int(event["sequence"]) for event in events]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    for event in events:
        assert (event["specversion"], event["source"]) == (
            "1.0", "urn:crossborder:portal",
        )  # fmt: skip
        assert event["time"].endswith("Z")


def test_the_feed_is_read_in_pages_from_any_place(party, region, heard, name):
    for number in range(3):
        document = samples.notification(f"{name} {number}")
        put(region, "notifications", document)
        party.people.opens(document.notification_id)
    new = heard()
    everything = list(region.events(None))
    assert everything[-len(new) :] == new

    for place, event in enumerate(new, 1):
        assert list(region.events(event["id"])) == new[place:]
    with httpx.Client(
        base_url=party.url, headers={"Authorization": f"Bearer {party.key}"},
        trust_env=False,
    ) as client:  # fmt: skip
        seen, path = [], f"/v1/events?after={new[0]['id']}&limit=2"
        while path:
            answer = client.get(path)
            assert len(answer.json()) <= 2
            seen += answer.json()
            path = answer.links.get("next", {}).get("url")
    assert seen == new[1:]


def test_a_place_that_the_feed_does_not_have_is_refused(region):
    with pytest.raises(PortalRefused) as refused:
        list(region.events(str(uuid4())))

    assert refused.value.status == 404
