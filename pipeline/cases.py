"""Tables become cases: all that deciding about one child takes, in plain facts."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from matching.evidence import Candidate
from notifications.facts import (
    Child,
    ChildCase,
    ChildMemory,
    HostExtract,
    Judgement,
    MissingEpisode,
    Nominal,
    Placement,
    PoliceAddress,
    PoliceFlag,
    Protection,
    Risk,
)

ChildKey = tuple[str, str]
"""Authority and child_ref."""
NominalKey = tuple[str, str]
"""Force and nominal_ref."""


def child_of(row: Mapping[str, Any]) -> Child:
    """A row of the canonical children as the rules read it."""
    return Child(**{name: row[name] for name in Child.__slots__})


@dataclass(slots=True)
class _About:
    """What companions and optional tables say of one child."""

    protections: list[Protection] = field(default_factory=list)
    risks: list[Risk] = field(default_factory=list)
    missing: list[MissingEpisode] = field(default_factory=list)
    details: list[dict[str, Any]] = field(default_factory=list)
    addresses: list[dict[str, Any]] = field(default_factory=list)
    """Those of placements, from the feed itself."""


def about_children(tables: Mapping[str, pa.Table]) -> dict[ChildKey, _About]:
    """Protections, risks, missing episodes and placement details, by child."""
    about: dict[ChildKey, _About] = defaultdict(_About)
    for row in tables["protected"].to_pylist():
        about[_key(row)].protections.append(
            Protection(row["from"], row["until"], row["reason"], row["contact"])
        )
    for row in tables["risks"].to_pylist():
        about[_key(row)].risks.append(
            Risk(row["indicator"], row["answer"], row["since"], row["source"])
        )
    for row in tables["missing_episodes"].to_pylist():
        about[_key(row)].missing.append(
            MissingEpisode(
                row["kind"], row["start"], row["end"],
                row["interview_offered"], row["interview_accepted"],
            )
        )  # fmt: skip
    for row in tables["placement_details"].to_pylist():
        about[_key(row)].details.append(row)
    for row in tables["child_addresses"].to_pylist():
        if row["kind"] == "placement" and (row["line"] or row["uprn"]):
            about[_key(row)].addresses.append(row)
    return about


def with_details(
    placement: Placement, details: Iterable[Mapping[str, Any]]
) -> Placement:
    """The placement with what ``placements.csv`` says of one of the same start."""
    for row in details:
        if row["start"] == placement.start:
            return replace(
                placement,
                address=row["address"],
                uprn=row["uprn"],
                carer_or_home=row["carer_or_home"],
                carer_phone=row["carer_phone"],
                planned=row["planned"],
                expected_end=row["expected_end"],
                iro=row["iro"],
            )
    return placement


def with_address(
    placement: Placement, addresses: Iterable[Mapping[str, Any]]
) -> Placement:
    """The placement with the feed's own address of it, where no companion gives one."""
    if placement.address or placement.uprn:
        return placement
    for row in addresses:
        if row["start"] == placement.start and row["postcode"] == placement.postcode:
            return replace(placement, address=row["line"], uprn=row["uprn"])
    return placement


@dataclass(frozen=True, slots=True)
class NightFacts:
    """What every case of a night draws on."""

    about: Mapping[ChildKey, _About]
    as_of: Mapping[str, dt.date]
    """By authority: the date of its data."""
    candidates: Mapping[str, Mapping[ChildKey, tuple[Candidate, ...]]]
    """By force, then by child."""
    nominals: Mapping[NominalKey, Nominal]
    golden: Mapping[NominalKey, tuple[NominalKey, ...]]
    """Every record of the same golden nominal, by each of them."""
    extracts: Mapping[str, HostExtract]
    hashes: Mapping[tuple[str, str], str]
    """By authority and ref: what the records of children and of judged nominals say."""
    judgements: Mapping[ChildKey, tuple[Judgement, ...]]
    memory: Mapping[ChildKey, ChildMemory]


def case_of(
    child: Child, placements: Iterable[Placement], night: NightFacts
) -> ChildCase:
    """All that is known of one child tonight."""
    key = (child.authority, child.child_ref)
    about = night.about.get(key, _About())
    judgements = night.judgements.get(key, ())
    candidates = {
        force: _with_judged(night, force, key, by_child.get(key, ()), judgements)
        for force, by_child in night.candidates.items()
    }
    wanted: dict[NominalKey, None] = {}
    for force, found in candidates.items():
        for candidate in found:
            nominal = (force, candidate.record_ref)
            wanted.update(dict.fromkeys(night.golden.get(nominal, (nominal,))))
    return ChildCase(
        child=child,
        placements=tuple(
            with_address(with_details(one, about.details), about.addresses)
            for one in placements
        ),
        protections=tuple(about.protections),
        risks=tuple(about.risks),
        missing=tuple(about.missing),
        data_as_of=night.as_of[child.authority],
        candidates={force: found for force, found in candidates.items() if found},
        nominals={one: night.nominals[one] for one in wanted},
        extracts=night.extracts,
        judgements=judgements,
        child_hash=night.hashes.get(key, ""),
        memory=night.memory.get(key, ChildMemory()),
    )


def _with_judged(
    night: NightFacts,
    force: str,
    key: ChildKey,
    found: tuple[Candidate, ...],
    judgements: tuple[Judgement, ...],
) -> tuple[Candidate, ...]:
    """The candidates, and pairs judged the same that matching no longer brings up.

    Only while both records say what they said to the reviewer; a restricted one
    shields whatever it says by now.
    """
    have = {candidate.record_ref for candidate in found}
    judged = [
        Candidate(
            authority=force, record_ref=one.right_ref, weight=0.0, probability=0.5,
            left_hash=one.left_hash, right_hash=one.right_hash, evidence=(),
        )
        for one in judgements
        if one.decision == "same"
        and one.right_authority == force
        and one.right_ref not in have
        and (force, one.right_ref) in night.nominals
        and one.left_hash == night.hashes.get(key)
        and (
            one.right_hash == night.hashes.get((force, one.right_ref))
            or night.nominals[force, one.right_ref].restricted
        )
    ]  # fmt: skip
    return (*found, *judged)


def _key(row: Mapping[str, Any]) -> ChildKey:
    return row["authority"], row["child_ref"]


# --- the police side ---------------------------------------------------------------


def nominals_of(
    tables: Mapping[str, pa.Table], refs: Iterable[str]
) -> tuple[dict[NominalKey, Nominal], dict[NominalKey, tuple[NominalKey, ...]]]:
    """A force's nominals of these references, with all records of their golden ones.

    Returns:
        The nominals, and for each the keys of every record of its golden nominal.
    """
    nominals = tables["nominals"].select(
        ["authority", "nominal_ref", "golden_nominal_ref", "restricted"]
    )
    asked = _where(nominals, "nominal_ref", refs)
    golden = {
        ref for ref in asked.column("golden_nominal_ref").to_pylist() if ref is not None
    }
    family = _where(nominals, "golden_nominal_ref", golden)
    heads = _where(nominals, "nominal_ref", golden)
    rows = {
        row["nominal_ref"]: row
        for table in (asked, family, heads)
        for row in table.to_pylist()
    }
    addresses: dict[str, list[PoliceAddress]] = defaultdict(list)
    for row in _where(tables["nominal_addresses"], "nominal_ref", rows).to_pylist():
        addresses[row["nominal_ref"]].append(
            PoliceAddress(
                row["address_type"], row["postcode"], row["uprn"], row["start"],
                row["end"],
            )
        )  # fmt: skip
    flags: dict[str, list[PoliceFlag]] = defaultdict(list)
    for row in _where(tables["flags"], "nominal_ref", rows).to_pylist():
        flags[row["nominal_ref"]].append(
            PoliceFlag(row["code"], row["start"], row["end"], row["placing_authority"])
        )
    found: dict[NominalKey, Nominal] = {}
    families: dict[str, list[NominalKey]] = defaultdict(list)
    for ref, row in sorted(rows.items()):
        key = (row["authority"], ref)
        found[key] = Nominal(
            authority=row["authority"],
            nominal_ref=ref,
            golden_ref=row["golden_nominal_ref"],
            restricted=row["restricted"],
            addresses=tuple(addresses[ref]),
            flags=tuple(flags[ref]),
        )
        families[row["golden_nominal_ref"] or ref].append(key)
    golden_of = {
        key: tuple(families[nominal.golden_ref or nominal.nominal_ref])
        for key, nominal in found.items()
    }
    return found, golden_of


def shielding_refs(nominals: pa.Table) -> pa.Array:
    """The references of a force's nominals that shield whoever may be one of them: of
    their golden record at least one nominal is restricted."""
    refs = nominals.column("nominal_ref")
    golden = pc.coalesce(nominals.column("golden_nominal_ref"), refs)
    restricted = golden.filter(nominals.column("restricted")).combine_chunks()
    return refs.filter(pc.is_in(golden, value_set=restricted)).combine_chunks()


def _where(table: pa.Table, column: str, values: Iterable[str]) -> pa.Table:
    wanted = pa.array(sorted(values), pa.string())
    return table.filter(pc.is_in(table.column(column), value_set=wanted))
