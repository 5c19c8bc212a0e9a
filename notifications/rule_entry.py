"""What every rule has, whichever table it stands in."""

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
