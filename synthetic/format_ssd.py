"""Kind ``ssd-csv``: the Standard Safeguarding Dataset, one CSV per table."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence

from synthetic.care import Child, Placement
from synthetic.extracts import Cell, Extract, iso, yes_no
from synthetic.places import Address

FACTORS = {
    "missing": "10A", "cse_at_risk": "11A", "cse_victim": "11A", "trafficked": "12A",
    "gang": "13A", "cce": "24A", "uasc": "9A",
}  # fmt: skip
"""Assessment factors of the children in need census by risk indicator. What has none,
such as being suspected of exploitation oneself, this format can't say."""

TABLES: dict[str, tuple[str, ...]] = {
    "ssd_person": (
        "pers_person_id", "pers_forename", "pers_surname", "pers_sex", "pers_gender",
        "pers_ethnicity", "pers_dob", "pers_common_child_id", "pers_legacy_id",
        "pers_expected_dob", "pers_death_date",
    ),
    "ssd_address": (
        "addr_table_id", "addr_person_id", "addr_address_type",
        "addr_address_start_date", "addr_address_end_date", "addr_address_postcode",
        "addr_address_json",
    ),
    "ssd_cla_episodes": (
        "clae_cla_episode_id", "clae_person_id", "clae_cla_id",
        "clae_cla_placement_id", "clae_entered_care_date",
        "clae_cla_episode_start_date", "clae_cla_episode_start_reason",
        "clae_cla_primary_need_code", "clae_cla_episode_ceased_date",
        "clae_cla_episode_ceased_reason", "clae_referral_id",
        "clae_cla_last_iro_contact_date",
    ),
    "ssd_cla_placement": (
        "clap_cla_placement_id", "clap_cla_id", "clap_person_id",
        "clap_cla_placement_start_date", "clap_cla_placement_type",
        "clap_cla_placement_urn", "clap_cla_placement_distance",
        "clap_cla_placement_provider", "clap_cla_placement_postcode",
        "clap_cla_placement_end_date", "clap_cla_placement_change_reason",
    ),
    "ssd_legal_status": (
        "lega_legal_status_id", "lega_person_id", "lega_legal_status",
        "lega_legal_status_start_date", "lega_legal_status_end_date",
    ),
    "ssd_missing": (
        "miss_table_id", "miss_person_id", "miss_missing_episode_start_date",
        "miss_missing_episode_type", "miss_missing_episode_end_date",
        "miss_missing_rhi_offered", "miss_missing_rhi_accepted",
    ),
    "ssd_linked_identifiers": (
        "link_table_id", "link_person_id", "link_identifier_type",
        "link_identifier_value", "link_valid_from_date", "link_valid_to_date",
    ),
    "ssd_assessment_factors": ("cinf_assessment_id", "cinf_assessment_factors_json"),
    "ssd_cin_assessments": ("cina_assessment_id", "cina_person_id"),
    "ssd_immigration_status": (
        "immi_person_id", "immi_immigration_status",
        "immi_immigration_status_start_date", "immi_immigration_status_end_date",
    ),
    "ssd_involvements": (
        "invo_involvements_id", "invo_person_id", "invo_professional_id",
        "invo_professional_role_id", "invo_professional_team",
        "invo_involvement_start_date", "invo_involvement_end_date",
    ),
    "ssd_professionals": (
        "prof_professional_id", "prof_staff_id", "prof_professional_name",
        "prof_professional_job_title", "prof_professional_department",
    ),
}  # fmt: skip

Row = Sequence[Cell]


def add_tables(extract: Extract, children: list[Child]) -> None:
    """Adds one file for each table read."""
    for table, columns in TABLES.items():
        extract.add_table(f"{table}.csv", columns, _ROWS[table](children))


def _squeezed(postcode: str | None) -> Cell:
    """Postcodes come without spaces in this format."""
    return postcode.replace(" ", "") if postcode else None


def _persons(children: Iterable[Child]) -> Iterator[Row]:
    for child in children:
        person, name = child.person, child.person.name
        yield (
            child.child_ref,
            name.forename,
            name.surname,
            person.sex,
            {"M": "01", "F": "02"}[person.sex],
            person.ethnicity,
            iso(person.dob),
            child.nhs,
            None,
            None,
            None,
        )


def _addresses(children: Iterable[Child]) -> Iterator[Row]:
    for child in children:
        home = child.person.home
        if home is not None:
            first = iso(child.person.dob)
            yield (f"{child.child_ref}H", child.child_ref, "Home", first, None,
                   _squeezed(home.postcode), _address_json(home))  # fmt: skip
        for placement in child.placements:
            at = placement.stay.address
            if at is not None:
                yield (
                    f"{child.child_ref}P{placement.number}",
                    child.child_ref,
                    "Placement",
                    iso(placement.start),
                    iso(placement.end),
                    _squeezed(placement.stay.postcode),
                    _address_json(at),
                )


def _address_json(at: Address) -> str:
    flat, _, house = at.house.rpartition(", ")
    return json.dumps(
        {
            "ROOM": "", "FLOOR": "", "FLAT": flat, "BUILDING": "", "HOUSE": house,
            "STREET": at.street, "TOWN": at.town, "UPRN": at.uprn or "", "EASTING": "",
            "NORTHING": "",
        }
    )  # fmt: skip


def periods(child: Child) -> Iterator[tuple[str, Placement]]:
    """Each placement with the id of its period of care, which begins with RNE S."""
    period = 0
    for placement in child.placements:
        period += placement.episodes[0].reason == "S"
        yield f"{child.child_ref}C{period}", placement


def _episodes(children: Iterable[Child]) -> Iterator[Row]:
    for child in children:
        entered = None
        for period, placement in periods(child):
            if placement.episodes[0].reason == "S":
                entered = placement.start
            for number, episode in enumerate(placement.episodes):
                yield (
                    f"{placement.number}E{number}",
                    child.child_ref,
                    period,
                    str(placement.number),
                    iso(entered),
                    iso(episode.start),
                    episode.reason,
                    child.need,
                    iso(episode.end),
                    episode.end_reason,
                    f"{child.child_ref}R",
                    None,
                )


def _placements(children: Iterable[Child]) -> Iterator[Row]:
    for child in children:
        for period, placement in periods(child):
            stay = placement.stay
            yield (
                str(placement.number),
                period,
                child.child_ref,
                iso(placement.start),
                stay.place_code,
                stay.urn,
                None,
                stay.provider,
                _squeezed(stay.postcode),
                iso(placement.end),
                placement.change_reason,
            )


def _legal_statuses(children: Iterable[Child]) -> Iterator[Row]:
    """One row for each run of episodes under the same status."""
    for child in children:
        runs: list[list[Cell]] = []
        for placement in child.placements:
            for episode in placement.episodes:
                start, end = iso(episode.start), iso(episode.end)
                if (
                    runs
                    and runs[-1][2] == episode.legal_status
                    and runs[-1][4] == start
                ):
                    runs[-1][4] = end
                    continue
                ref = f"{child.child_ref}L{len(runs)}"
                runs.append([ref, child.child_ref, episode.legal_status, start, end])
        yield from runs


def _missing(children: Iterable[Child]) -> Iterator[Row]:
    for child in children:
        for number, each in enumerate(child.missing):
            yield (
                f"{child.child_ref}M{number}",
                child.child_ref,
                iso(each.start),
                each.kind,
                iso(each.end),
                yes_no(each.interview_offered),
                yes_no(each.interview_accepted),
            )


def _identifiers(children: Iterable[Child]) -> Iterator[Row]:
    kinds = (
        ("Unique Pupil Number", "upn"),
        ("Home Office Registration", "home_office"),
    )
    for child in children:
        for number, (kind, attribute) in enumerate(kinds):
            value: str | None = getattr(child, attribute)
            if value is not None:
                ref = f"{child.child_ref}I{number}"
                yield ref, child.child_ref, kind, value, iso(child.entered_care), None


def factors(child: Child) -> list[str]:
    """The factors that assessments of the child have found, sorted."""
    return sorted({FACTORS[risk] for risk in child.risks if risk in FACTORS})


def _factors(children: Iterable[Child]) -> Iterator[Row]:
    for child in children:
        if factors(child):
            yield f"{child.child_ref}A", json.dumps(factors(child))


def _assessments(children: Iterable[Child]) -> Iterator[Row]:
    for child in children:
        yield f"{child.child_ref}A", child.child_ref


def _immigration(children: Iterable[Child]) -> Iterator[Row]:
    for child in children:
        if child.person.uasc:
            yield child.child_ref, "UASC", iso(child.entered_care), None


def _involvements(children: Iterable[Child]) -> Iterator[Row]:
    for child in children:
        yield (
            f"{child.child_ref}W",
            child.child_ref,
            f"SW{child.worker.number:04d}",
            "Social Worker",
            child.worker.team,
            iso(child.entered_care),
            None,
        )


def _professionals(children: Iterable[Child]) -> Iterator[Row]:
    workers = {child.worker.number: child.worker for child in children}
    for number, worker in sorted(workers.items()):
        yield (
            f"SW{number:04d}",
            f"STAFF{number:04d}",
            worker.name,
            "Social Worker",
            worker.team,
        )


_ROWS: dict[str, Callable[[list[Child]], Iterator[Row]]] = {
    "ssd_person": _persons,
    "ssd_address": _addresses,
    "ssd_cla_episodes": _episodes,
    "ssd_cla_placement": _placements,
    "ssd_legal_status": _legal_statuses,
    "ssd_missing": _missing,
    "ssd_linked_identifiers": _identifiers,
    "ssd_assessment_factors": _factors,
    "ssd_cin_assessments": _assessments,
    "ssd_immigration_status": _immigration,
    "ssd_involvements": _involvements,
    "ssd_professionals": _professionals,
}
