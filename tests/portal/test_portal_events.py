"""The feed is one order without gaps, and nobody who goes on after it misses any."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import portal_samples as samples
import pytest
from portal_under_test import NOON, feed, put, withdraw

from notifications.feed import EventType, Receipt
from portal import events
from portal.permissions import OPERATOR

RECEIPT = Receipt(agency=samples.POLICE, actor="somebody")


def append(connection):
    return events.append(connection, EventType.OPENED, uuid4(), RECEIPT, NOON)


def test_an_event_is_a_cloudevent_about_a_document(portal):
    machine, desk = portal.machine(), portal.officer()
    document = samples.notification()
    put(machine, "notifications", document)
    desk.read(f"/notifications/{document.notification_id}")

    answer = machine.get("/v1/events")

    assert answer.headers["Content-Type"] == "application/cloudevents-batch+json"
    _, event = answer.json()
    assert event == {
        "specversion": "1.0",
        "id": event["id"],
        "source": "urn:crossborder:portal",
        "type": "receipt.opened",
        "subject": str(document.notification_id),
        "time": "2026-11-22T12:00:00Z",
        "datacontenttype": "application/json",
        "sequence": "2",
        "data": {"agency": samples.POLICE, "actor": str(desk.user_id)},
    }


def test_pages_lead_on_to_the_end(portal):
    machine = portal.machine()
    for _ in range(7):
        with portal.store.writing(OPERATOR) as connection:
            append(connection)

    seen, path, pages = [], "/v1/events?limit=3", 0
    while path:
        answer = machine.get(path)
        seen += answer.json()
        pages += 1
        path = answer.links.get("next", {}).get("url")

    assert pages == 3
    assert seen == feed(machine)
    assert [int(event["sequence"]) for event in seen] == list(range(1, 8))
    last = seen[-1]["id"]
    after = machine.get("/v1/events", params={"after": last})
    assert (after.json(), after.links) == ([], {})


@pytest.mark.parametrize(
    ("query", "status", "kind"),
    [
        ({"after": str(uuid4())}, 404, "unknown-event"),
        ({"after": "yesterday"}, 422, "malformed-call"),
        ({"limit": 0}, 422, "malformed-call"),
        ({"limit": 501}, 422, "malformed-call"),
    ],
)
def test_a_place_that_is_not_in_the_feed_is_said_so(portal, query, status, kind):
    answer = portal.machine().get("/v1/events", params=query)

    assert answer.status_code == status
    assert answer.json()["type"] == f"urn:crossborder:problem:{kind}"


def test_an_event_waits_for_those_before_it(portal):
    """Whoever takes a number later can't be seen earlier: it waits for its turn."""
    second_is_in = threading.Event()

    def second():
        with portal.store.writing(OPERATOR) as connection:
            append(connection)
        second_is_in.set()

    machine = portal.machine()
    feed(machine)  # a key's first use is written down, and that would wait too
    with ThreadPoolExecutor() as pool:
        with portal.store.writing(OPERATOR) as connection:
            append(connection)
            waiting = pool.submit(second)
            assert not second_is_in.wait(0.4)
            assert feed(machine) == []
        waiting.result(timeout=30)

    assert [event["sequence"] for event in feed(machine)] == ["1", "2"]


def test_a_failed_writer_leaves_no_gap(portal):
    def fail():
        with portal.store.writing(OPERATOR) as connection:
            append(connection)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with portal.store.writing(OPERATOR) as connection:
        append(connection)

    assert [event["sequence"] for event in feed(portal.machine())] == ["1"]


def test_a_reader_beside_many_writers_misses_nothing(portal):
    writers, each = 4, 12
    done = threading.Event()
    seen = []

    def write():
        for _ in range(each):
            with portal.store.writing(OPERATOR) as connection:
                append(connection)

    def read():
        last = None
        while True:
            finished = done.is_set()
            with portal.store.reading(OPERATOR) as connection:
                page = events.page(connection, last, 5)
            seen.extend(event.sequence for event in page.events)
            last = page.events[-1].id if page.events else last
            if finished and not page.events:
                return

    with ThreadPoolExecutor() as pool:
        reader = pool.submit(read)
        for writer in [pool.submit(write) for _ in range(writers)]:
            writer.result(timeout=60)
        done.set()
        reader.result(timeout=60)

    assert seen == [str(number) for number in range(1, writers * each + 1)]


def test_opening_is_told_once_and_acknowledging_with_its_reference(portal):
    machine, desk, colleague = portal.machine(), portal.officer(), portal.officer()
    document = samples.notification()
    path = f"/notifications/{document.notification_id}"
    put(machine, "notifications", document)

    desk.read(path)
    colleague.read(path)
    desk.read(path)
    desk.post(
        f"{path}/acknowledgement",
        version=1, reference="N/0012345",
        **{"recorded-day": 21, "recorded-month": 11, "recorded-year": 2026},
    )  # fmt: skip

    fetched, opened, acknowledged = feed(machine)
    assert fetched["type"] == "receipt.fetched"
    assert opened["type"] == "receipt.opened"
    assert acknowledged["type"] == "receipt.acknowledged"
    assert acknowledged["subject"] == str(document.notification_id)
    assert acknowledged["data"] == {
        "agency": samples.POLICE,
        "actor": str(desk.user_id),
        "reference": "N/0012345",
        "recorded_on": "2026-11-21",
    }


def test_seeing_a_withdrawal_is_told_under_its_own_id(portal):
    machine, desk = portal.machine(), portal.officer()
    document, withdrawal = samples.notification(), samples.withdrawal()
    put(machine, "notifications", document)
    desk.read(f"/notifications/{document.notification_id}")
    withdraw(machine, withdrawal)

    desk.read(f"/notifications/{document.notification_id}")
    desk.read(f"/notifications/{document.notification_id}")

    assert [(event["type"], event["subject"]) for event in feed(machine)] == [
        ("receipt.fetched", str(document.notification_id)),
        ("receipt.opened", str(document.notification_id)),
        ("receipt.opened", str(withdrawal.retraction_id)),
    ]


def test_a_judgement_and_its_undoing_are_two_events(portal):
    machine, desk = portal.machine(), portal.reviewer()
    review = samples.review()
    path = f"/reviews/{review.review_id}"
    put(machine, "reviews", review)

    desk.post(f"{path}/judgement", version=1, decision="same", reason="Same address")
    (judged,) = feed(machine)
    portal.hands.pass_by(minutes=1)
    desk.post(f"{path}/undoing", judgement=judged["id"], reason="Wrong line")
    _, undone = feed(machine)

    assert judged["type"] == "judgement.made"
    assert judged["subject"] == str(review.review_id)
    assert judged["data"] == {
        "actor": str(desk.user_id),
        "decision": "same",
        "reason": "Same address",
        "left_authority": "330",
        "left_ref": "C-10342",
        "left_hash": "sha256:left",
        "right_authority": samples.POLICE,
        "right_ref": "N/0012345",
        "right_hash": "sha256:right",
        "split": None,
    }
    assert undone["type"] == "judgement.undone"
    assert undone["data"] == {
        "actor": str(desk.user_id), "judgement": judged["id"], "reason": "Wrong line",
    }  # fmt: skip
    assert dt.datetime.fromisoformat(undone["time"]) == portal.hands()
