"""Column types that mean the same on SQLite and PostgreSQL."""

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import BigInteger, DateTime, Dialect, Integer
from sqlalchemy.types import TypeDecorator

POSITION = BigInteger().with_variant(Integer, "sqlite")
"""A number that counts up by itself; SQLite does so for this one type only."""


class NaiveInstantError(ValueError):
    """A time without a zone was about to be stored: it could mean two instants."""


class UtcDateTime(TypeDecorator[dt.datetime]):
    """An instant. Naive values are refused; what comes back is in UTC.

    SQLite forgets time zones and PostgreSQL answers in the session's, so every value
    is turned to UTC on its way in and named UTC on its way out.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self, value: dt.datetime | None, dialect: Dialect
    ) -> dt.datetime | None:
        if value is None:
            return None
        if value.utcoffset() is None:
            raise NaiveInstantError(
                f"{value!r} has no time zone; give the instant in UTC"
            )
        utc = value.astimezone(dt.UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(
        self, value: dt.datetime | None, dialect: Dialect
    ) -> dt.datetime | None:
        if value is None:
            return None
        if dialect.name == "sqlite":
            return value.replace(tzinfo=dt.UTC)
        return value.astimezone(dt.UTC)


def one_of(column: str, values: Iterable[str]) -> str:
    """The text of a CHECK: the column holds one of these values."""
    listed = ", ".join(f"'{value}'" for value in values)
    return f"{column} IN ({listed})"
