"""The cases of the rule book, each run through the rules."""

import datetime as dt
from dataclasses import replace
from uuid import UUID

import pytest
from notification_cases import MONDAY, NAMES, PLACING, WEST_MERCIA, WMP, rulebook
from spec_decisions import Seen, agrees
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
APART = {"pointers", "loop", "disagreements"}
"""Families that are no part of deciding about a child; the latter two are run by
``test_following_specs``."""
APART_TABLES = {("event",), ("from then on",)}
"""Tables, by what comes in, of what happens before a night decides; they are run by
``test_feed_specs``."""
CITED = ("scope.", "shield.", "host.", "extract.", "record.", "known.", "tell.",
         "task.", "data.", "priority.")  # fmt: skip
"""Families whose rules a night names; what the others do is seen in the columns."""
NOT_NAMED = {
    "shield.whole-case", "shield.holders", "shield.lifted", "extract.grace",
    "tell.criteria-only", "tell.tightened", "data.starts-ahead",
}  # fmt: skip


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
    if row.rule.startswith(CITED) and row.rule not in NOT_NAMED and not silent(row):
        assert (row.rule, row.version) in seen.cited()


def silent(row):
    """A case of a task that is not owed, or stands: nothing is there to name it."""
    tasks = {row.decisions.get("task"), row.decisions.get("met", "none")}
    return row.rule.startswith(("data.", "task.")) and tasks == {"none"}


# --- pointers ----------------------------------------------------------------------


def members(words):
    found = []
    for part in words.removesuffix(" alone").split(" and "):
        name = part.partition(" (")[0]
        if "no flag" in part:
            assert not in_scope_for_pointers({"suspect"}, {"gang"})
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
    assert row.rule in named or not (named or row.rule != "point.in-scope")


# --- the register ------------------------------------------------------------------


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
