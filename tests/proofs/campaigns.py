"""How long the proofs are tried."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Campaign:
    """How much is tried: a little with the suite, far more in a campaign of its own."""

    long: bool = False
    histories: int = 24
    steps: int = 16
    nights: int = 120
    seed: int = 2
    """Of the long life."""
    crashes: int = 50
    """Power failures in the little region, on each database."""
    pairs: int = 10
    kills: str = "5"
    """Kinds of steps at which a process is killed; ``all``: once at every step."""
    world_crashes: int = 3
    world_kills: int = 1
    patience: float = 120
    """Seconds that one of its programs may take."""


LONG = Campaign(
    long=True,
    histories=3_000,
    steps=40,
    nights=1_000,
    seed=2,
    crashes=100_000,
    pairs=1_000,
    kills="all",
    world_crashes=100_000,
    world_kills=100_000,
    patience=3_600,
)
