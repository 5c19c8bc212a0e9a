"""Kind ``ssda903``: the return's CSV modules of a collection year, and identities."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from synthetic.care import ADOPTIVE, Child, Placement
from synthetic.extracts import Cell, Extract, british, iso, true_false
from synthetic.people import years_before

HEADER = ("CHILD", "SEX", "DOB", "ETHNIC", "UPN", "MOTHER", "MC_DOB")
EPISODES = (
    "CHILD", "DECOM", "RNE", "LS", "CIN", "PLACE", "PLACE_PROVIDER", "DEC", "REC",
    "REASON_PLACE_CHANGE", "HOME_POST", "PL_POST", "URN",
)  # fmt: skip
UASC = ("CHILD", "SEX", "DOB", "DUC")
MISSING = ("CHILD", "DOB", "MISSING", "MIS_START", "MIS_END")
REVIEWS = ("CHILD", "DOB", "REVIEW", "REVIEW_CODE")
PLACED_FOR_ADOPTION = (
    "CHILD", "DOB", "DATE_PLACED", "DATE_PLACED_CEASED", "REASON_PLACED_CEASED",
)  # fmt: skip
SOCIAL_WORKERS = ("CHILD", "DOB", "SW_ID", "SW_DECOM", "SW_DEC", "SW_REASON")
IDENTITIES = (
    "child_id", "forename", "middle_names", "surname", "known_as", "former_surname",
    "dob", "sex", "ethnicity", "nhs_number", "upn", "pnc_id", "postcode",
    "social_worker", "social_worker_phone", "social_worker_email", "protected",
)  # fmt: skip

Row = Sequence[Cell]


def add_tables(extract: Extract, children: list[Child], year: int) -> None:
    """Adds the modules as the collection ``year`` had them, and ``identities.csv``.

    Sex is 1 and 2 before 2024-25, and M and F from then; the social worker module came
    with 2023-24. The modules are written as a Windows programme writes them.
    """
    modules: dict[str, tuple[Sequence[str], Iterable[Row]]] = {
        "header.csv": (HEADER, (_header(child, year) for child in children)),
        "episodes.csv": (EPISODES, _episodes(children)),
        "uasc.csv": (UASC, _uasc(children, year)),
        "missing.csv": (MISSING, _missing(children)),
        "reviews.csv": (REVIEWS, _reviews(children, extract.date)),
        "placed_for_adoption.csv": (PLACED_FOR_ADOPTION, _placed_to_adopt(children)),
    }
    if year >= 2024:
        modules["social_workers.csv"] = (SOCIAL_WORKERS, _workers(children))
    for name, (columns, rows) in modules.items():
        extract.add_table(name, columns, rows, from_windows=True)
    extract.add_table(
        "identities.csv",
        IDENTITIES,
        [_identity(child, extract.date) for child in children],
    )


def _sex(child: Child, year: int) -> str:
    sex = child.person.sex
    return sex if year >= 2025 else {"M": "1", "F": "2"}[sex]


def _born(child: Child) -> Cell:
    return british(child.person.dob)


def _header(child: Child, year: int) -> Row:
    person = child.person
    unknown = "UN1" if child.person.uasc else "UN3"
    mother = "0" if person.sex == "F" and child.upn else None
    return (
        child.child_ref,
        _sex(child, year),
        _born(child),
        person.ethnicity,
        child.upn or unknown,
        mother,
        None,
    )


def _episodes(children: Iterable[Child]) -> Iterator[Row]:
    for child in children:
        home = child.person.home
        for placement in child.placements:
            stay = placement.stay
            for episode in placement.episodes:
                last = episode is placement.episodes[-1]
                yield (
                    child.child_ref,
                    british(episode.start),
                    episode.reason,
                    episode.legal_status,
                    child.need,
                    stay.place_code,
                    stay.provider,
                    british(episode.end),
                    episode.end_reason,
                    _why_changed(placement) if last else None,
                    home.postcode if home else None,
                    stay.postcode,
                    stay.urn,
                )


def _why_changed(placement: Placement) -> Cell:
    followed = placement.episodes[-1].end_reason == "X1"
    return placement.change_reason if followed else None


def _uasc(children: Iterable[Child], year: int) -> Iterator[Row]:
    for child in children:
        if child.person.uasc:
            born = child.person.dob
            adult = years_before(born, -18)
            yield child.child_ref, _sex(child, year), _born(child), british(adult)


def _missing(children: Iterable[Child]) -> Iterator[Row]:
    for child in children:
        for each in child.missing:
            yield (
                child.child_ref,
                _born(child),
                each.kind,
                british(each.start),
                british(each.end),
            )


def _reviews(children: Iterable[Child], on: dt.date) -> Iterator[Row]:
    """A review four weeks after entry and then every half-year, none in the future."""
    for child in children:
        review = child.entered_care + dt.timedelta(28)
        end = child.placements[-1].end or on
        while review < min(end, on):
            code = "PN0" if child.person.dob.year + 4 > review.year else "PN1"
            yield child.child_ref, _born(child), british(review), code
            review += dt.timedelta(182)


def _placed_to_adopt(children: Iterable[Child]) -> Iterator[Row]:
    for child in children:
        for placement in child.placements:
            if placement.stay.place_code in ADOPTIVE:
                adopted = placement.episodes[-1].end_reason in {"E11", "E12"}
                yield (
                    child.child_ref,
                    _born(child),
                    british(placement.start),
                    None if adopted else british(placement.end),
                    "RD1" if placement.end and not adopted else None,
                )


def _workers(children: Iterable[Child]) -> Iterator[Row]:
    for child in children:
        yield (
            child.child_ref,
            _born(child),
            f"SW{child.worker.number:04d}",
            british(child.entered_care),
            None,
            None,
        )


def _identity(child: Child, on: dt.date) -> Row:
    person, name = child.person, child.person.name
    return (
        child.child_ref,
        name.forename,
        name.middle,
        name.surname,
        person.known_as,
        person.former_surname,
        iso(person.dob),
        person.sex,
        person.ethnicity,
        child.nhs,
        child.upn,
        None,
        person.home.postcode if person.home else None,
        child.worker.name,
        child.worker.phone,
        child.worker.email,
        true_false(child.protected_on(on)),
    )
