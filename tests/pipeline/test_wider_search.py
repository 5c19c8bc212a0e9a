"""A reviewer asks for a wider search; the next pass looks and answers."""

import datetime as dt
import json
import shutil
import sqlite3
from uuid import uuid4

import pyarrow.parquet as pq
import pytest
from http_portal import http_portal
from night_world import NIGHT_1, copy_of

from notifications.feed import EventType, SearchAsked
from pipeline.searches import MOST_FOUND, MOST_PUT_TO_PEOPLE, with_hints

GOOD, DEGRADED = 0, 3
LATER = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def asked(region_template, tmp_path_factory):
    """A region after a night with a small portal, to be asked many things."""
    world = copy_of(region_template, tmp_path_factory.mktemp("searched"))
    with http_portal(lambda: LATER) as portal:
        world.configure(portal={"url": portal.url})
        world.environment["CROSSBORDER_PORTAL_KEY"] = portal.key
        night = world.run(NIGHT_1)
        assert night.exit_code == GOOD, night.output
        yield world, portal, night


def a_pass(world, ends=GOOD):
    code, output = world.command(
        "clocks", str(world.region), "--workspace", str(world.workspace),
        "--at", LATER.isoformat(timespec="minutes").replace("+00:00", ""),
    )  # fmt: skip
    assert code == ends, output
    return output


def a_pair(portal, place=0):
    """A pair that was put to people, and the force on its right."""
    pairs = [one for one in portal.documents("reviews").values() if not one["asked_by"]]
    pair = sorted(pairs, key=lambda one: one["review_id"])[place]
    return pair, pair["right"]["authority"]


def persons(night, force):
    path = night.folder / "standardise" / "nominal_persons" / f"{force}.parquet"
    return pq.read_table(path, partitioning=None).to_pylist()


def restricted(night, force):
    path = night.folder / "extract" / force / "nominals.parquet"
    rows = pq.read_table(path, partitioning=None).to_pylist()
    return {row["nominal_ref"] for row in rows if row["restricted"]}


def sql(world, statement, *values):
    with sqlite3.connect(world.workspace / "demo" / "register.db") as register:
        return register.execute(statement, values).fetchall()


def test_a_search_is_answered_once_with_records_and_pairs_to_judge(asked):
    world, portal, night = asked
    pair, force = a_pair(portal)
    wish = portal.asks_search(pair["review_id"], force)

    output = a_pass(world)

    assert "searched" in output
    answer = portal.documents("searches")[wish]
    assert answer["outcome"] == "searched"
    assert answer["as_of"] == NIGHT_1
    everybody = {one["record_ref"] for one in persons(night, force)}
    hidden = restricted(night, force)  # and whoever is one person with them
    assert len(everybody) // 2 < answer["searched"] <= len(everybody - hidden)
    found = [one["record"]["record_ref"] for one in answer["found"]]
    assert 0 < len(found) <= MOST_FOUND
    assert pair["right"]["record_ref"] not in found
    weights = [one["weight"] for one in answer["found"]]
    assert weights == sorted(weights, reverse=True)
    put = [
        one for one in portal.documents("reviews").values() if one["asked_by"] == wish
    ]
    assert 0 < len(put) <= MOST_PUT_TO_PEOPLE
    by_id = {one["review_id"]: one["record"]["record_ref"] for one in answer["found"]}
    for one in put:
        assert one["right"]["record_ref"] == by_id[one["review_id"]]
        assert one["left"]["content_hash"] == pair["left"]["content_hash"]
        assert one["deadline"] == pair["deadline"]
        assert "by a wider search" in one["hangs_on_it"]
    calls = len(portal.calls)
    assert "searched" not in a_pass(world)
    assert not [one for one in portal.calls[calls:] if one[0] == "PUT"]


def test_another_name_and_year_find_who_is_nothing_like_the_child(asked):
    world, portal, night = asked
    pair, force = a_pair(portal, 1)
    hidden = restricted(night, force)
    somebody = next(
        one
        for one in persons(night, force)
        if one["record_ref"] not in hidden
        and one["dobs"]
        and one["names"][0]["forename"]
        and one["names"][0]["surname"]
        and one["names"][0]["surname"] not in str(pair["left"])
    )
    name = somebody["names"][0]
    plain = portal.asks_search(pair["review_id"], force)
    hinted = portal.asks_search(
        pair["review_id"], force, forename=name["forename"].title(),
        surname=name["surname"].lower(), birth_year=somebody["dobs"][0].year,
    )  # fmt: skip

    a_pass(world)

    answers = portal.documents("searches")
    assert somebody["record_ref"] not in str(answers[plain]["found"])
    assert somebody["record_ref"] in str(answers[hinted]["found"])


def test_a_restricted_record_is_found_under_no_name(asked):
    world, portal, night = asked
    pair, force = a_pair(portal)
    hidden = restricted(night, force)
    somebody = next(
        one
        for one in persons(night, force)
        if one["record_ref"] in hidden and one["names"]
    )
    name = somebody["names"][0]
    wish = portal.asks_search(
        pair["review_id"], force, forename=name["forename"], surname=name["surname"]
    )

    a_pass(world)

    answer = portal.documents("searches")[wish]
    assert answer["outcome"] == "searched"
    assert not hidden & {one["record"]["record_ref"] for one in answer["found"]}


def test_of_a_shielded_child_nothing_is_searched(asked):
    world, portal, _ = asked
    pair, force = a_pair(portal)
    child = pair["left"]["authority"], pair["left"]["record_ref"]
    change = "UPDATE decision SET state = ? WHERE placing_la = ? AND child_ref = ?"
    sql(world, change, "restricted", *child)
    wish = portal.asks_search(pair["review_id"], force)

    a_pass(world)

    sql(world, change, "possible", *child)
    answer = portal.documents("searches")[wish]
    assert (answer["outcome"], answer["found"], answer["searched"]) == (
        "shielded", [], 0,
    )  # fmt: skip


def test_what_can_not_be_searched_says_why(asked):
    world, portal, night = asked
    pair, force = a_pair(portal)
    nobody = portal.asks_search(uuid4(), force)
    no_force = portal.asks_search(pair["review_id"], "330")
    raw = SearchAsked(actor="r", review_id=pair["review_id"], authority=force)
    portal.says(EventType.SEARCH_ASKED, "x", raw)
    portal.feed[-1]["data"] = {"actor": "r"}
    kept, away = night.folder / "standardise", night.folder / "away"
    shutil.move(kept, away)
    gone = portal.asks_search(pair["review_id"], force)

    output = a_pass(world, DEGRADED)

    shutil.move(away, kept)
    answers = portal.documents("searches")
    outcomes = [answers[one]["outcome"] for one in (nobody, no_force, gone)]
    assert outcomes == ["no_child", "no_records", "no_records"]
    assert "asks for a search and does not say of what" in output


def test_no_search_leaves_a_name_in_what_a_pass_reports(asked):
    world, portal, _ = asked
    pair, force = a_pair(portal)
    portal.asks_search(pair["review_id"], force, surname="Zyxelbrook")

    output = a_pass(world)

    reports = (world.workspace / "demo").glob("*/*/stages/*.json")
    assert "Zyxelbrook" not in output + "".join(one.read_text() for one in reports)
    assert "Zyxelbrook" not in json.dumps(portal.documents("searches"))


ROW = {
    "names": [{"forename": "ANNA", "surname": "BELL"}],
    "dobs": [dt.date(2012, 2, 29)],
    "content_hash": "as it was",
}


@pytest.mark.parametrize(
    ("hints", "names", "dobs"),
    [
        ({}, ["ANNA BELL"], ["2012-02-29"]),
        ({"surname": "O'Neil"}, ["ANNA BELL", "ANNA ONEIL"], ["2012-02-29"]),
        ({"forename": "Ania", "surname": "Ball"},
         ["ANNA BELL", "ANIA BALL", "ANIA BELL", "ANNA BALL"], ["2012-02-29"]),
        ({"birth_year": 2011}, ["ANNA BELL"], ["2012-02-29", "2011-02-28"]),
        ({"birth_year": 2099}, ["ANNA BELL"], ["2012-02-29"]),
        ({"surname": "..."}, ["ANNA BELL"], ["2012-02-29"]),
    ],
)  # fmt: skip
def test_hints_are_added_and_take_nothing_away(hints, names, dobs):
    asked = SearchAsked(actor="r", review_id=uuid4(), authority="E23000014", **hints)

    row = with_hints(ROW, asked, dt.date(2026, 11, 22))

    assert [f"{one['forename']} {one['surname']}" for one in row["names"]] == names
    assert [one.isoformat() for one in row["dobs"]] == dobs
    assert row["content_hash"] == "as it was"
    assert len(ROW["names"]) == 1
