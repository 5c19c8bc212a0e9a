"""Where each authority's good extracts lie, so that the last one can stand in."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, insert, select

from register.tables import authority_picture


@dataclass(frozen=True, slots=True)
class PictureRef:
    """A good extract: the tables that a connector read, kept in a workspace."""

    authority: str
    business_date: dt.date
    path: str
    """Of the folder that holds the tables."""
    as_of: dt.date
    """The date of the data in it."""
    run_id: str
    mode: str | None = None
    """``snapshot`` or ``delta``; ``None``: that was not written down."""


def last_good(
    connection: Connection, authority: str, before: dt.date
) -> PictureRef | None:
    """An authority's latest good extract from before a business date."""
    row = connection.execute(
        select(authority_picture)
        .where(
            authority_picture.c.authority == authority,
            authority_picture.c.business_date < before,
        )
        .order_by(authority_picture.c.business_date.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else PictureRef(**row._mapping)


def save(connection: Connection, pictures: Sequence[PictureRef]) -> None:
    """Note a night's good extracts. Recording the night calls it."""
    if pictures:
        connection.execute(
            insert(authority_picture), [asdict(picture) for picture in pictures]
        )
