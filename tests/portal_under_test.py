"""A portal over real loopback HTTP, a clock that tests move, and people at desks."""

import datetime as dt
import html
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from portal_samples import HOST_LA, PLACING_LA, POLICE
from pydantic import BaseModel
from sqlalchemy import delete, insert, select, text, update

from notifications.documents import Withdrawal, body
from portal import accounts, machines, row_rules, sessions
from portal.machines import PIPELINE, Standing
from portal.permissions import OPERATOR, MachineRole, Role
from portal.running import Running
from portal.settings import PortalSettings
from portal.store import Store, migrate, open_store
from portal.tables import agencies, audit, counters, metadata, users

ON_SQLITE = pytest.mark.parametrize("portal_store", ["sqlite"], indirect=True)
"""For tests that no database answers differently."""
SECRET = "a secret of the tests, long enough to be one"
PASSWORD = "correct horse battery"
OWNER, SERVER = "portal_owner", "portal_server"
"""The roles of PostgreSQL that own the portal's tables, and that it serves as."""
JSON = {"Content-Type": "application/json"}
NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
AGENCIES = {
    POLICE: "West Midlands Police", "E23000015": "Staffordshire Police",
    PLACING_LA: "Birmingham", HOST_LA: "Solihull",
}  # fmt: skip


@dataclass
class Hands:
    """The clock's hands: tests move them, the portal reads them."""

    at: dt.datetime = NOON

    def __call__(self) -> dt.datetime:
        return self.at

    def pass_by(self, **much: float) -> None:
        self.at += dt.timedelta(**much)


@dataclass
class Desk:
    """A browser of somebody who is signed in, without the pictures."""

    client: httpx.Client
    user_id: UUID
    csrf: str

    def get(self, path: str, **given) -> httpx.Response:
        return self.client.get(path, **given)

    def read(self, path: str) -> str:
        """The page's words, as a reader sees them."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return words_of(answer)

    def post(self, path: str, **form: object) -> httpx.Response:
        return self.client.post(path, data={"csrf": self.csrf, **form})


@dataclass
class PortalUnderTest:
    """A portal behind the session's web server, and ways into it."""

    url: str
    running: Running
    hands: Hands
    password_hash: str
    app: FastAPI
    clients: list[httpx.Client] = field(default_factory=list)

    @property
    def store(self) -> Store:
        return self.running.store

    def client(self, **given) -> httpx.Client:
        # a busy machine takes its time over the first sheet's fonts
        given = {"timeout": 30} | given
        client = httpx.Client(base_url=self.url, trust_env=False, **given)
        self.clients.append(client)
        return client

    def machine(self) -> httpx.Client:
        """A client with a pipeline's key."""
        return self.client(headers=bearer(self.key()))

    def key(self) -> str:
        with self.store.writing(OPERATOR) as connection:
            return machines.create_key(connection, "tests", PIPELINE, self.hands())

    def agency_key(self, agency: str = POLICE, acts_as: Role = Role.OFFICER) -> str:
        standing = Standing(MachineRole.AGENCY, agency, acts_as)
        name = f"{agency} {acts_as}"
        with self.store.writing(OPERATOR) as connection:
            return machines.create_key(connection, name, standing, self.hands())

    def program(
        self, agency: str = POLICE, acts_as: Role = Role.OFFICER
    ) -> httpx.Client:
        """A client with the key of an agency's own system."""
        return self.client(headers=bearer(self.agency_key(agency, acts_as)))

    def add_user(self, role: Role, agency: str | None = None, name: str = "") -> UUID:
        """A user whose password is ``PASSWORD``."""
        user_id = uuid4()
        with self.store.writing(OPERATOR) as connection:
            connection.execute(
                insert(users).values(
                    user_id=user_id, username=name or f"{role}.{user_id.hex[:8]}",
                    name=name or f"Test {role}", role=role, agency=agency,
                    password_hash=self.password_hash, created_at=self.hands(),
                )
            )  # fmt: skip
        return user_id

    def desk(self, role: Role, agency: str | None = None) -> Desk:
        """Somebody of this role, signed in."""
        return self.seat(self.add_user(role, agency))

    def seat(self, user_id: UUID) -> Desk:
        """A user, signed in anew."""
        limits, now = self.running.limits, self.hands()
        with self.store.writing(OPERATOR) as connection:
            viewer = accounts.viewer_of(
                connection.execute(
                    accounts.open_users().where(users.c.user_id == user_id)
                ).one()
            )
            token = sessions.begin(connection, viewer, limits, now)
            session = sessions.find(connection, token, limits, now)
        client = self.client(cookies={self.running.cookie: token})
        return Desk(client, user_id, session.csrf)

    def officer(self, agency: str = POLICE) -> Desk:
        return self.desk(Role.OFFICER, agency)

    def named_officer(self, agency: str = POLICE) -> Desk:
        return self.desk(Role.NAMED_OFFICER, agency)

    def reviewer(self) -> Desk:
        return self.desk(Role.REVIEWER)

    def trail(self, *columns: str) -> list[tuple]:
        """The audit trail, in order."""
        with self.store.reading(OPERATOR) as connection:
            wanted = [audit.c[name] for name in columns]
            rows = connection.execute(select(*wanted).order_by(audit.c.entry_id))
            return [tuple(row) for row in rows]


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def put(machine: httpx.Client, kind: str, document: BaseModel) -> httpx.Response:
    """Puts a document to its path: its id is its first field, or its first two."""
    fields = list(document.model_dump(mode="json").values())
    identity = "/".join(fields[:2]) if kind == "quality" else fields[0]
    return machine.put(f"/v1/{kind}/{identity}", content=body(document), headers=JSON)


def withdraw(machine: httpx.Client, document: Withdrawal) -> httpx.Response:
    return machine.post(
        f"/v1/notifications/{document.notification_id}/withdrawal",
        content=body(document),
        headers=JSON,
    )


def feed(machine: httpx.Client) -> list[dict]:
    """Every event of the portal, oldest first."""
    return machine.get("/v1/events", params={"limit": 500}).json()


def settings_for(url: str, **changed: object) -> PortalSettings:
    given = {"database_url": url, "secret": SECRET, "secure_cookies": False}
    return PortalSettings.model_validate(given | changed)


def words_of(answer: httpx.Response) -> str:
    """A page's text without its tags."""
    inside = re.sub(r"<(script|style|title).*?</\1>", " ", answer.text, flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", inside)).split())


def furnish(url: str, serving: str = "") -> None:
    """The database has its tables and the agencies; a role may serve it."""
    store = open_store(url)
    migrate(store)
    with store.writing(OPERATOR) as connection:
        if serving:
            row_rules.grant(connection, serving)
        for code, name in AGENCIES.items():
            accounts.create_agency(connection, code, name)
    store.close()  # the last connection's end folds SQLite's log into the file


def empty(store: Store) -> None:
    """Nothing is left in the database but its tables and the agencies."""
    kept = {"agencies", "counters"}
    names = ", ".join(name for name in metadata.tables if name not in kept)
    with stored_as(store, "postgres") as admin, admin.writing(OPERATOR) as connection:
        # past the triggers that keep the audit trail
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))
        connection.execute(update(counters).values(value=0))
        connection.execute(
            delete(agencies).where(agencies.c.code.not_in(AGENCIES.keys()))
        )


@contextmanager
def stored_as(store: Store, role: str) -> Iterator[Store]:
    """The same database as another role than the one that serves: its owner, or a
    superuser, who goes round every rule. On SQLite there are no roles."""
    if store.writer.dialect.name == "sqlite":
        yield store
        return
    other = open_store(store.writer.url.set(username=role).render_as_string())
    with closing(other):
        yield other


@contextmanager
def served(app: FastAPI, **settings: object) -> Iterator[str]:
    """The application on a free loopback port, in this process; gives its address."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    config = uvicorn.Config(
        app, lifespan="off", access_log=False, log_config=None, server_header=False,
        **settings,
    )  # fmt: skip
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        time.sleep(0.005)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listener.close()
