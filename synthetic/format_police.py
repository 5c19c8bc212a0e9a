"""Kind ``police-pole``: the six tables of contracts §3 as CSV files."""

from collections.abc import Iterable, Iterator, Sequence

from synthetic.extracts import Cell, Extract, iso, true_false
from synthetic.police import Nominal

COLUMNS: dict[str, tuple[str, ...]] = {
    "nominals": (
        "nominal_ref", "golden_nominal_ref", "pnc_id", "cro_no", "title", "forename1",
        "forename2", "surname", "dob", "dob_estimated", "sex", "ethnicity",
        "nationality", "deceased", "protect_level", "external_refs", "created_at",
        "updated_at",
    ),
    "aliases": ("nominal_ref", "alias_type", "forename", "surname", "dob"),
    "addresses": (
        "nominal_ref", "address_type", "house", "street", "town", "postcode", "uprn",
        "start_date", "end_date",
    ),
    "roles": (
        "nominal_ref", "event_ref", "event_type", "role", "event_date",
        "classification",
    ),
    "identifiers": ("nominal_ref", "type", "value"),
    "flags": ("nominal_ref", "code", "start_date", "end_date", "placing_authority"),
}  # fmt: skip

Row = Sequence[Cell]


def add_tables(extract: Extract, nominals: Iterable[Nominal]) -> None:
    """Adds the six files, in the order of the nominals given."""
    held = list(nominals)
    rows = {
        "nominals": map(_nominal, held),
        "aliases": _aliases(held),
        "addresses": _addresses(held),
        "roles": _roles(held),
        "identifiers": _identifiers(held),
        "flags": _flags(held),
    }
    for table, columns in COLUMNS.items():
        extract.add_table(f"{table}.csv", columns, rows[table])


def _nominal(nominal: Nominal) -> Row:
    seen = nominal.written
    title = {"M": "Mr", "F": "Ms"}.get(nominal.sex)
    return (
        nominal.nominal_ref,
        nominal.golden_ref,
        nominal.pnc_id,
        nominal.cro_no,
        title,
        seen.forename,
        seen.middle,
        seen.surname,
        iso(seen.dob),
        true_false(nominal.estimated),
        nominal.sex,
        nominal.ethnicity,
        nominal.nationality,
        true_false(nominal.deceased),
        "restricted" if nominal.restricted else "none",
        ";".join(nominal.external_refs),
        f"{nominal.created}T09:00:00Z",
        f"{nominal.updated}T17:30:00Z",
    )


def _aliases(nominals: Iterable[Nominal]) -> Iterator[Row]:
    for nominal in nominals:
        for alias in nominal.aliases:
            yield (
                nominal.nominal_ref,
                alias.kind,
                alias.forename,
                alias.surname,
                iso(alias.dob),
            )


def _addresses(nominals: Iterable[Nominal]) -> Iterator[Row]:
    for nominal in nominals:
        for each in nominal.addresses:
            at = each.address
            yield (
                nominal.nominal_ref,
                each.kind,
                at.house if at else None,
                at.street if at else None,
                at.town if at else None,
                each.postcode,
                at.uprn if at and each.postcode else None,
                iso(each.start),
                iso(each.end),
            )


def _roles(nominals: Iterable[Nominal]) -> Iterator[Row]:
    for nominal in nominals:
        for role in nominal.roles:
            yield (
                nominal.nominal_ref,
                role.event_ref,
                role.event_type,
                role.role,
                iso(role.day),
                role.classification,
            )


def _identifiers(nominals: Iterable[Nominal]) -> Iterator[Row]:
    for nominal in nominals:
        for kind, value in nominal.identifiers:
            yield nominal.nominal_ref, kind, value


def _flags(nominals: Iterable[Nominal]) -> Iterator[Row]:
    for nominal in nominals:
        for flag in nominal.flags:
            yield (
                nominal.nominal_ref,
                flag.code,
                iso(flag.start),
                iso(flag.end),
                flag.placing_authority,
            )
