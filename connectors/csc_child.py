"""One child of the DfE children's social care API payload, read and checked.

Source of the shape: data-to-insight/dfe-csc-api-data-flows,
``docs/json_payload_structure.md`` (specification 0.7, MIT).
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.care import Episode, Reading
from connectors.columns import iso_date, postcode_or_as_supplied, yes_or_no
from connectors.episodes import read_placements
from connectors.placed import Row, address_row, death_date
from connectors.risks import FACTORS, Answers, read_factor_list
from records.identifiers import CANONICAL

_SEXES = {"M": "M", "F": "F", "U": "U", "MALE": "M", "FEMALE": "F", "UNKNOWN": "U"}


NO_CARE = Reading((), ())


class Malformed(Exception):
    """A child can't be read; the text has the path of the fault and the mend."""

    def __init__(self, path: str, code: str, problem: str, ref: str = "") -> None:
        super().__init__(f"{path}: {problem}")
        self.path = path
        self.code = code
        self.problem = problem
        self.ref = ref


@dataclass(frozen=True, slots=True)
class Child:
    """What a document says of a child.

    ``was_placed`` is true of a child with placements, purged ones too.
    """

    ref: str
    purged: bool = False
    was_placed: bool = False
    forename: str | None = None
    surname: str | None = None
    dob: dt.date | None = None
    sex: str | None = None
    ethnicity: str | None = None
    uasc: bool | None = None
    postcode: str | None = None
    numbers: tuple[tuple[str, str], ...] = ()
    care: Reading = NO_CARE
    purged_placements: tuple[str, ...] = ()
    placed_for_adoption: dt.date | None = None
    risks: Answers = field(default_factory=Answers)

    def row(self, authority: str) -> Row:
        """The child as a row of the canonical table."""
        return {
            "authority": authority, "child_ref": self.ref, "forename": self.forename,
            "surname": self.surname, "dob": self.dob, "sex": self.sex,
            "ethnicity": self.ethnicity, "uasc": self.uasc,
            "death_date": death_date(self.care.placements),
        }  # fmt: skip

    def home(self, authority: str) -> Iterator[Row]:
        """The home address; an unaccompanied child has none in the area."""
        if self.postcode and not self.uasc:
            yield address_row(authority, self.ref, "home", self.postcode)


@dataclass(slots=True)
class ReadChild:
    """Reads values of one document; what can't be read is counted in ``notes``."""

    path: str
    on: dt.date
    ref: str = ""
    notes: Counter[str] = field(default_factory=Counter)

    def malformed(self, path: str, code: str, problem: str) -> Malformed:
        return Malformed(path, code, problem, self.ref)

    def objects(self, said: Mapping[str, Any], path: str, key: str) -> list[Any]:
        """The objects of a list, with their paths; absent and null are empty.

        Raises:
            Malformed: not a list of objects.
        """
        given = said.get(key)
        if given is None:
            return []
        if not isinstance(given, list):
            raise self.malformed(f"{path}.{key}", "bad_type", "is no array: send one")
        for place, item in enumerate(given):
            if not isinstance(item, dict):
                where = f"{path}.{key}[{place}]"
                raise self.malformed(where, "bad_type", "is no object: send one")
        return [(f"{path}.{key}[{place}]", item) for place, item in enumerate(given)]

    def part(self, said: Mapping[str, Any], path: str, key: str) -> dict[str, Any]:
        """An object within an object; absent, null and purged are empty.

        Raises:
            Malformed: something else.
        """
        given = said.get(key)
        if given is None:
            return {}
        if not isinstance(given, dict):
            raise self.malformed(f"{path}.{key}", "bad_type", "is no object: send one")
        if self.is_purged(given, f"{path}.{key}"):
            self.notes[f"purged {key}"] += 1
            return {}
        return given

    def is_purged(self, said: Mapping[str, Any], path: str) -> bool:
        """Whether ``purge`` is true.

        Raises:
            Malformed: it is neither true nor false, and guessing would either delete
                or keep what must not be.
        """
        flag = said.get("purge")
        if flag is None:
            return False
        answer = flag if isinstance(flag, bool) else yes_or_no(str(flag))
        if answer is None:
            where = f"{path}.purge"
            raise self.malformed(where, "bad_value", "is neither true nor false")
        return answer

    def text(self, said: Mapping[str, Any], key: str) -> str | None:
        """A trimmed text or number; empty is null, anything else is dropped."""
        given = said.get(key)
        if given is None or given == "":
            return None
        if isinstance(given, bool) or not isinstance(given, str | int):
            self.notes[f"field_dropped {key}"] += 1
            return None
        return str(given).strip() or None

    def day(self, said: Mapping[str, Any], key: str) -> dt.date | None:
        """A date; what can't be read is dropped."""
        given = self.text(said, key)
        value = iso_date(given) if given else None
        if given and value is None:
            self.notes[f"field_dropped {key}"] += 1
        return value

    def code(self, said: Mapping[str, Any], key: str) -> str | None:
        given = self.text(said, key)
        return given.upper() if given else None

    def flag(self, said: Mapping[str, Any], key: str) -> bool | None:
        given = said.get(key)
        if given is None:
            return None
        answer = given if isinstance(given, bool) else yes_or_no(str(given))
        if answer is None:
            self.notes[f"field_dropped {key}"] += 1
        return answer


def read_child(read: ReadChild, said: object) -> Child:
    """The child of a document.

    Raises:
        Malformed: no object, no ``la_child_id``, or see the methods of ``read``.
    """
    path = read.path
    if not isinstance(said, dict):
        raise read.malformed(path, "bad_type", "is no child document: send an object")
    ref = read.text(said, "la_child_id")
    if ref is None:
        where = f"{path}.la_child_id"
        raise read.malformed(where, "missing_ref", "is missing: fill it")
    read.ref = ref
    if read.is_purged(said, path):
        return Child(ref, purged=True)
    details = read.part(said, path, "child_details")
    uasc, risks = _unaccompanied(read, details), Answers()
    if uasc is not None:
        risks.add(ref, "uasc", "csc-api child_details", answer=uasc)
    episodes: list[Episode] = []
    purged: list[str] = []
    adopted: list[dt.date] = []
    was_placed = False
    for where, episode in read.objects(said, path, "social_care_episodes"):
        gone = read.is_purged(episode, where)
        for place, placement in read.objects(
            episode, where, "child_looked_after_placements"
        ):
            was_placed = True
            source_ref = read.text(placement, "child_looked_after_placement_id")
            if gone or read.is_purged(placement, place):
                purged.append(_named(read, place, source_ref))
            else:
                episodes.append(_episode(read, place, placement, source_ref))
        if gone:
            read.notes["purged social_care_episodes"] += 1
            continue
        adoption = read.part(episode, where, "adoption")
        if placed := read.day(adoption, "placed_date"):
            adopted.append(placed)
        _read_factors(read, where, episode, risks)
    unaccompanied = risks.found.get((ref, "uasc"))
    sex = read.code(details, "sex")
    return Child(
        ref=ref,
        was_placed=was_placed,
        forename=read.text(details, "first_name"),
        surname=read.text(details, "surname"),
        dob=read.day(details, "date_of_birth"),
        sex=_SEXES.get(sex) if sex else None,
        ethnicity=read.code(details, "ethnicity"),
        uasc=unaccompanied.answer if unaccompanied else None,
        postcode=_postcode(read, details),
        numbers=_numbers(read, details),
        care=read_placements(episodes, read.on),
        purged_placements=tuple(purged),
        placed_for_adoption=min(adopted, default=None),
        risks=risks,
    )


def _named(read: ReadChild, path: str, source_ref: str | None) -> str:
    if source_ref is None:
        where = f"{path}.child_looked_after_placement_id"
        raise read.malformed(
            where, "missing_ref", "is missing, so which placement to purge is unknown"
        )
    return source_ref


def _episode(
    read: ReadChild, path: str, said: Mapping[str, Any], source_ref: str | None
) -> Episode:
    """A placement of the payload, which is an episode of ours: L joins them."""
    given = read.text(said, "start_date")
    start = iso_date(given) if given else None
    if start is None:
        where = f"{path}.start_date"
        raise read.malformed(
            where, "bad_date", "is missing or no date: write 2026-11-22"
        )
    end = read.day(said, "end_date")
    return Episode(
        start=start,
        end=end,
        reason_new=read.code(said, "start_reason"),
        reason_ceased=read.code(said, "end_reason"),
        place_code=read.code(said, "placement_type"),
        postcode=_postcode(read, said),
        source_ref=source_ref,
        ceased=end is None and read.text(said, "end_date") is not None,
    )


def _postcode(read: ReadChild, said: Mapping[str, Any]) -> str | None:
    given = read.text(said, "postcode")
    return postcode_or_as_supplied(given) if given else None


def _unaccompanied(read: ReadChild, details: Mapping[str, Any]) -> bool | None:
    flag = read.flag(details, "uasc_flag")
    end = read.day(details, "uasc_end_date")
    return flag and (end is None or end > read.on)


def _numbers(
    read: ReadChild, details: Mapping[str, Any]
) -> tuple[tuple[str, str], ...]:
    numbers = []
    for key in ("unique_pupil_number", "former_unique_pupil_number"):
        if given := read.text(details, key):
            number = CANONICAL["upn"](given)
            if number is None:
                read.notes[f"invalid_identifier {key}"] += 1
            else:
                numbers.append(("upn", number))
    return tuple(dict.fromkeys(numbers))


def _read_factors(
    read: ReadChild, path: str, episode: Mapping[str, Any], risks: Answers
) -> None:
    for where, assessment in read.objects(
        episode, path, "child_and_family_assessments"
    ):
        if read.is_purged(assessment, where):
            read.notes["purged child_and_family_assessments"] += 1
            continue
        since = read.day(assessment, "start_date")
        found = read_factor_list(assessment.get("factors"))
        if found is None:
            read.notes["field_dropped factors"] += 1
            continue
        for factor, answer in found.items():
            if indicator := FACTORS.get(factor):
                risks.add(
                    read.ref, indicator, "csc-api child_and_family_assessments",
                    answer=answer, since=since,
                )  # fmt: skip
