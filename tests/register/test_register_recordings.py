"""What a night looks for in an authority's extract, and what brakes and models it
compares itself with."""

from dataclasses import replace

import pytest
from register_examples import (
    CHILD,
    FORCE,
    LA,
    REGION,
    an_id,
    at,
    day,
    decision,
    night,
    notice,
    resolved,
)
from sqlalchemy import select

from notifications.documents import Kind
from notifications.facts import State
from notifications.feed import EventType
from notifications.outcome import EvidencePart, History, Hold, Versions
from register.engine import reading
from register.events import Event, record_events
from register.holds import release
from register.nights import record_night
from register.recordings import outstanding
from register.runs import runs
from register.tables import decision as decisions
from register.volumes import load_history

OTHER = "P-BBBBBBBBBBBBBBBB"
V1, V2 = Versions("1", "c1", "p1"), Versions("2", "c1", "p1")


def decide(engine, number, *notices, **parts):
    parts.setdefault("placements", (resolved(), resolved(OTHER, source_ref="78")))
    return record_night(engine, night(number, notices=notices, **parts))


def update_of(key, **changes):
    return {"kind": Kind.UPDATE, "supersedes": an_id("notice", key)} | changes


def acknowledged(key, reference, number=1):
    data = {
        "agency": FORCE, "actor": "x", "reference": reference,
        "recorded_on": "2026-11-20",
    }  # fmt: skip
    subject = str(an_id("notice", key))
    name = f"{key}-{reference}"
    return Event(name, EventType.ACKNOWLEDGED, subject, at(number, 9), data)


def token(key):
    return notice(key).document.recording_token


def looked_for(engine, before, recipient=FORCE):
    named = {an_id("notice", key): key for key in "abcdn"}
    tokens = {token(key): key for key in "abcdn"}
    with reading(engine) as connection:
        found = outstanding(connection, recipient, day(before))
    return [
        (named[one.notification_id], tokens[one.token], one.reference) for one in found
    ]


# --- what is outstanding -----------------------------------------------------------


@pytest.mark.parametrize(
    ("case", "nights", "expected"),
    [
        ("a notice", [[("a", {})]], [("a", "a", None)]),
        ("not of tonight", [[], [("a", {})]], []),
        ("an update, under the first token too",
         [[("a", {})], [("b", update_of("a"))], []],
         [("b", "a", None), ("b", "b", None)]),
        ("a move takes no token along",
         [[("a", {})], [("b", update_of("a", placement_ref=OTHER))], []],
         [("b", "b", None)]),
        ("an ended one is not looked for",
         [[("a", {})], [("b", update_of("a", kind=Kind.END))], []], []),
        ("nor a withdrawn one",
         [[("a", {})], [("b", update_of("a", kind=Kind.RETRACTION))], []], []),
        ("a withdrawn token does not count for what came after",
         [[("a", {})],
          [("b", update_of("a", kind=Kind.RETRACTION)), ("c", {"facts_hash": "f2"})],
          []],
         [("c", "c", None)]),
        ("nor does what it had taken the place of",
         [[("a", {})], [("b", update_of("a"))],
          [("c", update_of("b", kind=Kind.RETRACTION)), ("d", {"facts_hash": "f2"})],
          []],
         [("d", "d", None)]),
        ("one that was told again takes no token along",
         [[("a", {})], [("b", {"facts_hash": "f2"})],
          [("c", update_of("a", kind=Kind.RETRACTION, rule="tell.told-again"))], []],
         [("b", "a", None), ("b", "b", None)]),
        ("a copy is not looked for", [[("a", {"is_copy": True})], []], []),
        ("nor what is carried by hand", [[("a", {"channel": "export"})], []], []),
        ("nor another's", [[("a", {"recipient": "937"})], []], []),
        ("nor what is held", [[("a", {"hold": Hold("surge", None)})], []], []),
    ],
)  # fmt: skip
def test_what_is_looked_for(engine, case, nights, expected):
    for number, made in enumerate(nights, 1):
        told = [notice(key, on=number, **changes) for key, changes in made]
        decide(engine, number, *told)
    before = max(len(nights), 2)
    assert looked_for(engine, before) == expected, case


def test_a_released_notice_is_looked_for_from_the_next_night_on(engine):
    decide(engine, 1, notice("a", hold=Hold("surge", None)))
    ids = [an_id("notice", "a")]
    release(engine, ids, by="x", at=at(1), reclock=lambda document: document)
    assert looked_for(engine, 1) == []
    assert looked_for(engine, 2) == [("a", "a", None)]


def test_a_reference_is_looked_for_from_the_night_after_it_came(engine):
    decide(engine, 1, notice("a"))
    decide(engine, 2)
    record_events(engine, [acknowledged("a", "CR/1", 2)], REGION)
    assert looked_for(engine, 2) == [("a", "a", None)], "that night run again"
    assert looked_for(engine, 3) == [("a", "a", "CR/1")]


def test_the_reference_of_an_earlier_notice_counts_for_its_update(engine):
    decide(engine, 1, notice("a"))
    record_events(engine, [acknowledged("a", "CR/1")], REGION)
    decide(engine, 2, notice("b", on=2, **update_of("a")))
    assert looked_for(engine, 3) == [("b", "a", "CR/1"), ("b", "b", None)]


def test_the_child_goes_with_its_token(engine):
    decide(engine, 1, notice("a"))
    with reading(engine) as connection:
        [one] = outstanding(connection, FORCE, day(2))
    assert one.child == (LA, CHILD)


# --- how much there was to say -----------------------------------------------------


def history(engine, before, nights=28):
    with reading(engine) as connection:
        return load_history(connection, REGION, day(before), nights)


def test_a_region_without_nights_has_no_history(engine):
    assert history(engine, 1) == History()


def test_each_night_counts_what_it_made_first(engine):
    decide(engine, 1, notice("a"), notice("b", recipient="937"), versions=V1)
    decide(engine, 2, versions=V1)
    decide(engine, 3, notice("c", on=3, **update_of("a")), versions=V2)
    assert history(engine, 4) == History((2, 0, 1), V2)
    assert history(engine, 3) == History((2, 0), V1)
    assert history(engine, 4, nights=2).counts == (0, 1)


def test_a_nights_settings_are_those_of_the_newest_that_wrote_them_down(engine):
    said = replace(V1, settings={"policy.scope": "a", "matching.costs": "b"})
    decide(engine, 1, versions=V1)
    decide(engine, 2, versions=said)
    assert history(engine, 3).versions == said
    assert history(engine, 2).versions == V1
    with reading(engine) as connection:
        assert [one.settings for one in runs(connection, REGION)] == [
            {}, {"policy.scope": "a", "matching.costs": "b"},
        ]  # fmt: skip


def test_what_a_surge_holds_counts_for_its_first_night(engine):
    for number in (1, 2, 3):
        decide(engine, number, notice("a", on=number, hold=Hold("surge", None)))
    assert history(engine, 4).counts == (1, 0, 0)


def test_a_first_stock_and_reviews_are_not_what_is_usual(engine):
    stock = [notice("a", hold=Hold("baseline", at(3))), notice("b", recipient="937")]
    decide(engine, 1, *stock, baseline=True, versions=V1)
    again = notice("a", on=2, hold=Hold("baseline", at(3)))
    waits = notice("c", on=2, hold=Hold("review", at(4)), facts_hash="f2")
    decide(engine, 2, again, waits)
    assert history(engine, 3) == History((0,), V1)


def test_withdrawals_never_wait_and_are_not_counted(engine):
    decide(engine, 1, notice("a"))
    decide(engine, 2, notice("b", on=2, **update_of("a", kind=Kind.RETRACTION)))
    assert history(engine, 3).counts == (1, 0)


def test_a_date_run_again_counts_once(engine):
    decide(engine, 1, notice("a"), notice("b", recipient="937"))
    decide(engine, 1, notice("a"), run_id="again")
    assert history(engine, 2).counts == (1,)


def test_a_run_says_what_decided_it(engine):
    decide(engine, 1, versions=V1, baseline=True)
    decide(engine, 2)
    with reading(engine) as connection:
        first, second = runs(connection, REGION)
    decided = (first.rules, first.children_model, first.perpetrator_model)
    assert (decided, first.baseline) == (("1", "c1", "p1"), True)
    assert (second.rules, second.baseline) == (None, False)


def test_a_decision_says_why(engine):
    why = {
        "rule": "state.not-known", "judgement": "e-1", "best_nominal_ref": "N1",
        "match_probability": 0.25,
        "evidence": (EvidencePart("surname", "the same", 3.5),),
    }  # fmt: skip
    decide(engine, 1, decisions=[decision(State.NOT_KNOWN, **why)])
    with reading(engine) as connection:
        row = connection.execute(select(decisions)).one()
    assert (row.rule, row.reason, row.as_of) == ("state.not-known", "a.rule", day(1))
    assert (row.priority, row.at_distance, row.cross_force) == ("standard", False, True)
    assert (row.judgement, row.best_nominal_ref) == ("e-1", "N1")
    assert row.match_probability == 0.25
    assert row.evidence == [
        {"comparison": "surname", "level": "the same", "weight": 3.5}
    ]
