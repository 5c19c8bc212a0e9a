"""Compiles every kernel once, at install: ``python -m matching.linkage.warming``.

A little town is linked, and held against itself, with every kind of comparison: what
that calls is what any linkage and any night calls. Without it the first of them takes
a minute longer.
"""

import datetime as dt

import numpy as np
import pyarrow as pa

from matching.linkage.clusters import clusters
from matching.linkage.compiled import load
from matching.linkage.counting_kernel import (
    cells_of_anybody,
    cells_of_rule,
    hashes_of_numbers,
    hashes_of_texts,
)
from matching.linkage.description import Description, description_of
from matching.linkage.encode import encode
from matching.linkage.fast import search
from matching.linkage.grouping import by_key, number_keys
from matching.linkage.hashes import hashes_of
from matching.linkage.kernel import scan
from matching.linkage.learn import learn
from matching.linkage.mixture_kernel import counted, likelihoods
from matching.linkage.numbers import plan_of

PEOPLE = 600
_SHARED = 400
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def warm() -> None:
    """Every kernel is compiled, and kept."""
    description, left, right = _description(), _town(0), _town(PEOPLE - _SHARED)
    for other in (right, None):
        encoded = encode(description, left, other)
        ids = left["id"], None if other is None else other["id"]
        hashes_of(left["id"].cast(pa.string()))
        numbers = learn(description, encoded, *ids).numbers
        search(encoded, plan_of(description, numbers, encoded, 0.0))
    clusters(3, (np.array([0, 1]), np.array([1, 2])), np.array([8.0, 9.0]), 0.0)


def load_kernels() -> None:
    """What every linkage calls is loaded, where it was compiled before: half a second
    that a machine of two cores spends while it reads the tables."""
    load(
        hashes_of_texts, hashes_of_numbers, number_keys, by_key, scan, cells_of_rule,
        cells_of_anybody, likelihoods, counted,
    )  # fmt: skip


def _description() -> Description:
    return description_of(
        {
            "id": "id",
            "comparisons": {
                "forename": {"kind": "forename", "column": "forename"},
                "surname": {"kind": "surname", "column": "surname"},
                "born": {"kind": "date", "column": "born"},
                "sex": {"kind": "code", "column": "sex"},
                "postcode": {"kind": "postcode", "column": "postcode"},
                "number": {"kind": "identifier", "column": "number"},
            },
            "blocking": ["born", "surname", "forename + postcode"],
            "household": True,
        }
    )


def _town(first: int) -> pa.Table:
    """People from a number on; those in both towns differ here and there."""
    numbers = range(first, first + PEOPLE)
    households = [number // 2 for number in numbers]
    differs = [bool(first) and number % 7 == 3 for number in numbers]
    day = dt.date(1980, 1, 1)
    return pa.table(
        {
            "id": list(numbers),
            "forename": [
                _name(n * 7919) + ("E" if d else "")
                for n, d in zip(numbers, differs, strict=True)
            ],
            "surname": [_name(n * 104_729) for n in households],
            "born": [day + dt.timedelta(n * 6151 % 15_000) for n in numbers],
            "sex": ["FM"[n % 2] for n in numbers],
            "postcode": [f"B{1 + n % 9} {n // 9 % 10}{_pair(n)}" for n in households],
            "number": [str(9_000_000_000 + n * 1_299_709) for n in numbers],
        }
    )


def _name(number: int) -> str:
    """Six letters, often another number's too."""
    rest = number % 211
    return "".join(_LETTERS[(rest * k + k) % 26] for k in range(1, 7))


def _pair(number: int) -> str:
    return _LETTERS[number // 90 % 26] + _LETTERS[number % 26]


if __name__ == "__main__":
    warm()
