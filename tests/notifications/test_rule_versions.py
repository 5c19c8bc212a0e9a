"""A rule whose answer or words change gets a new version."""

import json
from dataclasses import replace

import pytest

from notifications.rule_entry import RAISED
from notifications.rules import RULES
from pipeline.rule_book import spec_tables
from pipeline.rule_versions import (
    FIXED,
    changed,
    fingerprints,
    read_fixed,
    rule_versions,
    with_new,
)

TABLES = spec_tables()
NOW = fingerprints(RULES.values(), TABLES)


def test_no_rule_decides_or_says_anything_else_under_the_version_that_it_had():
    assert changed(read_fixed(), NOW) == []


def test_every_version_is_held_in_the_file_that_make_docs_writes():
    assert NOW.keys() <= read_fixed().keys(), "run make docs"
    assert FIXED.read_text(encoding="utf-8") == rule_versions(), "run make docs"


def test_only_a_rule_that_exists_is_raised_and_by_a_whole_number():
    assert RAISED.keys() <= RULES.keys()
    assert all(int(version) > 1 for version in RAISED.values())


def answering(rule, **decisions):
    """The tables with another answer in the rule's first case."""
    first = next(row for table in TABLES for row in table.rows if row.rule == rule)
    other = replace(first, decisions={**first.decisions, **decisions})
    return [
        replace(table, rows=tuple(other if row is first else row for row in table.rows))
        for table in TABLES
    ]


def reworded(rule, words, version="1"):
    return [
        replace(one, words=words, version=version) if one.id == rule else one
        for one in RULES.values()
    ]


def without(rule):
    return [
        replace(table, rows=tuple(row for row in table.rows if row.rule != rule))
        for table in TABLES
    ]


def with_another(rule):
    """The tables with one more case of the rule."""
    return [
        replace(
            table,
            rows=(
                *table.rows,
                *(
                    replace(row, people={**row.people, "besides": "x"})
                    for row in table.rows
                    if row.rule == rule
                ),
            ),
        )
        for table in TABLES
    ]


@pytest.mark.parametrize(
    ("rules", "tables", "faults"),
    [
        (RULES.values(), TABLES, []),
        (RULES.values(), with_another("known.not"), []),
        (reworded("known.not", "another", "2"), answering("known.not", state="x"), []),
        (RULES.values(), answering("known.not", state="restricted"),
         ["known.not 1: a case of it comes out otherwise, or is gone"]),
        (RULES.values(), without("known.not"),
         ["known.not 1: a case of it comes out otherwise, or is gone"]),
        (reworded("say.mend.missing", "Add it."), TABLES,
         ["say.mend.missing 1: its words have changed"]),
        (reworded("known.not", "another"), answering("known.not", state="x"),
         ["known.not 1: its words have changed and a case of it comes out otherwise, "
          "or is gone"]),
    ],
)  # fmt: skip
def test_a_change_without_a_new_version_is_said_with_what_to_do(rules, tables, faults):
    found = changed(NOW, fingerprints(rules, tables))
    assert [line.partition(";")[0] for line in found] == faults
    for line in found:
        rule = line.partition(" ")[0]
        assert f'write "{rule}": "2" into RAISED' in line
        assert "run make docs" in line


def test_what_stands_in_the_file_is_never_written_over():
    other = fingerprints(reworded("known.not", "x"), answering("known.not", state="x"))
    after = with_new(NOW, other)
    assert changed(after, other) == changed(NOW, other) != []
    assert after["known.not 1"].words == NOW["known.not 1"].words
    assert NOW["known.not 1"].cases < after["known.not 1"].cases


def test_the_file_holds_hashes_only():
    content = json.loads(FIXED.read_text(encoding="utf-8"))
    texts = [text for one in content.values() for text in (one["words"], *one["cases"])]
    assert all(len(text) == 12 and int(text, 16) >= 0 for text in texts)
