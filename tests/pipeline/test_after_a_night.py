"""What an operator asks for after a night: workbooks, held notices, one child."""

import datetime as dt
import json
import shlex
import stat
from contextlib import contextmanager

import pytest
from night_world import NIGHT_1, NIGHT_2, NIGHT_3, copy_of
from openpyxl import load_workbook
from sqlalchemy import select, update

from register.engine import open_register, reading, writing
from register.holds import held_notices
from register.tables import notification, run

pytestmark = pytest.mark.usefixtures("early")


@pytest.fixture(scope="module")
def nights(early, region_template, tmp_path_factory):
    """A region after its first night, taken as a baseline, and the next one; nothing
    was sent. Look at it, don't change it."""
    world = copy_of(region_template, tmp_path_factory.mktemp("after") / "world")
    first = world.run(NIGHT_1, "--no-publish", "--baseline")
    stock = held_by("baseline", world)
    second = world.run(NIGHT_2, "--no-publish")
    return world, first, stock, second


@contextmanager
def register_of(world):
    engine = open_register(f"sqlite:///{world.workspace / 'demo' / 'register.db'}")
    yield engine
    engine.dispose()


def held_by(holder, world):
    with register_of(world) as engine, reading(engine) as connection:
        return [one for one in held_notices(connection) if one.held_by == holder]


def command(world, name, *words):
    return world.command(
        name, str(world.region), *words, "--workspace", str(world.workspace)
    )


def names_of(night):
    """Every surname and date of birth that the night worked with."""
    rows = night.rows("standardise/children")
    return {
        str(row[part])
        for row in rows
        for part in ("surname", "dob")
        if row[part] is not None
    }


# --- workbooks ---------------------------------------------------------------------


def test_each_authority_gets_a_file_of_its_own(nights, tmp_path):
    world, first, *_ = nights
    out = tmp_path / "out"
    code, said = command(world, "workbook", "--date", NIGHT_1, "--out", str(out))
    assert code == 0, said
    files = {path.name.partition("-")[0] for path in out.iterdir()}
    assert files == {"330", "334", "860", "861", "E23000014", "E23000015"}
    assert stat.S_IMODE(out.stat().st_mode) == 0o700
    expected = {
        row["placement_ref"]
        for row in first.rows("decisions")
        if row["host_force"] == "E23000014"
        and row["state"] not in {"out_of_scope", "restricted"}
    }
    book = load_workbook(out / f"E23000014-{NIGHT_1}.xlsx")
    listed = sum(sheet.max_row - 1 for sheet in book.worksheets[1:])
    assert listed == len(expected) > 10
    assert not any(name in said for name in names_of(first))


def test_a_night_that_took_the_stock_says_what_to_type_for_its_workbooks(
    nights, tmp_path, monkeypatch
):
    """The run leaves none: in plain text they would lie in the workspace."""
    world, first, _, second = nights
    monkeypatch.chdir(tmp_path)
    (line,) = [
        one for one in first.output.splitlines() if "crossborder workbook" in one
    ]
    assert "crossborder workbook" not in second.output
    assert list(world.workspace.rglob("*.xlsx")) == []
    _, *words = shlex.split(line)
    code, said = world.command(*words)
    assert code == 0, said
    written = {path.name for path in (tmp_path / f"workbooks-{NIGHT_1}").iterdir()}
    assert f"E23000014-{NIGHT_1}.xlsx" in written
    assert len(written) == 6


def test_one_authority_alone_can_be_asked_for(nights, tmp_path):
    world, *_ = nights
    code, _ = command(
        world, "workbook", "--date", NIGHT_2, "--out", str(tmp_path / "out"),
        "--authority", "860",
    )  # fmt: skip
    assert code == 0
    assert [path.name for path in (tmp_path / "out").iterdir()] == [
        f"860-{NIGHT_2}.xlsx"
    ]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--date", "2026-12-24"), "no night of 2026-12-24 is recorded"),
        (("--date", NIGHT_1, "--authority", "999"), "999: is not in"),
    ],
)
def test_a_workbook_of_nothing_is_refused_with_its_mend(
    nights, tmp_path, words, complaint
):
    code, said = command(nights[0], "workbook", "--out", str(tmp_path / "out"), *words)
    assert code == 2
    assert complaint in said


def test_a_folder_that_holds_something_is_not_written_to(nights, tmp_path):
    (tmp_path / "mine").write_text("kept")
    code, said = command(
        nights[0], "workbook", "--date", NIGHT_1, "--out", str(tmp_path)
    )
    assert code == 2
    assert "is not empty" in said
    assert len(list(tmp_path.iterdir())) == 1


def test_a_night_whose_workbook_was_cleared_away_says_so(nights, tmp_path):
    world, first, *_ = nights
    kept = first.folder / "workbook.parquet"
    moved = kept.rename(tmp_path / "workbook.parquet")
    try:
        code, said = command(
            world, "workbook", "--date", NIGHT_1, "--out", str(tmp_path / "out")
        )
    finally:
        moved.rename(kept)
    assert code == 1
    assert "cleared away" in said


# --- what is held ------------------------------------------------------------------


def test_what_is_held_is_listed_without_names(nights):
    world, first, *_ = nights
    code, said = command(world, "release", "--list")
    assert code == 0
    assert "held by a review" in said
    assert f"{len(held_by('baseline', world))} held by the baseline's schedule" in said
    assert "West Midlands Police" in said
    assert not any(name in said for name in names_of(first))


def test_the_stock_of_a_first_night_waits_for_its_days(nights):
    world, _, stock, _ = nights
    assert len(stock) > 50
    assert {one.release_at.date() for one in stock} >= {dt.date(2026, 11, 23)}
    assert len(held_by("baseline", world)) > 50
    with register_of(world) as engine, reading(engine) as connection:
        went = connection.scalars(
            select(notification.c.notification_id).where(
                notification.c.stands_after.is_not(None)
            )
        )
        assert not set(went) & {one.notification_id for one in stock}


def test_what_waits_is_listed_on_the_night_that_made_it_alone(nights):
    world, first, stock, second = nights
    made = {row["notification_id"] for row in first.rows("notifications")}
    waits = {str(one.notification_id) for one in stock}
    assert waits <= made
    still = {str(one.notification_id) for one in held_by("baseline", world)} & waits
    decided = {
        one for row in second.rows("decisions") for one in row["notification_ids"]
    }
    assert still & decided, "the second night decides them again"
    again = {row["notification_id"] for row in second.rows("notifications")}
    assert again
    assert again.isdisjoint(made)


def test_a_person_releases_what_the_surge_brake_holds_and_then_the_baseline(
    nights, tmp_path
):
    world = copy_of(nights[0].folder, tmp_path / "world")
    with register_of(world) as engine, writing(engine) as connection:
        # As if a newer release worked the next night.
        connection.execute(update(run).values(rules="older"))
    night = world.run(NIGHT_3, "--no-publish")
    held, stock = held_by("surge", world), held_by("baseline", world)
    assert held
    assert all(one.priority != "high" for one in held)
    words = ("--run", night.summary["run_id"], "--by", "Superintendent, ops")
    code, said = command(world, "release", *words)
    assert code == 0
    assert f"{len(held)} notices released by Superintendent, ops" in said
    assert held_by("surge", world) == []
    assert held_by("baseline", world) == stock
    once_more = world.run(NIGHT_3, "--no-publish")
    assert once_more.table("notifications").equals(night.table("notifications"))
    command(world, "release", "--by", "Head of service", "--baseline-now")
    assert held_by("baseline", world) == []


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--run", "no-such-run"), "no such run is recorded"),
        (("--list", "--by", "x"), "--list only lists"),
        (("--baseline-now",), "name who does"),
        (("--by", " "), "name who releases"),
    ],
)
def test_a_release_that_makes_no_sense_is_refused(nights, words, complaint):
    code, said = command(nights[0], "release", *words)
    assert code == 2
    assert complaint in said


# --- one child ---------------------------------------------------------------------


def a_child(night, state="not_known"):
    row = next(row for row in night.rows("decisions") if row["state"] == state)
    return row["placing_la"], row["child_ref"]


def test_a_childs_story_is_told_without_a_name(nights):
    world, first, _, second = nights
    answers = [
        {
            (row["placing_la"], row["child_ref"])
            for row in night.rows("decisions")
            if row["state"] == "known_at_address_no_flag"
        }
        for night in (first, second)
    ]
    authority, ref = min(answers[0] & answers[1])
    code, said = command(world, "explain", f"{authority}/{ref}")
    assert code == 0
    for part in (
        "Where it stands now", "What would have to change", "22–23 Nov 2026 (2 nights)",
        "known.no-flag", "best record N", "XB-", "held: baseline, until",
        " by priority.", ": tell.known-at-address-no-flag (",
    ):  # fmt: skip
        assert part in said
    assert not any(name in said for name in names_of(first))


def test_a_possible_match_shows_its_evidence_and_what_waits_for_it(nights):
    world, first, *_ = nights
    authority, ref = a_child(first, "possible")
    code, said = command(world, "explain", f"{authority}/{ref}", "--night", NIGHT_1)
    assert code == 0
    assert "best record N" in said
    assert "bits" in said
    assert "held: review, until" in said
    assert "is it N" in said


def test_a_restricted_childs_story_is_its_named_officers_tasks(nights):
    world, first, *_ = nights
    authority, ref = a_child(first, "restricted")
    code, said = command(world, "explain", f"{authority}/{ref}")
    assert code == 0
    assert "restricted" in said
    assert "named officer task" in said
    assert "What was told" not in said


def test_the_story_for_a_program_is_json(nights):
    world, first, *_ = nights
    authority, ref = a_child(first)
    _, said = command(world, "explain", f"{authority}/{ref}", "--json")
    content = json.loads(said)
    assert (content["authority"], content["child_ref"]) == (authority, ref)
    assert len(content["nights"]) == 2


def test_a_reference_alone_will_do_where_only_one_authority_has_it(nights):
    world, first, *_ = nights
    owners = {}
    for row in first.rows("standardise/placements"):
        owners.setdefault(row["child_ref"], set()).add(row["authority"])
    alone = next(ref for ref, several in owners.items() if len(several) == 1)
    shared = next(ref for ref, several in owners.items() if len(several) > 1)
    code, said = command(world, "explain", alone)
    assert (code, said.startswith("Child ")) == (0, True)
    code, said = command(world, "explain", shared)
    assert code == 2
    assert all(f"{one}/{shared}" in said for one in owners[shared])


def test_an_unknown_child_is_met_with_near_references(nights):
    world, first, *_ = nights
    authority, ref = a_child(first)
    code, said = command(world, "explain", f"{authority}/{ref}9")
    assert code == 2
    assert "holds no placement of such a child" in said
    assert ref in said
    code, said = command(world, "explain", "nobody")
    assert code == 2
    assert "write 330/nobody" in said
