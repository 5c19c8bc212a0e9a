"""The small portal fails as it is told to, and keeps what it took."""

import datetime as dt

import portal_samples as samples
import pytest
from http_portal import Outage, http_portal

from connectors.portal import PortalClient, PortalRefused, PortalUnavailable
from notifications.documents import body

DOCUMENT = samples.notification()
PATH = f"/v1/notifications/{DOCUMENT.notification_id}"


@pytest.fixture
def portal():
    with http_portal(lambda: dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)) as portal:
        yield portal


@pytest.fixture
def region(portal):
    with PortalClient(portal.url, portal.key) as client:
        yield client


@pytest.mark.parametrize(
    ("outage", "kept"),
    [(Outage.REFUSES, 0), (Outage.BROKEN, 0), (Outage.LOSES_REPLIES, 1)],
)
def test_an_outage_is_temporary_and_only_lost_replies_leave_something(
    portal, region, outage, kept
):
    portal.outage = outage
    with pytest.raises(PortalUnavailable):
        region.put(PATH, body(DOCUMENT))
    with pytest.raises(PortalUnavailable):
        list(region.events(None))
    assert len(portal.documents("notifications")) == kept

    portal.outage = Outage.NONE
    region.put(PATH, body(DOCUMENT))

    assert len(portal.documents("notifications")) == 1
    assert portal.calls[-1] == ("PUT", PATH, 200 if kept else 201)


def test_what_it_is_set_to_refuse_is_refused_for_good_until_it_is_not(portal, region):
    portal.refuses.add(str(DOCUMENT.notification_id))
    with pytest.raises(PortalRefused):
        region.put(PATH, body(DOCUMENT))

    portal.refuses.clear()
    region.put(PATH, body(DOCUMENT))

    assert str(DOCUMENT.notification_id) in portal.documents("notifications")
