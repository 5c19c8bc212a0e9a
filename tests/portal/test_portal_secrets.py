"""Keys, tokens, assertions and passwords are found in no log, trail, answer or file:
each is made here, used rightly and wrongly, and then looked for everywhere."""

import dataclasses
import logging
import sqlite3
from pathlib import Path

import pytest
from client_assertions import FORM, KEYS, PORTAL, assertion, jwks
from portal_under_test import JSON, PASSWORD, bearer, feed

from portal import clients, machines
from portal.machines import PIPELINE
from portal.permissions import OPERATOR, Role

SQLITE = pytest.mark.parametrize("portal_store", ["sqlite"], indirect=True)


class Kept(logging.Handler):
    """Everything that reaches the root, as the real process would write it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name} {record.getMessage()} {record.exc_info}")


@pytest.fixture
def everything_logged():
    root, kept = logging.getLogger(), Kept()
    level = root.level
    root.addHandler(kept)
    root.setLevel(logging.DEBUG)
    yield kept
    root.removeHandler(kept)
    root.setLevel(level)


@SQLITE
def test_no_secret_is_found_where_it_does_not_belong(
    portal, everything_logged, tmp_path
):
    settings = portal.running.settings.model_copy(update={"site": PORTAL})
    portal.app.state.running = dataclasses.replace(portal.running, settings=settings)
    with portal.store.writing(OPERATOR) as connection:
        enrolled = machines.enrol(connection, "nights", PIPELINE, portal.hands())
        clients.register_keys(
            connection, enrolled, jwks(*KEYS.values()), portal.hands()
        )
    key, agency_key = portal.key(), portal.agency_key(acts_as=Role.OFFICER)
    signed, refused = assertion("nights"), assertion("nights", aud="elsewhere")
    nobody = portal.client()
    said = []

    def ask(method, path, **given):
        answer = nobody.request(method, path, **given)
        said.append(answer.text + str(answer.headers))
        return answer

    token = ask("POST", "/v1/token", data={**FORM, "client_assertion": signed})
    token = token.json()["access_token"]
    said.clear()  # the one answer that must hold it
    for secret in (key, agency_key, token, key + "x", token + "x", "Basic " + key):
        ask("GET", "/v1/events", headers=bearer(secret))
        ask("GET", "/v1/notifications", headers=bearer(secret))
        ask("GET", f"/v1/notifications/{secret}", headers=bearer(agency_key))
        ask("GET", "/v1/events", params={"after": secret}, headers=bearer(key))
        ask("GET", f"/{secret}", params={"access_token": secret})
        ask("PUT", f"/v1/runs/{secret}", json={"outcome": secret}, headers=bearer(key))
        ask("POST", "/sign-in", data={"username": secret, "password": PASSWORD})
        path = f"/v1/notifications/{enrolled}/dispute"
        headers = {**JSON, **bearer(agency_key)}
        ask("POST", path, json={"reason": secret}, headers=headers)
        ask("POST", "/v1/token", data={**FORM, "client_assertion": secret})
    for wrong in (signed, refused):
        again = ask("POST", "/v1/token", data={**FORM, "client_assertion": wrong})
        assert again.status_code == 401
    feed(portal.client(headers=bearer(key)))

    # the lines of the test's own client are not the portal's
    told = [line for line in everything_logged.lines if not line.startswith("http")]
    assert any("/v1/events 200" in line for line in told), "nothing was logged"
    secrets = {key, agency_key, token, signed, refused, PASSWORD}
    trail = str(portal.trail(*["actor", "subject", "shown", "request_id"]))
    file = Path(portal.store.writer.url.database)
    with sqlite3.connect(file) as database:
        dump = "\n".join(database.iterdump())
    assert "machine_keys" in dump
    for secret in secrets:
        # what signs is the last part; what identifies is after the prefix
        for part in {secret, secret.rpartition(".")[2], secret.partition("_")[2]}:
            if len(part) < 8:
                continue
            assert not any(part in line for line in told)
            assert part not in trail
            assert part not in dump
            assert not [text for text in said if part in _without_own_words(text)]


def _without_own_words(text: str) -> str:
    """The sign-in page gives a typed user name back to who typed it."""
    return "\n".join(
        line for line in text.splitlines() if 'name="username"' not in line
    )
