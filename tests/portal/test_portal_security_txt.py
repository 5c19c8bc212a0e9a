"""Whoever finds a fault is told where to report it (RFC 9116)."""

import dataclasses
import datetime as dt

import pytest
from portal_under_test import ON_SQLITE, settings_for
from pydantic import ValidationError

CONTACT = {
    "security_contact": "mailto:security@example.org",
    "security_expires": dt.datetime(2027, 6, 30, tzinfo=dt.UTC),
}


@ON_SQLITE
def test_the_settings_contact_is_told_to_everybody(portal):
    given = {**CONTACT, "site": "https://portal.example.org"}
    settings = settings_for("sqlite:///x.db", **given)
    portal.app.state.running = dataclasses.replace(portal.running, settings=settings)

    answer = portal.client().get("/.well-known/security.txt")

    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.text == (
        "Contact: mailto:security@example.org\n"
        "Expires: 2027-06-30T00:00:00+00:00\n"
        "Preferred-Languages: en, cy\n"
        "Canonical: https://portal.example.org/.well-known/security.txt\n"
    )


@ON_SQLITE
def test_without_a_contact_there_is_no_such_page(portal):
    assert portal.client().get("/.well-known/security.txt").status_code == 404


@pytest.mark.parametrize(
    "given",
    [
        {"security_contact": CONTACT["security_contact"]},
        {"security_expires": CONTACT["security_expires"]},
        {**CONTACT, "security_contact": "security@example.org"},
        {**CONTACT, "security_contact": "mailto:a@b\nHello: there"},
        {**CONTACT, "security_expires": dt.datetime(2027, 6, 30)},  # noqa: DTZ001
        {"site": "https://portal.example.org/somewhere"},
    ],
)
def test_settings_that_say_half_of_it_are_refused(given):
    with pytest.raises(ValidationError):
        settings_for("sqlite:///x.db", **given)
