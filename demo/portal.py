"""The demo's portal knows the region: an agency for each authority, people to sign in
as, and a key for the pipeline."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.region import AuthorityConfig, RegionConfig
from portal import accounts, clock, machines, passwords
from portal.permissions import OPERATOR, Role
from portal.store import Store, migrate, open_store
from records.authorities import AuthorityKind


@dataclass(frozen=True, slots=True)
class SignIn:
    """Somebody to be in the demo."""

    user: str
    password: str
    words: str


def prepare(
    region: RegionConfig, environment: Mapping[str, str]
) -> tuple[list[SignIn], str]:
    """A fresh portal database with the region in it.

    Returns:
        The sign-ins and the pipeline's key.
    """
    password = passwords.generated()
    store = open_store(environment["CROSSBORDER_PORTAL_DATABASE"])
    try:
        migrate(store)
        with store.writing(OPERATOR) as connection:
            for code, authority in region.authorities.items():
                accounts.create_agency(connection, code, authority.name)
            key = machines.create_key(
                connection, "nights", machines.PIPELINE, clock.now()
            )
        people = list(_people(region))
        _create(store, people, password)
    finally:
        store.close()
    return [SignIn(one.username, password, one.name) for one in people], key


def _create(store: Store, people: list[accounts.NewUser], password: str) -> None:
    now: dt.datetime = clock.now()
    with store.writing(OPERATOR) as connection:
        for one in people:
            accounts.create_user(connection, one, password, now)


def _people(region: RegionConfig) -> list[accounts.NewUser]:
    officers = [
        accounts.NewUser(
            f"{_short(authority)}-officer",
            f"Duty officer, {authority.name}",
            Role.OFFICER,
            code,
        )
        for code, authority in sorted(region.authorities.items())
    ]
    named = [
        accounts.NewUser(
            f"{_short(region.authorities[code])}-named",
            f"Named officer, {region.authorities[code].name}",
            Role.NAMED_OFFICER,
            code,
        )
        for code in region.of_kind(AuthorityKind.POLICE)
    ]
    code = min(region.of_kind(AuthorityKind.CHILDREN))
    supplied = region.authorities[code]
    return [
        *officers,
        *named,
        accounts.NewUser("reviewer", "Reviewer of matches", Role.REVIEWER, None),
        accounts.NewUser("second-reader", "Second reader", Role.REVIEWER, None),
        accounts.NewUser("data", "Regional data team", Role.DATA_TEAM, None),
        accounts.NewUser("ig-lead", "Information governance", Role.IG_LEAD, None),
        accounts.NewUser(
            f"{_short(supplied)}-supplier",
            f"Data supplier, {supplied.name}",
            Role.SUPPLIER,
            code,
        ),
    ]


def _short(authority: AuthorityConfig) -> str:
    return authority.name.lower().replace(" ", "-")
