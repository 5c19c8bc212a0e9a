"""The rules over the real postcode directory, at real borders."""

import pytest
from notification_cases import DIRECTORY, THRESHOLDS

from geography.postcodes import Geography
from notifications.config import PolicyConfig
from notifications.rulebook import Rulebook


@pytest.fixture(scope="module")
def rules(tmp_path_factory):
    geography = Geography.load(tmp_path_factory.mktemp("geography"))
    return Rulebook(PolicyConfig(), geography, DIRECTORY, THRESHOLDS)
