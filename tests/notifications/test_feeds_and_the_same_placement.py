"""From a feed's own rows to who is told: what is no move tells nobody."""

import datetime as dt
from dataclasses import replace

import pytest
from notification_cases import (
    IN_COVENTRY,
    IN_WORCESTER,
    MONDAY,
    PLACING,
    Nights,
    case,
    to_all,
    told,
)

from connectors.care import Episode
from connectors.episodes import read_placements
from connectors.picture import Arrived, Picture, complete, merge_delta
from notifications.documents import Kind
from notifications.facts import Placement
from records.schemas import CHILDREN_TABLES, conform
from register.placements import ChildPicture, KnownPlacement, SeenPlacement, resolve

STARTED, CHANGED = dt.date(2026, 11, 16), dt.date(2026, 11, 20)


class Feed:
    """A child's placements, night after night, under the register's references."""

    def __init__(self):
        self.known, self.nights = (), Nights()

    def pass_(self, *seen):
        on = self.nights.on
        picture = ChildPicture(on, seen[0].source_kind, good=True, keep_absent_nights=3)
        resolved = resolve(self.known, seen, picture)
        self.known = tuple(
            KnownPlacement(one.placement_ref, one.status, one.absent_nights,
                           one.last_seen)
            for one in resolved
        )  # fmt: skip
        placements = [
            Placement(
                placement_ref=one.placement_ref,
                status=one.status,
                **{
                    name: getattr(one.last_seen, name)
                    for name in (
                        "child_ref", "start", "end", "place_code", "legal_status",
                        "postcode", "start_reason", "end_reason", "temporary",
                    )
                },
            )
            for one in resolved
        ]  # fmt: skip
        return told(self.nights.pass_(replace(case(), placements=tuple(placements))))


def seen(kind="ssda903", ref=None, **changes):
    given = {
        "authority": PLACING, "child_ref": "C1", "source_kind": kind,
        "source_ref": ref, "start": STARTED, "postcode": IN_WORCESTER,
        "place_code": "U4", "legal_status": "V2",
    }  # fmt: skip
    return SeenPlacement(**{**given, **changes})


def of_episodes(*episodes):
    """What the connector makes of a return's episodes."""
    read = read_placements(episodes, MONDAY).placements
    return [
        seen(
            start=one.start, end=one.end, postcode=one.postcode,
            place_code=one.place_code, legal_status=one.legal_status,
            start_reason=one.start_reason, end_reason=one.end_reason,
            temporary=one.temporary,
        )
        for one in read
    ]  # fmt: skip


def episode(start, end=None, reason="S", **changes):
    given = {
        "start": start, "end": end, "reason_new": reason, "place_code": "U4",
        "reason_ceased": "X1" if end else None, "postcode": IN_WORCESTER,
        "legal_status": "V2",
    }  # fmt: skip
    return Episode(**{**given, **changes})


@pytest.fixture
def feed():
    given = Feed()
    assert given.pass_(*of_episodes(episode(STARTED))) == to_all(Kind.NEW)
    return given


def test_a_change_of_legal_status_alone_tells_nobody(feed):
    changed = of_episodes(
        episode(STARTED, CHANGED), episode(CHANGED, reason="L", legal_status="C2")
    )
    assert len(changed) == 1
    assert feed.pass_(*changed) == {}


def test_nor_do_several_of_them(feed):
    later = dt.date(2026, 11, 22)
    changed = of_episodes(
        episode(STARTED, CHANGED),
        episode(CHANGED, later, reason="L", legal_status="C1"),
        episode(later, reason="L", legal_status="C2"),
    )
    assert feed.pass_(*changed) == {}


def test_but_one_that_moved_the_child_is_a_move_whatever_it_is_called(feed):
    moved = of_episodes(
        episode(STARTED, CHANGED), episode(CHANGED, reason="L", postcode=IN_COVENTRY)
    )
    assert Kind.NEW in feed.pass_(*moved).values()


def test_a_feed_of_another_kind_keeps_its_placements(feed):
    assert feed.pass_(seen("csc-api-json", "77")) == {}
    assert feed.pass_(seen("csc-api-json", "77")) == {}


def picture_tables(*children):
    """Tonight's tables of an authority with these children, each placed."""
    key = {"authority": PLACING}
    placed = {"start": STARTED, "postcode": IN_WORCESTER, "place_code": "U4"}
    return complete(
        {
            "children": conform(
                [{**key, "child_ref": ref} for ref in children],
                CHILDREN_TABLES["children"],
            ),
            "placements": conform(
                [
                    {**key, "child_ref": ref, "temporary": False, **placed}
                    for ref in children
                ],
                CHILDREN_TABLES["placements"],
            ),
        },
        police=False,
    )


def test_so_it_does_where_deltas_say_nothing_of_the_child(feed):
    picture = Picture(picture_tables("C1"), MONDAY)
    for night in range(1, 6):
        on = MONDAY + dt.timedelta(days=night)
        delta = Arrived(PLACING, on, picture_tables(f"OTHER{night}"))
        picture = merge_delta(picture, delta, 3)
        rows = [
            row
            for row in picture.tables["placements"].to_pylist()
            if row["child_ref"] == "C1"
        ]
        assert len(rows) == 1
        assert feed.pass_(*(seen("csc-api-json", start=r["start"]) for r in rows)) == {}


def test_and_a_move_after_the_change_of_feeds_is_an_update_to_whoever_was_told(feed):
    feed.pass_(seen("csc-api-json", "77"))
    moved = feed.pass_(
        seen("csc-api-json", "77", end=CHANGED, end_reason="X1"),
        seen("csc-api-json", "78", start=CHANGED, place_code="K2"),
    )
    assert moved == to_all(Kind.UPDATE)


def test_a_corrected_start_of_the_new_feed_is_an_update_and_no_second_new(feed):
    corrected = seen("csc-api-json", "77", start=dt.date(2026, 11, 15))
    assert feed.pass_(corrected) == to_all(Kind.UPDATE)
