"""PERSONS of one force and of children in its area, and what a night changes."""

import hashlib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.linkage.generator import Size, generate
from benchmarks.linkage.population import TODAY
from matching.linkage.values import canonical_postcodes
from records.names import plain_name
from records.schemas import PERSONS

_EIGHTEEN = round(18 * 365.25)
_CHILDREN = 0.2
"""About so many of the population are under eighteen, safely below the true share."""


def people(folder: Path, children: int, nominals: int) -> tuple[pa.Table, pa.Table]:
    """So many children of a local authority and nominals of a force; 40 % of the
    children are nominals."""
    drawn = round(children / _CHILDREN)
    generate(Size(drawn, nominals, round(drawn * 0.4)), 1, folder)
    left = pq.read_table(folder / "left.parquet")
    born = left.column("dob").cast(pa.int32())
    left = left.filter(pc.greater(born, TODAY - _EIGHTEEN)).slice(0, children)
    right = pq.read_table(folder / "right.parquet")
    return _persons(left, "330"), _persons(right, "E23000014")


def _persons(table: pa.Table, authority: str) -> pa.Table:
    postcodes = canonical_postcodes(
        pc.fill_null(table.column("postcode").combine_chunks(), "")
    )
    columns = [
        table.column("rec_id"), table.column("given_name"), table.column("surname"),
        table.column("dob"), table.column("sex"), postcodes,
    ]  # fmt: skip
    plain = {
        text: plain_name(text)
        for column in columns[1:3]
        for text in pc.unique(column).to_pylist()
    }
    rows = [
        _row(authority, ref, (plain[forename], plain[surname]), dob, sex, postcode)
        for ref, forename, surname, dob, sex, postcode in zip(
            *(column.to_pylist() for column in columns), strict=True
        )
    ]
    return pa.Table.from_pylist(rows, schema=PERSONS)


def _row(authority, ref, name, dob, sex, postcode):
    said = {
        "authority": authority,
        "record_ref": ref,
        "names": [{"forename": name[0], "surname": name[1]}] if any(name) else [],
        "dobs": [dob] if dob else [],
        "weak_day_and_month": False,
        "sex": sex,
        "postcodes": [postcode] if postcode else [],
        "identifiers": [],
    }
    digest = hashlib.sha256(repr(said).encode()).hexdigest()
    return {**said, "content_hash": digest}


def changed(table: pa.Table, share: float, seed: int) -> pa.Table:
    """A night on: of the records that change half get another's postcode, a quarter
    are gone and as many are new, with the names of one and the date of another."""
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(table.num_rows)[: round(table.num_rows * share)]
    moved, gone = np.split(chosen, [3 * len(chosen) // 4])
    rows = table.take(moved).to_pylist()
    others = table.take(rng.permutation(table.num_rows)[: len(rows)]).to_pylist()
    new = []
    for place, (row, other) in enumerate(zip(rows, others, strict=True)):
        is_new = place % 3 == 0
        name = row["names"][0] if row["names"] else {"forename": None, "surname": None}
        new.append(
            _row(
                row["authority"],
                f"{row['record_ref']}-{seed}" if is_new else row["record_ref"],
                (name["forename"], name["surname"]),
                next(iter((other if is_new else row)["dobs"]), None),
                row["sex"],
                next(iter(other["postcodes"]), None),
            )
        )
    stays = np.ones(table.num_rows, bool)
    stays[gone] = False
    stays[[one for at, one in enumerate(moved) if at % 3]] = False
    kept = table.filter(pa.array(stays))
    return pa.concat_tables([kept, pa.Table.from_pylist(new, schema=PERSONS)])
