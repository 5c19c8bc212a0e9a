"""Which children meet a force's records."""

import pyarrow as pa

from pipeline.stages.match import _hosted

FORCE = "E23000015"
CHILDREN = pa.table({"authority": ["330"] * 3, "record_ref": ["here", "left", "other"]})
PLACEMENTS = pa.table(
    {
        "authority": ["330"] * 3,
        "child_ref": ["here", "left", "other"],
        "host_force": [FORCE, FORCE, "E23000014"],
        "current": [True, False, True],
        "out_of_area": [True, True, True],
    }
)


def matched(shielded):
    found = _hosted(CHILDREN, PLACEMENTS, FORCE, shielded)
    return found.column("record_ref").to_pylist()


def test_children_placed_in_a_forces_area_meet_its_records():
    assert matched(set()) == ["here"]


def test_one_that_left_under_a_records_shield_meets_them_still():
    assert matched({("330", "left")}) == ["here", "left"]
