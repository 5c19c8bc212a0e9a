"""A share of decided pairs is read twice, blind; who disagrees hands on to a third."""

import re
from dataclasses import replace

import portal_samples as samples
import pytest
from portal_under_test import ON_SQLITE, feed, put, words_of
from test_portal_claims import next_of
from test_portal_reviews import judge, offer

from portal import harm
from portal.running import Running


@pytest.fixture
def everything_twice(portal, web_server):
    """A portal that has every decided pair read twice; a pair, and three reviewers."""
    app, _ = web_server
    before = portal.running.settings
    share = portal.running.settings.model_copy(update={"second_reader_share": 1.0})
    running: Running = replace(portal.running, settings=share)
    app.state.running = portal.running = running
    machine = portal.machine()
    path = offer(machine, "pair")
    yield portal, machine, path, [portal.reviewer() for _ in range(3)]
    app.state.running = replace(running, settings=before)


def read_again(desk, path, decision="different", reason="Other birthdays", version=2):
    return desk.post(
        f"{path}/second-reading", decision=decision, reason=reason, version=version
    )


SECRET = "A secret reason of the first"


def test_the_first_judgement_is_sent_at_once_and_the_second_reader_sees_none_of_it(
    everything_twice,
):
    _, machine, path, (first, second, _) = everything_twice
    judge(first, path, "different", SECRET)

    assert [one["type"] for one in feed(machine)] == ["judgement.made"]
    queue, pair = second.read("/reviews?show=second"), second.get(path)
    assert "Second reading (1)" in queue
    for shown in (queue, second.read("/reviews?show=decided"), words_of(pair)):
        assert SECRET not in shown
        assert "Different people, said" not in shown
    blind = words_of(pair)
    for score in ("Weight", "in 100 such pairs", "Other records it could be", "+9.8"):
        assert score not in blind
    assert "Side by side" in blind
    assert "The same rare surname" not in blind
    assert "waterfall" not in pair.text
    assert SECRET in first.read(path), "one's own word is no secret"
    assert "Second reading (0)" in first.read("/reviews")


def test_a_blind_reader_can_not_undo_what_they_have_not_seen(everything_twice):
    portal, machine, path, (first, second, third) = everything_twice
    judge(first, path, "different", SECRET)
    judgement = feed(machine)[0]["id"]
    undo = {"judgement": judgement, "reason": "I think otherwise"}

    refused = second.post(f"{path}/undoing", **undo)

    assert refused.status_code == 409
    assert "say first what you think" in words_of(refused)
    assert SECRET not in refused.text
    assert [one["type"] for one in feed(machine)] == ["judgement.made"]
    assert ("judgement.undone",) not in portal.trail("action")
    read_again(second, path)  # says the same: and is blind no more, nor is a third
    assert third.post(f"{path}/undoing", **undo).is_redirect
    assert first.read(path)


def test_whoever_decided_can_undo_it_although_a_second_reader_is_due(everything_twice):
    _, machine, path, (first, *_) = everything_twice
    judge(first, path, "different", SECRET)

    undo = {"judgement": feed(machine)[0]["id"], "reason": "I was wrong"}

    assert first.post(f"{path}/undoing", **undo).is_redirect


def test_agreement_is_kept_and_nothing_is_sent(everything_twice):
    _, machine, path, (first, second, third) = everything_twice
    judge(first, path)

    assert next_of(second) == path
    answer = read_again(second, path)

    assert answer.headers["Location"] == f"{path}?said=agreed"
    assert [one["type"] for one in feed(machine)] == ["judgement.made"]
    page = third.read(path)
    assert page.count("Different people , said Test reviewer") == 2
    assert "who had not seen that" in page
    assert "Second reading (0)" in third.read("/reviews"), "two readers are enough"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("different", "same"),
        ("same", "unsure"),
        ("two_people.left", "two_people.right"),
        ("unsure", "two_people.left"),
    ],
)
def test_disagreement_undoes_the_first_and_a_third_settles_it(
    everything_twice, one, other
):
    _, machine, path, (first, second, third) = everything_twice
    judge(first, path, one, SECRET)

    answer = read_again(second, path, other)

    assert answer.headers["Location"] == f"{path}?said=disagreed"
    made, undone = feed(machine)
    assert undone["type"] == "judgement.undone"
    assert undone["data"]["judgement"] == made["id"]
    assert "second reader" in undone["data"]["reason"].lower()
    for reader in (first, second):
        page = reader.read(path)
        assert "Your word is one of the two" in page
        assert "Save decision" not in page
        refused = judge(reader, path, "same", version=3)
        assert refused.status_code == 409
        assert "somebody else settles it" in words_of(refused)
        assert "Nothing waits for you" in next_of(reader)
    assert "Readers disagree (1)" in third.read("/reviews")
    page = third.read(path)
    assert SECRET in page
    assert "Other birthdays" in page
    assert "What you decide settles it" in page
    assert next_of(third) == path
    assert judge(third, path, "different", "Third look", version=3).status_code == 303
    assert feed(machine)[-1]["type"] == "judgement.made"
    assert "Readers disagree (0)" in first.read("/reviews")
    assert "Second reading (0)" in first.read("/reviews"), "that is the last word"


def test_a_child_without_any_decision_comes_before_a_second_reading(everything_twice):
    _, machine, path, (first, second, _) = everything_twice
    judge(first, path)
    waiting = offer(machine, "other", 900, priority="low")

    assert next_of(second) == waiting


def test_nobody_reads_their_own_or_reads_a_third_time(everything_twice):
    _, machine, path, (first, second, third) = everything_twice
    judge(first, path)

    assert read_again(first, path).status_code == 409
    assert read_again(second, path).status_code == 303
    assert read_again(third, path, version=3).status_code == 409
    assert read_again(second, path, version=3).status_code == 409
    assert len(feed(machine)) == 1


def test_a_second_reading_is_claimed_like_any_pair(everything_twice):
    _, _, path, (first, second, third) = everything_twice
    judge(first, path)
    second.post(f"{path}/claim")

    assert read_again(third, path).status_code == 409
    assert "1 pair" not in next_of(third)
    assert "One pair waits, but others have it just now" in next_of(third)


def test_what_is_undone_before_it_was_read_again_is_not_read_again(everything_twice):
    _, machine, path, (first, second, _) = everything_twice
    judge(first, path)
    first.post(f"{path}/undoing", judgement=feed(machine)[0]["id"], reason="Wrong pair")

    assert read_again(second, path, version=3).status_code == 409
    assert judge(second, path, version=3).status_code == 303
    assert "Second reading (1)" in first.read("/reviews"), "a new word, a new reading"


@ON_SQLITE
def test_a_blind_reader_who_types_nothing_is_still_blind(everything_twice):
    _, _, path, (first, second, _) = everything_twice
    judge(first, path, "same", SECRET)

    answer = read_again(second, path, decision="", reason="")

    assert answer.status_code == 422
    assert SECRET not in answer.text
    assert "Choose whether" in words_of(answer)


def test_the_share_is_drawn_by_hash_and_the_same_for_everybody():
    drawn = [harm.draw(samples.made(f"pair {number}")) for number in range(4000)]

    assert all(0 <= one < 1 for one in drawn)
    assert 0.08 < sum(one < 0.1 for one in drawn) / len(drawn) < 0.12
    assert drawn[0] == harm.draw(samples.made("pair 0"))
    apart = [
        harm.draw(samples.made(f"pair {number}"), "evaluation")
        for number in range(4000)
    ]
    both = sum(a < 0.5 and b < 0.5 for a, b in zip(drawn, apart, strict=True))
    assert 900 < both < 1100, "one draw says nothing of the other"


def test_what_is_out_of_the_share_is_read_once(portal):
    machine = portal.machine()
    name = next(
        name
        for name in map(str, range(99))
        if harm.draw(samples.made(f"review {name}")) >= 0.1
    )
    review = samples.review(name)
    put(machine, "reviews", review)
    first, second = portal.reviewer(), portal.reviewer()
    judge(first, f"/reviews/{review.review_id}", "same", SECRET)

    assert "Second reading (0)" in second.read("/reviews")
    assert SECRET in second.read(f"/reviews/{review.review_id}")


def test_the_trail_says_who_read_again_and_no_reason(everything_twice):
    portal, _, path, (first, second, _) = everything_twice
    judge(first, path, "same", SECRET)
    read_again(second, path, "same")

    trail = portal.trail("actor", "action", "subject", "shown")
    assert (str(second.user_id), "second_reading.made", path[9:], "") in trail
    assert not re.search("secret|birthday", str(trail), re.I)
