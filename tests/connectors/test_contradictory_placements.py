"""Dates that contradict each other are settled, and the placement says so."""

from collections.abc import Callable
from pathlib import Path

import payload_examples
import pyarrow as pa
import pytest
import return_examples
import ssd_examples

from connectors.conformed import Conformed
from records.schemas import PLACEMENTS, brought_up

Dates = tuple[str, str]
FIRST, SECOND = "CV7 8QZ", "B1 1BB"


def british(text: str) -> str:
    return "/".join(reversed(text.split("-")))


def a_return(folder: Path, *dates: Dates) -> Conformed:
    episodes = [
        return_examples.episode(
            DECOM=british(start), DEC=british(end), RNE="P" if number else "S",
            REC="X1" if end else "", PL_POST=(FIRST, SECOND)[number],
        )
        for number, (start, end) in enumerate(dates)
    ]  # fmt: skip
    return return_examples.sound_return(folder).module("episodes", *episodes).read()


def a_dataset(folder: Path, *dates: Dates) -> Conformed:
    told = [
        ssd_examples.care(
            cla_episode_id=f"E{number}", cla_placement_id=f"L{number}",
            cla_episode_start_date=start, cla_episode_ceased_date=end,
            cla_episode_start_reason="P" if number else "S",
            cla_episode_ceased_reason="X1" if end else "",
        )
        for number, (start, end) in enumerate(dates)
    ]  # fmt: skip
    placed = [
        ssd_examples.placement(
            cla_placement_id=f"L{number}", cla_placement_start_date=start,
            cla_placement_end_date=end,
            cla_placement_postcode=(FIRST, SECOND)[number],
        )
        for number, (start, end) in enumerate(dates)
    ]  # fmt: skip
    return ssd_examples.sound_extract(folder).care(*told).placed(*placed).read()


def a_payload(folder: Path, *dates: Dates) -> Conformed:
    placed = [
        payload_examples.placement(
            child_looked_after_placement_id=f"L{number}", start_date=start,
            start_reason="P" if number else "S", postcode=(FIRST, SECOND)[number],
            **({"end_date": end, "end_reason": "X1"} if end else {}),
        )
        for number, (start, end) in enumerate(dates)
    ]  # fmt: skip
    return payload_examples.read_documents(folder, [payload_examples.child(*placed)])


FEEDS = {"ssda903": a_return, "ssd": a_dataset, "csc-api-json": a_payload}
Feed = Callable[..., Conformed]


@pytest.fixture(params=FEEDS.values(), ids=FEEDS.keys())
def feed(request: pytest.FixtureRequest) -> Feed:
    found: Feed = request.param
    return found


def told(conformed: Conformed) -> list[tuple[str, str | None, str | None]]:
    """Postcode, end and contradiction of each placement."""
    return [
        (row["postcode"], row["end"] and row["end"].isoformat(), row["contradiction"])
        for row in conformed.tables["placements"].to_pylist()
    ]


def test_an_end_before_the_start_ends_nothing_and_is_said(
    feed: Feed, tmp_path: Path
) -> None:
    assert told(feed(tmp_path, ("2026-01-10", "2026-01-04"))) == [
        (FIRST, None, "ends_before_start")
    ]


def test_one_left_open_while_a_later_one_is_open_ends_with_it_and_is_said(
    feed: Feed, tmp_path: Path
) -> None:
    assert told(feed(tmp_path, ("2026-01-10", ""), ("2026-06-05", ""))) == [
        (FIRST, "2026-06-05", "two_open"),
        (SECOND, None, None),
    ]


def test_dates_that_agree_say_nothing(feed: Feed, tmp_path: Path) -> None:
    assert told(feed(tmp_path, ("2026-01-10", "2026-06-05"), ("2026-06-05", ""))) == [
        (FIRST, "2026-06-05", None),
        (SECOND, None, None),
    ]


def test_a_table_kept_from_before_the_column_reads_as_without_a_contradiction(
    tmp_path: Path,
) -> None:
    placements = a_return(tmp_path, ("2026-01-10", "")).tables["placements"]
    old = placements.drop_columns(["contradiction"])
    found = brought_up(old, PLACEMENTS)
    assert found.schema == PLACEMENTS
    assert found.equals(placements.cast(PLACEMENTS))
    with pytest.raises(KeyError):
        brought_up(old.drop_columns(["start"]), PLACEMENTS)


def test_columns_of_a_table_are_put_in_order() -> None:
    turned = PLACEMENTS.empty_table().select(list(reversed(PLACEMENTS.names)))
    assert isinstance(turned, pa.Table)
    assert brought_up(turned, PLACEMENTS).schema == PLACEMENTS
