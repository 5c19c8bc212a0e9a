"""Tables that hold as of a date: what a night adds, and takes back when run again."""

import datetime as dt
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, Select, Table, delete, insert, select, tuple_, update

from register.batches import in_batches
from register.tables import (
    decision,
    obligation,
    person_member,
    placement_observation,
    recording,
    run,
    second_record,
    shield,
)

HISTORIES: Mapping[Table, tuple[str, ...]] = {
    placement_observation: ("placement_ref",),
    decision: ("placement_ref",),
    person_member: ("kind", "authority", "record_ref"),
    obligation: ("obligation_id",),
    recording: ("notification_id",),
    shield: ("authority", "child_ref"),
    second_record: ("authority", "child_ref", "shielded_authority", "shielded_ref"),
}
"""Each such table, and the columns that say what its rows are about."""


def runs_of(region: str, business_date: dt.date | None = None) -> Select[tuple[str]]:
    """The ids of a region's runs: of one date, or all."""
    found = select(run.c.run_id).where(run.c.region == region)
    if business_date is None:
        return found
    return found.where(run.c.business_date == business_date)


def take_back(connection: Connection, region: str, business_date: dt.date) -> None:
    """Undo what earlier runs of a business date found, as if it had not been run."""
    for table in HISTORIES:
        connection.execute(
            delete(table).where(
                table.c.business_date == business_date,
                table.c.run_id.in_(runs_of(region, business_date)),
            )
        )
        connection.execute(
            update(table)
            .where(table.c.until == business_date, table.c.run_id.in_(runs_of(region)))
            .values(until=None)
        )


def append(
    connection: Connection,
    table: Table,
    business_date: dt.date,
    rows: Sequence[Mapping[str, object]],
) -> None:
    """Put in a night's rows; what held until now of the same holds no longer."""
    if not rows:
        return
    connection.execute(insert(table), [dict(row) for row in rows])
    about = [table.c[name] for name in HISTORIES[table]]
    tonight = select(*about).where(table.c.business_date == business_date)
    connection.execute(
        update(table)
        .where(
            table.c.until.is_(None),
            table.c.business_date < business_date,
            tuple_(*about).in_(tonight),
        )
        .values(until=business_date)
    )


def end(
    connection: Connection,
    table: Table,
    business_date: dt.date,
    gone: Sequence[tuple[str, ...]],
) -> None:
    """What held until now of these holds no longer, and nothing takes its place."""
    about = tuple_(*(table.c[name] for name in HISTORIES[table]))
    for some in in_batches(gone):
        connection.execute(
            update(table)
            .where(
                table.c.until.is_(None),
                table.c.business_date < business_date,
                about.in_(some),
            )
            .values(until=business_date)
        )


def forget(
    connection: Connection, table: Table, region: str, business_date: dt.date
) -> None:
    """Delete what held no longer before a night that is being recorded.

    The nights that would read it are closed from now on. What this night ends stays:
    the night run again finds it as it was.
    """
    connection.execute(
        delete(table).where(
            table.c.until < business_date, table.c.run_id.in_(runs_of(region))
        )
    )
