"""A placement keeps its name through corrections; no two share one."""

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from register_examples import seen

from notifications.facts import PlacementStatus
from register.placements import (
    ChildPicture,
    KnownPlacement,
    MixedChildrenError,
    resolve,
)

CURRENT, ENDED, WITHDRAWN = PlacementStatus
TONIGHT = dt.date(2026, 11, 22)


def picture(**changes):
    given = {
        "business_date": TONIGHT, "source_kind": "ssd-csv", "good": True,
        "keep_absent_nights": 3,
    }  # fmt: skip
    return ChildPicture(**(given | changes))


def known(ref, status=CURRENT, absent_nights=0, **changes):
    return KnownPlacement(ref, status, absent_nights, seen(**changes))


def refs(resolved):
    """By start and postcode: the name and status."""
    return {
        (one.last_seen.start, one.last_seen.postcode): (one.placement_ref, one.status)
        for one in resolved
    }


def as_known(resolved):
    return [
        KnownPlacement(one.placement_ref, one.status, one.absent_nights, one.last_seen)
        for one in resolved
    ]


JAN, FEB, MAR = (dt.date(2026, month, 1) for month in (1, 2, 3))


# --- which known placement a record is ---------------------------------------------


def test_a_new_placement_gets_a_name_that_is_the_same_everywhere():
    [one] = resolve([], [seen()], picture())
    assert one.placement_ref == "P-GZLYP2E6F4ZJ2WCS"
    assert one.status is CURRENT
    assert one.absent_nights == 0
    assert one.rows == 1


@pytest.mark.parametrize(
    ("case", "corrected"),
    [
        ("nothing", {}),
        ("its start", {"start": dt.date(2026, 11, 3)}),
        ("its postcode", {"postcode": "B1 1AA"}),
        ("its postcode taken away", {"postcode": None}),
        ("both, under the feed's own id", {"start": JAN, "postcode": "B1 1AA"}),
        ("the kind of feed", {"source_kind": "ssda903", "source_ref": None}),
        (
            "the kind of feed and its postcode",
            {"source_kind": "csc-api-json", "source_ref": "9", "postcode": "B1 1AA"},
        ),
        (
            "its start, in a feed without ids",
            {"source_kind": "ssda903", "source_ref": None, "start": JAN},
        ),
        ("the feed's own id", {"source_ref": "78"}),
        ("its type and legal status", {"place_code": "K2", "legal_status": "C2"}),
        ("its end", {"end": dt.date(2026, 11, 20)}),
        ("its being temporary", {"temporary": True}),
    ],
)
def test_a_placement_keeps_its_name_when_correcting(case, corrected):
    [one] = resolve([known("P-OLD")], [seen(**corrected)], picture())
    assert one.placement_ref == "P-OLD", case
    assert one.last_seen == seen(**corrected)


@pytest.mark.parametrize(
    ("case", "before", "tonight", "expected"),
    [
        (
            "what was told wins over a feed's renumbered ids",
            [known("P-1", source_ref="1", start=JAN),
             known("P-2", source_ref="2", start=FEB)],
            [seen(source_ref="2", start=JAN), seen(source_ref="3", start=FEB)],
            {"P-1": JAN, "P-2": FEB},
        ),
        (
            "ids of two kinds of feed have nothing to do with each other",
            [known("P-1", source_kind="ssd-csv", source_ref="1", start=JAN,
                   postcode="B1 1AA")],
            [seen(source_kind="csc-api-json", source_ref="1", start=MAR,
                  postcode="CV1 1AA")],
            {"P-1": JAN, None: MAR},
        ),
        (
            "a move is a new placement",
            [known("P-1", start=JAN)],
            [seen(start=JAN, end=FEB), seen(source_ref="78", start=FEB,
                                            postcode="B1 1AA")],
            {"P-1": JAN, None: FEB},
        ),
        (
            "two corrections at once without ids make another placement",
            [known("P-1", source_ref=None, start=JAN, postcode="B1 1AA")],
            [seen(source_ref=None, start=FEB, postcode="CV1 1AA")],
            {"P-1": JAN, None: FEB},
        ),
        (
            "a corrected start is seen where one open placement of a postcode is left",
            [known("P-1", source_ref=None, start=JAN),
             known("P-2", ENDED, source_ref=None, start=FEB, end=MAR)],
            [seen(source_ref=None, start=MAR),
             seen(source_ref=None, start=FEB, end=MAR)],
            {"P-1": MAR, "P-2": FEB},
        ),
        (
            "… but not where two are",
            [known("P-1", source_ref=None, start=JAN),
             known("P-2", source_ref=None, start=FEB)],
            [seen(source_ref=None, start=MAR)],
            {"P-1": JAN, "P-2": FEB, None: MAR},
        ),
        (
            "… nor where a postcode is not known",
            [known("P-1", source_ref=None, start=JAN, postcode=None)],
            [seen(source_ref=None, start=MAR, postcode=None)],
            {"P-1": JAN, None: MAR},
        ),
        (
            "a temporary placement is not the one it interrupts",
            [known("P-1", source_ref=None, start=JAN, postcode="B1 1AA")],
            [seen(source_ref=None, start=JAN, postcode="B1 1AA"),
             seen(source_ref=None, start=JAN, postcode="CV1 1AA", temporary=True)],
            {"P-1": JAN, None: JAN},
        ),
        (
            "an ended placement that is open again is the same",
            [known("P-1", ENDED, start=JAN, end=FEB)],
            [seen(start=JAN)],
            {"P-1": JAN},
        ),
        (
            "a withdrawn placement that is supplied again is the same",
            [known("P-1", WITHDRAWN, start=JAN)],
            [seen(start=JAN)],
            {"P-1": JAN},
        ),
    ],
)  # fmt: skip
def test_matching(case, before, tonight, expected):
    resolved = resolve(before, tonight, picture())
    old = {one.placement_ref for one in before}
    got = [
        (one.placement_ref if one.placement_ref in old else None, one.last_seen.start)
        for one in resolved
    ]
    assert dict(got) == expected, case
    assert len(got) == len(expected), case
    assert sum(one.rows for one in resolved) == len(tonight), case


def test_of_two_with_the_start_the_current_one_is_meant():
    before = [
        known("P-1", ENDED, source_ref=None, start=JAN, end=FEB, postcode="B1 1AA"),
        known("P-2", source_ref=None, start=JAN, postcode="B2 2AA"),
    ]
    tonight = [seen(source_ref=None, start=JAN, postcode="B3 3AA")]
    found = refs(resolve(before, tonight, picture()))
    assert found[JAN, "B3 3AA"] == ("P-2", CURRENT)
    assert found[JAN, "B1 1AA"] == ("P-1", ENDED)


def test_two_records_of_one_placement_are_one_and_both_are_counted():
    tonight = [
        seen(source_ref="1", end=dt.date(2026, 11, 1)),
        seen(source_ref="2"),
        seen(source_ref="2"),
    ]
    [one] = resolve([], tonight, picture())
    assert one.rows == 3
    assert one.last_seen == seen(source_ref="2"), "the open one says more"


@pytest.mark.parametrize("own", ["1", "2"])
def test_one_whose_record_was_corrected_to_say_what_another_says_is_withdrawn(own):
    """It never was: whoever was told of it must hear so, and not nights later."""
    other = {"1": "2", "2": "1"}[own]
    before = [
        known("P-1", source_ref=other, start=JAN, postcode="B1 1AA"),
        known("P-2", source_ref=own, start=JAN, postcode="WR1 1AA"),
    ]
    tonight = [seen(source_ref=ref, start=JAN, postcode="B1 1AA") for ref in ("1", "2")]
    found = refs(resolve(before, tonight, picture()))
    assert found[JAN, "B1 1AA"] == ("P-1", CURRENT)
    assert found[JAN, "WR1 1AA"] == ("P-2", WITHDRAWN)


@pytest.mark.parametrize(
    "changes",
    [{"source_ref": "3"}, {"source_kind": "csc-api-json"}, {"start": FEB}],
    ids=["another id", "another kind of feed", "another start"],
)
def test_a_doubled_record_of_others_says_nothing_of_one_that_is_absent(changes):
    absent = {"source_ref": "2", "start": JAN, "postcode": "WR1 1AA", **changes}
    before = [
        known("P-1", source_ref="1", start=JAN, postcode="B1 1AA"),
        known("P-2", **absent),
    ]
    tonight = [seen(source_ref=ref, start=JAN, postcode="B1 1AA") for ref in ("1", "2")]
    found = refs(resolve(before, tonight, picture()))
    assert found[absent["start"], "WR1 1AA"] == ("P-2", CURRENT)


def test_a_placement_that_begins_as_another_once_did_has_a_name_of_its_own():
    [first] = resolve([], [seen(start=JAN)], picture())
    moved = resolve(as_known([first]), [seen(start=FEB)], picture())
    both = resolve(
        as_known(moved), [seen(start=FEB), seen(source_ref="78", start=JAN)], picture()
    )
    names = refs(both)
    assert names[FEB, "CV7 8QZ"][0] == first.placement_ref
    assert names[JAN, "CV7 8QZ"][0] != first.placement_ref
    again = resolve(as_known(both), [seen(source_ref="78", start=JAN)], picture())
    assert refs(again)[JAN, "CV7 8QZ"] == names[JAN, "CV7 8QZ"]


def test_children_are_resolved_one_at_a_time():
    with pytest.raises(MixedChildrenError, match="C2"):
        resolve([known("P-1")], [seen(child_ref="C2")], picture())


# --- ends, absence, withdrawal -----------------------------------------------------


@pytest.mark.parametrize(
    ("end", "status"),
    [
        (None, CURRENT),
        (TONIGHT + dt.timedelta(days=1), CURRENT),
        (TONIGHT, ENDED),
        (TONIGHT - dt.timedelta(days=1), ENDED),
    ],
)
def test_a_placement_ends_on_its_last_day(end, status):
    [one] = resolve([], [seen(end=end)], picture())
    assert one.status is status


def test_an_absent_placement_stands_for_the_nights_kept_and_is_then_withdrawn():
    before = [known("P-1")]
    statuses = []
    for _ in range(5):
        resolved = resolve(before, [], picture(keep_absent_nights=3))
        statuses.append((resolved[0].status, resolved[0].absent_nights))
        before = as_known(resolved)
    assert statuses == [
        (CURRENT, 1), (CURRENT, 2), (CURRENT, 3), (WITHDRAWN, 0), (WITHDRAWN, 0),
    ]  # fmt: skip


def test_being_seen_again_starts_the_count_afresh():
    [one] = resolve([known("P-1", absent_nights=3)], [seen()], picture())
    assert (one.status, one.absent_nights) == (CURRENT, 0)


def test_absence_from_an_extract_that_is_not_usable_says_nothing():
    before = known("P-1", absent_nights=3)
    [one] = resolve([before], [], picture(good=False, keep_absent_nights=0))
    assert (one.status, one.absent_nights, one.rows) == (CURRENT, 3, 0)


@pytest.mark.parametrize("purged", [{None}, {"77"}, {"1", "77"}])
@pytest.mark.parametrize("status", [CURRENT, ENDED])
def test_a_purged_placement_is_withdrawn_at_once(purged, status):
    before = [known("P-1", status)]
    [one] = resolve(before, [], picture(purged=frozenset(purged)))
    assert one.status is WITHDRAWN


@pytest.mark.parametrize(
    ("purged", "kind"), [({"78"}, "ssd-csv"), ({"77"}, "csc-api-json")]
)
def test_a_purge_of_something_else_withdraws_nothing(purged, kind):
    tonight = picture(purged=frozenset(purged), source_kind=kind)
    [one] = resolve([known("P-1")], [], tonight)
    assert one.status is CURRENT


def test_a_purged_placement_that_is_supplied_again_stands():
    [one] = resolve([known("P-1")], [seen()], picture(purged=frozenset({None})))
    assert one.status is CURRENT


def test_an_ended_placement_stays_ended_when_the_feed_no_longer_has_it():
    [one] = resolve([known("P-1", ENDED, end=FEB)], [], picture(keep_absent_nights=0))
    assert one.status is ENDED


def test_an_absent_placement_whose_last_day_has_come_has_ended():
    [one] = resolve([known("P-1", end=TONIGHT)], [], picture(keep_absent_nights=0))
    assert one.status is ENDED


# --- laws --------------------------------------------------------------------------

starts = st.dates(dt.date(2026, 1, 1), dt.date(2026, 1, 6))
postcodes = st.sampled_from([None, "B1 1AA", "B2 2AA", "CV1 1AA"])
records = st.builds(
    seen,
    source_kind=st.sampled_from(["ssd-csv", "ssda903"]),
    source_ref=st.sampled_from([None, "1", "2", "3"]),
    start=starts,
    end=st.none() | st.dates(dt.date(2026, 1, 1), dt.date(2027, 1, 1)),
    postcode=postcodes,
    place_code=st.sampled_from(["U4", "K2"]),
    temporary=st.booleans(),
)
nights = st.lists(
    st.tuples(st.lists(records, max_size=5), st.booleans()), min_size=1, max_size=5
)


def live(history):
    """Resolve night after night, each on what the night before left."""
    resolved = ()
    for number, (tonight, good) in enumerate(history):
        date = TONIGHT + dt.timedelta(days=number)
        resolved = resolve(
            as_known(resolved),
            tonight,
            picture(business_date=date, good=good, keep_absent_nights=1),
        )
        yield tonight, resolved


@given(nights)
def test_one_name_for_one_placement_and_every_record_is_counted(history):
    for tonight, resolved in live(history):
        names = [one.placement_ref for one in resolved]
        assert len(set(names)) == len(names)
        assert sum(one.rows for one in resolved) == len(tonight)
        found = [one.last_seen for one in resolved if one.rows]
        told = {(one.start, one.postcode, one.temporary) for one in tonight}
        assert len(found) == len(told)
        assert {(one.start, one.postcode, one.temporary) for one in found} == told


@given(nights)
def test_a_name_once_given_is_never_lost(history):
    for (_, before), (_, after) in pairwise(live(history)):
        assert {one.placement_ref for one in before} <= {
            one.placement_ref for one in after
        }


@given(nights, st.randoms())
def test_the_order_of_records_does_not_matter(history, random):
    *_, (_, before), (tonight, resolved) = [([], ()), *live(history)]
    shuffled, stirred = list(tonight), as_known(before)
    random.shuffle(shuffled)
    random.shuffle(stirred)
    number = len(history) - 1
    again = resolve(
        stirred,
        shuffled,
        picture(
            business_date=TONIGHT + dt.timedelta(days=number),
            good=history[number][1],
            keep_absent_nights=1,
        ),
    )
    assert again == resolved


@given(
    st.lists(starts, min_size=1, max_size=4, unique=True),
    st.data(),
)
def test_one_correction_a_night_never_changes_a_name(dates, data):
    """Distinct starts and postcodes; each night mends one value of one placement."""
    tonight = [
        seen(source_ref=str(place), start=start, postcode=f"B{place} 1AA")
        for place, start in enumerate(dates)
    ]
    resolved = resolve([], tonight, picture())
    names = {one.last_seen.source_ref: one.placement_ref for one in resolved}
    for number in range(4):
        place = data.draw(st.integers(0, len(tonight) - 1))
        field, value = data.draw(
            st.sampled_from(
                [
                    ("start", dt.date(2026, 2, 1 + number)),
                    ("postcode", f"CV{number} 1AA"),
                    ("place_code", f"U{number}"),
                    ("end", TONIGHT),
                ]
            )
        )
        changed = {
            name: getattr(tonight[place], name)
            for name in ("source_ref", "start", "postcode", "place_code", "end")
        } | {field: value}
        tonight[place] = seen(**changed)
        resolved = resolve(as_known(resolved), tonight, picture())
        assert {
            one.last_seen.source_ref: one.placement_ref for one in resolved
        } == names
