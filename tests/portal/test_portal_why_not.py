"""Why a pair is in doubt, what would settle it, and what undoing does."""

import datetime as dt

import portal_samples as samples
import pytest
from portal_under_test import NOON, ON_SQLITE, feed, put
from test_portal_reviews import judge

from notifications import documents as docs
from portal.consequences import Circumstances, in_words
from portal.harm import harm
from portal.likeness import relation
from portal.pages.pair_form import CHOICES
from portal.pages.rendering import STATIC
from portal.why_not import margin, why_not
from portal.words import KEYS

LINES = docs.Lines(accept=10.0, review=-2.0)


def part(comparison, weight, best=None, explanation="As it is"):
    return docs.EvidenceView(
        comparison=comparison, explanation=explanation, left=None, right=None,
        weight=weight,
        strongest=None if best is None else docs.StrongestLevel(
            explanation=f"Best {comparison}", weight=best
        ),
    )  # fmt: skip


def doubtful(*more, **changed):
    evidence = (
        part("prior", -9.0), part("surname", 8.0), part("postcode", -1.0, 6.1),
        part("dob", 4.0, 9.5), *more,
    )  # fmt: skip
    weight = sum(one.weight for one in evidence)
    given = {"evidence": evidence, "weight": weight, "lines": LINES} | changed
    return samples.review(**given)


def test_what_each_comparison_could_have_been_is_told_best_lift_first():
    found = why_not(doubtful())

    assert [(one.comparison, one.now, one.then) for one in found.changes] == [
        ("Postcode", -1.0, 6.1), ("Date of birth", 4.0, 9.5),
    ]  # fmt: skip
    assert [one.total for one in found.changes] == pytest.approx([9.1, 7.5])
    assert not any(one.reaches for one in found.changes)
    assert "+2.0: 8.0 short of the line of +10.0" in found.sentence
    assert "above −2.0, from which a person is asked" in found.sentence


def test_what_reaches_the_line_says_so_unless_a_guard_holds_it_down():
    lines = docs.Lines(accept=9.0, review=-2.0)
    guard = part("guard", 0.0, explanation="Twins look like this.")

    free, held = why_not(doubtful(lines=lines)), why_not(doubtful(guard, lines=lines))

    assert [one.reaches for one in free.changes] == [True, False]
    assert (free.guard, held.guard) == ("", "Twins look like this.")
    assert not any(one.reaches for one in held.changes)


def test_what_a_guard_takes_off_is_told_apart_from_what_the_records_say():
    found = why_not(doubtful(part("guard", -20.0, explanation="Twins.")))

    assert found.unguarded == pytest.approx(2.0)
    assert [one.total for one in found.changes] == pytest.approx([9.1, 7.5])
    assert "reaches −18.0" in found.sentence


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ({"accept": 1.5, "review": 0.0}, "above the line of +1.5"),
        ({"accept": 9.0, "review": 4.0}, "under +4.0"),
    ],
)
def test_the_sentence_knows_on_which_side_of_the_lines_a_pair_is(lines, words):
    assert words in why_not(doubtful(lines=docs.Lines(**lines))).sentence


def test_a_region_that_draws_no_lines_is_told_nothing():
    assert why_not(doubtful(lines=None)) is None


@pytest.mark.parametrize(
    ("weight", "words"),
    [(1.3, "0.7 behind"), (2.0, "can't tell them apart"), (5.0, "3.0 ahead")],
)
def test_the_margin_to_the_nearest_rival_is_in_words(weight, words):
    rivals = tuple(
        docs.RivalView(record=samples.record("right"), weight=one, probability=0.5)
        for one in (weight, -4.0)
    )

    assert words in margin(doubtful(rivals=rivals))


def test_without_rivals_there_is_no_margin():
    assert margin(doubtful(rivals=())) == ""


@ON_SQLITE
def test_the_page_says_why_not(portal):
    mother = person("ANN QUILL TEST", "1985-01-04")
    machine, review = portal.machine(), doubtful(household=(mother,))
    put(machine, "reviews", review)

    page = portal.reviewer().read(f"/reviews/{review.review_id}")

    assert "had it been “Best postcode”, it would be +6.1 instead of −1.0" in page
    assert "The nearest rival, N/0099999, is 0.7 behind" in page
    assert "Possible parent" in page


def person(name, born, *postcodes):
    return samples.record(
        "right", names=(name,), dobs=(dt.date.fromisoformat(born),),
        postcodes=postcodes or ("B91 9ZZ",),
    )  # fmt: skip


CHILD = person("ANN BELL", "2012-03-04")


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (person("JOE BELL", "2012-03-04"), "Possible twin"),
        (person("JOE BELL", "2012-03-05", "CV7 9ZZ"), "Possible twin"),
        (person("JOE BELL", "2010-01-04"), "Possible brother or sister"),
        (person("JOE BELL", "2010-01-04", "CV7 9ZZ"), ""),
        (person("JOE BELL", "1985-01-04"), "Possible parent"),
        (person("ANN BELL", "1985-01-04", "CV7 9ZZ"),
         "Possible parent of the same name"),
        (person("ANN BELL", "2012-03-14"), ""),
        (person("A BELL", "2012-03-04"), ""),
        (person("ANNABEL BELL", "2012-03-04"), ""),
        (person("ANNE BELL", "2012-03-04"), ""),
        (person("NAN BELL", "2012-03-04"), "Possible twin"),
        (person("JOE HILL", "2012-03-04"), ""),
        (person("BELL", "2012-03-04"), ""),
        (samples.record("right", names=("JOE BELL",), dobs=()), ""),
    ],
)  # fmt: skip
def test_who_of_a_family_a_record_may_be(other, words):
    assert relation(CHILD, other) == words


DEADLINE = dt.datetime(2026, 11, 24, 17, tzinfo=dt.UTC)


def undoing(decision, *, night=None, stake="waits", now=NOON):
    given = Circumstances(decision, NOON - dt.timedelta(hours=2), night, now)
    return " ".join(in_words(samples.review(stake=stake), given))


def test_undoing_before_any_night_has_sent_nothing():
    words = undoing("different")

    assert "no night has been reported since: nothing was sent" in words
    assert "correction" not in words
    assert "If nobody decides by 24 November 2026, 5:00pm, West Midlands" in words


@pytest.mark.parametrize(
    ("decision", "told"),
    [
        ("same", "as an update to a record that it has"),
        ("different", "as of a child that it does not know"),
    ],
)
def test_undoing_after_a_night_sends_a_correction(decision, told):
    words = undoing(decision, night=dt.date(2026, 11, 22))

    assert "used by the night of 22 November 2026" in words
    assert told in words
    assert "sent a correction by the next night" in words


@pytest.mark.parametrize("decision", ["unsure", "two_people"])
def test_what_decided_nothing_sent_nothing(decision):
    words = undoing(decision, night=dt.date(2026, 11, 22))

    assert "decides nothing, so nothing was sent" in words
    assert "correction" not in words


def test_undoing_what_no_notice_hangs_on_corrects_none():
    words = undoing("same", night=dt.date(2026, 11, 22), stake="nothing")

    assert "none is corrected" in words
    assert "unconfirmed" not in words


def test_undoing_after_the_deadline_leaves_the_unconfirmed_notice():
    words = undoing("same", now=DEADLINE + dt.timedelta(hours=1))

    assert "holds an unconfirmed notice" in words


def test_the_page_lists_what_undoing_does_by_what_has_been_reported(portal):
    machine, review = portal.machine(), samples.review(stake="waits")
    put(machine, "reviews", review)
    desk, path = portal.reviewer(), f"/reviews/{review.review_id}"
    judge(desk, path, "same")
    assert "nothing was sent because of it" in desk.read(path)

    portal.hands.pass_by(minutes=5)
    put(machine, "runs", samples.run())

    assert "is sent a correction by the next night" in desk.read(path)
    assert len(feed(machine)) == 1


def test_harm_is_urgency_times_what_the_decision_can_change():
    def of(**changed):
        return harm(samples.review(**{"probability": 0.5, "stake": "waits"} | changed))

    assert of(priority="high") > of(priority="standard") > of(priority="low")
    assert of() > of(probability=0.8) > of(probability=0.97)
    assert of(probability=0.03) == pytest.approx(of(probability=0.97))
    assert of() > of(stake="told") > of(stake="nothing") > 0
    assert of(stake=None) == of()


def test_the_script_has_the_keys_that_the_page_tells_of():
    script = (STATIC / "shortcuts.js").read_text()

    for key in KEYS:
        named = f'"{key}"' in script or f"  {key}: " in script or f" {key}: " in script
        assert named, key
    for value in CHOICES:
        assert f'"{value}"' in script
