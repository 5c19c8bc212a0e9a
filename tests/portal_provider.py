"""An identity provider in a process of its own, and a portal that knows it."""

import datetime as dt
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import httpx
from fastapi import FastAPI
from portal_samples import HOST_LA, POLICE
from portal_under_test import PortalUnderTest

from portal.oidc import Directory
from portal.providers import Provider

GROUPS = (
    {"value": "g-officers", "role": "officer", "agency": POLICE},
    {"value": "g-duty", "role": "officer", "agency": POLICE},
    {"value": "g-named", "role": "named_officer", "agency": POLICE},
    {"value": "g-solihull", "role": "officer", "agency": HOST_LA},
    {"value": "g-reviewers", "role": "reviewer"},
    {"value": "g-nowhere", "role": "officer", "agency": "E06000001"},
)


@dataclass(frozen=True)
class IdentityProvider:
    """The package's provider, which signs anybody in whom it is told of."""

    url: str

    def tell_of(self, subject: str, **claims: object) -> None:
        """From now on the provider says this of a person."""
        told = httpx.put(f"{self.url}/users/{subject}", json=claims, trust_env=False)
        assert told.is_success, told.text

    def registered(self, **changed: object) -> Provider:
        given = {
            "key": "wmp", "name": "West Midlands Police", "issuer": self.url,
            "client_id": "portal", "client_secret_variable": "SECRET_OF_WMP",
            "credential": "a client's secret", "people": GROUPS,
        }  # fmt: skip
        return Provider.model_validate(given | changed)


@contextmanager
def served_provider() -> Iterator[IdentityProvider]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "oidc_provider_mock", "--port", str(port),
         "--require-nonce", "true"],
        env={**os.environ, "AUTHLIB_INSECURE_TRANSPORT": "1"},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    provider = IdentityProvider(f"http://127.0.0.1:{port}")
    try:
        _wait(provider, process)
        yield provider
    finally:
        process.terminate()
        process.wait(20)


def quiet_client() -> httpx.Client:
    """As the portal's own, without any proxy of the machine that the tests run on."""
    return httpx.Client(timeout=30, trust_env=False)


def with_provider(
    app: FastAPI, portal: PortalUnderTest, *providers: Provider, **settings: object
) -> PortalUnderTest:
    """The portal under test, set up with these providers. Its clock shows real time,
    as the provider's does."""
    changed = {"providers": providers, "site": portal.url, **settings}
    portal.hands.at = dt.datetime.now(dt.UTC)
    portal.running = replace(
        portal.running,
        settings=portal.running.settings.model_copy(update=changed),
        directory=Directory(quiet_client),
    )
    app.state.running = portal.running
    return portal


def _wait(provider: IdentityProvider, process: subprocess.Popen) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            if httpx.get(f"{provider.url}/jwks", trust_env=False).is_success:
                return
        except httpx.HTTPError:
            assert process.poll() is None, "the provider ended"
            assert time.monotonic() < until, "the provider did not start"
            time.sleep(0.1)
