"""The rule book: every rule with its source, and the cases that show what it does.

The cases stand in ``notifications/specs/``, small tables of people in and decisions
out; the tests run each of them through the rules.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from notifications.rules import RULES, RULES_VERSION, RuleEntry
from notifications.wording_rules import FAMILY as WORDING

SPECS = Path(__file__).parents[1] / "notifications" / "specs"

FAMILIES: Mapping[str, str] = {
    "scope": "Scope: which placements are told of",
    "shielding": "Shielding: who is never named",
    "state": "States: what the host force knows",
    "priority": "Priority: how urgent it is",
    "recipients": "Recipients: who is told what",
    "lifecycle": "Lifecycle: updates, ends and retractions",
    "reviews": "Reviews: what people decide",
    "clocks": "Clocks: by when",
    "holds": "Holds: what waits, and for whom",
    "tasks": "Tasks: what is owed beside notices",
    "loop": "The loop: until it is recorded",
    "disagreements": "Disagreements: when two sources differ",
    "bad input": "Bad input: records that contradict themselves",
    "pointers": "Pointers: one suspected exploiter, held by several",
    "wording": "Wording: what recipients read",
}
"""The families in the order of the book, with their headings."""


NOT = "not "
"""Before the rule of a case that lies just outside it."""


@dataclass(frozen=True, slots=True)
class SpecRow:
    """A case: what comes in, what must come out, and the rule that it shows."""

    rule: str
    version: str
    holds: bool
    """False of a case that lies just outside the rule; another one of the table shows
    it holding."""
    people: Mapping[str, str]
    decisions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SpecTable:
    """Cases of one kind, and what they have in common."""

    family: str
    title: str
    says: str
    people: tuple[str, ...]
    """The columns of what comes in."""
    decisions: tuple[str, ...]
    """The columns of what must come out."""
    rows: tuple[SpecRow, ...]
    given: Mapping[str, str]
    """What every row begins with, as ``says`` tells."""


class SpecError(ValueError):
    """A table of cases is not written as it should be."""


def spec_tables() -> tuple[SpecTable, ...]:
    """Every table of cases, by family in the order of the book.

    Raises:
        SpecError: a column or a rule's version is wanting or not declared.
    """
    found = [
        _table(content["family"], table)
        for path in sorted(SPECS.glob("*.yaml"))
        for content in [yaml.safe_load(path.read_text(encoding="utf-8"))]
        for table in content["tables"]
    ]
    order = list(FAMILIES)
    return tuple(sorted(found, key=lambda one: order.index(one.family)))


def _table(family: str, table: Mapping[str, object]) -> SpecTable:
    people, decisions = (_texts(table[part]) for part in ("people", "decisions"))
    rows, given = table["rows"], table.get("given", {})
    if not isinstance(rows, list) or not isinstance(given, dict):
        raise SpecError(f"{table['title']}: rows is a list of cases, given a mapping")
    return SpecTable(
        family=family,
        title=str(table["title"]),
        says=" ".join(str(table["says"]).split()),
        people=people,
        decisions=decisions,
        rows=tuple(_row(str(table["title"]), row, people, decisions) for row in rows),
        given={str(name): str(value) for name, value in given.items()},
    )


def _row(
    title: str, row: Mapping[str, object], people: Iterable[str],
    decisions: Iterable[str],
) -> SpecRow:  # fmt: skip
    unknown = sorted(set(row) - {"rule", *people, *decisions})
    if unknown:
        raise SpecError(f"{title}: {unknown} are no columns of the table")
    named = str(row["rule"])
    rule, _, version = named.removeprefix(NOT).partition(" ")
    if not version:
        raise SpecError(f"{title}: {rule}: write the rule's version after its id")
    return SpecRow(
        rule=rule,
        version=version,
        holds=not named.startswith(NOT),
        people={name: str(row[name]) for name in people if name in row},
        decisions={name: str(row[name]) for name in decisions if name in row},
    )


def _texts(content: object) -> tuple[str, ...]:
    return tuple(str(one) for one in content) if isinstance(content, list) else ()


# --- the book ----------------------------------------------------------------------

_FOREWORD = """\
Every rule that can decide something, for whoever answers for children: what it says,
where it comes from, and cases that show it. Decisions, notices and tasks name the rule
that made them.

The cases are tests. Each is run against the system with every change; a case that no
longer comes out stops the release. A rule whose answer or words change gets a new
version, and so does a sentence that recipients read: what each version decided is held
in `notifications/rule_versions.json`."""

_HOW_TO_READ = """\
**Birmingham** looks after the child, and West Midlands Police is its force. The child
is placed in **Worcester**: the host authority is Worcestershire, the host force West
Mercia Police. Coventry is another authority under West Midlands Police; Stoke lies
outside the region. In each case the columns before the arrow (→) say what comes in, the
others what must come out. An empty cell is as usual, or not what the case is about.
*Held* is decided and not yet sent. The last column names the rule that the case shows;
*not* before it says that the case lies just outside the rule."""


_WORDING = """\
Every sentence that a notice, a reminder or a task is made of is a rule with an id and a
version of its own: a changed sentence is a changed rule. None says anything of a child.
In braces stand names of authorities and references. The sentences with dates in them
stand in the cases of clocks and of bad input."""


def rule_book() -> str:
    """``docs/rules.md``."""
    tables = spec_tables()
    cases = sum(len(one.rows) for one in tables)
    parts = [
        "# Rule book",
        _FOREWORD,
        f"Version of the whole: `{RULES_VERSION}`. {len(RULES)} rules, {cases} cases. "
        "This file is generated: the cases stand in `notifications/specs/`, the rules "
        "beside the code that applies them.",
        "\n".join(
            f"* [{heading}](#{_anchor(heading)})" for heading in FAMILIES.values()
        ),
        _HOW_TO_READ,
    ]
    for family, heading in FAMILIES.items():
        parts.append(f"## {heading}")
        rules = [rule for rule in RULES.values() if rule.family == family]
        parts.append(_WORDING if family == WORDING else _rules(rules))
        parts += [_cases(table) for table in tables if table.family == family]
    return "\n\n".join(parts) + "\n"


def _anchor(heading: str) -> str:
    kept = "".join(one for one in heading.lower() if one.isalnum() or one in " -")
    return kept.replace(" ", "-")


def _rules(rules: Iterable[RuleEntry]) -> str:
    return _grid(
        ("rule", "version", "what it says", "where it comes from"),
        (
            (f"`{rule.id}`", rule.version, _sentence(rule.words), rule.source)
            for rule in rules
        ),
    )


def _cases(table: SpecTable) -> str:
    rows = (
        (
            *(row.people.get(name, "") for name in table.people),
            *(row.decisions.get(name, "") for name in table.decisions),
            f"{'' if row.holds else NOT}`{row.rule}` {row.version}",
        )
        for row in table.rows
    )
    heads = (
        *table.people,
        *(f"→ {table.decisions[0]}", *table.decisions[1:]),
        "rule",
    )
    return f"### {table.title}\n\n{table.says}\n\n{_grid(heads, rows)}"


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."


def _grid(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    columns = tuple(heads)
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    lines += [
        "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"
        for row in rows
    ]
    return "\n".join(lines)
