"""Column types that mean the same on SQLite and PostgreSQL."""

import datetime as dt
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, DateTime, Dialect, Integer, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
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


def as_proof(folded: str) -> str:
    """A folded reference as an event keeps it beside itself, to be looked up by."""
    return sha256(folded.encode()).hexdigest()


class as_subject(FunctionElement[str]):
    """A document's id as an event's subject writes it: lower case, with hyphens."""

    inherit_cache = True
    type = Text()

    def __init__(self, key: ColumnElement[Any]) -> None:
        super().__init__(key)


@compiles(as_subject)
def _cast(element: as_subject, compiler: SQLCompiler, **given: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **given)} AS TEXT)"


@compiles(as_subject, "sqlite")
def _spelled(element: as_subject, compiler: SQLCompiler, **given: Any) -> str:
    """SQLite keeps an id as 32 hexadecimal digits."""
    key = compiler.process(element.clauses, **given)
    parts = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
    return (
        "(" + " || '-' || ".join(f"substr({key}, {at}, {n})" for at, n in parts) + ")"
    )
