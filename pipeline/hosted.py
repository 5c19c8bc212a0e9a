"""The night's tables as the accounts that four sources give of each placement."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from notifications.facts import (
    Directory,
    Nominal,
    Placement,
    PlacementStatus,
    Standing,
    State,
)
from notifications.hosted import Placed, PlacedChild, Said, Voice, tokens
from notifications.known import NOT_LIVED_AT, OUT_OF_AREA_FLAG
from notifications.outcome import ChildOutcome
from notifications.reconcile import Flagged
from notifications.rulebook import Rulebook
from notifications.scope import ADOPTIVE_CODES, Verdict, scope_rule, verdict
from notifications.shields import Shield
from pipeline import cases
from records.postcodes import canonical_postcode

Tables = Mapping[str, pa.Table]
Key = tuple[str, str]

_ADOPTED = frozenset({"E11", "E12"})
"""REC: adopted. What follows is a new life under another name."""
_SCOPED = ("place_code", "legal_status", "temporary")


@dataclass(frozen=True, slots=True)
class NightAccounts:
    """What the accounts are made from."""

    tables: Tables
    facts: cases.NightFacts
    outcomes: tuple[ChildOutcome, ...]
    rulebook: Rulebook
    on: dt.date
    shields: tuple[Shield, ...] = ()
    """Tonight's, and those remembered of children whose record is gone."""


# --- the placing authorities -------------------------------------------------------


def placed_children(night: NightAccounts) -> tuple[PlacedChild, ...]:
    """Every child of a member with its placements, and whether it is shielded."""
    states = {
        one.placement_ref: one.state
        for outcome in night.outcomes
        for one in outcome.decisions
    }
    rows: dict[Key, list[dict[str, Any]]] = defaultdict(list)
    for row in night.tables["placements"].to_pylist():
        rows[row["authority"], row["child_ref"]].append(row)
    shielded = _shielded(night, rows, states)
    children: dict[Key, Mapping[str, Any]] = {
        one.key: asdict(one.child) for one in night.shields
    }
    for row in night.tables["children"].to_pylist():
        children[row["authority"], row["child_ref"]] = row
    return tuple(
        _child(
            key,
            children.get(key, {}),
            tuple(
                _placed(row, night, states)
                for row in rows.get(key, ())
                if row["status"] != PlacementStatus.WITHDRAWN or _told(row, night)
            ),
            shielded=key in shielded,
        )
        for key in sorted(rows.keys() | children.keys())
    )


def _child(
    key: Key, row: Mapping[str, Any], placements: tuple[Placed, ...], *, shielded: bool
) -> PlacedChild:
    """A child whose record was deleted is known by its reference alone."""
    return PlacedChild(
        authority=key[0],
        child_ref=key[1],
        dob=row.get("dob"),
        forenames=tokens(row.get("forename"), row.get("known_as")),
        surnames=tokens(row.get("surname"), row.get("former_surname")),
        placements=placements,
        shielded=shielded,
    )


def _placed(
    row: Mapping[str, Any], night: NightAccounts, states: Mapping[str, State]
) -> Placed:
    end = row["end"]
    if row["status"] == PlacementStatus.CURRENT:
        end = end if end is not None and end > night.on else None
    elif row["status"] == PlacementStatus.WITHDRAWN:
        end = night.on  # taken back tonight: whoever was told hears of it tonight
    elif end is None:
        end = row["start"]
    ref, key = row["placement_ref"], (row["authority"], row["child_ref"])
    told = [
        one.created_on for one in _told(row, night) if one.recipient == row["host_la"]
    ]
    asked = Placement(
        placement_ref=ref, child_ref=key[1], start=row["start"],
        **{name: row[name] for name in _SCOPED},
    )  # fmt: skip
    scope = verdict(scope_rule(asked), night.rulebook.policy.scope)
    planted = key in night.rulebook.directory.sentinels
    return Placed(
        placement_ref=ref,
        start=row["start"],
        end=end,
        postcode=canonical_postcode(row["postcode"] or "") if row["host_la"] else None,
        host_la=row["host_la"],
        place_code=row["place_code"],
        in_scope=scope is not Verdict.OUT_OF_SCOPE and not planted,
        told_on=min(told, default=None),
        police=states.get(ref),
    )


def _told(row: Mapping[str, Any], night: NightAccounts) -> list[Standing]:
    """What stood about a placement before tonight."""
    memory = night.facts.memory.get((row["authority"], row["child_ref"]))
    ref = row["placement_ref"]
    return (
        [one for one in memory.standing if one.placement_ref == ref] if memory else []
    )


def _shielded(
    night: NightAccounts,
    rows: Mapping[Key, Iterable[Mapping[str, Any]]],
    states: Mapping[str, State],
) -> frozenset[Key]:
    """Whoever is shielded for any reason, by any account; doubt shields."""
    found = {
        key
        for key, about in night.facts.about.items()
        if any(one.until is None or one.until >= night.on for one in about.protections)
    }
    found |= {one.key for one in night.shields}
    for key, placements in rows.items():
        for row in placements:
            code = (row["place_code"] or "").strip().upper()
            ended = (row["end_reason"] or "").strip().upper()
            restricted = states.get(row["placement_ref"]) is State.RESTRICTED
            if code in ADOPTIVE_CODES or ended in _ADOPTED or restricted:
                found.add(key)
    restricted_refs = _restricted(night.facts)
    for force, by_child in night.facts.candidates.items():
        found |= {
            key
            for key, several in by_child.items()
            if any((force, one.record_ref) in restricted_refs for one in several)
        }
    return frozenset(found)


def _restricted(facts: cases.NightFacts) -> frozenset[cases.NominalKey]:
    """Nominals of which any record of the same golden one is restricted."""
    return frozenset(
        key
        for key, family in facts.golden.items()
        if any(facts.nominals[one].restricted for one in family)
    )


# --- the hosts ---------------------------------------------------------------------


def said_by_hosts(night: NightAccounts) -> tuple[Said, ...]:
    """Every row of home notices and of hosts' registers."""
    code_of = authority_reader(night.rulebook)
    return (
        *_rows(night, code_of, Voice.HOME),
        *_rows(night, code_of, Voice.REGISTER),
    )


_FILES = {
    Voice.HOME: ("home_notices", "notice_ref", "admitted", "discharged"),
    Voice.REGISTER: ("children_placed_here", "entry_ref", "start", "end"),
}


def _rows(
    night: NightAccounts, code_of: Callable[[str | None], str | None], voice: Voice
) -> Iterable[Said]:
    table, ref, start, end = _FILES[voice]
    absent = {
        (row["authority"], row["record_ref"])
        for row in night.tables["absences"].to_pylist()
        if row["table"] == table
    }
    for row in night.tables[table].to_pylist():
        yield Said(
            voice=voice,
            host_la=row["authority"],
            ref=row[ref],
            placing_la=code_of(row["placing_la"]),
            dob=row["dob"],
            forenames=tokens(row["forename"]),
            surnames=tokens(row["surname"]),
            postcode=canonical_postcode(row["postcode"] or ""),
            start=row[start],
            end=row[end],
            placing_child_ref=row.get("placing_child_ref"),
            absent=(row["authority"], row[ref]) in absent,
        )


def authority_reader(rulebook: Rulebook) -> Callable[[str | None], str | None]:
    """Reads an authority as people write it: a DfE number, a GSS code or a name."""
    return reader_of(rulebook.directory, rulebook.geography)


class _Names(Protocol):
    def authority(self, code: str) -> str: ...

    def name(self, code: str) -> str: ...


def reader_of(
    directory: Directory, geography: _Names
) -> Callable[[str | None], str | None]:
    """As :func:`authority_reader`, from the region's members and the reference."""
    named = {
        name.casefold(): code
        for code, entry in directory.authorities.items()
        for name in (entry.name, geography.name(code))
    }
    known: dict[str, str | None] = {}

    def code_of(text: str | None) -> str | None:
        written = " ".join((text or "").split())
        if written not in known:
            try:
                known[written] = named.get(written.casefold()) or geography.authority(
                    written
                )
            except LookupError:
                known[written] = None
        return known[written]

    return code_of


# --- the police --------------------------------------------------------------------


def flagged_nominals(
    night: NightAccounts, force: str, tables: Tables, children: Iterable[PlacedChild]
) -> tuple[Flagged, ...]:
    """A force's nominals with a current flag and a current address.

    Left out: restricted ones, and any that may be a child who is shielded or whose
    placement nobody can locate.
    """
    code_of = authority_reader(night.rulebook)
    flags = tables["flags"]
    wanted = flags.filter(
        pc.equal(pc.utf8_lower(flags.column("code")), OUT_OF_AREA_FLAG)
    )
    refs = frozenset(wanted.column("nominal_ref").to_pylist())
    nominals, families = cases.nominals_of(tables, refs)
    spared = _spared(night, force, children)
    found = []
    for ref in sorted(refs):
        key = (force, ref)
        if key not in nominals:
            continue
        family = [nominals[one] for one in families[key]]
        if any(one.restricted or one.nominal_ref in spared for one in family):
            continue
        places = frozenset().union(*(_lived_at(one, night.on) for one in family))
        placing = _flag_of(nominals[key], code_of, night.on)
        if placing is not None and places:
            found.append(Flagged(force, ref, placing, places))
    return tuple(found)


def _spared(
    night: NightAccounts, force: str, children: Iterable[PlacedChild]
) -> frozenset[str]:
    """Nominals that may be a child of whom nothing is to be said."""
    found: set[str] = set()
    candidates = night.facts.candidates.get(force, {})
    for child in children:
        lost = any(
            one.host_la is None and one.stands(night.on) for one in child.placements
        )
        if child.shielded or lost:
            found |= {one.record_ref for one in candidates.get(child.key, ())}
    return frozenset(found)


def _flag_of(
    nominal: Nominal, code_of: Callable[[str | None], str | None], on: dt.date
) -> str | None:
    codes = [
        code_of(flag.placing_authority)
        for flag in nominal.flags
        if flag.code.casefold() == OUT_OF_AREA_FLAG and _current(flag, on)
    ]
    return next((code for code in codes if code is not None), None)


def _lived_at(nominal: Nominal, on: dt.date) -> frozenset[str]:
    found = (
        canonical_postcode(one.postcode or "")
        for one in nominal.addresses
        if one.address_type not in NOT_LIVED_AT and _current(one, on)
    )
    return frozenset(postcode for postcode in found if postcode)


def _current(one: Any, on: dt.date) -> bool:
    begun = one.start is None or one.start <= on
    return begun and (one.end is None or one.end > on)
