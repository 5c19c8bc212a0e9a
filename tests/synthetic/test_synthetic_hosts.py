"""What hosts hold of other authorities' children, and the sentinels among them."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from synthetic_examples import Made

from geography.postcodes import Geography
from synthetic import hosted
from synthetic.region import demo_region, synthesise
from synthetic.spec import SentinelSpec, SpecError

SENTINELS = (
    SentinelSpec("330", "SENTINEL1", "not_known", "860"),
    SentinelSpec("860", "SENTINEL2", "known_at_placement", "330"),
    SentinelSpec("861", "SENTINEL3", "restricted", "334"),
)
SMALL = demo_region(seed=5, children=60, nominals=1_200, nights=3)


@pytest.fixture(scope="module")
def planted(geography: Geography, tmp_path_factory: pytest.TempPathFactory) -> Made:
    spec = replace(SMALL, sentinels=SENTINELS)
    out = tmp_path_factory.mktemp("planted")
    return Made(spec, out, synthesise(spec, out, geography))


@pytest.mark.parametrize(
    ("file", "columns", "senders"),
    [
        ("home_notices.csv", hosted.HOME_NOTICES, {"330", "860"}),
        ("children_placed_here.csv", hosted.PLACED_HERE, {"330", "861"}),
    ],
)
def test_some_hosts_send_each_file_every_night(
    demo: Made, file: str, columns: tuple[str, ...], senders: set[str]
) -> None:
    for authority in demo.spec.authorities:
        for night in range(demo.spec.nights):
            there = (demo.folder(authority.code, night) / file).is_file()
            assert there == (authority.code in senders)
    for host in senders:
        assert demo.header(host, file) == columns
        assert all(row["placing_la"] != host for row in demo.rows(host, file))


def test_a_row_that_is_not_wrong_is_what_the_placing_authority_says(
    demo: Made,
) -> None:
    wrong = {row["ref"] for row in demo.true("disagreements")}
    true = {
        (row["host_la"], row["placing_la"], row["postcode"], row["placement_start"])
        for row in demo.placements()
    }
    right = 0
    for host in ("330", "861"):
        for row in demo.rows(host, "children_placed_here.csv"):
            if row["entry_ref"] in wrong or row["end"]:
                continue
            start = next(
                (each[3] for each in true
                 if each[3].isoformat() == row["start"] and each[0] == host),
                None,
            )  # fmt: skip
            assert (host, row["placing_la"], row["postcode"], start) in true
            right += 1
    assert right > 20


def test_what_is_wrong_stays_wrong_and_of_every_kind_there_is_some(
    demo: Made,
) -> None:
    nights = [
        {row["ref"]: row["difference"] for row in demo.true("disagreements")
         if row["night"] == date}
        for date in demo.spec.dates
    ]  # fmt: skip
    both = nights[0].keys() & nights[1].keys()
    assert len(both) > 0.8 * len(nights[0])
    assert all(nights[0][ref] == nights[1][ref] for ref in both)
    assert set(nights[0].values()) >= {
        "home-admitted-not-placed", "not-on-register", "on-register-not-placed",
        "starts-differ", "addresses-differ", "end-not-told",
    }  # fmt: skip


def test_references_of_hosts_tell_nothing_and_are_unique(demo: Made) -> None:
    refs = [
        row[column]
        for host, file, column in (
            ("330", "home_notices.csv", "notice_ref"),
            ("860", "home_notices.csv", "notice_ref"),
            ("330", "children_placed_here.csv", "entry_ref"),
            ("861", "children_placed_here.csv", "entry_ref"),
        )
        for row in demo.rows(host, file)
    ]
    assert len(set(refs)) == len(refs)


def test_sentinels_are_planted_with_their_fates(planted: Made) -> None:
    for night in range(planted.spec.nights):
        found = {
            row["child_ref"]: (row["host_la"], row["expected_state"])
            for row in planted.placements(night)
            if row["child_ref"].startswith("SENTINEL")
        }
        assert found == {
            "SENTINEL1": ("860", "not_known"),
            "SENTINEL2": ("330", "known_at_placement"),
            "SENTINEL3": ("334", "restricted"),
        }


def test_nothing_happens_to_a_sentinel(planted: Made) -> None:
    touched = {row["child_ref"] for row in planted.true("changes")}
    assert touched.isdisjoint({one.child_ref for one in SENTINELS})


def test_hosts_know_nothing_of_sentinels(planted: Made) -> None:
    for host, file in (
        ("330", "children_placed_here.csv"),
        ("860", "home_notices.csv"),
    ):
        assert all(
            row["child_forename"] != "Sentinel" for row in planted.rows(host, file)
        )


def test_sentinels_change_nothing_about_other_children(
    planted: Made, geography: Geography, tmp_path: Path
) -> None:
    without = Made(SMALL, tmp_path, synthesise(SMALL, tmp_path, geography))
    for table in ("children", "changes"):
        own = [
            row
            for row in planted.true(table)
            if not row["child_ref"].startswith("SENTINEL")
        ]
        assert own == without.true(table)


@pytest.mark.parametrize(
    ("sentinel", "why"),
    [
        (SentinelSpec("873", "S", "not_known", "330"), "is no LA here"),
        (SentinelSpec("330", "S", "not_known", "330"), "can't be its host"),
        (SentinelSpec("330", "S", "not_known", "873"), "can't be its host"),
    ],
)
def test_a_sentinel_that_can_not_be_planted_is_refused(
    sentinel: SentinelSpec, why: str, geography: Geography, tmp_path: Path
) -> None:
    with pytest.raises(SpecError, match=why):
        synthesise(replace(SMALL, sentinels=(sentinel,)), tmp_path, geography)


def test_a_payload_feed_may_go_from_everybody_to_changes(
    geography: Geography, tmp_path: Path
) -> None:
    authorities = tuple(
        replace(one, delta_from=2) if one.format == "csc-api-json" else one
        for one in SMALL.authorities
    )
    spec = replace(SMALL, authorities=authorities)
    made = Made(spec, tmp_path, synthesise(spec, tmp_path, geography))
    sizes = [
        len(json.loads((made.folder("334", night) / "children.json").read_bytes()))
        for night in range(3)
    ]
    assert sizes[1] >= sizes[0] - 3 > sizes[2]
