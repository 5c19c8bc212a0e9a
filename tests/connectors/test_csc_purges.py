"""What a payload says to delete is deleted, and nothing else."""

from collections.abc import Callable
from pathlib import Path

import pytest
from extract_examples import rows
from payload_examples import ONE, TWO, child, placement, read_documents, refs

from connectors.conformed import Conformed

Read = Callable[..., Conformed]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    return lambda *documents: read_documents(tmp_path, documents)


def purges(conformed: Conformed) -> list[tuple[object, ...]]:
    return rows(conformed.tables["purges"], "child_ref", "source_ref")


def test_a_purged_child_leaves_no_row_but_the_purge(read: Read) -> None:
    conformed = read([child(placement(start_date="?"), purge=True), TWO])
    assert refs(conformed) == ["C2"]
    assert purges(conformed) == [("C1", None)]
    assert rows(conformed.tables["placements"], "child_ref") == [("C2",)]


def test_a_purged_placement_is_left_out_and_named(read: Read) -> None:
    gone = placement(child_looked_after_placement_id="L9", purge=True)
    conformed = read(child(placement(), gone))
    assert refs(conformed) == ["C1"]
    assert purges(conformed) == [("C1", "L9")]
    assert rows(conformed.tables["placements"], "source_ref") == [("L1",)]


def test_a_child_with_nothing_but_purged_placements_is_told_of(read: Read) -> None:
    conformed = read(child(placement(purge=True)))
    assert refs(conformed) == ["C1"]
    assert purges(conformed) == [("C1", "L1")]
    assert conformed.tables["placements"].num_rows == 0


def test_a_purged_social_care_episode_takes_its_placements(read: Read) -> None:
    conformed = read(child(placement(), episode={"purge": True}))
    assert purges(conformed) == [("C1", "L1")]
    assert conformed.tables["placements"].num_rows == 0


def test_purged_details_are_left_out_and_the_child_kept(read: Read) -> None:
    conformed = read(child(placement(), details={"purge": True}))
    assert rows(conformed.tables["children"], "child_ref", "surname") == [("C1", None)]
    assert purges(conformed) == []
    assert "purged child_details: 1" in conformed.verdicts[0].notes


@pytest.mark.parametrize("flag", ["true", "Y", 1])
def test_purge_is_honoured_however_true_is_written(read: Read, flag: object) -> None:
    assert purges(read(child(placement(), purge=flag))) == [("C1", None)]


def test_purge_beats_an_earlier_document(read: Read) -> None:
    conformed = read([ONE, {"la_child_id": "C1", "purge": True}])
    assert refs(conformed) == []
    assert purges(conformed) == [("C1", None)]
    assert conformed.rejects == []
