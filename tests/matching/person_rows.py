"""Records as a test writes them down, and PERSONS tables of them."""

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from matching.priors import CHILDREN, prior_model
from matching.reference import link
from records.schemas import PERSONS, conform

LA, FORCE, OTHER_FORCE = "330", "E23000014", "E23000017"
RELEASED = dt.date(2026, 11, 22)
MODELS = Path(__file__).parents[2] / "config" / "models"
CHILDREN_MODEL = prior_model(CHILDREN, RELEASED)

Row = dict[str, Any]


def record(ref: str, *names: str, authority: str = LA, **said: Any) -> Row:
    """A row of PERSONS. Names are written ``Forename/Surname``; ``dob`` in ISO form."""
    parts = [name.upper().split("/") for name in names]
    dobs = said.get("dobs", [said["dob"]] if said.get("dob") else [])
    return {
        "authority": authority,
        "record_ref": ref,
        "names": [
            {"forename": forename or None, "surname": surname or None}
            for forename, surname in parts
        ],
        "dobs": [dt.date.fromisoformat(dob) for dob in dobs],
        "weak_day_and_month": said.get("weak", False),
        "sex": said.get("sex"),
        "postcodes": sorted(said.get("postcodes", [])),
        "identifiers": [
            {"type": kind, "value": value}
            for kind, value in sorted(said.get("identifiers", {}).items())
        ],
        "content_hash": f"hash of {ref}",
    }


def persons(*rows: Row) -> pa.Table:
    return conform(list(rows), PERSONS)


def strangers(count: int, authority: str = FORCE) -> list[Row]:
    """Records that nobody in a test resembles, so that a match is as rare as it is."""
    return [
        record(
            f"stranger-{number:05}",
            f"{_letters(number % 97)}X/{_letters(number % 89)}Q",
            authority=authority,
            dob=str(dt.date(1930, 1, 2) + dt.timedelta(days=number % 9000)),
            sex="FM"[number % 2],
            postcodes=[f"ZE{number % 9 + 1} {number % 10}XX"],
        )
        for number in range(count)
    ]


def _letters(number: int) -> str:
    return (
        "XQ" + "WVZK"[number % 4] + "QXJY"[number // 4 % 4] + "VWQX"[number // 16 % 4]
    )


def pair_of(left: Row, right: Row, *, floor: float = 1e-12, among: int = 0) -> Row:
    """The pair of two records, searched for among so many strangers."""
    right = right | {"authority": FORCE} if right["authority"] == LA else right
    searched = persons(right, *strangers(among))
    pairs = link(persons(left), searched, CHILDREN_MODEL, floor)
    found = [
        pair for pair in pairs.to_pylist() if pair["right_ref"] == right["record_ref"]
    ]
    return found[0]


def levels_of(pair: Mapping[str, Any]) -> dict[str, str]:
    """The level that each comparison of a pair reached."""
    return {part["comparison"]: part["level"] for part in pair["evidence"]}


def keys_of(pairs: pa.Table) -> set[tuple[str, str]]:
    return set(
        zip(
            pairs.column("left_ref").to_pylist(),
            pairs.column("right_ref").to_pylist(),
            strict=True,
        )
    )


def shuffled(rows: Iterable[Row]) -> list[Row]:
    """The same rows in another, fixed order."""
    return sorted(rows, key=lambda row: row["record_ref"][::-1])
