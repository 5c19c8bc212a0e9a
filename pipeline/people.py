"""Cross-border people: who is held by two authorities, and what each holder is told."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from notifications.documents import CrossBorderPerson, Holder
from notifications.facts import (
    KNOWN_STATES,
    PersonGroup,
    PersonMember,
    PersonMemory,
    PlacementStatus,
)
from notifications.outcome import ChildOutcome, PointerOutcome
from notifications.people import decide_pointers
from notifications.rulebook import Rulebook
from notifications.whereabouts import ADOPTED
from pipeline import tonight
from pipeline.run import Run
from pipeline.tonight import Tonight
from records.authorities import AuthorityKind

if TYPE_CHECKING:
    from register.people import KnownPeople

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class People:
    """Tonight's cross-border people."""

    groups: tuple[PersonGroup, ...]
    pointers: PointerOutcome
    documents: tuple[CrossBorderPerson, ...]
    problems: tuple[str, ...]


def decide_people(
    run: Run,
    outcomes: Iterable[ChildOutcome],
    pictures: dict[str, Tonight],
    rulebook: Rulebook,
) -> People:
    """The persons of tonight under the ids that stay theirs, and the pointers."""
    from register.engine import reading
    from register.memory import load_person_memory
    from register.people import assign, known_people

    with reading(run.register) as connection:
        known_children = known_people(connection, "child", run.business_date)
        known = known_people(connection, "perpetrator", run.business_date)
        memory = load_person_memory(connection, run.business_date)
    children, contested = _children(outcomes)
    child_groups = assign(
        "child", children, without_adopted(known_children, _adopted(run), children)
    )
    groups = assign("perpetrator", _perpetrators(run, pictures, known), known)
    problems = (
        (f"{contested} nominals are the best match of two children: see the reviews",)
        if contested
        else ()
    )
    everybody = (*child_groups, *groups)
    apart = _fallen_apart(memory, groups)
    return People(
        groups=everybody,
        pointers=decide_pointers(
            (*groups, *apart), memory, rulebook, run.business_date
        ),
        documents=(
            *_documents(
                run, everybody, {**known_children.created_on, **known.created_on}
            ),
            *_emptied("child", known_children, child_groups),
            *_emptied("perpetrator", known, groups),
        ),
        problems=problems,
    )


def _fallen_apart(
    memory: Mapping[UUID, PersonMemory], groups: Iterable[PersonGroup]
) -> list[PersonGroup]:
    """People who were told of and are no longer found: what was said is taken back."""
    found = {group.person_id for group in groups}
    return [
        PersonGroup(person_id, "perpetrator", ())
        for person_id in sorted(memory.keys() - found, key=str)
        if memory[person_id].standing or memory[person_id].open_obligations
    ]


# --- children and the nominals they were found to be -------------------------------


def _children(
    outcomes: Iterable[ChildOutcome],
) -> tuple[list[tuple[PersonMember, ...]], int]:
    """Each known child with its best nominal, and how many nominals two children claim.

    A claimed nominal goes with the child that it matches better; the other child's row
    is left out, as one record can't be two people.
    """
    best: dict[Key, tuple[float, Key]] = {}
    contested = 0
    for outcome in outcomes:
        for one in outcome.decisions:
            if one.state not in KNOWN_STATES or one.best_nominal_ref is None:
                continue
            nominal = (one.host_force or "", one.best_nominal_ref)
            child = (one.placing_la, one.child_ref)
            probability = one.match_probability or 0.0
            held = best.get(nominal)
            contested += held is not None and held[1] != child
            if held is None or (probability, child) > held:
                best[nominal] = (probability, child)
    by_child: dict[Key, list[PersonMember]] = {}
    for (force, ref), (probability, child) in sorted(best.items()):
        members = by_child.setdefault(child, [PersonMember(*child, probability=1.0)])
        members.append(PersonMember(force, ref, probability))
    return [tuple(members) for members in by_child.values()], contested


def without_adopted(
    known: "KnownPeople",
    adopted: Iterable[Key],
    tonight: Iterable[Iterable[PersonMember]],
) -> "KnownPeople":
    """What was known of children, but for the persons of those adopted since.

    An adopted child's later record is another child's. A police record that was part of
    the earlier person carries its id to no other child: whoever is found with that
    record next is a new person.
    """
    here = {(one.authority, one.record_ref) for group in tonight for one in group}
    gone = set(adopted) - here
    closed = {
        member.person_id for record, member in known.members.items() if record in gone
    }
    return replace(
        known,
        members={
            record: member
            for record, member in known.members.items()
            if member.person_id not in closed
        },
    )


def _adopted(run: Run) -> set[Key]:
    """Children whose latest word is that they were adopted."""
    found: set[Key] = set()
    for row in run.workspace.read("standardise", "placements").to_pylist():
        reason = (row["end_reason"] or "").strip().upper()
        if row["status"] == PlacementStatus.ENDED.value and reason in ADOPTED:
            found.add((row["authority"], row["child_ref"]))
    return found


# --- perpetrators ------------------------------------------------------------------


def _perpetrators(
    run: Run, pictures: dict[str, Tonight], known: "KnownPeople"
) -> list[tuple[PersonMember, ...]]:
    """Tonight's groups of records. Those of a force that sent nothing usable stay in
    the group they were last in: absence is not evidence."""
    from matching.people import cross_border

    pairs = run.workspace.read("match", "perpetrators")
    found = cross_border(pairs, run.region.matching.thresholds().accept)
    here = _records_tonight(run)
    restricted = _restricted(run, pictures)
    groups: list[dict[Key, PersonMember]] = [
        {
            (one.authority, one.record_ref): PersonMember(
                one.authority, one.record_ref, one.probability
            )
            for one in members
        }
        for members in found
    ]
    silent = {code for code, picture in pictures.items() if not picture.usable}
    _carry_silent(groups, known, here, silent)
    return [
        tuple(
            replace(one, restricted=True) if record in restricted else one
            for record, one in group.items()
        )
        for group in groups
    ]


def _carry_silent(
    groups: list[dict[Key, PersonMember]],
    known: "KnownPeople",
    here: set[Key],
    silent: set[str],
) -> None:
    """Adds to the groups what silent forces hold of their people."""
    by_person: dict[object, dict[Key, PersonMember]] = {}
    for record, member in known.members.items():
        if member.present and (record[0] in silent or record in here):
            by_person.setdefault(member.person_id, {})[record] = PersonMember(
                *record, member.probability, restricted=member.restricted
            )
    placed = {record for group in groups for record in group}
    for members in by_person.values():
        if not any(record[0] in silent for record in members):
            continue
        missing = {key: one for key, one in members.items() if key not in placed}
        for group in groups:
            if members.keys() & group.keys():
                group.update(missing)
                break
        else:
            groups.append(missing)


def _records_tonight(run: Run) -> set[Key]:
    persons = run.workspace.read("standardise", "perpetrator_persons")
    return set(
        zip(
            persons.column("authority").to_pylist(),
            persons.column("record_ref").to_pylist(),
            strict=True,
        )
    )


def _restricted(run: Run, pictures: dict[str, Tonight]) -> set[Key]:
    """Whom forces shield; an extract that may not decide may still shield."""
    found: set[Key] = set()
    for force in run.region.of_kind(AuthorityKind.POLICE):
        nominals = tonight.tables_of(run, pictures[force])["nominals"]
        refs = nominals.filter(nominals.column("restricted")).column("nominal_ref")
        found |= {(force, ref) for ref in refs.to_pylist()}
    return found


def _documents(
    run: Run, groups: Iterable[PersonGroup], created: dict[UUID, dt.date]
) -> tuple[CrossBorderPerson, ...]:
    """A document for each person that two authorities hold openly."""
    documents = []
    for group in groups:
        shown = [one for one in group.members if not one.restricted]
        if not _across(shown):
            continue
        documents.append(
            CrossBorderPerson(
                person_id=group.person_id,
                kind=group.kind,
                holders=tuple(
                    Holder(
                        authority=one.authority,
                        record_ref=one.record_ref,
                        probability=round(one.probability, 3),
                    )
                    for one in sorted(
                        shown, key=lambda one: (one.authority, one.record_ref)
                    )
                ),
                created_on=created.get(group.person_id, run.business_date),
            )
        )
    return tuple(documents)


def _emptied(
    kind: Literal["child", "perpetrator"],
    known: "KnownPeople",
    groups: Iterable[PersonGroup],
) -> tuple[CrossBorderPerson, ...]:
    """Without holders: each person whom two authorities held openly, and no longer do.

    What was shown of them before must not stand where a record is now shielded.
    """
    before: dict[UUID, list[PersonMember]] = {}
    for record, was in known.members.items():
        if was.present and not was.restricted:
            member = PersonMember(*record, was.probability)
            before.setdefault(was.person_id, []).append(member)
    held = {
        group.person_id
        for group in groups
        if _across(one for one in group.members if not one.restricted)
    }
    return tuple(
        CrossBorderPerson(
            person_id=person_id,
            kind=kind,
            holders=(),
            created_on=known.created_on[person_id],
        )
        for person_id, members in sorted(before.items())
        if person_id not in held and _across(members)
    )


def _across(members: Iterable[PersonMember]) -> bool:
    return len({one.authority for one in members}) > 1
