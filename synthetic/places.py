"""Where people live and are placed: real postcodes, made-up streets."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from synthetic.chance import Chance, Weighted
from synthetic.spec import RegionSpec, SpecError


class Atlas(Protocol):
    """What is asked of the geography: authorities by code, and live postcodes."""

    def name(self, code: str) -> str: ...
    def las_of(self, force: str) -> tuple[str, ...]: ...
    def force_of(self, la: str) -> str: ...
    def adjoining(self, la: str) -> frozenset[str]: ...
    def at_distance(self, placing_la: str, host_la: str) -> bool: ...
    def postcodes_of(self, la: str) -> Sequence[str]: ...


class Lost(StrEnum):
    """Why nobody in the region can be told of a placement: its postcode."""

    MISSING = "missing"
    INVALID = "invalid"
    UNKNOWN = "unknown"
    NO_FIXED_ABODE = "no_fixed_abode"
    SCOTLAND = "scotland"
    NORTHERN_IRELAND = "northern_ireland"
    CROWN_DEPENDENCY = "crown_dependency"


LOST_POSTCODES: dict[Lost, tuple[str | None, ...]] = {
    Lost.MISSING: (None,),
    Lost.INVALID: ("CV78Q", "TBC", "B12"),
    Lost.UNKNOWN: ("CV99 9ZZ", "B99 9ZZ"),
    Lost.NO_FIXED_ABODE: ("ZZ99 3VZ",),
    Lost.SCOTLAND: ("EH1 1YZ", "G2 1DU"),
    Lost.NORTHERN_IRELAND: ("BT1 5GS",),
    Lost.CROWN_DEPENDENCY: ("JE2 3AB", "IM1 1AA"),
}
"""Raw postcodes, as a feed would supply them."""


@dataclass(frozen=True, slots=True)
class Address:
    house: str
    street: str
    town: str
    postcode: str
    uprn: str | None

    @property
    def line(self) -> str:
        return f"{self.house} {self.street}, {self.town}"

    def __repr__(self) -> str:
        return "Address(…)"


@dataclass(frozen=True, slots=True)
class Home:
    """A children's home: several children may be placed at its one address."""

    name: str
    urn: str
    address: Address


_STREET_STEMS = (
    "Acacia", "Albert", "Alder", "Ash", "Aston", "Avon", "Beech", "Birch", "Bishop",
    "Bridge", "Broad", "Brook", "Canal", "Castle", "Cedar", "Chapel", "Cherry",
    "Church", "Clarence", "Cross", "Elm", "Ferndale", "Field", "Forge", "Foundry",
    "George", "Grange", "Green", "Hawthorn", "Hazel", "Heath", "High", "Hill", "Holly",
    "Jubilee", "Kiln", "King", "Lake", "Larch", "Laurel", "Lime", "Long", "Manor",
    "Maple", "Market", "Meadow", "Mill", "Moor", "New", "Oak", "Orchard", "Park",
    "Pear Tree", "Pool", "Poplar", "Quarry", "Queen", "Rectory", "Ridge", "River",
    "Rose", "Rowan", "School", "Spring", "Station", "Stoney", "Sycamore", "Tower",
    "Vicarage", "Victoria", "Walnut", "Warwick", "Water", "Well", "West", "Willow",
    "Windmill", "Windsor", "Wood", "Yew Tree",
)  # fmt: skip
_STREET_KINDS = (
    "Road", "Street", "Lane", "Avenue", "Close", "Drive", "Way", "Grove", "Crescent",
    "Gardens", "Court", "Place", "Rise", "Walk",
)  # fmt: skip
_HOME_KINDS = ("House", "Lodge", "View", "Cottage", "Farm")
_WALES = ("W06000023", "W06000006", "W06000021", "W06000015")


class Places:
    """The region's map: who polices what, who lies next door, and addresses."""

    def __init__(self, spec: RegionSpec, atlas: Atlas) -> None:
        self.atlas = atlas
        self.las = tuple(each.code for each in spec.las)
        self.forces = tuple(each.code for each in spec.forces)
        self.force_of = {la: atlas.force_of(la) for la in self.las}
        orphans = sorted(
            la for la, force in self.force_of.items() if force not in self.forces
        )
        if orphans:
            raise SpecError(f"no force of the region polices {', '.join(orphans)}")
        self._policed = {force: atlas.las_of(force) for force in self.forces}
        self._postcodes: dict[str, Sequence[str]] = {}
        self._homes = {la: self._homes_of(spec.seed, la) for la in self.las}
        self._by_size = {
            force: Weighted((la, len(self.postcodes(la))) for la in policed)
            for force, policed in self._policed.items()
        }

    def postcodes(self, la: str) -> Sequence[str]:
        if la not in self._postcodes:
            self._postcodes[la] = self.atlas.postcodes_of(la)
            if not self._postcodes[la]:
                raise SpecError(f"the geography has no postcodes of {la}")
        return self._postcodes[la]

    def size(self, code: str) -> float:
        """How big an LA or a force area is, by its postcodes."""
        return sum(len(self.postcodes(la)) for la in self._policed.get(code, (code,)))

    def address(self, chance: Chance, la: str) -> Address:
        """Somewhere in an LA's area. Half of all people live in a tenth of it."""
        postcodes = self.postcodes(la)
        crowded = chance.yes(0.5)
        place = chance.fraction() * (0.1 if crowded else 1.0)
        return self._at(chance, la, postcodes[int(place * len(postcodes))])

    def address_in_force(self, chance: Chance, force: str) -> Address:
        """Somewhere in a force's area, in any of its LAs."""
        return self.address(chance, self._by_size[force].pick(chance))

    def homes(self, la: str) -> tuple[Home, ...]:
        """The children's homes of an LA of the region."""
        return self._homes[la]

    def neighbours(self, la: str) -> tuple[str, ...]:
        """LAs of the region that a child of ``la`` may be placed in."""
        return tuple(other for other in self.las if other != la)

    def english_outside(self, la: str) -> tuple[str, ...]:
        """English LAs next to the region whose force is not of the region."""
        near = self._outside(self.atlas.adjoining(la), "E")
        for other in self.las:
            near = near or self._outside(self.atlas.adjoining(other), "E")
        return near or self._outside(frozenset({"873", "815", "850"}), "E")

    def welsh(self, la: str) -> tuple[str, ...]:
        """Welsh LAs: those next door where there are any."""
        near = self._outside(self.atlas.adjoining(la), "W")
        return near or self._outside(frozenset(_WALES), "W")

    def _outside(self, codes: frozenset[str], nation: str) -> tuple[str, ...]:
        return tuple(
            code
            for code in sorted(codes)
            if code.startswith("W") == (nation == "W")
            and self.atlas.force_of(code) not in self.forces
        )

    def _homes_of(self, seed: int, la: str) -> tuple[Home, ...]:
        chance = Chance(seed, "homes", la)
        how_many = 3 + min(12, len(self.postcodes(la)) // 2500)
        return tuple(self._home(chance, la) for _ in range(how_many))

    def _home(self, chance: Chance, la: str) -> Home:
        address = self.address(chance, la)
        name = f"{chance.pick(_STREET_STEMS)} {chance.pick(_HOME_KINDS)}"
        return Home(name, f"SC{chance.whole(400_000, 499_999)}", address)

    def _at(self, chance: Chance, la: str, postcode: str) -> Address:
        street = f"{chance.pick(_STREET_STEMS)} {chance.pick(_STREET_KINDS)}"
        uprn = str(chance.whole(100_000_000_000, 100_999_999_999))
        house = str(chance.whole(1, 190))
        if chance.yes(0.12):
            house = f"Flat {chance.whole(1, 24)}, {house}"
        return Address(house, street, self.atlas.name(la), postcode, uprn)
