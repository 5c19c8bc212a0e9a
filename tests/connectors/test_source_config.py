import subprocess
import sys

import pytest
from pydantic import ValidationError

from connectors.config import COUNTED_TABLES, SourceConfig
from records.schemas import CHILDREN_TABLES, POLICE_TABLES


@pytest.mark.parametrize(
    ("given", "delta"),
    [
        ({"kind": "csc-api-json"}, True),
        ({"kind": "csc-api-json", "mode": "snapshot"}, False),
        ({"kind": "ssd-csv"}, False),
        ({"kind": "ssda903"}, False),
        ({"kind": "police-pole"}, False),
        ({"kind": "police-pole", "mode": "delta"}, True),
    ],
)
def test_the_kind_gives_the_mode_unless_the_region_says_otherwise(
    given: dict[str, str], delta: bool
) -> None:
    assert SourceConfig.model_validate(given).is_delta is delta


def test_a_bare_source_asks_what_is_normal() -> None:
    source = SourceConfig(kind="police-pole")
    assert source.transport == "inbox"
    assert source.protected == "required"
    assert source.expectations.max_drop == 0.5
    assert source.expectations.max_age_hours == 36
    assert source.expectations.keep_absent_nights == 3


@pytest.mark.parametrize(
    ("given", "mend"),
    [
        ({"kind": "ssd-csv", "mapings": {}}, "'mapings': did you mean 'mapping'"),
        ({"kind": "ssd-csv", "zzz": 1}, "unknown key 'zzz': use one of"),
        ({"kind": "excel"}, "kind"),
        ({"kind": "ssd-csv", "expectations": {"maxdrop": 1}}, "'max_drop'"),
        ({"kind": "ssd-csv", "expectations": {"max_drop": 5}}, "share from 0 to 1"),
        ({"kind": "ssd-csv", "expectations": {"max_age_hours": 0}}, "1 hour or more"),
        (
            {"kind": "ssd-csv", "expectations": {"keep_absent_nights": -1}},
            "withdraw at once",
        ),
        (
            {"kind": "ssd-csv", "expectations": {"min_rows": {"children": -1}}},
            "a count of 0 or more",
        ),
        (
            {"kind": "police-pole", "expectations": {"min_rows": {"children": 1}}},
            "names 'children', which police-pole does not have",
        ),
        ({"kind": "police-pole", "protected": "waived"}, "remove the key"),
        ({"kind": "ssd-csv", "mapping": {"a.csv": {" ": "x"}}}, "empty column name"),
        (
            {"kind": "ssd-csv", "mapping": {"a.csv": {"p": "x", "q": "X"}}},
            "maps both 'p' and 'q' to 'X'",
        ),
    ],
)
def test_a_mistake_is_named_with_its_mend(given: dict[str, object], mend: str) -> None:
    with pytest.raises(ValidationError) as error:
        SourceConfig.model_validate(given)
    assert mend in str(error.value)


def test_the_tables_that_may_be_counted_are_the_canonical_ones() -> None:
    derived = {"purges", "absences"}
    assert COUNTED_TABLES["children"] == CHILDREN_TABLES.keys() - derived
    assert COUNTED_TABLES["police"] == POLICE_TABLES.keys() - derived


def test_a_schedule_that_reads_a_source_loads_no_data_library() -> None:
    code = (
        "import sys, connectors.config; "
        "sys.exit(bool({'pyarrow', 'pandas', 'numpy'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
