"""Two tables of one population, as two authorities have them, and the truth.

``left.parquet`` and ``right.parquet``: rec_id, given_name, surname, dob (date32), sex
(M, F), postcode, nhs. ``truth.parquet``: left_id, right_id. ``origins.parquet``:
rec_id (left), origin. The same seed and sizes make the same bytes.

    python -m benchmarks.linkage.generator FOLDER --left 100000 --right 1000000
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.linkage.errors import Records, with_typos, written
from benchmarks.linkage.population import Population, population, postcode_texts
from benchmarks.linkage.vocabulary import ORIGINS, Vocabulary, vocabulary


@dataclass(frozen=True)
class Size:
    """How many records each table has, and how many persons are in both."""

    left: int
    right: int
    true: int

    def __post_init__(self) -> None:
        if not 0 < self.true <= min(self.left, self.right):
            raise ValueError("a true pair needs a record on each side")

    def __str__(self) -> str:
        return f"{_short(self.left)} × {_short(self.right)}"


def generate(size: Size, seed: int, folder: Path) -> None:
    """Writes the four files; those that are there already are written anew."""
    folder.mkdir(parents=True, exist_ok=True)
    words = vocabulary()
    rng = np.random.default_rng([seed, *asdict(size).values()])
    people = population(rng, words, size.left + size.right - size.true)
    everybody = rng.permutation(len(people.birth))
    both, rest = everybody[: size.true], everybody[size.true :]
    only_left = rest[: size.left - size.true]
    only_right = rest[size.left - size.true :]
    left = rng.permutation(np.r_[both, only_left])
    right = rng.permutation(np.r_[both, only_right])
    for side, persons in (("left", left), ("right", right)):
        records = written(rng, people, words, persons, side)
        table = _table(rng, records, people, words, side[0].upper())
        pq.write_table(table, folder / f"{side}.parquet")
    _write_truth(folder, people, (left, right), both)


def _table(
    rng: np.random.Generator, records: Records, people: Population,
    words: Vocabulary, letter: str,
) -> pa.Table:  # fmt: skip
    size = len(records.person)
    names = pa.array(words.names, pa.string())
    postcodes = pa.array(postcode_texts(np.arange(people.postcodes)), pa.string())
    surname = _texts(rng, names, records.surname, records.typos["surname"])
    second = _texts(rng, names, records.second_surname, np.empty(0, dtype=np.int64))
    numbers = records.nhs
    columns = {
        "rec_id": ids(letter, size),
        "given_name": _texts(rng, names, records.forename, records.typos["forename"]),
        "surname": _double(surname, second),
        "dob": pa.array(records.birth, pa.date32()),
        "sex": _taken(pa.array(["M", "F"]), records.sex),
        "postcode": _texts(rng, postcodes, records.postcode, records.typos["postcode"]),
        "nhs": pa.array(numbers, pa.int64(), mask=numbers < 0).cast(pa.string()),
    }
    return pa.table(columns)


def ids(letter: str, size: int) -> pa.Array:
    """``L00000000`` and so on."""
    digits = np.char.zfill(np.arange(size).astype("S8"), 8)
    return pa.array(np.char.add(letter.encode(), digits)).cast(pa.string())


def _taken(values: pa.Array, codes: np.ndarray) -> pa.Array:
    return values.take(pa.array(codes, mask=codes < 0))


def _texts(
    rng: np.random.Generator, values: pa.Array, codes: np.ndarray, wrong: np.ndarray
) -> pa.Array:
    """The values of codes as text; those of the rows ``wrong`` are mistyped."""
    wrong = wrong[codes[wrong] >= 0]
    if not len(wrong):
        return _taken(values, codes)
    right = np.array(values.take(pa.array(codes[wrong])).to_pylist(), dtype=bytes)
    spoilt = pa.array(with_typos(rng, right)).cast(pa.string())
    mistyped = codes.astype(np.int64)
    mistyped[wrong] = len(values) + np.arange(len(wrong))
    return _taken(pa.concat_arrays([values, spoilt]), mistyped)


def _double(surname: pa.Array, second: pa.Array) -> pa.Array:
    both = pc.binary_join_element_wise(surname, second, "-")
    return pc.coalesce(both, surname)


def _write_truth(
    folder: Path,
    people: Population,
    persons: tuple[np.ndarray, np.ndarray],
    both: np.ndarray,
) -> None:
    sides = []
    for letter, side in zip("LR", persons, strict=True):
        row_of = np.full(len(people.birth), -1, dtype=np.int64)
        row_of[side] = np.arange(len(side))
        sides.append(ids(letter, len(side)).take(pa.array(row_of[np.sort(both)])))
    truth = pa.table({"left_id": sides[0], "right_id": sides[1]})
    pq.write_table(truth, folder / "truth.parquet")
    origin = _taken(pa.array(list(ORIGINS)), people.origin[persons[0]])
    table = pa.table({"rec_id": ids("L", len(persons[0])), "origin": origin})
    pq.write_table(table, folder / "origins.parquet")


def _short(count: int) -> str:
    for unit, letter in ((1_000_000, "M"), (1_000, "k")):
        if count >= unit:
            return f"{count / unit:g}{letter}"
    return str(count)


def main(words: Sequence[str] | None = None) -> None:
    """Writes one pair of tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--left", type=int, default=100_000)
    parser.add_argument("--right", type=int, default=1_000_000)
    parser.add_argument("--true", type=int, default=40_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(words)
    begun = time.monotonic()
    size = Size(asked.left, asked.right, asked.true)
    generate(size, asked.seed, asked.folder)
    print(f"{size}, {asked.true:,} true pairs: {time.monotonic() - begun:.1f} s")


if __name__ == "__main__":
    main()
