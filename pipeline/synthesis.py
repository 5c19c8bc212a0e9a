"""A synthetic region with the authorities and formats of a region file."""

import datetime as dt
from pathlib import Path

from geography.postcodes import Geography
from notifications.facts import State
from pipeline.errors import ConfigurationError
from pipeline.region import RegionConfig
from records.authorities import AuthorityKind
from synthetic.region import AuthoritySpec, RegionSpec, Truth
from synthetic.region import synthesise as make
from synthetic.spec import Planted, SentinelSpec, SpecError

_PLANTED: dict[State, Planted] = {
    State.NOT_KNOWN: "not_known",
    State.KNOWN_AT_PLACEMENT: "known_at_placement",
    State.RESTRICTED: "restricted",
}

OLDER_RETURN = 2023
"""Every second authority that sends SSDA903 sends the form of this collection year."""


def synthesise(  # noqa: PLR0913 - the size of a region
    region: RegionConfig,
    out: Path,
    *,
    seed: int,
    children: int,
    nominals: int,
    nights: int,
    first_date: dt.date,
) -> Truth:
    """Writes ``out/inbox`` and ``out/truth``.

    Raises:
        ConfigurationError: a region of that size can't be made, and why; or there is
            one in the folder already.
    """
    if (out / "inbox").exists():
        raise ConfigurationError(
            [f"out {out}: holds a region already; remove it, or name another folder"]
        )
    try:
        spec = RegionSpec(
            authorities=_authorities(region),
            seed=seed,
            children=children,
            nominals=nominals,
            nights=nights,
            first_date=first_date,
            sentinels=_sentinels(region),
        )
        return make(spec, out, Geography.load(out / "reference"))
    except SpecError as error:
        raise ConfigurationError([f"synthesise: {error}"]) from error


def _sentinels(region: RegionConfig) -> tuple[SentinelSpec, ...]:
    """Each sentinel, placed in the area of an authority that it names as told or not.

    Raises:
        SpecError: one is to have a state that no synthetic record can be given.
    """
    las = region.of_kind(AuthorityKind.CHILDREN)
    found = []
    for one in region.sentinels:
        hosts = [code for code in one.told if code in las and code != one.authority]
        state = _PLANTED.get(one.state)
        if state is None:
            raise SpecError(
                f"sentinel {one.child_ref}: no synthetic child can be planted to be "
                f"{one.state}; use {', '.join(_PLANTED)}"
            )
        found.append(
            SentinelSpec(one.authority, one.child_ref, state, next(iter(hosts), None))
        )
    return tuple(found)


def _authorities(region: RegionConfig) -> tuple[AuthoritySpec, ...]:
    specs = []
    returns = 0
    for code, entry in sorted(region.authorities.items()):
        returns += entry.source.kind == "ssda903"
        older = entry.source.kind == "ssda903" and returns % 2 == 0
        specs.append(
            AuthoritySpec(
                code,
                entry.name,
                "police" if entry.kind is AuthorityKind.POLICE else "children",
                entry.source.kind,
                OLDER_RETURN if older else None,
            )
        )
    return tuple(specs)
