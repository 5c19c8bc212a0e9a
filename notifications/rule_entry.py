"""What every rule has, whichever table it stands in."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """A rule as the rule book lists it."""

    id: str
    """It stays; decisions, notices and tasks name it."""
    version: str
    """It moves when what the rule decides does."""
    family: str
    words: str
    """What it decides, in a sentence."""
    source: str
    """The law, the guidance or the agreement that it comes from."""


RAISED: Mapping[str, str] = {}
"""The version of each rule that is past its first, by id. A rule whose answer or whose
words have changed is raised here, and in its cases; ``make docs`` notes the rest."""


def version_of(rule: str) -> str:
    """The rule's version, ``1`` until it is raised."""
    return RAISED.get(rule, "1")
