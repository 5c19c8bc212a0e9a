"""What holds of every history of care, sound or not."""

import datetime as dt
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from connectors.care import TEMPORARY, Episode
from connectors.episodes import read_placements

NIGHT = dt.date(2026, 11, 22)

PLACES = [("U4", "A1"), ("K2", "B2"), ("U6", "C3"), ("P1", None)]


@st.composite
def histories(draw: st.DrawFn) -> list[Episode]:
    """A sound history of one child: moves, absences with return, ends and restarts."""
    start = dt.date(2024, 1, 1)
    history: list[Episode] = []
    for number in range(draw(st.integers(1, 5))):
        place, postcode = draw(st.sampled_from(PLACES))
        stay = dt.timedelta(days=draw(st.integers(2, 60)))
        begun_anew = number == 0 or history[-1].reason_ceased != "X1"
        if begun_anew and history:
            start += dt.timedelta(days=draw(st.integers(1, 30)))
        reason = "S" if begun_anew else "P"
        leaves = draw(st.booleans())
        history.append(
            Episode(
                start=start,
                end=start + stay,
                reason_new=reason,
                reason_ceased="E4A" if leaves else "X1",
                place_code=place,
                postcode=postcode,
                legal_status=draw(st.sampled_from(["C1", "C2", "V2"])),
            )
        )
        start += stay
        if not leaves and draw(st.booleans()):
            back = start + dt.timedelta(days=draw(st.integers(1, 7)))
            absence = replace(
                history[-1], start=start, end=back, reason_new="P", place_code="T4"
            )
            again = replace(
                history[-1],
                start=back,
                end=back + dt.timedelta(days=draw(st.integers(2, 60))),
                reason_new="P",
            )
            history += [absence, again]
            start = again.end or back
    if draw(st.booleans()):
        history[-1] = replace(history[-1], end=None, reason_ceased=None)
    elif history[-1].reason_ceased == "X1":
        history[-1] = replace(history[-1], reason_ceased="E8")
    return [replace(e, line=line) for line, e in enumerate(history, start=2)]


@given(history=histories(), data=st.data())
def test_splitting_by_legal_change_changes_no_placement(
    history: list[Episode], data: st.DataObject
) -> None:
    split: list[Episode] = []
    for episode in history:
        last = episode.end or NIGHT
        days = (last - episode.start).days
        cuts = sorted(
            data.draw(st.sets(st.integers(1, days - 1), max_size=3)) if days > 1 else []
        )
        starts = [episode.start, *(episode.start + dt.timedelta(days=c) for c in cuts)]
        for place, start in enumerate(starts):
            is_last = place == len(starts) - 1
            split.append(
                replace(
                    episode,
                    start=start,
                    end=episode.end if is_last else starts[place + 1],
                    reason_new=episode.reason_new if place == 0 else "L",
                    reason_ceased=episode.reason_ceased if is_last else "X1",
                )
            )
    whole = read_placements(history, NIGHT)
    assert read_placements(split, NIGHT).placements == whole.placements


@given(history=histories(), data=st.data())
def test_the_order_of_rows_does_not_matter(
    history: list[Episode], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(history))
    assert read_placements(shuffled, NIGHT) == read_placements(history, NIGHT)


@given(history=histories())
def test_sound_histories_lose_nothing(history: list[Episode]) -> None:
    reading = read_placements(history, NIGHT)
    open_now = history[-1].end is None
    assert bool(reading.current) == open_now
    absences = [e for e in history if e.temporary]
    temporary = [p for p in reading.placements if p.temporary]
    assert len(temporary) == len(absences)
    returns = len(absences)
    others = [p for p in reading.placements if not p.temporary]
    assert len(others) == len(history) - len(absences) - returns
    assert reading.remarks == ()


DAYS = st.dates(dt.date(2025, 1, 1), dt.date(2027, 3, 1))
ANY_EPISODE = st.builds(
    Episode,
    start=DAYS,
    end=st.none() | DAYS,
    reason_new=st.sampled_from([None, *"SLPTBU"]),
    reason_ceased=st.sampled_from([None, "X1", "E4A"]),
    place_code=st.sampled_from([None, "U4", "K2", *sorted(TEMPORARY)]),
    postcode=st.sampled_from([None, "A1", "B2"]),
    legal_status=st.sampled_from([None, "C1", "C2"]),
    urn=st.sampled_from([None, "SC1", "SC2"]),
    line=st.integers(2, 99),
    ceased=st.booleans(),
)


@given(rows=st.lists(ANY_EPISODE, min_size=1, max_size=7))
def test_whatever_is_wrong_a_child_with_an_open_episode_is_placed(
    rows: list[Episode],
) -> None:
    reading = read_placements(rows, NIGHT)
    assert reading.placements
    starts = {row.start for row in rows}
    assert {p.start for p in reading.placements} <= starts
    assert all(p.end is None or p.end <= NIGHT for p in reading.placements)
    is_open = any(
        row.end is None and not row.ceased and row.start <= NIGHT for row in rows
    )
    if is_open:
        assert reading.current
