"""A synthetic region, made once for the session; each test has its own copy."""

import datetime as dt
from pathlib import Path

import pytest

from night_world import World, copy_of


@pytest.fixture(scope="session")
def region_template(tmp_path_factory) -> Path:
    from geography.postcodes import Geography
    from pipeline.region import load_region
    from synthetic.region import AuthoritySpec, RegionSpec, synthesise
    from night_world import DEMO

    folder = tmp_path_factory.mktemp("region")
    region = load_region(DEMO)
    geography = Geography.load(folder / "workspace" / "reference")
    synthesise(
        RegionSpec(
            authorities=tuple(
                AuthoritySpec(code, entry.name, entry.kind, entry.source.kind)
                for code, entry in sorted(region.authorities.items())
            ),
            seed=7,
            children=120,
            nominals=4_000,
            nights=3,
            first_date=dt.date(2026, 11, 22),
        ),
        folder,
        geography,
    )
    return folder


@pytest.fixture
def world(region_template, tmp_path) -> World:
    return copy_of(region_template, tmp_path / "world")
