"""An adopted child's later record is another child's, wherever it turns up."""

import datetime as dt
from uuid import UUID

from notifications.facts import PersonMember
from pipeline.people import without_adopted
from register.people import KnownMember, KnownPeople, assign

BEFORE = dt.date(2026, 11, 22)
PERSON = UUID("00000000-0000-5000-8000-000000000001")
ADOPTED, NOMINAL = ("330", "C1"), ("E23000016", "N1")


def known():
    return KnownPeople(
        members={
            record: KnownMember(PERSON, 0.99, restricted=False, present=True)
            for record in (ADOPTED, NOMINAL)
        },
        created_on={PERSON: BEFORE},
    )


def group(child):
    return (PersonMember(*child, 1.0), PersonMember(*NOMINAL, 0.99))


def ids(child, adopted):
    tonight = [group(child)]
    found = assign("child", tonight, without_adopted(known(), adopted, tonight))
    return [one.person_id for one in found]


def test_a_new_child_with_an_adopted_childs_police_record_is_a_new_person():
    (person,) = ids(("331", "NEW"), [ADOPTED])
    assert person != PERSON


def test_so_it_is_in_wales_where_the_police_record_gives_the_first_id():
    (person,) = ids(("W06000015", "NEW"), [ADOPTED])
    assert person != PERSON


def test_a_child_who_was_not_adopted_keeps_its_person():
    assert ids(("331", "NEW"), []) == [PERSON]


def test_nor_does_a_child_lose_it_who_is_placed_again_under_its_own_reference():
    assert ids(ADOPTED, [ADOPTED]) == [PERSON]
