"""The rule book's cases of wording: who reads in, and what is read out."""

import pytest
from loop_cases import ACKNOWLEDGED, at, followed, looked, rules
from spec_decisions import names

from notifications import chasing, wording
from notifications.documents import Kind, ObligationKind
from notifications.loop import follow
from notifications.matters import WORDS
from notifications.recipients import Role, Row
from notifications.reconcile import Difference
from notifications.wording import Cause, asked, why
from notifications.wording_rules import WORDING_RULES
from pipeline.rule_book import spec_tables

TABLES = [table for table in spec_tables() if table.family == "wording"]
ROLES = {
    "host force": Role.HOST_FORCE,
    "host authority": Role.HOST_LA,
    "placing authority": Role.PLACING_LA,
}
RECORDS = {
    "the record is too thin": wording.MEND_THIN,
    "a reviewer holds that it is of two people": wording.MEND_TWO,
    "anything else": wording.MEND_ANY,
}
HOLDERS = {
    "why it is told": wording.POINTER_WHY,
    "what it is asked": wording.POINTER_ASKED,
    "why its named officer has a task": wording.POINTER_RESTRICTED,
    "when the pointer is taken back": wording.POINTER_WITHDRAWN,
}
CHASED = {
    "remind": ({}, "2026-11-24 12:00"),
    "overdue": ({}, "2026-11-24 18:00"),
    "not recorded": ({**ACKNOWLEDGED, **looked("2026-12-01")}, "2026-12-02 12:00"),
    "disputed": ({"disputed_at": at("2026-11-24 11:00")}, "2026-11-24 18:00"),
    "not recorded, and the reference stands on two children's notices": (
        {**ACKNOWLEDGED, **looked("2026-12-01"), "reference_repeats": True},
        "2026-12-02 12:00",
    ),
}


def chase(words):
    if words == "no longer owed":
        return wording.NO_LONGER_OWED
    befallen, now = CHASED[words]
    steps = follow(followed(**befallen), rules(), at(now))
    return " ".join(
        one.asked
        for one in (*[made.document for made in steps.reminders], *steps.follow_ups)
    )


def code(words):
    return words.replace(" ", "_")


def task(words):
    if words == "told before the case was shielded":
        return wording.SHIELDED_HOLDER
    return wording.TASKS[ObligationKind(code(words))]


READ = {
    ("what the force knows",): lambda row: why(
        Cause.STATE, Row(code(row)), Role.HOST_FORCE
    ),
    ("recipient",): lambda who: why(Cause.STATE, Row.NOT_KNOWN, ROLES[who]),
    ("what happened",): lambda words: why(
        Cause(words.replace(" ", "-")), None, Role.HOST_LA
    ),
    ("what ended it",): lambda words: wording.ENDED_BECAUSE[
        f"tell.{words.replace(' ', '-')}"
    ],
    ("recipient", "notice"): lambda who, kind: asked(Kind(kind), ROLES[who]),
    ("task",): task,
    ("what is wrong",): lambda words: (
        RECORDS.get(words) or wording.MEND_HOST[code(words)]
    ),
    ("chase",): chase,
    ("disagreement",): lambda words: WORDS[Difference(words.replace(" ", "-"))][1],
    ("holder",): HOLDERS.__getitem__,
}
"""By what comes in: what its reader reads."""


@pytest.mark.parametrize(
    ("table", "row"),
    [
        pytest.param(table, row, id=f"{row.rule} {number}")
        for table in TABLES
        for number, row in enumerate(table.rows)
    ],
)
def test_a_reader_in_what_is_read_out(table, row):
    read = READ[table.people](*row.people.values())
    assert row.decisions["reads"] in read
    assert names(
        row, {rule.id for rule in WORDING_RULES.values() if rule.words in read}
    )
    assert WORDING_RULES[row.rule].words == row.decisions["reads"]


def test_nothing_that_is_read_lacks_an_id():
    said = {rule.words for rule in WORDING_RULES.values()}
    tables = (
        wording.STATE_TO_FORCE, wording.CAUSES_READ, wording.ASKED_OF_FORCE,
        wording.ASKED_OF_LA, wording.ENDED_BECAUSE, wording.TASKS, wording.MEND_HOST,
        chasing.ASKED,
    )  # fmt: skip
    assert {text for table in tables for text in table.values()} <= said
    sentences = {
        text for name, text in vars(wording).items()
        if name.isupper() and isinstance(text, str) and name != "NOT_SUPPLIED"
    }  # fmt: skip
    assert sentences <= said
