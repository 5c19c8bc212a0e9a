"""How episodes of care become placements, rule by rule."""

import datetime as dt
from dataclasses import replace

import pytest

from connectors.care import Episode, Fault, Placement
from connectors.episodes import read_placements, reopened

NIGHT = dt.date(2026, 11, 22)


def day(text: str) -> dt.date:
    """``03-14`` of 2026, or a whole date."""
    return dt.date.fromisoformat(text if len(text) > 5 else f"2026-{text}")


def episodes(text: str) -> list[Episode]:
    """One a line: start end RNE REC PLACE postcode [legal status]; - is none."""
    rows = []
    for number, line in enumerate(text.strip().splitlines(), start=2):
        values = [None if value == "-" else value for value in line.split()]
        start, end, rne, rec, place, postcode, *status = values
        rows.append(
            Episode(
                start=day(start),
                end=day(end) if end and end != "?" else None,
                ceased=end == "?",
                reason_new=rne,
                reason_ceased=rec,
                place_code=place,
                postcode=postcode,
                legal_status=status[0] if status else None,
                line=number,
            )
        )
    return rows


def told(placement: Placement) -> str:
    """A placement as ``start end place postcode``."""
    end = f"{placement.end:%m-%d}" if placement.end else "-"
    return (
        f"{placement.start:%m-%d} {end} {placement.place_code or '-'} "
        f"{placement.postcode or '-'}"
    )


def placements(text: str) -> list[str]:
    return [told(p) for p in read_placements(episodes(text), NIGHT).placements]


RULES = {
    "an episode without an end is a current placement": (
        "01-10 - S - U4 A1",
        ["01-10 - U4 A1"],
    ),
    "a change of placement ends one and begins another": (
        """
        01-10 03-01 S X1 U4 A1
        03-01 -     P -  K2 B2
        """,
        ["01-10 03-01 U4 A1", "03-01 - K2 B2"],
    ),
    "a change of legal status only is no move": (
        """
        01-10 03-01 S X1 U4 A1 C1
        03-01 05-01 L X1 U4 A1 C2
        05-01 -     L -  U4 A1 E1
        """,
        ["01-10 - U4 A1"],
    ),
    "a move with the same carer is a new placement": (
        """
        01-10 03-01 S X1 U4 A1
        03-01 -     T -  U4 B2
        """,
        ["01-10 03-01 U4 A1", "03-01 - U4 B2"],
    ),
    "reason L with another postcode is read as a move": (
        """
        01-10 03-01 S X1 U4 A1
        03-01 -     L -  U4 B2
        """,
        ["01-10 03-01 U4 A1", "03-01 - U4 B2"],
    ),
    "reason L with another type of placement is read as a move": (
        """
        01-10 03-01 S X1 U4 A1
        03-01 -     L -  A5 A1
        """,
        ["01-10 03-01 U4 A1", "03-01 - A5 A1"],
    ),
    "reason L that repeats no postcode is no move": (
        """
        01-10 03-01 S X1 U4 A1
        03-01 -     L -  U4 -
        """,
        ["01-10 - U4 A1"],
    ),
    "reason L after a gap begins a placement": (
        """
        01-10 03-01 S X1 U4 A1
        03-09 -     L -  U4 A1
        """,
        ["01-10 03-01 U4 A1", "03-09 - U4 A1"],
    ),
    "a missing postcode costs nobody their placement": (
        "01-10 - S - U4 -",
        ["01-10 - U4 -"],
    ),
    "an end that lies ahead has not come": (
        "01-10 12-24 S X1 U4 A1",
        ["01-10 - U4 A1"],
    ),
    "a planned move does not end the placement before its day": (
        """
        01-10 12-24 S X1 U4 A1
        12-24 -     P -  K2 B2
        """,
        ["01-10 - U4 A1", "12-24 - K2 B2"],
    ),
    "an end before the start is the next episode's start": (
        """
        03-01 01-10 S X1 U4 A1
        05-01 -     P -  K2 B2
        """,
        ["03-01 05-01 U4 A1", "05-01 - K2 B2"],
    ),
    "an end that can't be read leaves the last placement current": (
        "03-01 ? S X1 U4 A1",
        ["03-01 - U4 A1"],
    ),
    "an open episode has ended when a later one is open": (
        """
        01-10 -     S -  U4 A1
        03-01 05-01 P X1 K2 B2
        05-01 -     P -  K2 C3
        """,
        ["01-10 03-01 U4 A1", "03-01 05-01 K2 B2", "05-01 - K2 C3"],
    ),
    "an open episode stays open when only ended ones follow": (
        """
        01-10 -     S -   U4 A1
        03-01 05-01 P E4A K2 B2
        """,
        ["01-10 - U4 A1", "03-01 05-01 K2 B2"],
    ),
    "overlapping episodes are both kept": (
        """
        01-10 05-01 S X1 U4 A1
        03-01 -     P -  K2 B2
        """,
        ["01-10 05-01 U4 A1", "03-01 - K2 B2"],
    ),
    "two open placements of one day are both current": (
        """
        01-10 - S - U4 A1
        01-10 - S - K2 B2
        """,
        ["01-10 - U4 A1", "01-10 - K2 B2"],
    ),
    "the same episode twice is one": (
        """
        01-10 - S - U4 A1
        01-10 - S - U4 A1
        """,
        ["01-10 - U4 A1"],
    ),
    "of two versions of an episode the open one stands": (
        """
        01-10 03-01 S X1 U4 A1
        01-10 -     S -  U4 A1
        """,
        ["01-10 - U4 A1"],
    ),
    "a temporary placement leaves its base standing": (
        """
        01-10 11-20 S X1 U4 A1
        11-20 -     P -  T1 A1
        """,
        ["01-10 - U4 A1", "11-20 - T1 A1"],
    ),
    "a base is one placement across the absence": (
        """
        01-10 03-01 S X1 U4 A1
        03-01 03-08 P X1 T2 Z9
        03-08 -     P -  U4 A1
        """,
        ["01-10 - U4 A1", "03-01 03-08 T2 Z9"],
    ),
    "a base stands across absences that follow each other": (
        """
        01-10 03-01 S X1 U4 A1
        03-01 03-08 P X1 T1 H1
        03-08 03-20 P X1 T0 H2
        03-20 06-01 P X1 U4 A1
        06-01 -     P -  K2 B2
        """,
        [
            "01-10 06-01 U4 A1",
            "03-01 03-08 T1 H1",
            "03-08 03-20 T0 H2",
            "06-01 - K2 B2",
        ],
    ),
    "a legal change during an absence is no second absence": (
        """
        01-10 03-01 S X1 U4 A1
        03-01 03-08 P X1 T1 H1
        03-08 03-20 L X1 T1 H1
        03-20 -     P -  U4 A1
        """,
        ["01-10 - U4 A1", "03-01 03-20 T1 H1"],
    ),
    "a return to another address is a move": (
        """
        01-10 03-01 S X1 U4 A1
        03-01 03-08 P X1 T1 H1
        03-08 -     P -  U4 B2
        """,
        ["01-10 03-01 U4 A1", "03-01 03-08 T1 H1", "03-08 - U4 B2"],
    ),
    "a return to another type of placement is a move": (
        """
        01-10 03-01 S X1 U4 A1
        03-01 03-08 P X1 T1 H1
        03-08 -     P -  A5 A1
        """,
        ["01-10 03-01 U4 A1", "03-01 03-08 T1 H1", "03-08 - A5 A1"],
    ),
    "an absence whose end lies ahead is not over": (
        """
        01-10 11-20 S X1 U4 A1
        11-20 12-01 P X1 T2 Z9
        """,
        ["01-10 - U4 A1", "11-20 - T2 Z9"],
    ),
    "a base stands after an absence until somebody says where the child is": (
        """
        01-10 11-01 S X1 U4 A1
        11-01 11-08 P X1 T2 Z9
        """,
        ["01-10 - U4 A1", "11-01 11-08 T2 Z9"],
    ),
    "a base ends with care that ends during an absence": (
        """
        01-10 11-01 S X1  U4 A1
        11-01 11-08 P E4A T2 Z9
        """,
        ["01-10 11-08 U4 A1", "11-01 11-08 T2 Z9"],
    ),
    "a period of care that starts with an absence has no base": (
        """
        01-10 03-01 S E4A U4 A1
        05-01 -     S -   T1 H1
        """,
        ["01-10 03-01 U4 A1", "05-01 - T1 H1"],
    ),
    "an absence that the base outlasts changes nothing": (
        """
        01-10 06-01 S X1 U4 A1
        03-01 03-08 P X1 T2 Z9
        """,
        ["01-10 06-01 U4 A1", "03-01 03-08 T2 Z9"],
    ),
    "a new period of care is no return from an absence": (
        """
        01-10 03-01 S X1 U4 A1
        03-01 03-08 P X1 T1 H1
        03-08 -     S -  U4 A1
        """,
        ["01-10 03-01 U4 A1", "03-01 03-08 T1 H1", "03-08 - U4 A1"],
    ),
}


@pytest.mark.parametrize(("text", "expected"), RULES.values(), ids=RULES.keys())
def test_a_rule_of_reading(text: str, expected: list[str]) -> None:
    assert placements(text) == expected


def only(text: str) -> Placement:
    (placement,) = read_placements(episodes(text), NIGHT).placements
    return placement


def test_a_placement_has_its_latest_legal_status_and_its_first_and_last_reason() -> (
    None
):
    placement = only("""
        01-10 03-01 P X1  U4 A1 C1
        03-01 05-01 L E11 U4 A1 E1
    """)
    assert placement.legal_status == "E1"
    assert (placement.start_reason, placement.end_reason) == ("P", "E11")


def test_a_legal_change_that_lies_ahead_has_not_come() -> None:
    placement = only("""
        01-10 12-24 S X1 U4 A1 C1
        12-24 -     L -  U4 A1 C2
    """)
    assert placement.legal_status == "C1"


def test_a_standing_base_has_the_legal_status_of_the_absence_and_no_end_reason() -> (
    None
):
    base, absence = read_placements(
        episodes("""
            01-10 11-20 S X1 U4 A1 C1
            11-20 -     B -  T1 A1 C2
        """),
        NIGHT,
    ).placements
    assert (base.legal_status, base.end_reason) == ("C2", None)
    assert (base.temporary, absence.temporary) == (False, True)


def test_a_current_placement_is_not_followed_by_another_but_keeps_other_reasons() -> (
    None
):
    assert only("01-10 - S X1 U4 A1").end_reason is None
    assert only("01-10 - S E12 U4 A1").end_reason == "E12"


def test_another_home_under_reason_l_is_a_move() -> None:
    first, second = episodes("""
        01-10 03-01 S X1 K2 A1
        03-01 -     L -  K2 A1
    """)
    pair = [replace(first, urn="SC000001"), replace(second, urn="SC000002")]
    assert len(read_placements(pair, NIGHT).placements) == 2


FAULTS = {
    Fault.REPEATED: "01-10 - S - U4 A1\n01-10 - S - U4 A1",
    Fault.SAME_START: "01-10 - S - U4 A1 C1\n01-10 - S - U4 A1 C2",
    Fault.TWO_AT_ONCE: "01-10 - S - U4 A1\n01-10 - S - K2 B2",
    Fault.END_BEFORE_START: "03-01 01-10 S X1 U4 A1",
    Fault.END_AHEAD: "01-10 12-24 S X1 U4 A1",
    Fault.NEVER_ENDED: "01-10 - S - U4 A1\n03-01 - P - K2 B2",
    Fault.OVERLAP: "01-10 05-01 S X1 U4 A1\n03-01 - P - K2 B2",
    Fault.GAP: "01-10 05-01 S X1 U4 A1\n06-01 - P - K2 B2",
    Fault.L_AFTER_GAP: "01-10 03-01 S X1 U4 A1\n03-09 - L - U4 A1",
    Fault.L_BUT_MOVED: "01-10 03-01 S X1 U4 A1\n03-01 - L - U4 B2",
    Fault.NO_BASE: "01-10 - S - T1 A1",
    Fault.NOT_BACK_YET: "01-10 11-01 S X1 U4 A1\n11-01 11-08 P X1 T2 Z9",
    Fault.END_REASON_WITHOUT_END: "01-10 - S E12 U4 A1",
}


@pytest.mark.parametrize("fault", Fault)
def test_each_fault_is_told(fault: Fault) -> None:
    remarks = read_placements(episodes(FAULTS[fault]), NIGHT).remarks
    assert fault in {remark.fault for remark in remarks}


def test_sound_episodes_have_no_faults() -> None:
    sound = """
        01-10 03-01 S X1  U4 A1
        03-01 05-01 L X1  U4 A1
        05-01 05-06 P X1  T4 Z9
        05-06 06-01 P X1  U4 A1
        06-01 07-01 B E4A K2 B2
        09-01 -     S -   U4 A1
    """
    assert read_placements(episodes(sound), NIGHT).remarks == ()


def test_the_last_placement_reopens_for_a_child_whose_next_episode_is_hidden() -> None:
    ended = read_placements(episodes("01-10 03-01 S X1 U4 A1"), NIGHT)
    (standing,) = reopened(ended).placements
    assert (standing.end, standing.end_reason) == (None, None)


@pytest.mark.parametrize(
    "text",
    ["01-10 03-01 S E4A U4 A1", "01-10 - S - U4 A1"],
    ids=["care has ended", "one is current"],
)
def test_nothing_reopens_when(text: str) -> None:
    reading = read_placements(episodes(text), NIGHT)
    assert reopened(reading) == reading


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("03-01 01-10 S X1 U4 A1", ["ends_before_start"]),
        ("03-01 ? S X1 U4 A1", [None]),
        ("03-01 01-10 S X1 U4 A1\n03-01 04-01 S X1 U4 A1 C2", ["ends_before_start"]),
        ("03-01 01-10 S X1 U4 A1\n05-01 - L - U4 A1", [None]),
        ("01-10 - S - U4 A1\n05-01 - L - U4 A1", [None]),
        ("01-10 - S - U4 A1\n05-01 - P - K2 B2", ["two_open", None]),
        ("01-10 - S - U4 A1\n05-01 - P - T4 B2", [None, None]),
        ("01-10 - S - U4 A1\n05-01 - P - T4 B2\n06-01 - P - U4 A1", [None, "two_open"]),
        ("03-01 01-10 S - U4 A1\n05-01 - P - T4 B2", ["ends_before_start", None]),
    ],
)
def test_a_placement_says_what_its_last_dates_contradict(
    text: str, found: list[str | None]
) -> None:
    read = read_placements(episodes(text), NIGHT).placements
    assert [one.contradiction for one in read] == found
