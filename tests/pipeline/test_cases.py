"""Tables become cases: which candidates a child is held against."""

import datetime as dt

import pytest

from notifications.facts import Child, Judgement, Nominal
from pipeline import cases

LA, FORCE = "330", "E23000014"


def night(*, right_hash: str, restricted: bool) -> cases.NightFacts:
    """A pair that was judged the same, and that matching does not bring up."""
    nominal = (FORCE, "N1")
    judgement = Judgement(
        event_id="1", decision="same", left_authority=LA, left_ref="C1",
        left_hash="child", right_authority=FORCE, right_ref="N1",
        right_hash="as judged", made_at=dt.datetime(2026, 11, 22, tzinfo=dt.UTC),
        actor="a reviewer",
    )  # fmt: skip
    return cases.NightFacts(
        about={}, as_of={LA: dt.date(2026, 11, 23)}, candidates={FORCE: {}},
        nominals={nominal: Nominal(*nominal, restricted=restricted)},
        golden={nominal: (nominal,)}, extracts={},
        hashes={(LA, "C1"): "child", nominal: right_hash},
        judgements={(LA, "C1"): (judgement,)}, memory={},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("right_hash", "restricted", "held_against"),
    [
        ("as judged", False, True),
        ("corrected since", False, False),
        ("corrected since", True, True),
    ],
)
def test_same_binds_while_the_nominal_says_what_it_said(
    right_hash, restricted, held_against
):
    facts = night(right_hash=right_hash, restricted=restricted)
    case = cases.case_of(Child(authority=LA, child_ref="C1"), (), facts)
    assert bool(case.candidates) is held_against
