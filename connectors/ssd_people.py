"""Who the children of the Standard Safeguarding Dataset are, and what else is told."""

import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from connectors.columns import mapped, unreadable
from connectors.conformed import Ledger
from connectors.dates import date_or_dropped
from connectors.placed import Row
from connectors.risks import Answers, read_factors
from connectors.ssd_rows import kept_rows, postcodes
from records.identifiers import CANONICAL

NUMBER_TYPES = {
    "unique pupil number": "upn", "former unique pupil number": "upn", "upn": "upn",
    "nhs number": "nhs", "home office registration": "home_office",
    "pnc id": "pnc", "pnc number": "pnc", "pncid": "pnc",
}  # fmt: skip
"""The types of linked identifiers that can be evidence, in lower case."""

UNACCOMPANIED = re.compile(r"\bunaccompanied\b|\buasc\b", re.IGNORECASE)

_SEX = {"F": "F", "M": "M", "U": "U", "FEMALE": "F", "MALE": "M", "UNKNOWN": "U"}
_GENDER = {"01": "M", "1": "M", "02": "F", "2": "F"}
_SOCIAL_WORKER = re.compile(
    r"social\s*work|allocated|case\s*(?:work|hold|manag)|key\s*work", re.IGNORECASE
)
_ADDRESS_PARTS = ("ROOM", "FLOOR", "FLAT", "BUILDING", "HOUSE", "STREET", "TOWN")
_BARE_PAIR = re.compile(r'"?(\w+)"?\s*:\s*"([^"]*)"')


@dataclass(frozen=True, slots=True)
class Person:
    forename: str | None = None
    surname: str | None = None
    sex: str | None = None
    ethnicity: str | None = None
    dob: dt.date | None = None
    death_date: dt.date | None = None
    nhs: str | None = None


@dataclass(frozen=True, slots=True)
class Worker:
    name: str | None
    team: str | None


def read_people(ledger: Ledger) -> dict[str, Person]:
    """Everybody in ``ssd_person``, looked after or not."""
    ledger.reject_missing("pers_person_id")
    ledger.merge_identical()
    ledger.reject_repeated("pers_person_id")
    sex = mapped(ledger.column("pers_sex"), lambda t: _SEX.get(t.upper()), pa.string())
    ledger.count(unreadable(ledger.column("pers_sex"), sex), "field_dropped pers_sex")
    gender = mapped(ledger.column("pers_gender"), _GENDER.get, pa.string())
    nhs = mapped(ledger.column("pers_common_child_id"), CANONICAL["nhs"], pa.string())
    ledger.count(
        unreadable(ledger.column("pers_common_child_id"), nhs),
        "invalid_identifier pers_common_child_id",
    )
    return {
        row["pers_person_id"]: Person(
            forename=row["pers_forename"],
            surname=row["pers_surname"],
            sex=row["sex"],
            ethnicity=row["ethnicity"],
            dob=row["dob"],
            death_date=row["death"],
            nhs=row["nhs"],
        )
        for row in kept_rows(
            ledger,
            sex=pc.coalesce(sex, gender),
            ethnicity=pc.utf8_upper(ledger.column("pers_ethnicity")),
            dob=date_or_dropped(ledger, "pers_dob"),
            death=date_or_dropped(ledger, "pers_death_date"),
            nhs=nhs,
        )
    }


def read_addresses(ledger: Ledger, authority: str, on: dt.date) -> list[Row]:
    """Addresses by kind: home and placement while they last, then former."""
    ledger.reject_missing("addr_person_id")
    start = date_or_dropped(ledger, "addr_address_start_date")
    end = date_or_dropped(ledger, "addr_address_end_date")
    parts = [
        read_address(text) for text in ledger.column("addr_address_json").to_pylist()
    ]
    ledger.count(
        unreadable(
            ledger.column("addr_address_json"),
            pa.array([p is not None or None for p in parts], pa.bool_()),
        ),
        "field_dropped addr_address_json",
    )
    line = pa.array([p[0] if p else None for p in parts], pa.string())
    uprn = pa.array([p[1] if p else None for p in parts], pa.string())
    postcode = postcodes(ledger, "addr_address_postcode")
    return [
        {
            "authority": authority, "child_ref": row["addr_person_id"],
            "kind": _kind(row["addr_address_type"], row["end"], on),
            "line": row["address"], "postcode": row["postcode"], "uprn": row["uprn"],
            "start": row["start"], "end": row["end"],
        }
        for row in kept_rows(
            ledger, address=line, uprn=uprn, postcode=postcode, start=start, end=end
        )
        if row["postcode"] or row["address"] or row["uprn"]
    ]  # fmt: skip


def read_address(text: str | None) -> tuple[str | None, str | None] | None:
    """The address on one line, and its UPRN; ``None`` for what is no address.

    Tolerant: keys in any case, with or without quotes.
    """
    if text is None:
        return None
    try:
        said = json.loads(text)
    except ValueError:
        said = dict(_BARE_PAIR.findall(text))
    if not isinstance(said, dict) or not said:
        return None
    values = {
        str(key).upper(): str(value).strip()
        for key, value in said.items()
        if value is not None and str(value).strip()
    }
    first, street = values.get("HOUSE"), values.get("STREET")
    if first and street:
        values["HOUSE"], values["STREET"] = "", f"{first} {street}"
    line = ", ".join(values[p] for p in _ADDRESS_PARTS if values.get(p))
    uprn = values.get("UPRN", "").lstrip("0")
    return line or None, uprn if uprn.isdigit() else None


def _kind(said: str | None, end: dt.date | None, on: dt.date) -> str:
    if end is not None and end <= on:
        return "former"
    return "placement" if "placement" in (said or "").casefold() else "home"


def read_numbers(ledger: Ledger) -> list[tuple[str, str, str]]:
    """Valid national numbers: person, type, value. Other types are left out."""
    ledger.reject_missing("link_person_id")
    types = mapped(
        ledger.column("link_identifier_type"),
        lambda text: NUMBER_TYPES.get(text.casefold()),
        pa.string(),
    )
    ledger.count(pc.is_null(types), "identifier_type that is no evidence, left out")
    found, invalid = [], 0
    for row in kept_rows(ledger, kind=types):
        kind, value = row["kind"], row["link_identifier_value"]
        if kind is None or value is None:
            continue
        number = CANONICAL[kind](value)
        if number is None:
            invalid += 1
        else:
            found.append((row["link_person_id"], kind, number))
    if invalid:
        ledger.notes.append(f"invalid_identifier link_identifier_value: {invalid}")
    return found


def read_immigration(ledger: Ledger, answers: Answers, on: dt.date) -> None:
    """Whether each person with such a status is unaccompanied on the business date.

    Other statuses say nothing of it.
    """
    ledger.reject_missing("immi_person_id")
    start = date_or_dropped(ledger, "immi_immigration_status_start_date")
    end = date_or_dropped(ledger, "immi_immigration_status_end_date")
    for row in kept_rows(ledger, start=start, end=end):
        if UNACCOMPANIED.search(row["immi_immigration_status"] or ""):
            answers.add(
                row["immi_person_id"],
                "uasc",
                "ssd_immigration_status",
                answer=row["end"] is None or row["end"] > on,
                since=row["start"],
            )


def read_assessments(ledger: Ledger) -> dict[str, tuple[str, dt.date | None]]:
    """Whom each assessment is about, and when it began."""
    ledger.reject_missing("cina_assessment_id")
    ledger.reject_missing("cina_person_id")
    start = date_or_dropped(ledger, "cina_assessment_start_date")
    return {
        row["cina_assessment_id"]: (row["cina_person_id"], row["start"])
        for row in kept_rows(ledger, start=start)
    }


def read_risk_factors(
    ledger: Ledger,
    assessments: Mapping[str, tuple[str, dt.date | None]],
    factors: Mapping[str, str],
    answers: Answers,
) -> None:
    """Factors found at the end of assessments, for the people they are about."""
    ledger.reject_missing("cinf_assessment_id")
    told = ledger.column("cinf_assessment_id")
    ledger.reject(
        pc.invert(pc.is_in(told, pa.array(list(assessments), pa.string()))),
        "orphan",
        "ssd_cin_assessments has no such assessment, so whose factors these are can't "
        "be told: send the assessment too",
    )
    unreadable_rows = 0
    for row in kept_rows(ledger):
        text = row["cinf_assessment_factors_json"]
        found = read_factors(text) if text else {}
        if found is None:
            unreadable_rows += 1
            continue
        person, since = assessments[row["cinf_assessment_id"]]
        for factor, answer in found.items():
            if indicator := factors.get(factor):
                answers.add(
                    person, indicator, "ssd_assessment_factors",
                    answer=answer, since=since,
                )  # fmt: skip
    if unreadable_rows:
        note = f"field_dropped cinf_assessment_factors_json: {unreadable_rows}"
        ledger.notes.append(note)


def read_professionals(ledger: Ledger) -> dict[str, dict[str, Any]]:
    """Professionals by their key."""
    ledger.reject_missing("prof_professional_id")
    return {row["prof_professional_id"]: row for row in kept_rows(ledger)}


def read_workers(
    ledger: Ledger, professionals: Mapping[str, Mapping[str, Any]], on: dt.date
) -> dict[str, Worker]:
    """Each person's social worker now: the last to begin of those not over.

    Only involvements whose role or job title is a social worker's count, or of which
    neither is told: a notice must not name a health visitor as the social worker.
    """
    ledger.reject_missing("invo_person_id")
    start = date_or_dropped(ledger, "invo_involvement_start_date")
    end = date_or_dropped(ledger, "invo_involvement_end_date")
    now = [
        row
        for row in kept_rows(ledger, start=start, end=end)
        if (row["start"] is None or row["start"] <= on)
        and (row["end"] is None or row["end"] > on)
    ]
    workers: dict[str, Worker] = {}
    for row in _by_start(now):
        who = professionals.get(row["invo_professional_id"] or "", {})
        described = " ".join(
            text
            for text in (
                row["invo_professional_role_id"],
                who.get("prof_professional_job_title"),
            )
            if text
        )
        if described and not _SOCIAL_WORKER.search(described):
            continue
        workers[row["invo_person_id"]] = Worker(
            who.get("prof_professional_name"),
            row["invo_professional_team"] or who.get("prof_professional_department"),
        )
    return workers


def _by_start(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: (row["start"] or dt.date.min, row["line"]))
