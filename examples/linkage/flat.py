"""One authority's children and one force's nominals of a synthetic region, flat.

    python examples/linkage/flat.py region/inbox 2026-11-22 flat/

writes children.parquet and nominals.parquet, a row for each record with its latest
postcode, for ``children.yaml``.
"""

import sys
from pathlib import Path

import pandas as pd

CHILDREN = {
    "pers_person_id": "ref", "pers_forename": "forename", "pers_surname": "surname",
    "pers_dob": "dob", "pers_sex": "sex",
}  # fmt: skip
NOMINALS = {
    "nominal_ref": "ref", "forename1": "forename", "surname": "surname", "dob": "dob",
    "sex": "sex",
}  # fmt: skip


def flat(
    people: Path, addresses: Path, names: dict[str, str], columns: str
) -> pd.DataFrame:
    """People with the postcode of the address that began last."""
    person, since, postcode = columns.split()
    homes = pd.read_csv(addresses, dtype=str).sort_values(since)
    homes = homes.drop_duplicates(person, keep="last")
    homes = homes[[person, postcode]].set_axis(["ref", "postcode"], axis=1)
    found = pd.read_csv(people, dtype=str).rename(columns=names)[list(names.values())]
    return found.merge(homes, on="ref", how="left")


def main(inbox: str, night: str, out: str) -> None:
    """Writes both tables."""
    council, force = (Path(inbox) / code / night for code in ("330", "E23000014"))
    Path(out).mkdir(parents=True, exist_ok=True)
    flat(
        council / "ssd_person.csv", council / "ssd_address.csv", CHILDREN,
        "addr_person_id addr_address_start_date addr_address_postcode",
    ).to_parquet(Path(out) / "children.parquet", index=False)  # fmt: skip
    flat(
        force / "nominals.csv", force / "addresses.csv", NOMINALS,
        "nominal_ref start_date postcode",
    ).to_parquet(Path(out) / "nominals.parquet", index=False)  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
