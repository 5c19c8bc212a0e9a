"""A pair is judged once, by somebody who saw it as it is, and can be judged again."""

import datetime as dt
import re

import portal_samples as samples
import pytest
from portal_under_test import NOON, ON_SQLITE, feed, put, words_of


@pytest.fixture
def queue(portal):
    """A portal with one pair, its machine, its path."""
    machine, review = portal.machine(), samples.review()
    put(machine, "reviews", review)
    return portal, machine, f"/reviews/{review.review_id}"


def judge(desk, path, decision="different", reason="Born in another year", version=1):
    return desk.post(
        f"{path}/judgement", decision=decision, reason=reason, version=version
    )


def offer(machine, name, hours=48, **changed):
    """A pair of a child of its own, due in so many hours."""
    review = samples.review(
        name,
        deadline=NOON + dt.timedelta(hours=hours),
        left=samples.record("left", record_ref=f"C-{name}"),
        **changed,
    )
    put(machine, "reviews", review)
    return f"/reviews/{review.review_id}"


def listed(page):
    return re.findall(r"\bC-([a-z-]+)", words_of(page))


def test_what_does_most_harm_by_waiting_is_first_and_what_is_late_is_not_buried(
    portal,
):
    machine = portal.machine()
    for name, hours, changed in (
        ("soon", 20, {"priority": "standard"}),
        ("later", 900, {"priority": "high", "probability": 0.5}),
        ("late", -1, {"priority": "standard", "probability": 0.5}),
        ("all-but-certain", 20, {"priority": "standard", "probability": 0.999}),
        ("stale", -900, {"priority": "high", "probability": 0.5}),
        ("changes-nothing", -1, {"priority": "high", "stake": "nothing"}),
        ("even", 20, {"priority": "standard", "probability": 0.5}),
    ):
        offer(machine, name, hours, **{"probability": 0.7} | changed)

    desk = portal.reviewer()
    page, late = desk.get("/reviews"), desk.get("/reviews?show=late")

    assert listed(page) == [
        "stale", "late", "even", "soon", "later", "all-but-certain",
        "changes-nothing",
    ]  # fmt: skip
    assert listed(late) == ["stale", "late", "changes-nothing"]
    assert "overdue by" in words_of(late)


def test_a_pair_past_its_deadline_says_that_the_notice_went_and_can_be_judged(queue):
    portal, _, path = queue
    portal.hands.pass_by(days=3)
    desk = portal.reviewer()

    page = desk.read(path)

    assert "the deadline was 24 November 2026, 5:00pm" in page
    assert "goes out as unconfirmed. A decision still counts" in page
    assert "If nobody decides" not in page
    assert judge(desk, path, "same").status_code == 303
    assert "Waiting (0) Deadline passed (0)" in desk.read("/reviews")


def test_the_queue_names_records_and_no_people(queue):
    portal, _, _ = queue

    page = portal.reviewer().read("/reviews")

    assert "Birmingham C-10342 and West Midlands Police N/0012345" in page
    assert "Quill" not in page


def test_a_pair_stands_side_by_side_with_its_evidence(queue):
    portal, _, path = queue

    page = portal.reviewer().read(path)

    for words in (
        "Partly the same: QUILL, TEST",
        "Only the day differs",
        "Different, but the same district",
        "Different kinds, so nothing to compare",
        "Surname What it means The same rare surname",
        "−12.4 against",
        "+9.8 for",
        "about 97.1 in 100 such pairs are one person",
        "Other records it could be",
        "N/0099999",
        "Others at the same address",
        "Ann Quill-Test",
        "If nobody decides, West Midlands Police is told it as unconfirmed.",
        "decide by 24 November 2026, 5:00pm",
        "Surname +9.8",
    ):
        assert words in page


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        ("same", ("same", None)),
        ("different", ("different", None)),
        ("unsure", ("unsure", None)),
        ("two_people.left", ("two_people", "left")),
        ("two_people.right", ("two_people", "right")),
    ],
)
def test_a_judgement_moves_the_pair_to_the_decided(queue, decision, said):
    portal, machine, path = queue
    desk = portal.reviewer()

    answer = judge(desk, path, decision)

    assert (answer.status_code, answer.headers["Location"]) == (
        303, f"{path}?said=judged",
    )  # fmt: skip
    assert "Your decision is saved" in desk.read(f"{path}?said=judged")
    page = desk.read("/reviews")
    assert "Waiting (0) Deadline passed (0)" in page
    assert "Decided (1)" in page
    assert "Born in another year" in desk.read("/reviews?show=decided")
    data = feed(machine)[0]["data"]
    assert (data["decision"], data["split"]) == said


def test_undoing_brings_the_pair_back_and_it_can_be_judged_again(queue):
    portal, machine, path = queue
    desk = portal.reviewer()
    judge(desk, path)

    (judged,) = feed(machine)
    undone = desk.post(f"{path}/undoing", judgement=judged["id"], reason="Looked again")

    assert undone.status_code == 303
    assert "Waiting (1) Deadline passed (0)" in desk.read("/reviews")
    assert judge(desk, path, "same", version=3).status_code == 303
    assert [event["type"] for event in feed(machine)] == [
        "judgement.made", "judgement.undone", "judgement.made",
    ]  # fmt: skip


def test_two_reviewers_make_one_judgement(queue):
    portal, machine, path = queue
    first, second = portal.reviewer(), portal.reviewer()

    assert judge(first, path, "same").status_code == 303
    late = judge(second, path, "different")

    assert late.status_code == 409
    assert "Somebody else decided this pair" in words_of(late)
    assert len(feed(machine)) == 1


def test_a_judgement_of_what_was_shown_before_an_undoing_is_refused(queue):
    portal, machine, path = queue
    desk = portal.reviewer()
    judge(desk, path)
    desk.post(f"{path}/undoing", judgement=feed(machine)[0]["id"], reason="Wrong pair")

    assert judge(desk, path, version=1).status_code == 409


def test_what_is_undone_is_not_undone_twice(queue):
    portal, machine, path = queue
    desk = portal.reviewer()
    judge(desk, path)
    judgement = feed(machine)[0]["id"]
    desk.post(f"{path}/undoing", judgement=judgement, reason="Wrong pair")

    again = desk.post(f"{path}/undoing", judgement=judgement, reason="Wrong pair")

    assert again.status_code == 409
    assert len(feed(machine)) == 2


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"decision": ""}, "Choose whether they are the same person"),
        ({"decision": "two_people"}, "Choose whether they are the same person"),
        ({"decision": "maybe"}, "Choose whether they are the same person"),
        ({"reason": "ok"}, "Say why, in a few words"),
        ({"reason": "x" * 501}, "500 characters or fewer"),
        ({"reason": "a reason\0"}, "plain text"),
    ],
)
@ON_SQLITE
def test_a_faulty_judgement_saves_nothing(queue, typed, words):
    portal, machine, path = queue

    answer = judge(portal.reviewer(), path, **typed)

    assert answer.status_code == 422
    assert words in words_of(answer)
    assert feed(machine) == []


@ON_SQLITE
def test_an_undoing_needs_its_reason_too(queue):
    portal, machine, path = queue
    desk = portal.reviewer()
    judge(desk, path)

    answer = desk.post(f"{path}/undoing", judgement=feed(machine)[0]["id"], reason="")

    assert answer.status_code == 422
    assert "Say why" in words_of(answer)
    assert len(feed(machine)) == 1


def test_reviewing_leaves_its_trail(queue):
    portal, machine, path = queue
    desk = portal.reviewer()

    desk.read("/reviews")
    desk.read(path)
    judge(desk, path)
    desk.post(f"{path}/undoing", judgement=feed(machine)[0]["id"], reason="Wrong pair")

    pair = path.rpartition("/")[2]
    assert portal.trail("agency", "action", "subject", "shown") == [
        ("region", "reviews.listed", "waiting", pair),
        ("region", "review.opened", pair, ""),
        ("region", "review.taken", pair, ""),
        ("region", "judgement.made", pair, ""),
        ("region", "judgement.undone", pair, ""),
    ]


def test_the_nights_are_told_in_counts(portal):
    machine = portal.machine()
    put(machine, "runs", samples.run())
    put(
        machine,
        "runs",
        samples.run(run_id="demo-2026-11-21-1", business_date=dt.date(2026, 11, 21)),
    )
    put(machine, "people", samples.person())

    page = portal.reviewer().read("/runs")

    assert page.index("22 November 2026") < page.index("21 November 2026")
    assert "861: no extract arrived; its last good picture stands." in page
    assert (
        page.index("Extract 4.2 s")
        < page.index("Match 11.9 s")
        < page.index("Decide 0.8 s")
        < page.index("Publish 2.2 s")
    )
    assert "pairs compared 1,204,331" in page
    assert "told of as pointers: 1." in page
