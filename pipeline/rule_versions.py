"""A changed answer gets a new version: what each version of a rule was fixed to.

For every rule and version a file under version control holds a hash of its words and
one of each of its cases. ``make docs`` adds what is new, and never changes what stands:
an answer or a sentence that came out otherwise under the same version fails a test.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from notifications.rules import RULES, RuleEntry
from pipeline.rule_book import SpecRow, SpecTable, spec_tables

FIXED = Path(__file__).parents[1] / "notifications" / "rule_versions.json"


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a version of a rule says and decides, as hashes."""

    words: str
    cases: frozenset[str]


def fingerprints(
    rules: Iterable[RuleEntry], tables: Iterable[SpecTable]
) -> dict[str, Fingerprint]:
    """By id and version, ``known.not 1``."""
    cases: dict[str, set[str]] = defaultdict(set)
    for table in tables:
        for row in table.rows:
            cases[f"{row.rule} {row.version}"].add(_case(table, row))
    return {
        name: Fingerprint(_hash(rule.words), frozenset(cases[name]))
        for rule in rules
        for name in [f"{rule.id} {rule.version}"]
    }


def changed(
    fixed: Mapping[str, Fingerprint], now: Mapping[str, Fingerprint]
) -> list[str]:
    """One line for each rule that is not what its version was, with what to do.

    A case may be added to a version; what it said may not be changed or taken away.
    """
    found = []
    for name in sorted(fixed.keys() & now.keys()):
        before, after = fixed[name], now[name]
        wrong = [
            "its words have changed" if before.words != after.words else "",
            "a case of it comes out otherwise, or is gone"
            if before.cases - after.cases
            else "",
        ]
        if any(wrong):
            found.append(f"{name}: {' and '.join(filter(None, wrong))}; {_do(name)}")
    return found


def read_fixed(path: Path = FIXED) -> dict[str, Fingerprint]:
    """What the file holds."""
    content = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {
        name: Fingerprint(one["words"], frozenset(one["cases"]))
        for name, one in content.items()
    }


def with_new(
    fixed: Mapping[str, Fingerprint], now: Mapping[str, Fingerprint]
) -> dict[str, Fingerprint]:
    """What stands, and beside it new versions and new cases of those that stand."""
    found = dict(now)
    for name, before in fixed.items():
        after = now.get(name, before)
        found[name] = Fingerprint(before.words, before.cases | after.cases)
    return dict(sorted(found.items()))


def rule_versions() -> str:
    """``notifications/rule_versions.json`` as ``make docs`` writes it."""
    now = fingerprints(RULES.values(), spec_tables())
    lines = (
        f"{json.dumps(name)}: "
        + json.dumps({"words": one.words, "cases": sorted(one.cases)})
        for name, one in with_new(read_fixed(), now).items()
    )
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _do(name: str) -> str:
    rule, _, version = name.partition(" ")
    return (
        f'write "{rule}": "{int(version) + 1}" into RAISED of '
        "notifications/rule_entry.py and that version into the rule's cases in "
        "notifications/specs/, then run make docs. Where this version was never "
        f"released, take its entry out of notifications/{FIXED.name} instead"
    )


def _case(table: SpecTable, row: SpecRow) -> str:
    said = [row.holds, *(dict(one) for one in (table.given, row.people, row.decisions))]
    return _hash(json.dumps(said, sort_keys=True, ensure_ascii=False))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
