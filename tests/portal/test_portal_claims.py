"""Two reviewers never have one pair before them, and nobody holds one for ever."""

import datetime as dt
import threading

import portal_samples as samples
import pytest
from portal_under_test import NOON, ON_SQLITE, feed, put, words_of
from test_portal_reviews import judge, listed, offer

from portal.permissions import OPERATOR


@pytest.fixture
def desks(portal):
    """A portal with three pairs, its machine, and two reviewers."""
    machine = portal.machine()
    paths = [
        offer(machine, name, hours) for name, hours in (("a", 2), ("b", 50), ("c", 90))
    ]
    return portal, machine, paths, portal.reviewer(), portal.reviewer()


def next_of(desk):
    """Where *Take the next pair* leads; the page that says why not, if nowhere."""
    answer = desk.post("/reviews/next")
    return answer.headers["Location"] if answer.status_code == 303 else words_of(answer)


def test_two_reviewers_get_different_pairs_and_the_most_pressing_first(desks):
    _, _, (a, b, c), first, second = desks

    assert [next_of(first), next_of(second)] == [a, b]
    assert next_of(second) == b, "one's own pair comes first until it is decided"
    judge(second, b)
    assert next_of(second) == c


def test_a_queue_whose_pairs_are_all_held_says_so_and_is_not_called_empty(desks):
    _, _, paths, first, second = desks
    for path in paths:
        first.post(f"{path}/claim")

    page = next_of(second)

    assert "3 pairs wait, but others have them just now" in page
    assert "comes free by itself at 22 November 2026, 12:10pm" in page
    assert "Waiting (3)" in page
    assert "Test reviewer has it until" in page
    assert "No pair waits" not in page


def test_with_nothing_left_the_queue_says_that_nothing_waits(portal):
    assert "Nothing waits for you" in next_of(portal.reviewer())


def test_a_claim_runs_out_by_itself(desks):
    portal, _, (a, *_), first, second = desks
    first.post(f"{a}/claim")

    portal.hands.pass_by(minutes=10)

    assert next_of(second) == a
    assert judge(first, a).status_code == 409
    assert judge(second, a).status_code == 303


@pytest.mark.parametrize("use", ["look", "keep"])
def test_using_a_pair_gives_it_its_full_time_anew(desks, use):
    portal, _, (a, *_), first, second = desks
    first.post(f"{a}/claim")
    portal.hands.pass_by(minutes=9)

    if use == "look":
        first.read(a)
    else:
        first.post(f"{a}/claim")
    portal.hands.pass_by(minutes=9)

    second = portal.seat(second.user_id)
    assert "Test reviewer has this pair until 22 November 2026, 12:19pm" in second.read(
        a
    )
    assert "You have this pair until 22 November 2026, 12:28pm" in first.read(a)


def test_looking_at_anothers_pair_prolongs_nothing(desks):
    portal, _, (a, *_), first, second = desks
    first.post(f"{a}/claim")
    portal.hands.pass_by(minutes=9)
    second.read(a)
    portal.hands.pass_by(minutes=1)

    assert "Nobody has this pair" in second.read(a)


def test_a_judgement_by_one_who_does_not_have_the_pair_is_refused_kindly(desks):
    _, machine, (a, *_), first, second = desks
    first.post(f"{a}/claim")

    answer = judge(second, a, reason="I looked at both files")

    assert answer.status_code == 409
    page = words_of(answer)
    assert "Test reviewer has this pair until 22 November 2026, 12:10pm" in page
    assert "What you wrote is still in the form" in page
    assert "I looked at both files" in page
    assert "What you wrote" not in words_of(second.post(f"{a}/claim"))
    assert feed(machine) == []
    assert second.post(f"{a}/claim").status_code == 409


def test_whoever_judges_a_free_pair_takes_it_and_leaves_it_free(desks):
    _, machine, (a, *_), first, _ = desks

    assert judge(first, a).status_code == 303
    assert "has it until" not in first.read("/reviews?show=decided")
    assert len(feed(machine)) == 1


def test_letting_go_frees_a_pair_and_only_ones_own(desks):
    _, _, (a, *_), first, second = desks
    first.post(f"{a}/claim")

    second.post(f"{a}/letting-go")
    assert "You have this pair" in first.read(a)
    first.post(f"{a}/letting-go")
    assert "Nobody has this pair" in first.read(a)


def test_a_pair_is_handed_to_a_colleague_who_has_an_hour(desks):
    portal, _, (a, b, _), first, second = desks
    first.post(f"{a}/claim")

    answer = first.post(f"{a}/handing-over", to=second.user_id)

    assert answer.headers["Location"] == "/reviews?said=handed-over"
    portal.hands.pass_by(minutes=59)
    first, second = portal.seat(first.user_id), portal.seat(second.user_id)
    page = second.read(a)
    assert "You have this pair until 22 November 2026, 1:09pm" in page
    assert "Test reviewer handed it to you" in page
    assert judge(first, a).status_code == 409
    assert next_of(first) == b


@pytest.mark.parametrize("to", ["", "nobody", str(samples.made("somebody"))])
@ON_SQLITE
def test_a_pair_is_handed_to_nobody_who_does_not_review(desks, to):
    _, _, (a, *_), first, _ = desks

    answer = first.post(f"{a}/handing-over", to=to)

    assert answer.status_code == 422
    assert "Choose a colleague" in words_of(answer)


@ON_SQLITE
def test_what_another_has_is_not_handed_on(desks):
    _, _, (a, *_), first, second = desks
    first.post(f"{a}/claim")

    assert second.post(f"{a}/handing-over", to=first.user_id).status_code == 409


def test_what_is_skipped_comes_back_to_others_at_once_and_to_oneself_tomorrow(desks):
    portal, _, (a, b, c), first, second = desks
    assert next_of(first) == a

    assert first.post(f"{a}/skip").headers["Location"] == f"{b}?said=skipped"
    assert next_of(second) == a
    judge(second, a)
    first.post(f"{b}/skip")
    assert first.post(f"{c}/skip").headers["Location"] == "/reviews?said=skipped"
    assert "You skipped 2 pairs today" in next_of(first)
    assert listed(first.get("/reviews")) == ["b", "c"], "skipped is not gone"
    portal.hands.pass_by(hours=8)
    assert next_of(portal.seat(first.user_id)) == b


def test_whoever_knows_the_family_sees_no_pair_of_the_child_any_more(desks):
    _, machine, (a, b, _), first, second = desks
    put(
        machine,
        "reviews",
        samples.review("again", left=samples.record("left", record_ref="C-a")),
    )
    first.post(f"{a}/claim")

    assert first.post(f"{a}/recusal").headers["Location"] == "/reviews?said=recused"

    assert first.get(a).status_code == 404
    assert judge(first, a).status_code == 404
    assert sorted(listed(first.get("/reviews"))) == ["b", "c"]
    assert next_of(first) == b
    assert sorted(listed(second.get("/reviews"))) == ["a", "a", "b", "c"]
    assert next_of(second) == a


def test_who_took_handed_over_and_stepped_back_is_on_record(desks):
    portal, _, (a, b, _), first, second = desks
    pair, other = (path.rpartition("/")[2] for path in (a, b))
    first.post(f"{a}/claim")
    first.post(f"{a}/handing-over", to=second.user_id)
    second.post(f"{a}/letting-go")
    first.post(f"{b}/recusal")

    assert portal.trail("action", "subject", "shown") == [
        ("review.taken", pair, ""),
        ("review.handed_over", pair, str(second.user_id)),
        ("review.let_go", pair, ""),
        ("review.recused", other, ""),
    ]


def test_many_at_once_never_get_the_same_pair(portal):
    machine = portal.machine()
    for number in range(6):
        offer(machine, f"p{number}", 10)
    reviewers = [portal.reviewer() for _ in range(6)]
    got, start = [], threading.Barrier(6)

    def ask(desk):
        start.wait()
        got.append(next_of(desk))

    threads = [threading.Thread(target=ask, args=(desk,)) for desk in reviewers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(got)) == 6
    assert all(one.startswith("/reviews/") for one in got)


@pytest.mark.parametrize(
    "act", ["claim", "letting-go", "handing-over", "skip", "recusal", "search"]
)
@ON_SQLITE
def test_nothing_is_done_to_a_pair_that_is_not_there_or_by_others(desks, act):
    portal, machine, (a, *_), first, _ = desks

    assert first.post(f"/reviews/{samples.made('nothing')}/{act}").status_code == 404
    for desk in (portal.officer(), portal.desk("data_team"), portal.desk("ig_lead")):
        assert desk.post(f"{a}/{act}").status_code == 403
        assert desk.post("/reviews/next").status_code == 403
    assert feed(machine) == []


@ON_SQLITE
def test_shortcuts_are_on_until_each_person_turns_them_off(desks):
    _, _, (a, *_), first, second = desks
    assert 'data-xb-keys="on"' in first.get(a).text
    assert "Skip it for today" in first.read(a)

    answer = first.post("/review-settings", shortcuts="off", back=a)

    assert answer.headers["Location"] == a
    assert 'data-xb-keys="off"' in first.get(a).text
    assert "Single keys are turned off for you" in first.read(a)
    assert 'data-xb-keys="on"' in second.get(a).text
    first.post("/review-settings", shortcuts="on", back="https://elsewhere.example/")
    assert 'data-xb-keys="on"' in first.get(a).text


def test_times_of_a_claim_are_kept_for_the_median(desks):
    from sqlalchemy import select

    from portal.tables import judgements

    portal, _, (a, *_), first, _ = desks
    first.post(f"{a}/claim")
    portal.hands.pass_by(minutes=4)
    judge(first, a)

    with portal.store.reading(OPERATOR) as connection:
        row = connection.execute(
            select(judgements.c.taken_at, judgements.c.made_at)
        ).one()
    assert row.taken_at == NOON
    assert row.made_at - row.taken_at == dt.timedelta(minutes=4)
