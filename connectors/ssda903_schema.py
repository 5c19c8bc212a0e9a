"""The SSDA903 return: its modules, their columns and codes, by collection year.

A collection year is named by the year it ends in: 2026 is 2025-26. Sources: the modules
and columns of data-to-insight/csc-validator-be-903 (``lac_validator/config.py``); the
codes and their changes of SocialFinanceDigitalLabs/liia-tools-pipeline
(``SSDA903_schema_2017.yml`` and its diffs of 2019 to 2026). Both are MIT.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from connectors.csvfiles import Columns

FIRST_YEAR, LAST_YEAR = 2017, 2027
"""The collection years whose variants are known."""

Years = tuple[int, int]
"""The first and the last collection year."""

EVERY_YEAR: Years = (FIRST_YEAR, LAST_YEAR)

SEXES = {"1": "M", "2": "F", "M": "M", "F": "F", "U": "U"}
"""Every year's codes to ours."""

UPN_UNKNOWN = frozenset({"UN1", "UN2", "UN3", "UN4", "UN5"})
"""Why there is no unique pupil number. They are not numbers."""


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SEX = frozenset(SEXES)
_FLAG = _codes("0 1")
_EPISODE_CODES = {
    "RNE": _codes("S L P T B U"),
    "LS": _codes("C1 C2 D1 E1 V2 V3 V4 L1 L2 L3 J1 J2 J3"),
    "CIN": _codes("N1 N2 N3 N4 N5 N6 N7 N8"),
    "PLACE": _codes(
        "A3 A4 A5 A6 H5 K1 K2 K3 P1 P2 P3 R1 R2 R3 R5 S1 T0 T1 T2 T3 T4 "
        "U1 U2 U3 U4 U5 U6 Z1 Z11 Z12 Z13 Z14"
    ),
    "PLACE_PROVIDER": _codes("PR0 PR1 PR2 PR3 PR4 PR5"),
    "REC": _codes(
        "X1 E11 E12 E13 E14 E15 E16 E17 E2 E3 E41 E43 E44 E45 E46 E47 E48 E4A E4B "
        "E5 E6 E7 E8 E9"
    ),
    "REASON_PLACE_CHANGE": _codes(
        "CARPL CLOSE ALLEG STAND APPRR CREQB CREQO CHILD LAREQ PLACE CUSTOD OTHER"
    ),
}
_ETHNIC = _codes(
    "WBRI WIRI WOTH WIRT WROM MWBC MWBA MWAS MOTH AIND APKN ABAN AOTH BCRB BAFR BOTH "
    "CHNE OOTH REFU NOBT"
)
_ACTIV = _codes("F1 F2 F3 F4 F5 P1 P2 P3 P4 P5 G4 G5 G6 0")


@dataclass(frozen=True, slots=True)
class Module:
    """One part of the return, which arrives as a file of its own.

    ``used`` says whether anything of it goes into the canonical tables.
    """

    name: str
    columns: tuple[str, ...]
    codes: Mapping[str, frozenset[str]]
    used: bool
    years: Years = EVERY_YEAR
    optional: tuple[str, ...] = ()

    @property
    def wanted(self) -> Columns:
        """All columns are required: a return without one is not that module's."""
        return Columns(self.columns, self.optional)


def _module(
    name: str,
    columns: str,
    *,
    used: bool,
    codes: Mapping[str, frozenset[str]] | None = None,
    years: Years = EVERY_YEAR,
    optional: tuple[str, ...] = (),
) -> Module:
    return Module(name, tuple(columns.split()), codes or {}, used, years, optional)


MODULES: Mapping[str, Module] = {
    module.name: module
    for module in (
        _module(
            "header",
            "CHILD SEX DOB ETHNIC UPN MOTHER MC_DOB",
            used=True,
            codes={"SEX": _SEX, "ETHNIC": _ETHNIC, "MOTHER": _FLAG, "UASC": _FLAG},
            optional=("UASC",),  # only the XML form has it
        ),
        _module(
            "episodes",
            "CHILD DECOM RNE LS CIN PLACE PLACE_PROVIDER DEC REC REASON_PLACE_CHANGE "
            "HOME_POST PL_POST URN",
            used=True,
            codes=_EPISODE_CODES,
        ),
        _module("uasc", "CHILD SEX DOB DUC", used=True, codes={"SEX": _SEX}),
        _module(
            "missing",
            "CHILD DOB MISSING MIS_START MIS_END",
            used=True,
            codes={"MISSING": _codes("M A")},
        ),
        _module(
            "placed_adoption",
            "CHILD DOB DATE_PLACED DATE_PLACED_CEASED REASON_PLACED_CEASED",
            used=True,
            codes={"REASON_PLACED_CEASED": _codes("RD1 RD2 RD3 RD4")},
        ),
        _module(
            "reviews",
            "CHILD DOB REVIEW REVIEW_CODE",
            used=False,
            codes={"REVIEW_CODE": _codes("PN0 PN1 PN2 PN3 PN4 PN5 PN6 PN7")},
        ),
        _module(
            "oc2",
            "CHILD DOB SDQ_SCORE SDQ_REASON CONVICTED HEALTH_CHECK IMMUNISATIONS "
            "TEETH_CHECK HEALTH_ASSESSMENT SUBSTANCE_MISUSE INTERVENTION_RECEIVED "
            "INTERVENTION_OFFERED",
            used=False,
        ),
        _module(
            "oc3",
            "CHILD DOB IN_TOUCH ACTIV ACCOM",
            used=False,
            codes={"ACTIV": _ACTIV},
        ),
        _module(
            "ad1",
            "CHILD DOB DATE_INT DATE_MATCH FOSTER_CARE NB_ADOPTR SEX_ADOPTR LS_ADOPTR",
            used=False,
        ),
        _module(
            "prev_perm",
            "CHILD DOB PREV_PERM LA_PERM DATE_PERM",
            used=False,
            codes={"PREV_PERM": _codes("P1 P2 P3 P4 Z1")},
        ),
        _module(
            "social_worker",
            "CHILD DOB SW_ID SW_DECOM SW_DEC SW_REASON",
            used=False,
            years=(2024, LAST_YEAR),
        ),
        _module(
            "DoLo", "CHILD DOB DOLO_START DOLO_END", used=False, years=(2027, 2027)
        ),
    )
}
"""Every module, by its name in the guide."""

YEARS_OF_CODES: Mapping[str, Mapping[str, Years]] = {
    "SEX": {
        **dict.fromkeys(("1", "2"), (FIRST_YEAR, 2024)),
        **dict.fromkeys(("M", "F", "U"), (2025, LAST_YEAR)),
    },
    "PLACE": {
        **dict.fromkeys(("H5", "P2"), (FIRST_YEAR, 2024)),
        "K3": (2025, LAST_YEAR),
        "Z1": (FIRST_YEAR, 2025),
        **dict.fromkeys(("Z11", "Z12", "Z13", "Z14"), (2026, LAST_YEAR)),
    },
    "REC": {
        **dict.fromkeys(("E43", "E44"), (FIRST_YEAR, 2018)),
        **dict.fromkeys(("E45", "E46", "E47", "E48"), (2019, LAST_YEAR)),
    },
    "REASON_PLACE_CHANGE": {"CUSTOD": (2019, LAST_YEAR)},
    "ACTIV": {
        **dict.fromkeys(("F3", "P3"), (FIRST_YEAR, 2021)),
        **dict.fromkeys(("F4", "P4", "F5", "P5"), (2022, LAST_YEAR)),
    },
}
"""The codes, by column, that belong to some collection years only."""


def recognised(header: Iterable[str]) -> Module | None:
    """The module whose set of columns a file has, whatever its name.

    More columns than the module has are no obstacle. A file that has only a part of a
    module's columns is that module's all the same when most of them are there, so
    that reading it can say which are missing: a return that lost a column must not
    pass for some other kind of file.
    """
    names = {name.upper() for name in header}
    if "CHILD" not in names:
        return None
    whole = [m for m in MODULES.values() if names.issuperset(m.columns)]
    if whole:
        return max(whole, key=lambda m: len(m.columns))
    likely = max(MODULES.values(), key=lambda m: _own_columns(m, names))
    return likely if 2 * _own_columns(likely, names) > len(_OWN[likely.name]) else None


def _own_columns(module: Module, names: set[str]) -> int:
    return len(_OWN[module.name] & names)


_OWN: Mapping[str, frozenset[str]] = {
    name: frozenset(module.columns).difference(
        *(other.columns for other in MODULES.values() if other is not module)
    )
    for name, module in MODULES.items()
}
"""The columns that only this module has."""


def years_of(module: Module, values: Mapping[str, Iterable[str]]) -> Years | None:
    """The collection years that a file's codes are consistent with.

    Args:
        module: which module the file holds.
        values: the different codes of each of its columns.

    Returns:
        The first and last year, or ``None`` when codes of different years are mixed.
    """
    spans = [module.years]
    for column, codes in values.items():
        by_code = YEARS_OF_CODES.get(column, {})
        spans += [by_code[code] for code in codes if code in by_code]
    return shared(spans)


def shared(spans: Iterable[Years]) -> Years | None:
    """The years that all spans have in common, if any."""
    first, last = EVERY_YEAR
    for start, end in spans:
        first, last = max(first, start), min(last, end)
    return (first, last) if first <= last else None


def spoken(years: Years) -> str:
    """``2018-19 to 2023-24``, ``2026-27``."""
    first, last = (f"{year - 1}-{year % 100:02}" for year in years)
    return first if first == last else f"{first} to {last}"
