"""An authority's code tells its kind, and nothing else is a code."""

import pytest

from records.authorities import AuthorityKind, kind_of


@pytest.mark.parametrize("code", ["330", "201", "W06000023"])
def test_children_are_looked_after_by_local_authorities(code):
    assert kind_of(code) is AuthorityKind.CHILDREN


@pytest.mark.parametrize("code", ["E23000014", "W15000004"])
def test_forces_are_police(code):
    assert kind_of(code) is AuthorityKind.POLICE


@pytest.mark.parametrize(
    "code",
    [
        "", "33", "3300", "E08000025", "E15000001", "W23000001", "e23000014",
        "٣٣٠", " 330", "330\n", "W0600002",
    ],
)  # fmt: skip
def test_anything_else_is_refused_with_the_mend(code):
    with pytest.raises(ValueError, match="use the DfE number"):
        kind_of(code)
