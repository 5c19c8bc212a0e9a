"""Two small tables of made-up people, some of them in both, for learning from."""

import datetime as dt

import numpy as np
import pyarrow as pa

from matching.linkage.description import description_of

FORENAMES = [f"{a}{b}" for a in ("AN", "BO", "CE", "DI", "EL") for b in (
    "NA", "RIS", "LIA", "TER", "MUND", "WIN", "BEL", "SON", "DRA", "KA")]  # fmt: skip
SURNAMES = [f"{a}{b}" for a in (
    "ASH", "BROOK", "CROFT", "DALE", "FELL", "GROVE", "HOLM", "KIRK", "LANG", "MARSH",
    "NORTH", "PARK") for b in ("LEY", "TON", "FORD", "WOOD", "WICK", "BY")]  # fmt: skip

DESCRIPTION = {
    "id": "ref",
    "comparisons": {
        "forename": {"kind": "forename", "column": "forename"},
        "surname": {"kind": "surname", "column": "surname"},
        "dob": {"kind": "date", "column": "dob"},
        "sex": {"kind": "code", "column": "sex"},
        "postcode": {"kind": "postcode", "column": "postcode"},
    },
    "blocking": ["forename + surname", "dob", "postcode", "surname + year(dob)"],
}


def described(**other):
    return description_of(DESCRIPTION | other)


def towns(seed=1, left=600, right=1500, both=400):
    """Left table, right table and the true pairs; families share name and address."""
    rng = np.random.default_rng(seed)
    people = _people(rng, left + right - both)
    everybody = rng.permutation(len(people))
    ours = everybody[:left]
    theirs = np.r_[everybody[:both], everybody[left:]]
    tables = [
        _table(rng, [people[p] for p in rng.permutation(side)], letter)
        for side, letter in ((ours, "L"), (theirs, "R"))
    ]
    shared = set(everybody[:both].tolist())
    truth = {(f"L{p}", f"R{p}") for p in shared}
    return tables[0], tables[1], truth


def _people(rng, size):
    found = []
    weights = 1 / np.arange(1, len(FORENAMES) + 1) ** 0.7
    while len(found) < size:
        surname = SURNAMES[int(rng.integers(len(SURNAMES)))]
        house = int(rng.integers(300))
        postcode = f"CV{1 + house % 9} {1 + house // 9 % 9}A{chr(65 + house // 81)}"
        for _ in range(int(rng.integers(1, 5))):
            forename = FORENAMES[
                int(rng.choice(len(FORENAMES), p=weights / weights.sum()))
            ]
            born = dt.date(1960, 1, 1) + dt.timedelta(int(rng.integers(20_000)))
            sex = "FM"[int(rng.integers(2))]
            found.append((len(found), forename, surname, born, sex, postcode))
    return found[:size]


def _table(rng, people, letter):
    rows = []
    for person, forename, surname, born, sex, postcode in people:
        short, married, late, moved = rng.random(4) < (0.05, 0.05, 0.04, 0.1)
        other = SURNAMES[int(rng.integers(len(SURNAMES)))]
        rows.append(
            {
                "ref": f"{letter}{person}",
                "forename": forename[:-1] if short else forename,
                "surname": other if married else surname,
                "dob": born + dt.timedelta(1) if late else born,
                "sex": sex,
                "postcode": None if moved else postcode,
            }
        )
    return pa.Table.from_pylist(rows)
