"""The plain results of matching, which rules and pages read without its libraries."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EvidencePart:
    """One comparison of a pair: which level it reached, on which values, its weight."""

    comparison: str
    level: str
    left: str | None
    right: str | None
    weight: float
    """Bits. The parts of a pair, its prior among them, sum to the pair's weight."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record of one authority that may be the person of another's record."""

    authority: str
    record_ref: str
    weight: float
    """Bits: log2 of the posterior odds."""
    probability: float
    left_hash: str
    right_hash: str
    evidence: tuple[EvidencePart, ...]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where costs put the lines: at or above ``accept`` a pair is one person; from
    ``review`` up to there a person is asked; ``floor`` is what is kept at all."""

    accept: float
    review: float
    floor: float

    def __post_init__(self) -> None:
        if not 0 < self.floor <= self.review < self.accept < 1:
            raise ValueError(
                "thresholds must rise: 0 < floor <= review < accept < 1, not "
                f"{self.floor} {self.review} {self.accept}"
            )
