"""Which children meet which of a force's records."""

import pyarrow as pa

from pipeline.cases import shielding_refs
from pipeline.stages.match import parted
from records.schemas import NOMINALS

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


def test_children_placed_in_a_forces_area_meet_all_its_records_and_others_some():
    hosted, others = parted(CHILDREN, PLACEMENTS, FORCE)
    assert hosted.column("record_ref").to_pylist() == ["here"]
    assert others.column("record_ref").to_pylist() == ["left", "other"]


def shielding(*nominals):
    rows = [
        {"nominal_ref": ref, "golden_nominal_ref": golden, "restricted": restricted}
        for ref, golden, restricted in nominals
    ]
    table = pa.Table.from_pylist(rows, schema=NOMINALS)
    return shielding_refs(table).to_pylist()


def test_a_restricted_nominal_shields_with_all_records_of_its_golden_one():
    assert shielding(("N1", None, True), ("N2", None, False)) == ["N1"]
    assert shielding(("N1", None, True), ("N2", "N1", False)) == ["N1", "N2"]
    assert shielding(("N1", None, False), ("N2", "N1", True)) == ["N1", "N2"]
    assert shielding(("N2", "N1", False), ("N3", "N1", True)) == ["N2", "N3"]
    assert shielding(("N1", None, False), ("N2", "N9", False)) == []
