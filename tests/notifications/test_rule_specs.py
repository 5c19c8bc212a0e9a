"""The cases of the rule book, each run through the rules."""

import datetime as dt
from dataclasses import replace
from uuid import UUID

import pytest
from notification_cases import MONDAY, NAMES, PLACING, WEST_MERCIA, WMP, rulebook
from spec_decisions import Seen, agrees, names
from spec_nights import NIGHTS
from spec_people import PEOPLE, Scene

from notifications.facts import PersonGroup, PersonMember, PersonMemory, Standing
from notifications.people import decide_pointers, in_scope_for_pointers
from notifications.rules import RULES, RULES_VERSION, RuleEntry, rules_version
from pipeline.rule_book import FAMILIES, spec_tables

TABLES = spec_tables()
CASES = [
    pytest.param(table, row, id=f"{table.title}: {row.rule} {number}")
    for table in TABLES
    for number, row in enumerate(table.rows)
]
APART = {"pointers", "loop", "disagreements", "holds", "wording"}
"""Families that are no part of deciding about a child; the latter four are run by
``test_following_specs``, ``test_hold_specs`` and ``test_wording_specs``."""
APART_TABLES = {("event",), ("from then on",), ("what is overdue", "on")}
"""Tables, by what comes in, of what happens before a night decides or after it; they
are run by ``test_feed_specs`` and ``test_hold_specs``."""


def scene_of(table, row):
    scene = Scene()
    for column, words in {**table.given, **row.people}.items():
        {**PEOPLE, **NIGHTS}[column](scene, words)
    return scene


@pytest.mark.parametrize(
    ("table", "row"),
    [
        one
        for one in CASES
        if one.values[0].family not in APART
        and one.values[0].people not in APART_TABLES
    ],
)
def test_people_in_decisions_out(table, row):
    seen = Seen(scene_of(table, row))
    for column, expected in row.decisions.items():
        found = seen.cell(column)
        assert agrees(found, expected), f"{column}: {found}, not {expected}"
    assert names(row, seen.cited())


# --- pointers ----------------------------------------------------------------------


def in_scope(part):
    """Whether a holder's record is compared at all; most cases take it for granted."""
    flags = {"gang"} if "no flag" in part else {"cse_perpetrator"}
    return in_scope_for_pointers({"suspect"}, flags)


def members(words):
    found = []
    for part in words.removesuffix(" alone").split(" and "):
        name = part.partition(" (")[0]
        if not in_scope(part):
            continue
        code = next(code for code, known in NAMES.items() if known == name)
        restricted = "restricted" in part
        found.append(PersonMember(code, "R1", 0.99, restricted=restricted))
    return tuple(found)


@pytest.mark.parametrize(
    ("table", "row"), [one for one in CASES if one.values[0].family == "pointers"]
)
def test_holders_in_pointers_out(table, row):
    person = UUID(int=1)
    known = {}
    if "before" in row.people:
        assert row.people["before"] == "both were told"
        both = members("West Midlands Police and West Mercia Police")
        told = decide_pointers(
            (PersonGroup(person, "perpetrator", both),), {}, rulebook(), MONDAY
        )
        known[person] = PersonMemory(
            standing={
                one.recipient: Standing(
                    one.notification_id, one.kind, one.recipient, one.audience,
                    one.is_copy, str(person), one.facts_hash, MONDAY,
                )
                for one in told.notices
            }
        )  # fmt: skip
    group = PersonGroup(person, "perpetrator", members(row.people["held by"]))
    outcome = decide_pointers((group,), known, rulebook(), MONDAY + dt.timedelta(1))
    told = {NAMES[one.recipient]: one.kind.value for one in outcome.notices}
    for code in (WMP, WEST_MERCIA, PLACING):
        assert told.get(NAMES[code], "nothing") == row.decisions[NAMES[code]]
    tasks = [f"named officer task for {NAMES[o.owed_by]}" for o in outcome.obligations]
    assert ("; ".join(tasks) or "none") == row.decisions["task"]
    named = {one.rule for one in outcome.notices}
    named |= {one.rule.id for one in outcome.obligations}
    if "flag" in row.people["held by"] and len(group.members) > 1:
        named.add("point.in-scope")
    assert names(row, named)


# --- the register ------------------------------------------------------------------


def test_what_lies_outside_a_rule_stands_beside_a_case_in_which_it_holds():
    for table in TABLES:
        shown = {row.rule for row in table.rows if row.holds}
        assert {row.rule for row in table.rows if not row.holds} <= shown, table.title


def test_every_rule_has_a_case_and_every_case_a_rule_of_that_version():
    shown = {(row.rule, row.version) for table in TABLES for row in table.rows}
    assert shown == {(rule.id, rule.version) for rule in RULES.values()}


def test_every_rule_is_of_a_family_and_says_what_and_whence():
    assert {rule.family for rule in RULES.values()} == set(FAMILIES)
    assert all(rule.words and rule.source for rule in RULES.values())


def test_another_version_of_any_rule_is_another_version_of_the_whole():
    assert rules_version(RULES.values()) == RULES_VERSION
    for rule in RULES.values():
        changed = [
            replace(one, version="2") if one is rule else one for one in RULES.values()
        ]
        assert rules_version(changed) != RULES_VERSION
    reworded = [replace(rule, words="Otherwise.") for rule in RULES.values()]
    assert rules_version(reworded) == RULES_VERSION
    assert isinstance(reworded[0], RuleEntry)


def test_every_id_stands_in_one_table_only():
    from notifications.rules import _gathered

    ids = [rule.id for rule in _gathered()]
    assert len(ids) == len(set(ids))
