"""Where children are placed, with whom, and how that is coded."""

import datetime as dt

from synthetic import naming
from synthetic.care import Stay
from synthetic.chance import Chance, Weighted
from synthetic.places import LOST_POSTCODES, Places
from synthetic.plan import Part, Slot

_YOUNG = Weighted(
    {
        "U6": 0.36, "U4": 0.3, "U3": 0.1, "U1": 0.08, "U5": 0.03, "U2": 0.02,
        "P1": 0.07, "K2": 0.02, "R3": 0.01, "S1": 0.01,
    }.items()
)  # fmt: skip
_TEENS = Weighted(
    {
        "U4": 0.32, "U6": 0.28, "K2": 0.2, "U1": 0.06, "U3": 0.05, "P1": 0.05,
        "S1": 0.02, "R1": 0.01, "R2": 0.01,
    }.items()
)  # fmt: skip
_OLDEST = Weighted(
    {
        "K3": 0.31, "U4": 0.2, "K2": 0.2, "U6": 0.14, "P1": 0.06, "U1": 0.04,
        "Z11": 0.015, "R5": 0.01, "R2": 0.01, "K1": 0.01,
    }.items()
)  # fmt: skip
_UNACCOMPANIED = Weighted({"K3": 0.5, "U6": 0.3, "U4": 0.1, "K2": 0.1}.items())
_TEMPORARY = Weighted({"T1": 0.3, "T2": 0.2, "T3": 0.2, "T4": 0.2, "T0": 0.1}.items())
_ADOPTIVE = Weighted({"A6": 0.5, "A5": 0.3, "A4": 0.15, "A3": 0.05}.items())
_SHORT_BREAK = Weighted({"K2": 0.6, "U6": 0.4}.items())

_PROVIDER = {
    "P": Weighted([("PR0", 1.0)]),
    "K": Weighted([("PR4", 0.75), ("PR1", 0.15), ("PR5", 0.1)]),
    "U": Weighted([("PR1", 0.55), ("PR4", 0.35), ("PR5", 0.1)]),
    "A": Weighted([("PR1", 0.8), ("PR5", 0.2)]),
    "R": Weighted([("PR3", 1.0)]),
    "S": Weighted([("PR4", 1.0)]),
    "T": Weighted([("PR1", 0.7), ("PR3", 0.3)]),
}
_HAS_URN = frozenset({"K1", "K2", "K3", "S1", "R3", "U2", "U4", "U5", "U6"})
_OLD_CODES = {"K3": "H5", "Z11": "Z1"}


def place_code(chance: Chance, part: Part, age: int) -> str:
    """A DfE placement type that suits the child's part and age."""
    special = {
        Part.UASC: _UNACCOMPANIED,
        Part.TEMPORARY: _TEMPORARY,
        Part.ADOPTIVE: _ADOPTIVE,
        Part.SHORT_BREAK: _SHORT_BREAK,
    }.get(part)
    if part is Part.CANARY:
        return "K2"
    by_age = _OLDEST if age >= 16 else _TEENS if age >= 10 else _YOUNG
    return (special or by_age).pick(chance)


def code_in_year(code: str, year: int) -> str:
    """The code by which a collection year knew this kind of placement.

    K3 came with 2024-25 in place of H5, and Z11 with 2025-26 in place of Z1.
    """
    if (code == "K3" and year < 2025) or (code == "Z11" and year < 2026):
        return _OLD_CODES[code]
    return code


def stay(chance: Chance, places: Places, slot: Slot, code: str, year: int) -> Stay:
    """A stay of a kind where the slot says."""
    provider = _PROVIDER[code[0]].pick(chance) if code[0] in _PROVIDER else None
    urn = f"SC{chance.whole(400_000, 499_999)}" if code in _HAS_URN else None
    code_then = code_in_year(code, year)
    if slot.host is None or slot.lost is not None:
        lost = slot.lost
        if lost is None:
            raise ValueError("a slot without a host says how its postcode is lost")
        return Stay(
            code_then, provider, urn, chance.pick(LOST_POSTCODES[lost]), None, lost
        )
    carer, address = _carer(chance), places.address(chance, slot.host)
    if code == "K2" and slot.host in places.las:
        home = chance.pick(places.homes(slot.host))
        carer, address, urn = home.name, home.address, home.urn
    return Stay(
        place_code=code_then,
        provider=provider,
        urn=None if slot.host.startswith("W") else urn,
        postcode=address.postcode,
        host_la=slot.host,
        address=address,
        carer=carer,
        carer_phone=phone(chance),
    )


def _carer(chance: Chance) -> str:
    origin = naming.POPULATION.pick(chance)
    sex = chance.pick("FM")
    return f"{naming.forename(chance, origin, sex)} {naming.surname(chance, origin)}"


def phone(chance: Chance) -> str:
    """A telephone number of the range that Ofcom keeps for fiction."""
    return f"07700 900{chance.whole(0, 999):03d}"


def planned(chance: Chance) -> bool | None:
    """Whether a placement was planned; often nobody says."""
    return Weighted([(True, 0.6), (False, 0.25), (None, 0.15)]).pick(chance)


def expected_end(chance: Chance, start: dt.date) -> dt.date | None:
    """When a placement is meant to end; mostly nobody says."""
    return start + dt.timedelta(chance.whole(60, 720)) if chance.yes(0.4) else None
