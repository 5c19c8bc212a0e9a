"""What a stage says of itself: counts, paths and problems, never a person's data."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class StageReport:
    """The outcome of one stage, or of one authority's part of it."""

    stage: str
    authority: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    """What an operator must know: each says what, whose, and the mend."""
    paths: dict[str, str] = field(default_factory=dict)
    """Where the output is, relative to the run's folder."""
    seconds: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON and XCom carry it."""
        return {**asdict(self), "problems": list(self.problems)}

    @staticmethod
    def from_dict(content: dict[str, Any]) -> "StageReport":
        """The report that :meth:`as_dict` gave."""
        return StageReport(**{**content, "problems": tuple(content["problems"])})

    @property
    def file_name(self) -> str:
        """Its name under ``stages/``."""
        suffix = f".{self.authority}" if self.authority else ""
        return f"{self.stage}{suffix}.json"
