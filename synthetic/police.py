"""A nominal as a force holds it; one person often has several in one force."""

import datetime as dt
import hashlib
from dataclasses import dataclass

from synthetic import naming
from synthetic.chance import Chance, Weighted
from synthetic.noise import RATES, Written, typo, written
from synthetic.numbers import cro_number, pnc_id
from synthetic.people import Person, years_before
from synthetic.places import Address, Places

NO_FIXED_ABODE = ("NF1 1NF", "NF1 1FA")
COPIES = Weighted([(1, 0.64), (2, 0.2), (3, 0.08), (4, 0.04), (5, 0.025), (6, 0.015)])
"""How many nominals one person has in one force: 1 to 6 (domain brief)."""

_EVENT_TYPES = Weighted(
    [("crime", 0.45), ("intel", 0.15), ("stop", 0.2), ("safeguarding", 0.12),
     ("custody", 0.06), ("missing", 0.02)]
)  # fmt: skip
_ROLES = {
    "crime": Weighted([("victim", 0.45), ("suspect", 0.3), ("witness", 0.25)]),
    "intel": Weighted([("associate", 0.6), ("suspect", 0.4)]),
    "stop": Weighted([("suspect", 0.6), ("associate", 0.4)]),
    "safeguarding": Weighted([("victim", 0.5), ("at_risk", 0.5)]),
    "custody": Weighted([("suspect", 0.5), ("offender", 0.5)]),
    "missing": Weighted([("missing", 1.0)]),
}
_CLASSES = {
    "crime": (
        "theft",
        "burglary",
        "assault",
        "criminal damage",
        "fraud",
        "public order",
    ),
    "intel": ("drugs", "vehicle crime", "organised crime"),
    "stop": ("stop and search", "stop and account"),
    "safeguarding": ("domestic abuse", "child protection", "adult at risk"),
    "custody": ("arrest", "voluntary attendance"),
    "missing": ("missing from home", "missing from care"),
}


@dataclass(frozen=True, slots=True)
class Alias:
    kind: str
    forename: str | None
    surname: str | None
    dob: dt.date | None = None


@dataclass(frozen=True, slots=True)
class PoliceAddress:
    kind: str
    address: Address | None
    postcode: str | None
    """As written in the record: perhaps missing, perhaps a placeholder."""
    start: dt.date
    end: dt.date | None = None


@dataclass(frozen=True, slots=True)
class PoliceRole:
    event_ref: str
    event_type: str
    role: str
    day: dt.date
    classification: str


@dataclass(frozen=True, slots=True)
class Flag:
    code: str
    start: dt.date
    end: dt.date | None = None
    placing_authority: str | None = None


@dataclass(frozen=True, slots=True)
class Nominal:
    force: str
    nominal_ref: str
    person: Person
    """In truth; what the record says of the person is ``written``."""
    written: Written
    sex: str
    ethnicity: str
    nationality: str | None
    created: dt.date
    updated: dt.date
    golden_ref: str | None = None
    estimated: bool = False
    deceased: bool = False
    restricted: bool = False
    pnc_id: str | None = None
    cro_no: str | None = None
    external_refs: tuple[str, ...] = ()
    aliases: tuple[Alias, ...] = ()
    addresses: tuple[PoliceAddress, ...] = ()
    roles: tuple[PoliceRole, ...] = ()
    flags: tuple[Flag, ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()
    resembles: str | None = None
    """The person whom this record was made to look like, but need not be."""
    ambiguous: bool = False
    """Nobody can say from the records whether it is the person it resembles."""
    decoy: str | None = None
    """Why a record that looks like a perpetrator's must not be counted as one."""
    noise: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Nominal({self.force}/{self.nominal_ref})"


def _national_number(person: Person, on: dt.date) -> tuple[int, int]:
    """Year and serial of a person's PNCID and CRO number, the same in every force."""
    digest = hashlib.sha256(person.person_id.encode()).digest()
    year = min(person.dob.year + 12 + digest[0] % 30, on.year)
    return year, 1000 + int.from_bytes(digest[1:5]) % 899_000


class Desk:
    """Writes nominals of one force, as records are written on a business date."""

    def __init__(self, places: Places, force: str, on: dt.date) -> None:
        self.places, self.force, self.on = places, force, on

    def nominal(
        self,
        chance: Chance,
        person: Person,
        seen: Written | None = None,
        addresses: tuple[PoliceAddress, ...] | None = None,
    ) -> Nominal:
        """A record of a person; noise by the model unless ``seen`` says what is held.

        Without ``addresses`` it has the usual ones: home, perhaps a former home.
        """
        seen = seen or written(chance, person)
        noise = seen.noise
        if addresses is None:
            addresses = self._addresses(chance, person)
            if not any(each.postcode for each in addresses):
                noise = (*noise, "no_postcode")
        aliases = self._aliases(chance, person, seen)
        if aliases:
            noise = (*noise, "alias")
        updated = self._since_birth(person, chance.whole(1, 1500))
        created = self._since_birth(
            person, (self.on - updated).days + chance.whole(0, 2500)
        )
        grown = (self.on - person.dob).days > 18 * 365
        checked = grown and chance.yes(0.4)
        year, serial = _national_number(person, self.on)
        return Nominal(
            force=self.force,
            nominal_ref="",
            person=person,
            written=seen,
            sex=chance.pick("UN") if chance.yes(0.02) else person.sex,
            ethnicity=naming.SELF_DEFINED[person.ethnicity]
            if chance.yes(0.85)
            else "NS",
            nationality=naming.NATIONALITY.get(person.origin, "GBR"),
            created=created,
            updated=updated,
            estimated="first_january" in noise,
            deceased=grown and chance.yes(0.008),
            restricted=chance.yes(0.002),
            pnc_id=pnc_id(year, serial) if checked else None,
            cro_no=cro_number(year, serial) if checked and chance.yes(0.6) else None,
            aliases=aliases,
            addresses=addresses,
            roles=self._roles(chance, created, updated),
            noise=noise,
        )

    def _since_birth(self, person: Person, days_ago: int) -> dt.date:
        """So many days ago, or the first day of life when that is later."""
        return max(person.dob, self.on - dt.timedelta(days_ago))

    def at(
        self, address: Address, kind: str, start: dt.date, end: dt.date | None = None
    ) -> PoliceAddress:
        """An address of a nominal, with its postcode as it is."""
        return PoliceAddress(kind, address, address.postcode, start, end)

    def _addresses(self, chance: Chance, person: Person) -> tuple[PoliceAddress, ...]:
        nothing = chance.yes(RATES["no_postcode"])
        home = person.home
        start = self._since_birth(person, chance.whole(20, 3000))
        if nothing or home is None:
            if chance.yes(0.35):
                return ()
            if home is None or chance.yes(0.5):
                return (PoliceAddress("nfa", None, None, start),)
            return (PoliceAddress("home", home, None, start),)
        if chance.yes(0.01):
            placeholder = chance.pick(NO_FIXED_ABODE)
            return (PoliceAddress("nfa", None, placeholder, start),)
        found = [self.at(home, "home", start)]
        if chance.yes(0.3):
            ago = (self.on - start).days + chance.whole(60, 2000)
            before = self._since_birth(person, ago)
            former = self.places.address_in_force(chance, self.force)
            found.insert(0, self.at(former, "home", before, start))
        return tuple(found)

    def _aliases(
        self, chance: Chance, person: Person, seen: Written
    ) -> tuple[Alias, ...]:
        if not chance.yes(RATES["alias"]):
            return ()
        first, last = seen.forename, seen.surname
        short = person.known_as or naming.short_form(chance, first)
        former = person.former_surname
        kind = chance.whole(0, 3)
        if former and former != last and kind < 2:
            return (Alias("maiden" if person.sex == "F" else "aka", first, former),)
        if short and kind < 3:
            return (Alias("nick", short, last),)
        if kind == 0:
            born = years_before(person.dob, chance.pick((-1, 1, 2)))
            other = naming.forename(chance, person.origin, person.sex)
            return (Alias("false", other, last, born),)
        if kind == 1:
            return (Alias("aka", first, typo(chance, last)),)
        return (Alias("aka", first, naming.surname(chance, person.origin)),)

    def _roles(
        self, chance: Chance, first: dt.date, last: dt.date
    ) -> tuple[PoliceRole, ...]:
        how_many = Weighted([(1, 0.7), (2, 0.2), (3, 0.1)]).pick(chance)
        return tuple(
            self.role(chance, _EVENT_TYPES.pick(chance), chance.day(first, last))
            for _ in range(how_many)
        )

    def role(
        self, chance: Chance, event_type: str, day: dt.date, role: str | None = None
    ) -> PoliceRole:
        """What the person was to an event: by chance, unless ``role`` says."""
        serial = chance.whole(1, 999_999)
        return PoliceRole(
            event_ref=f"{event_type[0].upper()}{day.year}/{serial:06d}",
            event_type=event_type,
            role=role or _ROLES[event_type].pick(chance),
            day=day,
            classification=chance.pick(_CLASSES[event_type]),
        )
