"""Real authorities and a few invented postcodes: where the little region lies.

The demo's four local authorities and two forces are its members; Worcestershire and
its force are not.
"""

import datetime as dt
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from matching.evidence import Thresholds
from notifications.config import PolicyConfig
from pipeline.region import RegionConfig, load_region

DEMO = Path(__file__).parents[2] / "config" / "regions" / "demo.yaml"
FIRST_NIGHT = dt.date(2026, 11, 22)

BIRMINGHAM, SOLIHULL, STAFFORDSHIRE, STOKE = "330", "334", "860", "861"
WORCESTERSHIRE = "885"
WMP, STAFFS_POLICE, WEST_MERCIA = "E23000014", "E23000015", "E23000016"

LOCAL_AUTHORITIES = (BIRMINGHAM, SOLIHULL, STAFFORDSHIRE, STOKE)
FORCES = (WMP, STAFFS_POLICE)
NAMES = {
    BIRMINGHAM: "Birmingham",
    SOLIHULL: "Solihull",
    STAFFORDSHIRE: "Staffordshire",
    STOKE: "Stoke-on-Trent",
    WORCESTERSHIRE: "Worcestershire",
    WMP: "West Midlands Police",
    STAFFS_POLICE: "Staffordshire Police",
    WEST_MERCIA: "West Mercia Police",
}
FORCE_OF = {
    BIRMINGHAM: WMP,
    SOLIHULL: WMP,
    STAFFORDSHIRE: STAFFS_POLICE,
    STOKE: STAFFS_POLICE,
    WORCESTERSHIRE: WEST_MERCIA,
}
_NEXT_DOOR = {
    frozenset({BIRMINGHAM, SOLIHULL}),
    frozenset({STAFFORDSHIRE, STOKE}),
    frozenset({BIRMINGHAM, STAFFORDSHIRE}),
    frozenset({BIRMINGHAM, WORCESTERSHIRE}),
    frozenset({STAFFORDSHIRE, WORCESTERSHIRE}),
}

POSTCODES = {
    "B1 1AA": BIRMINGHAM,
    "B2 2BB": BIRMINGHAM,
    "B91 1AA": SOLIHULL,
    "B92 2BB": SOLIHULL,
    "ST16 1AA": STAFFORDSHIRE,
    "ST17 2BB": STAFFORDSHIRE,
    "ST1 1AA": STOKE,
    "ST2 2BB": STOKE,
    "WR1 1AA": WORCESTERSHIRE,
}
NOWHERE = "ZZ1 1ZZ"
"""Has a postcode's form and lies in no area."""


@dataclass(frozen=True)
class LittlePlace:
    outcome: str
    postcode: str | None = None
    la: str | None = None
    force: str | None = None


class LittleAtlas:
    """The methods of ``geography.Geography`` that the rules ask."""

    def place(self, postcode):
        la = POSTCODES.get(postcode)
        if la is None:
            return LittlePlace("missing" if postcode is None else "unknown")
        return LittlePlace("found", postcode, la, FORCE_OF[la])

    def force_of(self, la):
        return FORCE_OF[la]

    def at_distance(self, placing_la, host_la):
        near = frozenset({placing_la, host_la}) in _NEXT_DOOR
        return placing_la != host_la and not near

    def authority(self, code):
        return {code: code for code in NAMES}[code]

    def name(self, code):
        return NAMES[code]


def region(**policy) -> RegionConfig:
    """The demo's region file, with a policy of its own and plain thresholds."""
    given = _demo()
    return given.model_copy(
        update={
            "policy": PolicyConfig.model_validate(policy),
            "sentinels": (),
            "matching": _Lines(),
        }
    )


@cache
def _demo() -> RegionConfig:
    return load_region(DEMO)


class _Lines:
    """Where matching draws its lines: round numbers, for facts made up by hand."""

    def thresholds(self) -> Thresholds:
        return Thresholds(accept=0.95, review=0.5, floor=0.05)
