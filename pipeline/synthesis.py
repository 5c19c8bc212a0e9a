"""A synthetic region with the authorities and formats of a region file."""

import datetime as dt
from pathlib import Path

from geography.postcodes import Geography
from pipeline.errors import ConfigurationError
from pipeline.region import RegionConfig
from records.authorities import AuthorityKind
from synthetic.region import AuthoritySpec, RegionSpec, Truth
from synthetic.region import synthesise as make
from synthetic.spec import SpecError

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
        ConfigurationError: a region of that size can't be made, and why.
    """
    try:
        spec = RegionSpec(
            authorities=_authorities(region),
            seed=seed,
            children=children,
            nominals=nominals,
            nights=nights,
            first_date=first_date,
        )
        return make(spec, out, Geography.load(out / "reference"))
    except SpecError as error:
        raise ConfigurationError([f"synthesise: {error}"]) from error


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
