"""What every decision of a night shares."""

from dataclasses import dataclass
from typing import Protocol

from matching.evidence import Thresholds
from notifications.config import PolicyConfig
from notifications.facts import Directory


class FoundPlace(Protocol):
    """Where a postcode lies, as ``geography`` answers."""

    @property
    def outcome(self) -> str: ...
    @property
    def postcode(self) -> str | None: ...
    @property
    def la(self) -> str | None: ...
    @property
    def force(self) -> str | None: ...


class Atlas(Protocol):
    """What the rules ask of ``geography.Geography``."""

    def place(self, postcode: str | None) -> FoundPlace: ...
    def force_of(self, la: str) -> str: ...
    def at_distance(self, placing_la: str, host_la: str) -> bool: ...
    def authority(self, code: str) -> str: ...
    def name(self, code: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Rulebook:
    policy: PolicyConfig
    geography: Atlas
    directory: Directory
    thresholds: Thresholds

    def name(self, code: str) -> str:
        """The authority's name in the region file, or in the reference tables."""
        entry = self.directory.authorities.get(code)
        return entry.name if entry else self.geography.name(code)
