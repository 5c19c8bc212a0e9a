"""One web server for the session; a fresh copy of a migrated database for each test."""

import dataclasses
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from portal_browser import at_desk, at_screen, browser  # noqa: F401 - fixtures
from portal_commands import run, run_here  # noqa: F401
from portal_under_test import (
    OWNER,
    PASSWORD,
    SERVER,
    Hands,
    PortalUnderTest,
    empty,
    furnish,
    served,
    settings_for,
)
from portal_worlds import busy, furnished, shielded, supplied  # noqa: F401
from sqlalchemy import make_url

from portal import passwords
from portal.app import create_app
from portal.pages.rendering import build_templates
from portal.running import Running
from portal.store import Store, open_store

_NEVER_OPENED = "sqlite:///never-opened.db"


@pytest.fixture(scope="session")
def web_server() -> Iterator[tuple[FastAPI, str]]:
    """The portal's application, and its address. Each test gives it its own state."""
    app = create_app(settings_for(_NEVER_OPENED))
    with served(app) as url:
        yield app, url


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Hashes of no cost: theirs is slow on purpose, and tests make many."""
    with pytest.MonkeyPatch.context() as patch:
        quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr(passwords, "_HASHER", quick)
        yield


@pytest.fixture(scope="session")
def password_hash(quick_passwords: None) -> str:
    return passwords.hashed(PASSWORD)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite database with the agencies, to copy."""
    path = tmp_path_factory.mktemp("template") / "portal.db"
    furnish(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_portal(postgres_server) -> Iterator[Store]:
    """A migrated PostgreSQL database with the agencies, for one test at a time.

    It is migrated by its owner and served by a role that owns nothing, as in earnest:
    the database's rules for rows hold in every test.
    """
    name = "portal"
    with closing(postgres_server.connect()) as server:
        server.execute(f"CREATE ROLE {OWNER} LOGIN")
        server.execute(f"CREATE ROLE {SERVER} LOGIN")
        server.execute(f"CREATE DATABASE {name} OWNER {OWNER}")
    owner = make_url(postgres_server.url(name)).set(username=OWNER)
    furnish(owner.render_as_string(), serving=SERVER)
    store = open_store(owner.set(username=SERVER).render_as_string())
    yield store
    store.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def portal_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """The portal's database as new: the test runs once on each kind."""
    if request.param == "sqlite":
        path = shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path)
        store = open_store(f"sqlite:///{path}")
        yield store
        store.close()
        return
    store = request.getfixturevalue("postgres_portal")
    empty(store)
    yield store


@pytest.fixture
def portal(
    web_server: tuple[FastAPI, str], portal_store: Store, password_hash: str
) -> Iterator[PortalUnderTest]:
    """A portal to be used over HTTP; its clock stands at noon of 22 November 2026."""
    app, url = web_server
    hands, settings = Hands(), settings_for(_NEVER_OPENED)
    app.state.running = Running(settings, portal_store, hands, build_templates())
    under_test = PortalUnderTest(url, app.state.running, hands, password_hash, app)
    yield under_test
    app.state.running = dataclasses.replace(app.state.running, settings=settings)
    for client in under_test.clients:
        client.close()
