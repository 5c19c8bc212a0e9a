"""Ids that any crash, retry or new release of the rules makes again the same.

A notice's id says what is told to whom (contracts: region ⇄ portal). The version of a
rule is no part of it.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Collection, Iterable
from uuid import UUID, uuid5

from matching.evidence import Candidate
from notifications.documents import Kind, ObligationKind
from notifications.facts import Child, PersonMember, Placement

NAMESPACE = UUID("6f2d1c1e-6c0b-5b7e-9a35-0d5c7c1f4e21")
"""Never to be changed: with another one, everybody would be told again."""


def _canonical(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _id(*parts: object) -> UUID:
    return uuid5(NAMESPACE, _canonical(parts))


def settled(text: str | None) -> str | None:
    """Text without differences of case and spacing, which are no news to anybody."""
    return " ".join((text or "").split()).casefold() or None


def facts_hash(child: Child, placement: Placement, postcode: str | None) -> str:
    """SHA-256 of the notifiable facts: a change in them is told to whoever was told.

    The child's names, date of birth and sex; the placement's start, postcode, address
    and type. Not risks, contacts or legal status, which change often and change
    nothing about where the child is. ``postcode`` is canonical where it has the form.
    """
    facts = {
        "forename": settled(child.forename),
        "middle_names": settled(child.middle_names),
        "surname": settled(child.surname),
        "known_as": settled(child.known_as),
        "former_surname": settled(child.former_surname),
        "dob": child.dob.isoformat() if child.dob else None,
        "sex": settled(child.sex),
        "start": placement.start.isoformat(),
        "postcode": settled(postcode),
        "address": settled(placement.address),
        "place_code": settled(placement.place_code),
    }
    return hashlib.sha256(_canonical(facts).encode()).hexdigest()


def notice_id(
    about: tuple[str, str], recipient: str, kind: Kind, facts: str, *, ordinal: int = 0
) -> UUID:
    """The id of a notice about ``(placing LA, placement_ref)``.

    For a pointer, ``about`` is ``("", person id)``.
    """
    parts = (*about, recipient, kind.value, facts)
    return _id(*parts, ordinal) if ordinal else _id(*parts)


def unused_notice_id(
    about: tuple[str, str], recipient: str, kind: Kind, facts: str,
    made: Collection[UUID],
) -> UUID:  # fmt: skip
    """The notice's id with the lowest ordinal that was not used before.

    Only data that went from A to B and back to A makes an ordinal other than 0.
    """
    ordinal = 0
    while True:
        found = notice_id(about, recipient, kind, facts, ordinal=ordinal)
        if found not in made:
            return found
        ordinal += 1


def obligation_id(
    kind: ObligationKind, owed_by: str, placement_ref: str, created_on: dt.date
) -> UUID:
    """A task's id. A task owed again after it was met is another task."""
    return _id("obligation", kind.value, owed_by, placement_ref, created_on.isoformat())


def review_id(authority: str, child_ref: str, candidate: Candidate) -> UUID:
    """Both records and both content hashes: new evidence is a new question."""
    return _id(
        "review", authority, child_ref, candidate.left_hash,
        candidate.authority, candidate.record_ref, candidate.right_hash,
    )  # fmt: skip


def person_id(kind: str, members: Iterable[PersonMember]) -> UUID:
    """The id of a person met for the first time, from its first record by code."""
    first = min((member.authority, member.record_ref) for member in members)
    return _id("person", kind, *first)


def pointer_hash(own: Iterable[str], others: Iterable[PersonMember]) -> str:
    """SHA-256 of what a pointer tells: the recipient's records and the others'."""
    told = [
        sorted(own),
        sorted([member.authority, member.record_ref] for member in others),
    ]
    return hashlib.sha256(_canonical(told).encode()).hexdigest()
