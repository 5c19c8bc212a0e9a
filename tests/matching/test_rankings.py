"""Which of two candidates ranks higher, whatever the model's exact numbers.

The child is always the same. Better evidence must weigh more, in every released model.
"""

import pytest
from person_rows import FORCE, MODELS, RELEASED, persons, record, strangers

from matching.model import Model
from matching.priors import CHILDREN, PERPETRATORS, prior_model
from matching.reference import link

CHILD = record(
    "c1",
    "MOHAMMED/KHAN",
    "MOHAMMED ALI/KHAN",
    "MO/KHAN",
    dob="2010-03-12",
    sex="M",
    postcodes=["B11 4AA", "CV7 8QZ"],
    identifiers={"nhs": "9434765919"},
)
SAME = {"dob": "2010-03-12", "sex": "M", "postcodes": ["B11 4AA"]}


def at(name="MOHAMMED/KHAN", **said):
    """A nominal like the child but for what is said of it."""
    return name, SAME | said


BETTER_THAN = [
    ("the same forename", at(), "a misspelt one", at("MOHAMMEDE/KHANN")),
    ("a known form", at("MUHAMMAD/KHAN"), "another forename", at("BILAL/KHAN")),
    ("a second forename", at("ALI/KHAN"), "another forename", at("BILAL/KHAN")),
    ("an initial", at("M/KHAN"), "another initial", at("B/KHAN")),
    ("the same surname", at(), "another", at("MOHAMMED/IQBAL")),
    ("a double one", at("MOHAMMED/KHAN IQBAL"), "another", at("MOHAMMED/IQBAL")),
    ("names swapped", at("KHAN/MOHAMMED"), "another forename", at("KHAN/IQBAL")),
    ("the same birthday", at(), "swapped", at(dob="2010-12-03")),
    ("swapped", at(dob="2010-12-03"), "one digit", at(dob="2010-03-13")),
    ("one digit", at(dob="2010-03-13"), "two parts", at(dob="2010-03-30")),
    ("two parts", at(dob="2010-03-30"), "another date", at(dob="2012-07-25")),
    ("the same year", at(dob="2010-01-01"), "the next", at(dob="2011-01-01")),
    ("the next year", at(dob="2011-01-01"), "another", at(dob="1999-01-01")),
    ("the same sex", at(), "no sex", at(sex=None)),
    ("no sex", at(sex=None), "the other", at(sex="F")),
    ("the same postcode", at(), "a near one", at(postcodes=["B11 4ZZ"])),
    ("no postcode", at(postcodes=[]), "a far one", at(postcodes=["LS1 4AP"])),
    ("a former one", at(postcodes=["CV7 8QZ"]), "far", at(postcodes=["LS1 4AP"])),
    ("the same number", at(identifiers={"nhs": "9434765919"}), "no number", at()),
    ("no number", at(), "another number", at(identifiers={"nhs": "9434765870"})),
]


def _models():
    released = [Model.load(path) for path in sorted(MODELS.glob("*.json"))]
    beliefs = [prior_model(family, RELEASED) for family in (CHILDREN, PERPETRATORS)]
    return [*beliefs, *released]


@pytest.mark.parametrize("model", _models(), ids=lambda model: model.file_name)
def test_better_evidence_ranks_higher(model):
    rows = [
        record(f"{number}-{side}", name, authority=FORCE, **said)
        for number, (_, better, _, worse) in enumerate(BETTER_THAN)
        for side, (name, said) in (("better", better), ("worse", worse))
    ]
    searched = persons(*rows, *strangers(300))
    pairs = link(persons(CHILD), searched, model, 1e-15).to_pylist()
    unguarded = {
        pair["right_ref"]: sum(
            part["weight"] for part in pair["evidence"] if part["comparison"] != "guard"
        )
        for pair in pairs
    }
    upside_down = [
        f"{better} over {worse}"
        for number, (better, _, worse, _) in enumerate(BETTER_THAN)
        if not unguarded[f"{number}-better"] > unguarded[f"{number}-worse"]
    ]
    assert upside_down == []


def test_a_rare_name_says_more_than_a_common_one():
    common = [
        record(f"s{number}", "OLIVIA/SMITH", authority=FORCE, dob="1970-05-05")
        for number in range(400)
    ]
    nominals = [
        record("n1", "OLIVIA/SMITH", authority=FORCE, dob="2010-03-12"),
        record("n2", "XANTHE/FENWORTHY", authority=FORCE, dob="2010-03-12"),
    ]
    children = [
        record("c1", "OLIVIA/SMITH", dob="2010-03-12"),
        record("c2", "XANTHE/FENWORTHY", dob="2010-03-12"),
    ]
    model = prior_model(CHILDREN, RELEASED)
    pairs = link(
        persons(*children), persons(*nominals, *common), model, 1e-9
    ).to_pylist()
    weight = {(pair["left_ref"], pair["right_ref"]): pair["weight"] for pair in pairs}
    assert weight["c2", "n2"] > weight["c1", "n1"] + 5
