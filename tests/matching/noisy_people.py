"""A small population whose truth is known, and what two authorities wrote down of it.

Households of parents and children share surname and address; some children are twins,
some sons are named after their father. A children's service holds some of the children,
a police force many persons, one to three times each. Both err at the rates found for
such records. No identifier is shared: children have NHS numbers, nominals PNC numbers.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from records.identifiers import pnc_check_letter
from records.schemas import CHILDREN_TABLES, POLICE_TABLES, conform

Tables = dict[str, list[dict[str, object]]]

LA, FORCE = "330", "E23000014"
ON = dt.date(2026, 11, 22)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_BOYS = _words("""
MOHAMMED NOAH OLIVER GEORGE LEO ARTHUR LUCA THEO OSCAR FREDDIE ARCHIE HENRY ALFIE
CHARLIE JACK THOMAS FINLEY ADAM YUSUF IBRAHIM JACOB JOSHUA TOMMY EDWARD LUCAS MAX ALEX
DYLAN HARRISON ETHAN MASON RIYAD HASSAN HUSSAIN BILAL ALI OMAR DANIEL SAMUEL BENJAMIN
JOSEPH CALLUM CONNOR LIAM RYAN NATHAN KIAN TYRONE JERMAINE KAI REUBEN AARON MATTHEW
LOUIE JAYDEN TYLER KYLE DAVID MICHAEL JAMES WILLIAM HARRY JOHN PAUL MARK STEPHEN
""")
_GIRLS = _words("""
OLIVIA AMELIA ISLA AVA IVY FREYA LILY FLORENCE MIA WILLOW ROSIE SOPHIA ISABELLA GRACE
DAISY SIENNA POPPY ELSIE EMILY ELLA EVELYN PHOEBE EVIE CHARLOTTE HARPER MATILDA EMMA
AISHA FATIMA MARYAM ZAINAB KHADIJA HANNAH SCARLETT CHLOE MEGAN JESSICA LAUREN COURTNEY
SHANICE DESTINY PAIGE HOLLY JASMINE LEAH NIAMH ORLA ANYA PRIYA SIMRAN AMELIE ZARA RUBY
ELIZABETH SARAH CLAIRE NICOLA KAREN DANIELLE ALEXANDRA KATIE BETHANY REBECCA LUCY
""")
_SURNAMES = _words("""
SMITH JONES WILLIAMS TAYLOR BROWN DAVIES EVANS WILSON THOMAS ROBERTS JOHNSON LEWIS
WALKER ROBINSON WOOD THOMPSON WHITE WATSON JACKSON WRIGHT GREEN HARRIS COOPER KING LEE
MARTIN CLARKE JAMES MORGAN HUGHES EDWARDS HILL MOORE CLARK HARRISON SCOTT YOUNG MORRIS
HALL WARD TURNER CARTER PHILLIPS MITCHELL PATEL ADAMS CAMPBELL ANDERSON ALLEN COOK KHAN
HUSSAIN AHMED ALI BEGUM SINGH KAUR MAHMOOD OKAFOR MENSAH NOWAK KOWALSKI
""")
_SYLLABLES = _words("BAR COL DEN FEN GAR HAL KIR LAM MOR NOR PEN RED SAN TAR WIN")
_ENDINGS = _words("BY FORD LEY TON WELL WOOD WORTH SHAW FIELD STON")
KNOWN_FORMS = {
    "MOHAMMED": ("MUHAMMAD", "MOHAMED", "MOHAMMAD"), "ALEX": ("ALEXANDER",),
    "FREDDIE": ("FREDERICK", "FRED"), "CHARLIE": ("CHARLES",),
    "THOMAS": ("TOM", "TOMMY"),
    "DANIEL": ("DAN", "DANNY"), "SAMUEL": ("SAM",), "BENJAMIN": ("BEN",),
    "JOSEPH": ("JOE",), "MICHAEL": ("MIKE",), "ELIZABETH": ("LIZ", "BETH"),
    "KATIE": ("KATHERINE",), "BETHANY": ("BETH",), "REBECCA": ("BECKY",),
    "JESSICA": ("JESS",), "AISHA": ("AYESHA",), "MARYAM": ("MARIAM",),
}  # fmt: skip
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass
class Person:
    number: int
    forename: str
    middle: str | None
    surname: str
    dob: dt.date
    sex: str
    postcodes: tuple[str, str]
    """Where the household lives, and where it lived."""


@dataclass
class Town:
    """What two authorities wrote, and which of their records are one person's."""

    children: dict[str, pa.Table]
    police: dict[str, pa.Table]
    truth: set[tuple[str, str]] = field(default_factory=set)
    """Child reference and nominal reference."""


def child_ref(person: Person) -> str:
    return f"C{person.number:06}"


def town(
    seed: int, *, children: int, nominals: int, known: float = 0.5, households: int = 0
) -> Town:
    """A town of a given size; ``known`` is the share of children who are nominals."""
    rng = np.random.default_rng(seed)
    people = _population(rng, households or max(nominals // 3, children))
    minors = [person for person in people if person.dob > dt.date(2008, 11, 22)]
    chosen = [minors[i] for i in rng.choice(len(minors), children, replace=False)]
    in_care = {person.number for person in chosen}
    heard_of = [person for person in chosen if rng.random() < known]
    others = [person for person in people if person.number not in in_care]
    found = Town({}, {})
    _write_children(rng, chosen, found)
    _write_nominals(rng, (heard_of, others), nominals, found)
    return found


def _population(rng: np.random.Generator, households: int) -> list[Person]:
    people: list[Person] = []
    surnames = [
        *_SURNAMES,
        *(
            first + second + ending
            for first in _SYLLABLES
            for second in ("", *_SYLLABLES[:8])
            for ending in _ENDINGS
        ),
    ]
    chance = 1 / (np.arange(len(surnames)) + 12)
    drawn = rng.choice(len(surnames), households, p=chance / chance.sum())
    for index in drawn:
        surname = surnames[index]
        home, former = _postcode(rng), _postcode(rng)
        parents = [
            _born(rng, people, sex, surname, (1970, 1995), (home, former))
            for sex in ("F", "M")
        ]
        for _ in range(int(rng.integers(1, 5))):
            child = _born(
                rng, people, _pick(rng, "FM"), surname, (2003, 2025), (home, former)
            )
            if child.sex == "M" and rng.random() < 0.03:
                child.forename = parents[1].forename
            if rng.random() < 0.02:
                twin = _born(
                    rng, people, child.sex, surname, (2003, 2025), (home, former)
                )
                twin.dob = child.dob
    return people


def _born(
    rng: np.random.Generator,
    people: list[Person],
    sex: str,
    surname: str,
    years: tuple[int, int],
    postcodes: tuple[str, str],
) -> Person:
    pool = _BOYS if sex == "M" else _GIRLS
    chance = 1 / (np.arange(len(pool)) + 5)
    taken = {each.forename for each in people[-8:] if each.postcodes == postcodes}
    chance *= [name not in taken for name in pool]
    first, middle = rng.choice(len(pool), 2, p=chance / chance.sum())
    start = dt.date(years[0], 1, 1)
    span = (dt.date(years[1], 12, 31) - start).days
    person = Person(
        number=len(people),
        forename=pool[first],
        middle=pool[middle] if rng.random() < 0.6 else None,
        surname=surname,
        dob=start + dt.timedelta(days=int(rng.integers(span))),
        sex=sex,
        postcodes=postcodes,
    )
    people.append(person)
    return person


def _write_children(
    rng: np.random.Generator, chosen: list[Person], found: Town
) -> None:
    tables: Tables = {"children": [], "child_addresses": [], "identifiers": []}
    for person in chosen:
        key = {"authority": LA, "child_ref": child_ref(person)}
        tables["children"].append(
            {
                **key,
                "forename": _typo(rng, person.forename, 0.01),
                "middle_names": person.middle if rng.random() < 0.5 else None,
                "surname": _typo(rng, person.surname, 0.01),
                "known_as": _alias(rng, person) if rng.random() < 0.05 else None,
                "dob": person.dob,
                "sex": person.sex,
            }
        )
        if rng.random() > 0.13:
            for kind, postcode in (
                ("home", person.postcodes[0]),
                ("former", person.postcodes[1]),
            ):
                tables["child_addresses"].append(
                    {**key, "kind": kind, "postcode": postcode}
                )
        if rng.random() < 0.8:
            tables["identifiers"].append(
                {"authority": LA, "record_ref": key["child_ref"], "type": "nhs",
                 "value": f"{person.number:010}"}
            )  # fmt: skip
    found.children = _tables(tables, CHILDREN_TABLES)


def _write_nominals(
    rng: np.random.Generator,
    people: tuple[list[Person], list[Person]],
    wanted: int,
    found: Town,
) -> None:
    tables: Tables = {name: [] for name in POLICE_TABLES}
    heard_of, others = people
    refs = iter(rng.permutation(2 * wanted).tolist())
    for person in heard_of:
        for _ in range(_times(rng)):
            ref = f"N{next(refs):07}"
            _write_nominal(rng, tables, person, ref)
            found.truth.add((child_ref(person), ref))
    for place in rng.permutation(len(others)):
        for _ in range(_times(rng)):
            if len(tables["nominals"]) < wanted:
                _write_nominal(rng, tables, others[place], f"N{next(refs):07}")
    found.police = _tables(tables, POLICE_TABLES)


def _write_nominal(
    rng: np.random.Generator, tables: Tables, person: Person, ref: str
) -> None:
    key = {"authority": FORCE, "nominal_ref": ref}
    forename, surname = person.forename, person.surname
    chance = rng.random()
    if chance < 0.02:
        forename, surname = surname, forename
    elif chance < 0.05:
        forename = _alias(rng, person)
    elif chance < 0.07 and person.middle:
        forename = person.middle
    elif chance < 0.15:
        other = _pick(rng, _SURNAMES)
        surname = other if rng.random() < 0.5 else f"{surname}-{other}"
    dob, estimated = _written_dob(rng, person.dob)
    tables["nominals"].append(
        {
            **key,
            "restricted": False,
            "forename1": _typo(rng, forename, 0.03),
            "forename2": person.middle if rng.random() < 0.3 else None,
            "surname": _typo(rng, surname, 0.03),
            "dob": dob,
            "dob_estimated": estimated,
            "sex": "U" if rng.random() < 0.02 else person.sex,
        }
    )
    if rng.random() < 0.13:
        alias = {"alias_type": "aka", "forename": _alias(rng, person)}
        if rng.random() < 0.4:
            alias = {"alias_type": "maiden", "surname": _pick(rng, _SURNAMES)}
        tables["nominal_aliases"].append({**key, **alias})
    if rng.random() > 0.13:
        at_home = rng.random() < 0.7
        tables["nominal_addresses"].append(
            {
                **key,
                "address_type": "home",
                "postcode": person.postcodes[0] if at_home else _postcode(rng),
            }
        )
    if rng.random() < 0.2:
        serial = f"{int(ref[1:]) + 1:07}"
        value = f"2020/{serial}{pnc_check_letter('20', serial)}"
        tables["identifiers"].append(
            {"authority": FORCE, "record_ref": ref, "type": "pnc", "value": value}
        )


def _written_dob(rng: np.random.Generator, dob: dt.date) -> tuple[dt.date | None, bool]:
    chance = rng.random()
    if chance < 0.01 and dob.day <= 12:
        return dt.date(dob.year, dob.day, dob.month), False
    if chance < 0.03:
        return dob.replace(day=min(28, 1 + (dob.day + 9) % 28)), False
    if chance < 0.04:
        return dob + dt.timedelta(days=int(rng.integers(-700, 700))), False
    if chance < 0.06:
        return dt.date(dob.year, 1, 1), True
    return (None if chance < 0.07 else dob), False


def _alias(rng: np.random.Generator, person: Person) -> str:
    """A known form of the forename where there is one, or another forename."""
    forms = KNOWN_FORMS.get(person.forename)
    return _pick(rng, forms or (_BOYS if person.sex == "M" else _GIRLS))


def _times(rng: np.random.Generator) -> int:
    return int(rng.choice([1, 2, 3], p=[0.75, 0.2, 0.05]))


def _typo(rng: np.random.Generator, name: str, rate: float) -> str:
    if rng.random() > rate:
        return name
    place = int(rng.integers(1, len(name)))
    match int(rng.integers(3)):
        case 0:
            return name[:place] + _pick(rng, _LETTERS) + name[place:]
        case 1 if len(name) > 3:
            return name[:place] + name[place + 1 :]
    return name[: place - 1] + name[place] + name[place - 1] + name[place + 1 :]


def _postcode(rng: np.random.Generator) -> str:
    letters = "ABDEFGHJLNPQRSTUWXYZ"
    area = _pick(rng, ("B", "CV", "DY", "WS", "WV"))
    inward = f"{int(rng.integers(1, 10))}{_pick(rng, letters)}{_pick(rng, letters)}"
    return f"{area}{int(rng.integers(1, 30))} {inward}"


def _pick(rng: np.random.Generator, choices: Sequence[str]) -> str:
    return choices[int(rng.integers(len(choices)))]


def _tables(rows: Tables, schemas: Mapping[str, pa.Schema]) -> dict[str, pa.Table]:
    return {
        name: conform(rows.get(name, []), schema) for name, schema in schemas.items()
    }
