"""Where the Standard Safeguarding Dataset says that children are placed."""

import datetime as dt
from pathlib import Path

import pytest
from extract_examples import rows
from ssd_examples import Night, Row, care, placement, sound_extract

from connectors.ssd_care import code, letter


@pytest.fixture
def night(tmp_path: Path) -> Night:
    return sound_extract(tmp_path)


def test_a_placement_is_told_by_three_tables(night: Night) -> None:
    night.table(
        "ssd_legal_status",
        {"lega_person_id": "P1", "lega_legal_status": "C2 - Full care order",
         "lega_legal_status_start_date": "2026-01-10"},
    )  # fmt: skip
    night.placed(
        placement(
            cla_placement_urn="SC123456",
            cla_placement_provider="PR4 - Private",
            cla_placement_start_date="10/01/2026",
        )
    )
    (found,) = night.read().tables["placements"].to_pylist()
    assert found == {
        "authority": "330", "child_ref": "P1", "source_ref": "L1",
        "start": dt.date(2026, 1, 10), "end": None, "place_code": "U4",
        "provider_code": "PR4", "urn": "SC123456", "postcode": "CV7 8QZ",
        "legal_status": "C2", "start_reason": "S", "end_reason": None,
        "temporary": False, "contradiction": None,
    }  # fmt: skip


def test_placements_that_differ_by_a_legal_change_are_one(night: Night) -> None:
    night.care(
        care(cla_episode_ceased_date="2026-03-01", cla_episode_ceased_reason="X1"),
        care(
            cla_placement_id="L2",
            cla_episode_start_date="2026-03-01",
            cla_episode_start_reason="L - Change of legal status only",
        ),
    )
    night.placed(
        placement(cla_placement_end_date="2026-03-01"),
        placement(cla_placement_id="L2", cla_placement_start_date="2026-03-01"),
    )
    assert night.placements("source_ref", "start", "end") == [
        ("L1", dt.date(2026, 1, 10), None)
    ]


def test_a_placement_that_holds_several_episodes_has_the_first_and_last_reason(
    night: Night,
) -> None:
    night.care(
        care(cla_episode_ceased_date="2026-03-01", cla_episode_ceased_reason="X1"),
        care(
            cla_episode_start_date="2026-03-01", cla_episode_start_reason="L",
            cla_episode_ceased_date="2026-06-05", cla_episode_ceased_reason="E4A",
        ),
    )  # fmt: skip
    night.placed(placement(cla_placement_end_date="2026-06-05"))
    assert night.placements("start_reason", "end_reason") == [("S", "E4A")]


def test_reasons_are_found_by_date_when_no_episode_names_the_placement(
    night: Night,
) -> None:
    night.care(
        care(
            cla_placement_id="", cla_episode_ceased_date="2026-03-01",
            cla_episode_ceased_reason="E3",
        )
    )  # fmt: skip
    night.placed(placement(cla_placement_end_date="2026-03-01"))
    assert night.placements("start_reason", "end_reason") == [("S", "E3")]


def test_a_temporary_placement_leaves_its_base_standing(night: Night) -> None:
    night.care(
        care(cla_episode_ceased_date="2026-11-20", cla_episode_ceased_reason="X1"),
        care(
            cla_placement_id="L2",
            cla_episode_start_date="2026-11-20",
            cla_episode_start_reason="P",
        ),
    )
    night.placed(
        placement(cla_placement_end_date="2026-11-20"),
        placement(
            cla_placement_id="L2",
            cla_placement_start_date="2026-11-20",
            cla_placement_type="T1",
        ),
    )
    found = night.placements("source_ref", "end", "temporary")
    assert found == [("L1", None, False), ("L2", None, True)]


def test_a_placement_is_its_episodes_when_it_names_no_person(night: Night) -> None:
    night.placed(placement(""))
    assert night.placements("child_ref") == [("P1",)]
    night.care(care(cla_placement_id="", cla_id="A1"))
    night.placed(placement("", cla_id="A1"))
    assert night.placements("child_ref") == [("P1",)]


def test_a_placement_of_nobody_is_rejected(night: Night) -> None:
    night.placed(placement(), placement("", cla_placement_id="L9"))
    (reject,) = night.read().rejects
    assert (reject.code, reject.line, reject.record_ref) == ("orphan", 3, "L9")


def test_a_start_that_cant_be_read_is_taken_from_the_episode(night: Night) -> None:
    night.placed(placement(cla_placement_start_date="soon"))
    assert night.placements("start", "end") == [(dt.date(2026, 1, 10), None)]


def test_a_placement_without_any_start_is_rejected_and_the_child_stays_in_view(
    night: Night,
) -> None:
    night.care(care(cla_placement_id="L7"))
    night.placed(placement(cla_placement_start_date=""))
    conformed = night.read()
    assert [r.code for r in conformed.rejects] == ["bad_date"]
    placements = conformed.tables["placements"]
    assert rows(placements, "start", "end", "postcode") == [
        (dt.date(2026, 1, 10), None, None)
    ]


def test_care_without_an_open_placement_is_kept_without_a_postcode(
    night: Night,
) -> None:
    night.placed(placement(cla_placement_end_date="2026-10-01"))
    conformed = night.read()
    assert rows(conformed.tables["placements"], "start", "end", "postcode") == [
        (dt.date(2026, 1, 10), dt.date(2026, 10, 1), "CV7 8QZ"),
        (dt.date(2026, 10, 1), None, None),
    ]
    (verdict,) = (v for v in conformed.verdicts if "placement" in v.file)
    assert any("open_care_without_open_placement" in note for note in verdict.notes)


def test_an_open_placement_ends_with_care(night: Night) -> None:
    night.care(
        care(cla_episode_ceased_date="2026-10-01", cla_episode_ceased_reason="E11")
    )
    assert night.placements("end", "end_reason") == [(dt.date(2026, 10, 1), "E11")]


def test_an_open_placement_stands_while_any_care_goes_on(night: Night) -> None:
    night.care(
        care(cla_episode_ceased_date="2026-10-01", cla_episode_ceased_reason="E4A"),
        care(cla_episode_start_date="2026-10-20"),
    )
    assert night.placements("end") == [(None,)]


def status(code: str, start: str, end: str = "") -> Row:
    return {
        "lega_person_id": "P1", "lega_legal_status": code,
        "lega_legal_status_start_date": start, "lega_legal_status_end_date": end,
    }  # fmt: skip


LEGAL = {
    "the one that holds": ([status("C1", "2026-01-10")], "C1"),
    "the last to begin of those that hold": (
        [status("C2", "2026-03-01"), status("C1", "2026-01-10")],
        "C2",
    ),
    "not one that is over": (
        [status("C2", "2026-03-01", "2026-04-01"), status("C1", "2026-01-10")],
        "C1",
    ),
    "not one that lies ahead": (
        [status("C1", "2026-01-10"), status("C2", "2026-12-24")],
        "C1",
    ),
    "not one that says nothing of care": (
        [status("C1", "2026-01-10"), status("SGO", "2026-05-01")],
        "C1",
    ),
    "none": ([], None),
}


@pytest.mark.parametrize(("statuses", "held"), LEGAL.values(), ids=LEGAL.keys())
def test_the_legal_status_is(
    night: Night, statuses: list[Row], held: str | None
) -> None:
    night.table("ssd_legal_status", *statuses)
    assert night.placements("legal_status") == [(held,)]


def test_a_past_placement_has_the_status_of_its_last_day(night: Night) -> None:
    night.table(
        "ssd_legal_status",
        status("V2", "2026-01-10", "2026-03-01"),
        status("C2", "2026-03-02"),
    )
    night.care(
        care(cla_episode_ceased_date="2026-03-01", cla_episode_ceased_reason="E4A")
    )
    night.placed(placement(cla_placement_end_date="2026-03-01"))
    assert night.placements("legal_status") == [("V2",)]


@pytest.mark.parametrize(
    ("text", "found"),
    [("U4", "U4"), ("u4 - Foster", "U4"), ("Z11", "Z11"), ("E4A", "E4A"),
     ("PR4", "PR4"), ("Foster carer", "Foster carer"), (None, None)],
)  # fmt: skip
def test_codes_are_read_from_their_labels(text: str | None, found: str | None) -> None:
    assert code(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [("P", "P"), ("p - Change", "P"), ("L: legal", "L"), ("Change", "Change")],
)
def test_reasons_are_read_from_their_labels(text: str, found: str) -> None:
    assert letter(text) == found
