"""An operator sets a portal up by commands, and is told what to do when it can't be."""

import datetime as dt
import json
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path
from uuid import uuid4

import httpx
import portal_samples as samples
import pytest
from portal_commands import RUNNER
from portal_under_test import PASSWORD, SECRET
from sqlalchemy import func, insert, select

from connectors.portal import PortalClient
from notifications.documents import body
from portal.cli import cli
from portal.permissions import OPERATOR
from portal.store import open_store
from portal.tables import audit, judgements, reviews, second_readings, users

REPOSITORY = Path(__file__).parents[2]


def test_a_portal_is_set_up_from_nothing(run):
    assert run("migrate").exit_code == 0
    assert run("migrate").exit_code == 0
    assert run("create-agency", "330", "Birmingham").stderr == "Agency 330 is made.\n"
    again = run("create-agency", "330", "Birmingham")
    assert "there, under this name" in again.stderr
    made = run("create-user", "duty.330", "--role", "officer", "--agency", "330")
    assert re.fullmatch(r"([0-9a-f]{4}-){5}[0-9a-f]{4}\n", made.stdout)
    key = run("create-key", "nightly").stdout
    assert re.fullmatch(r"xb_[A-Za-z0-9_-]{43}\n", key)


@pytest.mark.parametrize("how", ["typed", "variable"])
def test_a_given_password_is_not_printed(run_here, how):
    run_here("migrate")
    words = ("create-user", "reviewer", "--role", "reviewer")

    if how == "typed":
        made = run_here(*words, typed="correct horse battery\n")
    else:
        made = run_here(*words, PASSWORD="correct horse battery")

    assert (made.exit_code, made.stdout) == (0, "")


REFUSED = {
    "an unknown code": (("create-agency", "9", "X"), "no authority code"),
    "no name": (("create-agency", "330", " "), "needs a name"),
    "an officer of nobody": (
        ("create-user", "x.y", "--role", "officer"),
        "needs an agency: pass --agency",
    ),
    "a reviewer of an agency": (
        ("create-user", "x.y", "--role", "reviewer", "--agency", "330"),
        "leave --agency out",
    ),
    "an agency that is not there": (
        ("create-user", "x.y", "--role", "officer", "--agency", "334"),
        "create-agency first",
    ),
    "a name that is taken": (
        ("create-user", "Taken", "--role", "reviewer"),
        "there is a user taken already",
    ),
    "a name of no such form": (
        ("create-user", "a b", "--role", "reviewer"),
        "a user name has",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_makes_no_sense_is_refused_with_the_mend(run_here, what):
    words, mend = REFUSED[what]
    run_here("migrate")
    run_here("create-user", "taken", "--role", "reviewer")

    refused = run_here(*words)

    assert refused.exit_code == 2
    assert mend in refused.stderr
    assert refused.stdout == ""


def test_a_short_password_is_refused(run_here):
    run_here("migrate")

    refused = run_here("create-user", "x.y", "--role", "reviewer", typed="short\n")

    assert "at least 12 characters" in refused.stderr


@pytest.mark.parametrize(
    "words", [("create-key", "x"), ("serve",), ("create-agency", "330", "Birmingham")]
)
def test_a_database_without_tables_is_said_so(run_here, words):
    refused = run_here(*words)

    assert refused.exit_code == 2
    assert "run crossborder-portal migrate" in refused.stderr


@pytest.mark.parametrize(
    ("variables", "mend"),
    [
        ({"SECRET": ""}, "CROSSBORDER_PORTAL_SECRET must hold at least 32"),
        ({"SECRET": "short"}, "CROSSBORDER_PORTAL_SECRET must hold at least 32"),
        ({"DATABASE": ""}, "set CROSSBORDER_PORTAL_DATABASE"),
        ({"DATABASE": "sqlite://"}, "SQLite needs a file"),
        ({"DATABASE": "mysql://x/y"}, "not on mysql"),
        ({"DATABASE": "portal.db"}, "can't be read"),
        ({"DATABASE": "sqlite:////no/such/folder/x.db"}, "unable to open"),
        ({"ENVIRONMENT": "production"}, "needs PostgreSQL"),
        ({"ENVIRONMENT": "playground"}, "environment: Input should be"),
    ],
)
def test_settings_that_will_not_do_are_explained(run_here, variables, mend):
    refused = run_here("migrate", **variables)

    assert refused.exit_code == 2
    assert mend in refused.stderr
    assert "Traceback" not in refused.output
    assert SECRET not in refused.output


def test_users_are_listed_shut_out_and_helped(run):
    run("migrate")
    run("create-agency", "330", "Birmingham")
    run("create-user", "duty.330", "--role", "officer", "--agency", "330",
        "--name", "Duty Desk")  # fmt: skip

    def listed():
        (line,) = run("list-users").stdout.splitlines()
        return line.split("\t")[1:]

    assert listed() == [
        "duty.330", "officer", "330", "open", "local", "Duty Desk",
    ]  # fmt: skip
    assert run("disable-user", "Duty.330").exit_code == 0
    assert listed()[3] == "disabled"
    assert run("enable-user", "duty.330").exit_code == 0
    assert listed()[3] == "open"
    password = run("reset-password", "duty.330").stdout
    assert re.fullmatch(r"([0-9a-f]{4}-){5}[0-9a-f]{4}\n", password)
    assert run("reset-codes", "duty.330").exit_code == 0
    unknown = run("disable-user", "nobody")
    assert (unknown.exit_code, "there is no user nobody" in unknown.stderr) == (2, True)


def test_a_backup_is_restored_by_commands(run, tmp_path):
    kept = str(tmp_path / "kept")
    run("migrate")
    run("create-agency", "330", "Birmingham")
    assert "rows of" in run("backup", kept).stderr

    again = run("restore", kept)
    assert (again.exit_code, "not empty" in again.stderr) == (2, True)
    new = f"sqlite:///{tmp_path / 'new.db'}"
    restored = run("restore", kept, "--database", new)

    assert restored.exit_code == 0, restored.stderr
    named = run("create-agency", "330", "Birmingham", "--database", new)
    assert "there, under this name" in named.stderr


@pytest.mark.parametrize("host", ["::", "portal.example", "192.0.2.1"])
def test_plain_http_is_for_this_machine(run_here, host):
    run_here("migrate")

    refused = run_here("serve", "--plain-http", "--host", host)

    assert refused.exit_code == 2
    assert "--plain-http is for a demo on this machine" in refused.stderr


def test_the_real_process_serves_and_writes_no_names(tmp_path):
    """What `make demo` does: set up, serve, put, read; then the output is searched."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    environment = {
        **os.environ,
        "CROSSBORDER_PORTAL_DATABASE": f"sqlite:///{tmp_path / 'portal.db'}",
        "CROSSBORDER_PORTAL_SECRET": SECRET,
    }
    command = [sys.executable, "-c", "from portal.cli import main; main()"]

    def run(*words):
        return subprocess.run(
            [*command, *words], env=environment, check=True, capture_output=True,
            text=True, cwd=REPOSITORY,
        ).stdout.strip()  # fmt: skip

    run("migrate")
    run("create-agency", samples.POLICE, "West Midlands Police")
    key = run("create-key", "nightly")
    log = tmp_path / "log"
    with log.open("w") as output:
        server = subprocess.Popen(
            [*command, "serve", "--plain-http", "--port", str(port)],
            env=environment, stdout=output, stderr=subprocess.STDOUT, cwd=REPOSITORY,
        )  # fmt: skip
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_it_answers(url, server)
        document = samples.notification()
        with PortalClient(url, key) as region:
            region.put(f"/v1/notifications/{document.notification_id}", body(document))
            assert list(region.events(None)) == []
        sign_in = httpx.get(f"{url}/sign-in", trust_env=False)
        assert "Strict-Transport-Security" not in sign_in.headers
        assert "Secure" not in sign_in.headers["Set-Cookie"]
        httpx.get(f"{url}/{samples.CANARY}?name={samples.CANARY}", trust_env=False)
    finally:
        server.terminate()
        server.wait(20)
    written = log.read_text()
    assert f"PUT /v1/notifications/{document.notification_id} 201" in written
    assert "GET (no such page) 404" in written
    for private in (samples.CANARY, "Quill", key, SECRET):
        assert private not in written


def _wait_until_it_answers(url, server):
    until = time.monotonic() + 120
    while True:
        try:
            assert httpx.get(f"{url}/health", trust_env=False).status_code == 200
        except httpx.ConnectError:
            assert server.poll() is None, "the portal ended"
            assert time.monotonic() < until, "the portal did not start"
            time.sleep(0.05)
        else:
            return


def test_the_committed_description_of_the_api_is_fresh(tmp_path):
    committed = REPOSITORY / "docs" / "openapi.json"

    fresh = RUNNER.invoke(cli, ["openapi", "--check", "--out", str(committed)])
    assert fresh.exit_code == 0, fresh.stderr

    other = tmp_path / "openapi.json"
    other.write_text(json.dumps({"openapi": "3.1.0"}))
    stale = RUNNER.invoke(cli, ["openapi", "--check", "--out", str(other)])
    assert stale.exit_code == 1
    assert "run crossborder-portal openapi" in stale.stderr
    RUNNER.invoke(cli, ["openapi", "--out", str(other)])
    assert other.read_bytes() == committed.read_bytes()


def test_a_database_url_without_a_driver_is_understood(postgres_url):
    url = postgres_url().replace("postgresql+psycopg", "postgresql")

    store = open_store(url)

    with store.reading(OPERATOR) as connection:
        assert connection.dialect.driver == "psycopg"
    store.close()


def test_what_is_over_is_erased_by_a_command(run, database_url):
    """A pair that was judged and read a second time: what hangs on it goes first."""
    run("migrate")
    made = run("create-user", "ada", "--role", "reviewer", typed=PASSWORD)
    assert made.exit_code == 0, made.stderr
    store = open_store(database_url)
    with store.writing(OPERATOR) as connection:
        judge_long_ago(connection)
    store.close()

    applied = run("retention", "apply")

    assert applied.exit_code == 0, applied.stderr
    assert "review: 1 erased" in applied.stderr
    assert "notification: 0 erased" in applied.stderr
    store = open_store(database_url)
    with store.reading(OPERATOR) as connection:
        for table in (reviews, judgements, second_readings):
            assert connection.scalar(select(func.count()).select_from(table)) == 0
        done = connection.scalars(select(audit.c.subject)).all()
    store.close()
    assert "retention apply" in done
    assert "review: 0 erased" in run("retention", "apply").stderr


def judge_long_ago(connection):
    long_ago = dt.datetime(2020, 11, 22, 12, tzinfo=dt.UTC)
    document = samples.review()
    reviewer = connection.scalar(select(users.c.user_id))
    said = {"decision": "same", "reason": "The very same"}
    connection.execute(
        insert(reviews).values(
            review_id=document.review_id, urgency=0, deadline=long_ago, child_key="1",
            harm=1, draw=0, body=body(document), sha256="0" * 64,
            received_at=long_ago, version=3,
        )
    )  # fmt: skip
    judgement = uuid4()
    connection.execute(
        insert(judgements).values(
            judgement_id=judgement, review_id=document.review_id, made_at=long_ago,
            made_by=reviewer, **said,
        )
    )  # fmt: skip
    connection.execute(
        insert(second_readings).values(
            reading_id=uuid4(), judgement_id=judgement, review_id=document.review_id,
            read_at=long_ago, read_by=reviewer, agrees=True, **said,
        )
    )  # fmt: skip


def test_holds_are_commands(run_here):
    run_here("migrate")

    refused = run_here("retention", "hold", "XB-0000-0000-0")
    assert (refused.exit_code, "no notice" in refused.stderr) == (2, True)


def test_sqlite_has_no_role_to_grant_to(run_here):
    run_here("migrate")

    refused = run_here("grant", "portal")

    assert (refused.exit_code, "SQLite" in refused.stderr) == (2, True)
