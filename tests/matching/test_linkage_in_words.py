"""``docs/linking.md`` says of kinds and levels what the code does."""

import re
from pathlib import Path

import pytest
import yaml

from matching.linkage.description import description_of
from matching.linkage.tests import DEFAULT_LEVELS, KINDS, TESTS, words_of

REPOSITORY = Path(__file__).parents[2]
GUIDE = (REPOSITORY / "docs" / "linking.md").read_text(encoding="utf-8")
EXAMPLES = sorted((REPOSITORY / "examples" / "linkage").glob("*.yaml"))


def test_every_level_stands_in_the_guide_with_its_kinds_and_words():
    table = GUIDE.split("| level | kinds | says |\n|---|---|---|\n")[1].split("\n\n")[0]
    told = [
        tuple(cell.strip(" `") for cell in line.strip("|").split("|"))
        for line in table.splitlines()
    ]
    meant = [
        (
            test.name,
            "all" if test.kinds == set(KINDS) else ", ".join(sorted(test.kinds)),
            test.words,
        )
        for test in TESTS
    ]
    assert told == meant


def test_every_kind_stands_in_the_guide_with_its_levels():
    table = GUIDE.split("levels, if none are named |\n|---|---|---|---|\n")[1]
    told = {}
    for line in table.split("\n\n")[0].splitlines():
        kind, _, _, levels = line.strip("|").split("|")
        told[kind.strip(" `")] = tuple(re.findall(r"`([^`]+)`", levels))
    assert told == DEFAULT_LEVELS
    assert set(told) == set(KINDS)


def test_the_guides_own_description_can_be_used():
    raw = yaml.safe_load(GUIDE.split("```yaml\n")[1].split("```")[0])
    assert description_of(raw).comparisons[0].name == "forename"


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_can_be_used(path):
    description = description_of(yaml.safe_load(path.read_text(encoding="utf-8")))
    for one in description.comparisons:
        for level in one.levels:
            assert not re.search(r"\b[XN]\b", words_of(level))
