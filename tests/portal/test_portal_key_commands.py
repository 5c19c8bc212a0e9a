"""An operator lets programs in, changes their keys and shuts them out by commands."""

import os
import sqlite3
from contextlib import closing

import pytest
from client_assertions import KEYS, jwks
from portal_under_test import SECRET
from typer.testing import CliRunner

from portal.cli import cli

RUNNER = CliRunner()


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs a command on a database with one agency; gives its result."""
    for name in list(os.environ):
        if name.startswith("CROSSBORDER_PORTAL"):
            monkeypatch.delenv(name)
    url = f"sqlite:///{tmp_path / 'portal.db'}"
    monkeypatch.setenv("CROSSBORDER_PORTAL_DATABASE", url)
    monkeypatch.setenv("CROSSBORDER_PORTAL_SECRET", SECRET)

    def run(*words):
        return RUNNER.invoke(cli, list(words))

    run("migrate")
    run("create-agency", "330", "Birmingham")
    return run


def listed(run) -> list[list[str]]:
    lines = run("list-keys").stdout.splitlines()
    return [line.split("\t") for line in lines[1:]]


OF_330 = ("--role", "agency", "--agency", "330")


def test_keys_are_made_changed_listed_and_ended(run):
    first = run("create-key", "case system", *OF_330).stdout.strip()
    changed = run("rotate-key", "case system", "--grace-hours", "24", "--days", "90")
    assert changed.stdout.startswith("xb_")
    assert "end in 24 hours" in changed.stderr

    old, new = listed(run)
    assert old[1:3] == new[1:3] == ["case system", "officer of 330"]
    assert old[4] == "never"
    assert old[5].startswith("until 20")
    assert new[5].startswith("until 20")
    assert first not in run("list-keys").output

    one = run("revoke-key", "case system", "--key", old[0])
    assert one.stderr == "Of case system, 1 key ended.\n"
    assert [row[5].split()[0] for row in listed(run)] == ["revoked", "until"]
    assert run("revoke-key", "case system").stderr.endswith("1 key ended.\n")
    assert {row[5].split()[0] for row in listed(run)} == {"revoked"}


def test_the_trail_says_what_was_done_about_which_program(run, tmp_path):
    keys = tmp_path / "keys.json"
    keys.write_text(jwks(KEYS["ES256"]))
    for words in (
        ("create-key", "one"), ("rotate-key", "one"), ("revoke-key", "one"),
        ("create-client", "other", "--jwks", str(keys)), ("revoke-client", "other"),
    ):  # fmt: skip
        assert run(*words).exit_code == 0
    with closing(sqlite3.connect(tmp_path / "portal.db")) as database:
        said = database.execute(
            "SELECT subject, purpose, name FROM audit JOIN machines"
            " ON replace(machine_id, '-', '') = replace(substr(subject, -36), '-', '')"
            " ORDER BY entry_id"
        ).fetchall()
    assert [(subject.split()[0], why, name) for subject, why, name in said] == [
        ("create-key", "operations", "one"), ("rotate-key", "operations", "one"),
        ("revoke-key", "operations", "one"), ("create-client", "operations", "other"),
        ("revoke-client", "operations", "other"),
    ]  # fmt: skip


def test_a_pipelines_key_stands_until_it_is_revoked(run):
    run("create-key", "nightly")

    assert [row[2:] for row in listed(run)] == [
        ["pipeline", listed(run)[0][3], "never", "until revoked"]
    ]


def test_an_agencys_key_may_be_made_for_named_officers_and_suppliers(run):
    for role in ("named_officer", "supplier"):
        made = run("create-key", role, *OF_330, "--acts-as", role)
        assert made.exit_code == 0, made.output

    assert [row[2] for row in listed(run)] == [
        "named_officer of 330",
        "supplier of 330",
    ]


def test_a_client_is_let_in_by_its_public_keys_and_shut_out(run, tmp_path):
    file = tmp_path / "keys.json"
    file.write_text(jwks(KEYS["ES256"], KEYS["EdDSA"]))

    made = run("create-client", "case system", "--jwks", str(file), *OF_330)

    assert made.exit_code == 0
    assert made.stderr == "The client case system proves itself by: ec, ed.\n"
    assert made.stdout == ""
    gone = run("revoke-client", "case system")
    assert gone.stderr == "Of case system, 2 public keys forgotten.\n"


REFUSED = {
    "an agency's key of nobody": (
        ("create-key", "x", "--role", "agency"), "needs an agency: pass --agency",
    ),
    "a pipeline of an agency": (
        ("create-key", "x", "--agency", "330"), "leave --agency out",
    ),
    "an agency that is not there": (
        ("create-key", "x", "--role", "agency", "--agency", "334"),
        "create-agency first",
    ),
    "an agency's reviewer": (
        ("create-key", "x", *OF_330, "--acts-as", "reviewer"), "acts as one of",
    ),
    "a name with a line end": (("create-key", "a\nb"), "printable"),
    "a name of another program": (
        ("create-key", "taken", *OF_330), "give this one a name of its own",
    ),
    "a key of nobody": (("rotate-key", "x"), "no program x"),
    "nobody's keys": (("revoke-key", "x"), "no program x"),
    "nobody's client": (("revoke-client", "x"), "no program x"),
    "a key that is not there": (
        ("revoke-key", "taken", "--key", "5f0b6b52-9c55-5a83-9f3e-2f4f0e7f8a10"),
        "has no key 5f0b6b52",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_makes_no_sense_is_refused_with_the_mend(run, what):
    words, mend = REFUSED[what]
    run("create-key", "taken")

    refused = run(*words)

    assert refused.exit_code == 2
    assert mend in refused.stderr
    assert refused.stdout == ""
    assert len(listed(run)) == 1


def test_a_key_file_that_is_none_is_refused(run, tmp_path):
    file = tmp_path / "keys.json"
    for content in (b"\xff", b"{}", b"private"):
        file.write_bytes(content)
        refused = run("create-client", "x", "--jwks", str(file))
        assert refused.exit_code == 2
        assert "Traceback" not in refused.output
