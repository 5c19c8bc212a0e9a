"""What is believed before any records are seen.

Where fitting has nothing to count, these numbers stand; where it has, they weigh as
much as a few hundred pairs. Sources: the rates of noise found for looked-after children
and police records (aliases 10 to 15 %, changed surnames 8 %, misspellings 3 %, names in
another order 2 %, day and month transposed 1 %, no postcode 13 %), name frequencies of
England and Wales, and for identifiers how they are issued.
"""

import datetime as dt

from matching.comparisons import COMPARISONS
from matching.model import Comparison, Level, Model

CHILDREN = "children"
PERPETRATORS = "perpetrators"

_M: dict[str, dict[str, float]] = {
    "forename": {
        "reordered": 0.02, "exact": 0.81, "known_form": 0.05, "part": 0.03,
        "close": 0.035, "initial": 0.005, "fairly_close": 0.01, "different": 0.04,
    },
    "surname": {
        "exact": 0.84, "part": 0.05, "close": 0.03, "fairly_close": 0.01,
        "different": 0.07,
    },
    "dob": {
        "exact": 0.91, "swapped": 0.012, "one_digit": 0.035, "two_parts": 0.015,
        "different": 0.023, "far_apart": 0.005,
        "same_year": 0.75, "next_year": 0.15, "other_year": 0.10,
    },
    "sex": {"same": 0.99, "different": 0.01},
    "postcode": {"same": 0.50, "sector": 0.03, "district": 0.07, "different": 0.40},
    "identifier": {
        "nhs_same": 0.985, "nhs_different": 0.015,
        "upn_same": 0.95, "upn_different": 0.05,
        "pnc_same": 0.90, "pnc_different": 0.10,
        "cro_same": 0.92, "cro_different": 0.08,
        "home_office_same": 0.85, "home_office_different": 0.15,
    },
}  # fmt: skip
"""A superseded NHS number, a new UPN after a temporary one and a second PNC record of
one person are rare in this order; Home Office references are several by design."""

_U: dict[str, dict[str, float]] = {
    "forename": {
        "reordered": 5e-7, "exact": 0.005, "known_form": 0.003, "part": 0.003,
        "close": 0.005, "initial": 0.001, "fairly_close": 0.01,
        "different": 0.9729995,
    },
    "surname": {
        "exact": 0.0015, "part": 0.0005, "close": 0.002, "fairly_close": 0.004,
        "different": 0.992,
    },
    "dob": {
        "exact": 0.00015, "swapped": 0.00012, "one_digit": 0.0022, "two_parts": 0.009,
        "different": 0.58853, "far_apart": 0.4,
        "same_year": 0.04, "next_year": 0.08, "other_year": 0.88,
    },
    "sex": {"same": 0.5, "different": 0.5},
    "postcode": {
        "same": 0.0001, "sector": 0.0009, "district": 0.01, "different": 0.989,
    },
    "identifier": {
        f"{kind}_{same}": u
        for kind in ("nhs", "upn", "pnc", "cro", "home_office")
        for same, u in (("same", 1e-7), ("different", 1 - 1e-7))
    },
}  # fmt: skip
"""A valid identifier falls on the wrong record about once in ten million pairs."""

_ADULTS_M: dict[str, dict[str, float]] = {
    "forename": {
        "reordered": 0.02, "exact": 0.76, "known_form": 0.08, "part": 0.04,
        "close": 0.035, "initial": 0.005, "fairly_close": 0.01, "different": 0.05,
    },
    "surname": {
        "exact": 0.85, "part": 0.02, "close": 0.035, "fairly_close": 0.01,
        "different": 0.085,
    },
    "postcode": {"same": 0.25, "sector": 0.03, "district": 0.07, "different": 0.65},
}  # fmt: skip
"""Adults give false names on purpose, and another force holds other addresses."""

EXPECTED_MATCHES = {CHILDREN: 0.8, PERPETRATORS: 0.05}
"""About half of looked-after teenagers are nominals already, some of them twice. Of
those who exploit children few are known to a second force."""

FREQUENCY_STRENGTH = 1000.0


def prior_model(family: str, released: dt.date) -> Model:
    """The model of a family before it has learnt anything.

    Raises:
        ValueError: no such family.
    """
    if family not in EXPECTED_MATCHES:
        raise ValueError(f"no family {family!r}: use one of {list(EXPECTED_MATCHES)}")
    m = _M | (_ADULTS_M if family == PERPETRATORS else {})
    return Model(
        family=family,
        released=released,
        learnt_from="beliefs set down before any records were seen",
        expected_matches=EXPECTED_MATCHES[family],
        frequency_strength=FREQUENCY_STRENGTH,
        comparisons=tuple(
            Comparison(
                name,
                tuple(Level(level, m[name][level], u) for level, u in _U[name].items()),
            )
            for name in COMPARISONS
        ),
    )
