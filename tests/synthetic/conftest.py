"""One region of demonstration size and one small one, made once for a session."""

import pytest
from synthetic_examples import Made

from geography.postcodes import Geography
from synthetic.region import demo_region, synthesise


@pytest.fixture(scope="session")
def geography(tmp_path_factory: pytest.TempPathFactory) -> Geography:
    return Geography.load(tmp_path_factory.mktemp("postcodes"))


@pytest.fixture(scope="session")
def demo(geography: Geography, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """400 children and 40,000 nominals on two nights: never change it."""
    spec, out = demo_region(), tmp_path_factory.mktemp("demo")
    return Made(spec, out, synthesise(spec, out, geography))


@pytest.fixture(scope="session")
def small(geography: Geography, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """120 children and 3,000 nominals on four nights: never change it."""
    spec = demo_region(seed=7, children=120, nominals=3_000, nights=4)
    out = tmp_path_factory.mktemp("small")
    return Made(spec, out, synthesise(spec, out, geography))
