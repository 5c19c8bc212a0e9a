"""The register of a region whose nights were worked before."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import ConfigurationError
from pipeline.region import RegionConfig

if TYPE_CHECKING:
    from sqlalchemy import Engine


@contextmanager
def kept_register(config: RegionConfig, workspace: Path) -> "Iterator[Engine]":
    """Opens the register that earlier nights wrote, and lets go of it.

    Raises:
        ConfigurationError: the workspace has none.
    """
    from pipeline.run import register_url
    from register.engine import open_register

    kept = workspace / config.region / "register.db"
    if config.register_ is None and not kept.is_file():
        raise ConfigurationError(
            [f"{kept}: there is no register; name the workspace of the nights"]
        )
    engine = open_register(register_url(config, workspace, os.environ))
    try:
        yield engine
    finally:
        engine.dispose()
