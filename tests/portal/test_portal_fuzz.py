"""The API does what its description says, whatever is sent: schemathesis makes calls
from the committed OpenAPI document. ``make fuzz-api`` makes a thousand of each."""

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import portal_samples as samples
import pytest
from client_assertions import KEYS, PORTAL, TOKEN_ADDRESS, jwks
from portal_under_test import put, settings_for
from sqlalchemy import func, select

from portal import clients, machines
from portal.machines import PIPELINE
from portal.permissions import OPERATOR, Role
from portal.tables import (
    access_tokens,
    events,
    notifications,
    obligations,
    people,
    reviews,
    runs,
    verdicts,
)

REPOSITORY = Path(__file__).parents[2]
HERE = REPOSITORY / "tests" / "api_fuzz"
EXAMPLES = os.environ.get("FUZZ_EXAMPLES", "")
FEW = "3"
BEGINNING = {"notifications": 6, "obligations": 1, "verdicts": 1}
UNBOUND = {
    "pipeline_calls_per_minute": 10**9,
    "agency_calls_per_minute": 10**9,
    "open_calls_per_minute": 10**9,
}


@pytest.fixture
def furnished(portal):
    """A portal that refuses no number of calls, with notices in every state."""
    # checked anew, so that a name that is no setting's is refused
    settings = settings_for(
        portal.running.settings.database_url, **UNBOUND, site=PORTAL
    )
    portal.app.state.running = dataclasses.replace(portal.running, settings=settings)
    machine = portal.machine()
    notices = []
    for name in "abcdef":
        document = samples.packaged(name)
        assert put(machine, "notifications", document).status_code == 201
        notices.append(str(document.notification_id))
    put(machine, "obligations", samples.obligation(owed_by=samples.POLICE))
    put(machine, "verdicts", samples.verdict())
    return portal, {
        "notices": notices,
        "agency": samples.POLICE,
        "client": registered(portal),
        "keys": {
            "pipeline": portal.key(),
            "officer": portal.agency_key(),
            "supplier": portal.agency_key(samples.PLACING_LA, Role.SUPPLIER),
        },
    }


def registered(portal) -> dict[str, object]:
    """A client of the pipeline's, and all that it signs with."""
    name, key = "fuzzed", KEYS["ES256"]
    with portal.store.writing(OPERATOR) as connection:
        machine_id = machines.enrol(connection, name, PIPELINE, portal.hands())
        clients.register_keys(connection, machine_id, jwks(key), portal.hands())
    return {
        "name": name,
        "key": key.as_dict(private=True),
        "audience": TOKEN_ADDRESS,
        "now": int(portal.hands().timestamp()),
    }


def test_the_api_keeps_to_its_description_whatever_is_sent(furnished, tmp_path):
    portal, given = furnished
    done = subprocess.run(
        [
            str(Path(sys.executable).parent / "schemathesis"),
            "--config-file", str(HERE / "schemathesis.toml"),
            "run", str(REPOSITORY / "docs" / "openapi.json"), "--url", portal.url,
            "--max-examples", EXAMPLES or FEW, "--continue-on-failure",
            "--generation-database", "none",
            "--no-color",
            # a sample must be the same each time; a campaign looks further each time
            *([] if EXAMPLES else ["--seed", "20261122", "--phases", "fuzzing"]),
        ],
        env={
            **os.environ,
            "PYTHONPATH": str(HERE),
            "SCHEMATHESIS_HOOKS": "hooks",
            "FUZZ_GIVEN": json.dumps(given),
        },
        check=False, cwd=tmp_path, capture_output=not EXAMPLES, text=True,
    )  # fmt: skip

    assert done.returncode == 0, (done.stdout or "")[-20_000:] + (done.stderr or "")
    assert held(portal)["access_tokens"], "no client was ever given a token"
    if EXAMPLES:
        kept = held(portal)
        sys.stdout.write(f"Kept of what was made up: {kept}\n")
        assert all(kept.values()), "calls of a kind never went all the way in"


def held(portal) -> dict[str, int]:
    """How many documents and events there are beside those of the beginning."""
    tables = (
        notifications, reviews, obligations, people, runs, verdicts, events,
        access_tokens,
    )  # fmt: skip
    with portal.store.reading(OPERATOR) as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table))
            - BEGINNING.get(table.name, 0)
            for table in tables
        }
