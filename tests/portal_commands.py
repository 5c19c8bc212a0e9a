"""The portal's commands, run on an empty database: fixtures."""

import os

import pytest
from portal_under_test import SECRET
from typer.testing import CliRunner

from portal.cli import cli

RUNNER = CliRunner()


@pytest.fixture
def run(database_url, monkeypatch):
    """Runs a command on an empty database; gives its result."""
    return _runner(database_url, monkeypatch)


@pytest.fixture
def run_here(tmp_path, monkeypatch):
    """The same where the kind of database is of no concern."""
    return _runner(f"sqlite:///{tmp_path / 'portal.db'}", monkeypatch)


def _runner(url, monkeypatch):
    for name in list(os.environ):
        if name.startswith("CROSSBORDER_PORTAL"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("CROSSBORDER_PORTAL_DATABASE", url)
    monkeypatch.setenv("CROSSBORDER_PORTAL_SECRET", SECRET)

    def run(*words, typed="", **variables):
        for name, value in variables.items():
            monkeypatch.setenv(f"CROSSBORDER_PORTAL_{name}", value)
        return RUNNER.invoke(cli, list(words), input=typed)

    return run
