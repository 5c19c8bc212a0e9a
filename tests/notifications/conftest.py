"""What several tests of the rules begin with."""

import pytest
from notification_cases import Nights, case, to_all, told

from notifications.documents import Kind


@pytest.fixture
def nights():
    """The night after everybody was told of a child that no force knows."""
    given = Nights()
    assert told(given.pass_(case())) == to_all(Kind.NEW)
    return given
