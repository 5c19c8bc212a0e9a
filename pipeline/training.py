"""Made-up pairs whose truth is known, for reviewers to train on.

The people are drawn as the synthetic region's are and the pairs weighed by the demo's
model, so that they look as real ones do. The portal ships what this makes as data
(``portal/training_pairs.json``) and never makes any itself.
"""

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

from matching.standardise import Person as Record
from notifications.documents import Lines, Priority, RecordView, Review
from pipeline.region import load_region
from pipeline.reviews import evidence_of, lines_of
from pipeline.run import MODELS
from records.names import plain_name
from synthetic import naming, numbers, people
from synthetic.chance import Chance
from synthetic.noise import typo
from synthetic.people import Person

if TYPE_CHECKING:
    from matching.model import Model

_DEMO = Path(__file__).parents[1] / "config" / "regions" / "demo.yaml"
_ON = dt.date(2026, 11, 22)
_SEED = 2026
_STRANGERS = 600
LA, FORCE = "TRAIN-LA", "TRAIN-PF"
NAMES = {LA: "Training authority", FORCE: "Training force"}
_HOMES = ("B91 9ZZ", "B91 9ZY", "CV7 9ZZ", "CV7 8ZY", "DY1 9ZZ", "WV1 9ZZ")
"""Postcodes of no live place."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A pair to be made: what is true of it, and what it teaches."""

    truth: str
    split: str | None
    teaches: str
    make: Callable[["Draw"], None]


@dataclass(slots=True)
class Draw:
    """A child and the two records, while a lesson writes them."""

    chance: Chance
    number: int
    child: Person
    left: Record
    right: Record

    def write(self, record: Record, who: Person, **changed: Any) -> None:
        """The person as they are, but for what is changed."""
        forename = changed.get("forename", who.name.forename)
        surname = changed.get("surname", who.name.surname)
        record.name(plain_name(forename), plain_name(surname))
        record.born(changed.get("dob", who.dob), _ON)
        record.sex = who.sex
        record.postcodes.add(_HOMES[changed.get("home", 0)])

    @property
    def nhs(self) -> tuple[str, str]:
        return "nhs", numbers.nhs_number(9000 + self.number)

    @property
    def pnc(self) -> tuple[str, str]:
        return "pnc", numbers.pnc_id(2024, 4000 + self.number)

    def relative(self, born: dt.date) -> Person:
        return people.relative(self.chance, self.child, "relative", born)


def _same(teaches: str) -> Callable[[Callable[[Draw], None]], Lesson]:
    return lambda make: Lesson("same", None, teaches, make)


def _different(teaches: str) -> Callable[[Callable[[Draw], None]], Lesson]:
    return lambda make: Lesson("different", None, teaches, make)


def _two(side: str, teaches: str) -> Callable[[Callable[[Draw], None]], Lesson]:
    return lambda make: Lesson("two_people", side, teaches, make)


def _both(**changed: Any) -> Callable[[Draw], None]:
    """The child on both sides; the police record has it otherwise."""

    def make(draw: Draw) -> None:
        draw.write(draw.left, draw.child)
        said = {
            name: value(draw) if callable(value) else value
            for name, value in changed.items()
        }
        draw.write(draw.right, draw.child, **said)

    return make


def _other(born: Callable[[Draw], dt.date], **changed: Any) -> Callable[[Draw], None]:
    """The child on the left, a relative on the right."""

    def make(draw: Draw) -> None:
        draw.write(draw.left, draw.child)
        draw.write(draw.right, draw.relative(born(draw)), **changed)

    return make


def _swapped(draw: Draw) -> dt.date:
    return draw.child.dob.replace(month=draw.child.dob.day, day=draw.child.dob.month)


def _identified(draw: Draw) -> None:
    other = naming.surname(draw.chance, draw.child.origin)
    draw.write(draw.left, draw.child)
    draw.write(draw.right, draw.child, surname=other, home=2)
    for record in (draw.left, draw.right):
        record.identifiers.add(draw.nhs)


def _alias(draw: Draw) -> None:
    draw.write(draw.left, draw.child)
    other = naming.surname(draw.chance, draw.child.origin)
    draw.write(draw.right, draw.child, surname=other, home=3)
    draw.right.name(
        plain_name(draw.child.name.forename), plain_name(draw.child.name.surname)
    )


def _namesake(draw: Draw) -> None:
    draw.write(draw.left, draw.child)
    born = people.years_before(draw.child.dob, 3) + dt.timedelta(61)
    draw.write(draw.right, draw.child, dob=born, home=4)


def _parent(draw: Draw) -> None:
    draw.write(draw.left, draw.child)
    parent = people.parent_of_same_name(draw.chance, draw.child, "parent")
    draw.write(draw.right, parent)
    draw.right.identifiers.add(draw.pnc)


def _conflict(draw: Draw) -> None:
    draw.write(draw.left, draw.child)
    draw.write(draw.right, draw.child, home=3, dob=draw.child.dob + dt.timedelta(1))
    draw.left.identifiers.add(draw.nhs)
    draw.right.identifiers.add(("nhs", numbers.nhs_number(12_000 + draw.number)))


def _same_birthday(draw: Draw) -> None:
    draw.write(draw.left, draw.child)
    stranger = people.person(draw.chance, "stranger", draw.child.dob, None)
    draw.write(draw.right, stranger, forename=draw.child.name.forename, home=5)


def _merged(on: str) -> Callable[[Draw], None]:
    """One record has another person's name, birth and number beside the child's."""

    def make(draw: Draw) -> None:
        whole, merged = (
            (draw.left, draw.right) if on == "right" else (draw.right, draw.left)
        )
        draw.write(whole, draw.child)
        draw.write(merged, draw.child)
        other = draw.relative(people.years_before(draw.child.dob, 2))
        draw.write(merged, other, home=draw.chance.whole(1, 4))
        merged.sex = draw.child.sex
        merged.identifiers.add(draw.pnc)
        merged.identifiers.add(("pnc", numbers.pnc_id(2023, 8000 + draw.number)))

    return make


def _twin(draw: Draw) -> dt.date:
    return draw.child.dob


def _older(draw: Draw) -> dt.date:
    return people.years_before(draw.child.dob, 2)


LESSONS = (
    _same("One letter of the forename is typed wrong; all else agrees.")(
        _both(forename=lambda draw: typo(draw.chance, draw.child.name.forename))
    ),
    _different("A twin: the same birthday, home and surname, and another forename.")(
        _other(_twin)
    ),
    _same("Day and month are the other way round. Nothing else differs.")(
        _both(dob=_swapped)
    ),
    _different("An older brother or sister in the same home, born two years before.")(
        _other(_older)
    ),
    _same("Placed away: no address in common, and everything else the same.")(
        _both(home=2)
    ),
    _two("right", "The police record has two names, two dates of birth and two PNC "
         "numbers: an officer wrote one child into another's record.")(
        _merged("right")
    ),
    _same("The surname was changed. One NHS number on both sides settles it.")(
        _identified
    ),
    _different("A parent of the same name: born a generation before.")(_parent),
    _different("A namesake, born three years before, at the other end of the region.")(
        _namesake
    ),
    _same("The date of birth is one digit off, at the same address.")(
        _both(dob=lambda draw: draw.child.dob + dt.timedelta(1))
    ),
    _different("Two NHS numbers, and neither can be both: two people who share a "
               "name and nearly a birthday.")(_conflict),
    _two("left", "The child's record has a brother's or sister's name and date of "
         "birth beside the child's own: somebody merged two files.")(_merged("left")),
    _same("Known to the police under another surname, with the child's own as an "
          "alias.")(_alias),
    _different("Forename and birthday are shared with a stranger of another surname.")(
        _same_birthday
    ),
    _same("The surname is typed wrong, and the child has moved since.")(
        _both(surname=lambda draw: typo(draw.chance, draw.child.name.surname), home=3)
    ),
    _different("Twins placed apart: birthday and surname agree, forename and address "
               "do not.")(_other(_twin, home=4)),
    _two("right", "Two people in one police record again: the address of one, the "
         "birthday of the other.")(_merged("right")),
    _different("A younger child of the same home.")(
        _other(lambda draw: draw.child.dob + dt.timedelta(500))
    ),
    _same("Forename and date of birth each have a slip. Address and surname hold.")(
        _both(
            forename=lambda draw: typo(draw.chance, draw.child.name.forename),
            dob=lambda draw: draw.child.dob + dt.timedelta(1),
        )
    ),
    _two("left", "The child's record holds two children. Neither word of a pair fits "
         "until it is split.")(_merged("left")),
)  # fmt: skip
"""In the order in which they are shown."""


def training_pairs() -> str:
    """The file that the portal ships: the same bytes from the same release."""
    draws = [_drawn(place, lesson) for place, lesson in enumerate(LESSONS, 1)]
    reviews = _weighed(draws)
    content = [
        {
            "number": draw.number,
            "truth": lesson.truth,
            "split": lesson.split,
            "teaches": lesson.teaches,
            "review": json.loads(review.model_dump_json()),
        }
        for draw, lesson, review in zip(draws, LESSONS, reviews, strict=True)
    ]
    return json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _drawn(number: int, lesson: Lesson) -> Draw:
    chance = Chance(_SEED, "training", number)
    born = dt.date(2010 + number % 5, 2 + number % 9, 5 + number % 7)
    draw = Draw(
        chance,
        number,
        people.person(chance, f"child {number}", born, None),
        Record(LA, f"TRAIN-C{number:02d}"),
        Record(FORCE, f"TRAIN-N{number:02d}"),
    )
    lesson.make(draw)
    return draw


def _weighed(draws: list[Draw]) -> list[Review]:
    import pyarrow as pa

    from matching.blocking import EVERYBODY
    from matching.explain import candidates
    from matching.model import Model
    from matching.reference import link
    from records.schemas import PERSONS

    region = load_region(_DEMO)
    model = Model.load(MODELS / region.matching.model)
    left = pa.Table.from_pylist([draw.left.row() for draw in draws], PERSONS)
    rows = [draw.right.row() for draw in draws] + _strangers()
    right = pa.Table.from_pylist(rows, PERSONS)
    found = candidates(link(left, right, model, 1e-12, EVERYBODY))
    lines = lines_of(region.matching.thresholds())
    return [_review(draw, found, model, lines) for draw in draws]


def _review(draw: Draw, found: Any, model: "Model", lines: Lines) -> Review:
    key = LA, draw.left.record_ref
    candidate = next(
        one for one in found[key] if one.record_ref == draw.right.record_ref
    )
    return Review(
        review_id=uuid5(NAMESPACE_URL, f"training pair {draw.number}"),
        left=_view(draw.left),
        right=_view(draw.right),
        weight=candidate.weight,
        probability=candidate.probability,
        evidence=tuple(evidence_of(model, part) for part in candidate.evidence),
        rivals=(),
        household=(),
        hangs_on_it="Nothing: the people are made up.",
        deadline=dt.datetime.combine(_ON, dt.time(17), dt.UTC),
        priority=Priority.STANDARD,
        created_on=_ON,
        stake="nothing",
        lines=lines,
    )


def _view(record: Record) -> RecordView:
    row: Any = record.row()
    return RecordView(
        authority=record.authority,
        authority_name=NAMES[record.authority],
        record_ref=record.record_ref,
        names=tuple(
            " ".join(filter(None, (name["forename"], name["surname"])))
            for name in row["names"]
        ),
        dobs=tuple(row["dobs"]),
        sex=row["sex"],
        postcodes=tuple(row["postcodes"]),
        identifiers=tuple(
            f"{one['type']} {one['value']}" for one in row["identifiers"]
        ),
        content_hash=row["content_hash"],
    )


def _strangers() -> list[dict[str, object]]:
    """Everybody else of the register: how rare a name is shows among them."""
    chance = Chance(_SEED, "training", "strangers")
    rows = []
    for number in range(_STRANGERS):
        born = chance.day(dt.date(1970, 1, 1), dt.date(2016, 12, 31))
        who = people.person(chance, f"stranger {number}", born, None)
        record = Record(FORCE, f"TRAIN-S{number:03d}")
        record.name(plain_name(who.name.forename), plain_name(who.name.surname))
        record.born(who.dob, _ON)
        record.sex = who.sex
        record.postcodes.add(chance.pick(_HOMES))
        rows.append(record.row())
    return rows
