"""What an operator types about deliveries, and what is answered."""

import re
import shutil
import stat

import pytest
from night_world import DEMO, World
from register_examples import PLACEMENT, at, night, notice, obligation

from notifications.documents import ObligationKind
from pipeline.options import console
from register import breakers
from register.engine import open_register, reading, writing
from register.nights import record_night
from register.outbox import counts, refused, take

GOOD, FAILED, BAD = 0, 1, 2


@pytest.fixture
def world(tmp_path, empty_register_file, monkeypatch):
    """A region of one night: a notice for inside and one for outside."""
    monkeypatch.setattr(console, "_width", 200)
    made = World(tmp_path)
    shutil.copy(DEMO, made.region)
    (made.workspace / "demo").mkdir(parents=True)
    shutil.copy(empty_register_file, made.workspace / "demo" / "register.db")
    return made


@pytest.fixture
def register(world):
    opened = open_register(f"sqlite:///{world.workspace / 'demo' / 'register.db'}")
    task = obligation(
        "carry", kind=ObligationKind.MANUAL_CHANNEL_TASK, placement_ref=PLACEMENT
    )
    notices = [notice("in"), notice("out", recipient="937", channel="export")]
    record_night(opened, night(1, notices=notices, obligations=[task]))
    yield opened
    opened.dispose()


def say(world, *words):
    code, output = world.command(
        words[0], str(world.region), *words[1:], "--workspace", str(world.workspace)
    )
    return code, re.sub(r"\s+", " ", output)


def refuse_one(register):
    with writing(register) as connection:
        [item] = take(connection, at(1), 1)
        refused(connection, item.outbox_id, "PUT /v1/x: refused with 422, Odd", at(1))
    return str(item.outbox_id)


def state_of(register):
    with reading(register) as connection:
        return counts(connection)


def test_dead_letters_are_listed_and_replayed(world, register):
    assert "no dead letters" in say(world, "dead-letters")[1]
    letter = refuse_one(register)
    code, said = say(world, "dead-letters")
    assert code == GOOD
    assert "refused with 422, Odd" in said
    assert say(world, "replay", letter) == (GOOD, "1 dead letter is in line again. ")
    code, said = say(world, "replay", letter, "77")
    assert code == FAILED
    assert "77: there is no such dead letter" in said
    refuse_one(register)
    assert say(world, "replay", "--all")[0] == GOOD
    assert "dead" not in state_of(register)


@pytest.mark.parametrize("words", [(), ("1", "--all")])
def test_a_replay_names_its_letters_or_all(world, register, words):
    code, said = say(world, "replay", *words)
    assert code == BAD
    assert "name the letters" in said


def test_letters_of_one_cause_stand_together(world, register):
    with writing(register) as connection:
        for item in take(connection, at(1), 2):
            why = f"PUT /v1/notifications/{item.document_id}: refused with 422, Odd"
            refused(connection, item.outbox_id, why, at(1))
    said = say(world, "dead-letters")[1]
    assert said.startswith("2 refused with 422, Odd 1 notification ")


def test_a_narrow_screen_shows_a_whole_package_id(
    world, register, tmp_path, monkeypatch
):
    say(world, "exports", "--out", str(tmp_path / "out"))
    [file] = (tmp_path / "out").iterdir()
    monkeypatch.setattr(console, "_width", 80)
    assert file.stem.removeprefix("937-") in say(world, "packages")[1]


def test_a_destination_in_peace_is_listed_and_opened_again(world, register):
    with writing(register) as connection:
        breakers.disable(connection, "webhook:330", "hooks.example answered 410")
        for _ in range(breakers.MOST_FAILURES):
            breakers.failed(connection, "portal", "503, busy", at(1))
    said = say(world, "dead-letters")[1]
    assert "portal: failed 5 times in a row, left in peace until 20 Nov 2026" in said
    assert "webhook:330: failed 1 times in a row, closed until" in said
    assert say(world, "reopen", "webhook:330")[0] == GOOD
    assert say(world, "reopen", "webhook:330")[0] == FAILED
    assert "webhook:330" not in say(world, "dead-letters")[1]


def test_a_package_is_written_listed_and_passed_on(world, register, tmp_path):
    assert "No package" in say(world, "packages")[1]
    code, said = say(world, "exports", "--out", str(tmp_path / "out"))
    assert code == GOOD
    assert "1 package written, unsigned as a demo's may be." in said
    assert "hold personal data in plain text" in said
    [file] = (tmp_path / "out").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    package_id = file.stem.removeprefix("937-")
    assert f"{package_id} 937" in say(world, "packages")[1]
    assert "not yet" in say(world, "packages")[1]
    code, said = say(world, "handed-over", package_id, "--by", "Duty manager")
    assert (code, "tasks met by it: 1" in said) == (GOOD, True)
    assert "Duty manager" in say(world, "packages")[1]
    again = say(world, "exports", "--out", str(tmp_path / "again"))
    assert again == (GOOD, "Nothing waits to be carried out of the region. ")


def test_handing_over_needs_a_package_and_a_post(world, register):
    assert say(world, "handed-over", "x", "--by", " ")[0] == BAD
    code, said = say(world, "handed-over", "x", "--by", "Duty manager")
    assert code == BAD
    assert "no such package" in said


def test_a_signed_package_goes_from_one_command_to_the_other(world, register, tmp_path):
    code, said = world.command("exchange-key", str(tmp_path / "key"))
    assert code == GOOD
    public = said.split()[-1]
    private = (tmp_path / "key").read_text().strip()
    assert private not in said
    world.environment["CROSSBORDER_SIGNING_KEY"] = private
    assert "unsigned" not in say(world, "exports", "--out", str(tmp_path / "out"))[1]
    [file] = (tmp_path / "out").iterdir()

    world.configure(
        exchange={"trusted": {"demo": {"title": "D", "public_key": public}}}
    )
    code, said = say(world, "import", str(file))
    assert code == FAILED
    assert "is this region's own" in said
    assert private not in said


def test_a_package_that_is_not_there_is_a_clear_fault(world, register, tmp_path):
    code, said = say(world, "import", str(tmp_path / "none.json"))
    assert code == BAD
    assert "No such file" in said
