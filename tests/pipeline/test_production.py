"""Outside the demo: the register in PostgreSQL, tables encrypted, nothing less."""

import base64
import datetime as dt

import pytest
from night_world import NIGHT_1, NIGHT_2, World

from pipeline import clock
from pipeline.sentinels import NOTHING_SENT
from pipeline.vault import Vault
from synthetic import canary

KEY = bytes(range(32))


@pytest.fixture
def production(world: World, monkeypatch) -> World:
    monkeypatch.setattr(
        clock, "now", lambda: dt.datetime(2026, 11, 23, 3, tzinfo=dt.UTC)
    )
    world.configure(
        environment="production",
        portal={"url": "https://portal.region.example"},
        register={"url_env": "CROSSBORDER_REGISTER_URL"},
        encryption={"key_env": "CROSSBORDER_WORKSPACE_KEY"},
    )
    world.environment["CROSSBORDER_WORKSPACE_KEY"] = base64.b64encode(KEY).decode()
    return world


@pytest.mark.postgres
def test_two_nights_leave_no_plain_text_in_the_workspace(production, postgres_url):
    production.environment["CROSSBORDER_REGISTER_URL"] = postgres_url()
    nights = [production.run(date, "--no-publish") for date in (NIGHT_1, NIGHT_2)]
    for night in nights:
        assert night.summary["problems"] == [NOTHING_SENT], night.output
    table = Vault(KEY).read(nights[0].folder / "standardise" / "children.parquet")
    assert canary.SURNAME in table.column("surname").to_pylist()
    plain = [
        path
        for path in production.workspace.rglob("*")
        if path.is_file() and canary.SURNAME.encode() in path.read_bytes()
    ]
    assert plain == []
    first, second = (
        set(
            Vault(KEY)
            .read(night.folder / "notifications.parquet")
            .column("notification_id")
            .to_pylist()
        )
        for night in nights
    )
    assert first
    assert first.isdisjoint(second)


def test_production_refuses_sqlite(production):
    production.environment["CROSSBORDER_REGISTER_URL"] = "sqlite:///register.db"
    night = production.run(NIGHT_1, "--no-publish")
    assert night.exit_code == 2
    assert "must name PostgreSQL in production" in night.output


def test_production_asks_for_its_key_before_anything_starts(production, tmp_path):
    del production.environment["CROSSBORDER_WORKSPACE_KEY"]
    production.environment["CROSSBORDER_REGISTER_URL"] = f"sqlite:///{tmp_path}/r.db"
    night = production.run(NIGHT_1, "--no-publish")
    assert night.exit_code == 2
    assert "CROSSBORDER_WORKSPACE_KEY is not set" in night.output
