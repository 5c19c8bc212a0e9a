"""What a synthetic region is to be: its authorities, its size, its nights."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from records.authorities import AuthorityKind, kind_of

SourceKind = Literal["ssd-csv", "ssda903", "csc-api-json", "police-pole"]


class SpecError(ValueError):
    """The region asked for can't be made; the message says what to change."""


@dataclass(frozen=True, slots=True)
class AuthoritySpec:
    code: str
    name: str
    kind: Literal["children", "police"]
    format: SourceKind
    collection_year: int | None = None
    """Only for ``ssda903``: the year in which the return's collection ends, so 2023
    for 2022-23. Codes, columns and modules are that year's. ``None`` means the year
    that the first date falls in."""
    delta_from: int = 1
    """Only for ``csc-api-json``: on which night, from nought, the feed begins to send
    only what changed. The nights before send everybody."""


Planted = Literal["not_known", "known_at_placement", "restricted"]


@dataclass(frozen=True, slots=True)
class SentinelSpec:
    """An agreed synthetic child, as a region file names it."""

    la: str
    child_ref: str
    state: Planted
    host: str | None = None
    """The LA of its placement; ``None``: any other of the region."""


@dataclass(frozen=True, slots=True)
class RegionSpec:
    authorities: tuple[AuthoritySpec, ...]
    seed: int
    children: int
    """Looked-after children of all local authorities together on the first night."""
    nominals: int
    """Nominals of all forces together on the first night."""
    nights: int
    first_date: dt.date
    """Business date of the first night; the others follow day by day."""
    sentinels: tuple[SentinelSpec, ...] = ()

    def __post_init__(self) -> None:
        codes = [authority.code for authority in self.authorities]
        if len(set(codes)) != len(codes):
            raise SpecError("an authority stands in the region twice")
        for authority in self.authorities:
            if kind_of(authority.code) is not AuthorityKind(authority.kind):
                raise SpecError(f"{authority.code} is no code of kind {authority.kind}")
            if (authority.format == "police-pole") != (authority.kind == "police"):
                raise SpecError(f"{authority.code} can't send {authority.format}")
        if len(self.las) < 2 or not self.forces:
            raise SpecError("a region needs two local authorities and a force")
        if self.nights < 1 or self.children < 10 or self.nominals < 10 * self.children:
            raise SpecError(
                "a region needs a night, 10 children and 10 nominals for each child"
            )

    @property
    def las(self) -> tuple[AuthoritySpec, ...]:
        return tuple(each for each in self.authorities if each.kind == "children")

    @property
    def forces(self) -> tuple[AuthoritySpec, ...]:
        return tuple(each for each in self.authorities if each.kind == "police")

    @property
    def dates(self) -> tuple[dt.date, ...]:
        return tuple(self.first_date + dt.timedelta(n) for n in range(self.nights))

    @property
    def planted(self) -> frozenset[tuple[str, str]]:
        """The sentinels, to whom nothing ever happens."""
        return frozenset((each.la, each.child_ref) for each in self.sentinels)

    def authority(self, code: str) -> AuthoritySpec:
        return next(each for each in self.authorities if each.code == code)


def demo_region(
    *,
    seed: int = 20261122,
    children: int = 400,
    nominals: int = 40_000,
    nights: int = 2,
    first_date: dt.date = dt.date(2026, 11, 22),
) -> RegionSpec:
    """Four West Midlands authorities in three formats, and their two forces.

    Birmingham to Solihull crosses the border of a local authority but not of a force;
    Staffordshire and Stoke-on-Trent have a force of their own. Stoke-on-Trent sends
    the return of an older collection year.
    """
    return RegionSpec(
        authorities=(
            AuthoritySpec("330", "Birmingham", "children", "ssd-csv"),
            AuthoritySpec("334", "Solihull", "children", "csc-api-json"),
            AuthoritySpec("860", "Staffordshire", "children", "ssda903"),
            AuthoritySpec("861", "Stoke-on-Trent", "children", "ssda903", 2023),
            AuthoritySpec("E23000014", "West Midlands Police", "police", "police-pole"),
            AuthoritySpec("E23000015", "Staffordshire Police", "police", "police-pole"),
        ),
        seed=seed,
        children=children,
        nominals=nominals,
        nights=nights,
        first_date=first_date,
    )
