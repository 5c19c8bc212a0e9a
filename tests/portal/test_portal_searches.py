"""A wider search is a wish; what it finds comes as a document."""

import portal_samples as samples
import pytest
from portal_under_test import ON_SQLITE, feed, put, words_of


@pytest.fixture
def asked(portal):
    """A portal with a pair, its machine, its path and a reviewer."""
    machine, review = portal.machine(), samples.review()
    put(machine, "reviews", review)
    return portal, machine, f"/reviews/{review.review_id}", portal.reviewer()


def answer(machine, path, **changed):
    """The region answers the last search that was asked."""
    document = samples.search_answer(
        search_id=feed(machine)[-1]["id"], review_id=path[9:], **changed
    )
    return put(machine, "searches", document)


def test_a_search_is_a_wish_that_names_the_pair_and_the_force(asked):
    _, machine, path, desk = asked

    sent = desk.post(f"{path}/search", surname=" Quille ", year="2011")

    assert sent.headers["Location"] == f"{path}?said=search"
    (event,) = feed(machine)
    assert (event["type"], event["subject"]) == ("request.search", path[9:])
    assert event["data"] == {
        "actor": str(desk.user_id), "review_id": path[9:],
        "authority": samples.POLICE, "forename": None, "surname": "Quille",
        "birth_year": 2011,
    }  # fmt: skip
    page = desk.read(path)
    assert "asked for a wider search on 22 November 2026, 12:00pm" in page
    assert "within about a quarter of an hour" in page


def test_what_was_found_stands_on_the_pairs_page_and_leads_to_pairs(asked):
    _, machine, path, desk = asked
    desk.post(f"{path}/search")

    assert answer(machine, path).status_code == 201
    assert answer(machine, path).status_code == 200

    page = desk.get(path)
    words = words_of(page)
    assert "Found among 4,012 records of West Midlands Police" in words
    assert "as of 22 November 2026" in words
    assert words.index("N/0777777") < words.index("N/0888888")
    assert f"/reviews/{samples.made('review first found')}" in page.text
    assert "−3.2" in words


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("shielded", "only named officers speak of it"),
        ("no_child", "is not in the region’s latest night"),
        ("no_records", "no records of the force"),
        ("searched", "No other record comes near"),
    ],
)
@ON_SQLITE
def test_an_answer_without_records_says_why(asked, outcome, words):
    _, machine, path, desk = asked
    desk.post(f"{path}/search")

    answer(machine, path, outcome=outcome, found=(), searched=12)

    assert words in desk.read(path)


def test_a_second_search_waits_for_the_answer_to_the_first(asked):
    portal, machine, path, desk = asked
    desk.post(f"{path}/search")

    again = portal.reviewer().post(f"{path}/search")
    assert again.status_code == 409
    assert "waits for its answer already" in words_of(again)
    answer(machine, path)
    assert desk.post(f"{path}/search", forename="Zac").status_code == 303
    assert len(feed(machine)) == 2


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"year": "11"}, "four digits"),
        ({"year": "3011"}, "four digits"),
        ({"forename": "x" * 61}, "up to 60 characters"),
        ({"surname": "a\nb"}, "up to 60 characters"),
    ],
)
@ON_SQLITE
def test_a_faulty_search_asks_nothing_and_keeps_what_was_typed(asked, typed, words):
    _, machine, path, desk = asked

    refused = desk.post(f"{path}/search", **{"forename": "Ada"} | typed)

    assert refused.status_code == 422
    assert words in words_of(refused)
    assert feed(machine) == []


def test_the_trail_has_the_search_and_no_name_that_was_looked_under(asked):
    portal, _, path, desk = asked
    desk.post(f"{path}/search", surname="Quille")

    trail = portal.trail("action", "subject", "shown")
    assert ("search.asked", path[9:], "") in trail
    assert "Quille" not in str(trail)


@ON_SQLITE
def test_an_answer_to_nothing_that_was_asked_is_kept_and_shown_nowhere(asked):
    _, machine, path, desk = asked

    assert put(machine, "searches", samples.search_answer()).status_code == 201
    assert "Found among" not in desk.read(path)
