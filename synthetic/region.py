"""A whole synthetic region: every authority's extract of every night, and the truth.

Same specification, same bytes. A region of more nights begins with the very nights of
a shorter one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from synthetic import (
    companions,
    format_csc,
    format_police,
    format_ssd,
    format_ssda903,
    hosted,
)
from synthetic.care import Child, collection_year
from synthetic.changes import Happening
from synthetic.extracts import Extract
from synthetic.nights import next_world
from synthetic.places import Atlas, Places
from synthetic.spec import AuthoritySpec, RegionSpec, demo_region
from synthetic.truth import Truth, Witness
from synthetic.world import World, first_world

__all__ = ["AuthoritySpec", "RegionSpec", "Truth", "demo_region", "synthesise"]


def synthesise(spec: RegionSpec, out: Path, geography: Atlas) -> Truth:
    """Writes ``<out>/inbox/<authority>/<date>/…`` and ``<out>/truth/*.parquet``.

    Args:
        spec: what the region is to be.
        out: a folder; made when it is not there. Files of other nights are left alone.
        geography: authorities, forces and live postcodes.

    Raises:
        SpecError: the region can't be made as asked, and why.
    """
    places = Places(spec, geography)
    witness = Witness(spec, places)
    for night in _nights(spec, places):
        for authority in spec.authorities:
            extract = _extract(spec, authority, night)
            if authority.kind == "children":
                hosted.add_tables(extract, spec, places, night.now)
            extract.write(out / "inbox")
        witness.see(night.now, night.happened)
    truth = witness.truth(out / "truth")
    truth.write()
    return truth


@dataclass(frozen=True, slots=True)
class _Night:
    before: World | None
    now: World
    happened: tuple[Happening, ...] = ()
    number: int = 0
    """From nought."""


def _nights(spec: RegionSpec, places: Places) -> Iterator[_Night]:
    now = first_world(spec, places)
    yield _Night(None, now)
    for number in range(1, spec.nights):
        before = now
        now, happened = next_world(spec, places, before, number)
        yield _Night(before, now, tuple(happened), number)


def _extract(spec: RegionSpec, authority: AuthoritySpec, night: _Night) -> Extract:
    world = night.now
    extract = Extract(authority.code, world.date)
    if authority.format == "police-pole":
        format_police.add_tables(extract, world.nominals[authority.code].values())
        return extract
    children = [
        child for child in world.of(authority.code) if child.key not in world.absent
    ]
    if authority.format == "ssd-csv":
        format_ssd.add_tables(extract, children)
    elif authority.format == "ssda903":
        year = authority.collection_year or collection_year(spec.first_date)
        format_ssda903.add_tables(extract, children, year)
    elif night.number < authority.delta_from:
        format_csc.add_documents(extract, children)
    else:
        _add_delta(extract, children, night)
    companions.add_companions(extract, children, world.concerns)
    return extract


def _add_delta(extract: Extract, children: list[Child], night: _Night) -> None:
    """What changed since the night before, was resent or is purged."""
    la = extract.authority
    if night.before is None:
        format_csc.add_documents(extract, children)
        return
    changed = {
        child.child_ref
        for child in format_csc.changed(la, night.before.of(la), children)
    }
    sent = [
        child
        for child in children
        if child.child_ref in changed or child.key in night.now.resent
    ]
    purged = [each for each in night.now.purged if each.authority == la]
    format_csc.add_documents(extract, sent, purged)
