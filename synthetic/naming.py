"""People are named as their origin names them, and a few names are very common."""

from dataclasses import dataclass

from synthetic.chance import Chance, Weighted, zipf
from synthetic.forenames import FEMALE, MALE
from synthetic.surnames import (
    ENGLISH_ENDINGS,
    ENGLISH_STEMS,
    SHORT_FORMS,
    SURNAMES,
    TRAVELLED,
)

POPULATION = Weighted(
    {
        "british": 0.62, "pakistani": 0.085, "indian": 0.06, "caribbean": 0.045,
        "african": 0.05, "irish": 0.03, "scottish": 0.015, "welsh": 0.02,
        "bangladeshi": 0.02, "polish": 0.02, "romanian": 0.015, "arabic": 0.015,
        "chinese": 0.005,
    }.items()
)  # fmt: skip
"""Origins of the people of the region, roughly the West Midlands'."""

UNACCOMPANIED = Weighted(
    {
        "afghan": 0.3, "sudanese": 0.2, "eritrean": 0.2, "kurdish": 0.15,
        "vietnamese": 0.08, "albanian": 0.07,
    }.items()
)  # fmt: skip
"""Origins of unaccompanied asylum-seeking children."""

ORDER_IS_UNSURE = frozenset(
    {
        "pakistani", "indian", "bangladeshi", "chinese", "vietnamese", "eritrean",
        "afghan", "kurdish", "sudanese", "arabic",
    }
)  # fmt: skip
"""Origins whose forenames and surnames English forms easily mix up."""

_ETHNICITY: dict[str, Weighted[str]] = {
    "british": Weighted(
        [("WBRI", 0.9), ("MWBC", 0.05), ("MOTH", 0.03), ("NOBT", 0.02)]
    ),
    "irish": Weighted([("WIRI", 0.6), ("WIRT", 0.3), ("WBRI", 0.1)]),
    "scottish": Weighted([("WBRI", 1.0)]),
    "welsh": Weighted([("WBRI", 1.0)]),
    "pakistani": Weighted([("APKN", 0.93), ("MWAS", 0.05), ("REFU", 0.02)]),
    "indian": Weighted([("AIND", 0.95), ("MWAS", 0.05)]),
    "bangladeshi": Weighted([("ABAN", 1.0)]),
    "caribbean": Weighted([("BCRB", 0.65), ("MWBC", 0.35)]),
    "african": Weighted([("BAFR", 0.9), ("MWBA", 0.1)]),
    "polish": Weighted([("WOTH", 1.0)]),
    "romanian": Weighted([("WOTH", 0.6), ("WROM", 0.4)]),
    "arabic": Weighted([("OOTH", 0.8), ("AOTH", 0.2)]),
    "chinese": Weighted([("CHNE", 1.0)]),
    "vietnamese": Weighted([("AOTH", 1.0)]),
    "eritrean": Weighted([("BAFR", 1.0)]),
    "afghan": Weighted([("AOTH", 0.8), ("OOTH", 0.2)]),
    "kurdish": Weighted([("OOTH", 1.0)]),
    "sudanese": Weighted([("BAFR", 0.9), ("BOTH", 0.1)]),
    "albanian": Weighted([("WOTH", 1.0)]),
}

SELF_DEFINED = {
    "WBRI": "W1", "WIRI": "W2", "WIRT": "W3", "WROM": "W3", "WOTH": "W9",
    "MWBC": "M1", "MWBA": "M2", "MWAS": "M3", "MOTH": "M9", "AIND": "A1",
    "APKN": "A2", "ABAN": "A3", "AOTH": "A9", "CHNE": "A4", "BCRB": "B1",
    "BAFR": "B2", "BOTH": "B9", "OOTH": "O9", "REFU": "NS", "NOBT": "NS",
}  # fmt: skip
"""DfE ethnicity codes as the police's self-defined 18+1."""

NATIONALITY = {
    "afghan": "AFG", "eritrean": "ERI", "sudanese": "SDN", "kurdish": "IRQ",
    "vietnamese": "VNM", "albanian": "ALB", "polish": "POL", "romanian": "ROU",
}  # fmt: skip


def _words(text: str) -> list[str]:
    return [word.replace("_", " ") for word in text.split()]


_FORENAMES = {
    "M": {origin: zipf(_words(text), flat=8) for origin, text in MALE.items()},
    "F": {origin: zipf(_words(text), flat=8) for origin, text in FEMALE.items()},
}
_SURNAMES = {origin: zipf(_words(text), flat=5) for origin, text in SURNAMES.items()}
_SPELLINGS = {name.replace("_", " "): others for name, others in TRAVELLED.items()}
_STEMS, _ENDINGS = _words(ENGLISH_STEMS), _words(ENGLISH_ENDINGS)
_SHARE_OF_RARE_SURNAMES = 0.3
_SHARE_OF_DOUBLE_BARRELLED = 0.075


@dataclass(frozen=True, slots=True)
class Name:
    forename: str
    middle: str | None
    surname: str


def forename(chance: Chance, origin: str, sex: str) -> str:
    """A first name; names are given by sex here, as most are."""
    return _FORENAMES[sex][origin].pick(chance)


def middle_names(chance: Chance, origin: str, sex: str, first: str) -> str | None:
    """A second forename, or none; never the first one again."""
    has_one = chance.yes(0.55 if origin in {"british", "irish", "african"} else 0.2)
    other = forename(chance, origin, sex)
    return other if has_one and other != first else None


def surname(chance: Chance, origin: str) -> str:
    """A surname; some English ones are rare, some are double-barrelled."""
    common = _SURNAMES[origin].pick(chance)
    if origin != "british":
        return common
    if chance.yes(_SHARE_OF_RARE_SURNAMES):
        common = chance.pick(_STEMS) + chance.pick(_ENDINGS)
    if chance.yes(_SHARE_OF_DOUBLE_BARRELLED):
        other = _SURNAMES[origin].pick(chance)
        return f"{common}-{other}" if other != common else common
    return common


def surname_borne(family: str, origin: str, sex: str) -> str:
    """A family's surname as one of its members bears it."""
    if origin == "polish" and sex == "F" and family.endswith(("ski", "cki")):
        return family[:-1] + "a"
    if origin == "indian" and sex == "F" and family == "Singh":
        return "Kaur"
    if origin in {"pakistani", "bangladeshi"} and sex == "M":
        return {"Begum": "Miah", "Bibi": "Khan", "Khatun": "Ali"}.get(family, family)
    return family


def ethnicity(chance: Chance, origin: str) -> str:
    """A DfE ethnicity code."""
    return _ETHNICITY[origin].pick(chance)


def other_spelling(chance: Chance, name: str) -> str | None:
    """The same name as another office spells it; ``None`` when it has one spelling."""
    others = _SPELLINGS.get(name)
    return chance.pick(others) if others else None


def short_form(chance: Chance, name: str) -> str | None:
    """What the bearer is called; ``None`` when the name has no short form."""
    shorts = SHORT_FORMS.get(name)
    return chance.pick(shorts) if shorts else None
