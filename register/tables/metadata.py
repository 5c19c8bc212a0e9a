"""What holds the tables together, and how rows hold as of a date.

Rows that hold *as of* a date carry ``business_date``, the night that found them, and
``until``, the first later night that found otherwise; ``until`` is null while a row
holds. State as before a date D is therefore: ``business_date < D`` and (``until`` is
null or ``until >= D``). A night that is run again takes its own rows out, so that its
predecessors hold again, and puts in new ones; what was sent is never taken out.

Stored words (states, kinds) are those of the types; a changed word takes a migration.
"""

import datetime as dt

from sqlalchemy import ColumnElement, MetaData, Table, and_, or_

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def as_of(table: Table, before: dt.date) -> ColumnElement[bool]:
    """The rows of an ``until`` table that held just before a business date."""
    until = table.c.until
    return and_(table.c.business_date < before, or_(until.is_(None), until >= before))
