"""Where a list goes on: after the last row that was read, whatever came in between."""

import base64
import binascii
import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, and_, or_

_START = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_TICK = dt.timedelta(microseconds=1)
_LAST_TICK = (dt.datetime(9999, 12, 31, tzinfo=dt.UTC) - _START) // _TICK


class NoCursor(ValueError):
    """The text is no cursor of ours."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row's place: when it came, and its id among those of that moment."""

    at: dt.datetime
    identity: UUID

    def __str__(self) -> str:
        ticks = (self.at - _START) // _TICK
        packed = ticks.to_bytes(8, "big", signed=True) + self.identity.bytes
        return base64.urlsafe_b64encode(packed).decode()

    @classmethod
    def read(cls, text: str) -> "Cursor":
        """The cursor of a text.

        Raises:
            NoCursor: it is none.
        """
        try:
            packed = base64.b64decode(text.encode("ascii"), b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise NoCursor from None
        ticks = int.from_bytes(packed[:8], "big", signed=True)
        if len(packed) != 24 or not 0 <= ticks <= _LAST_TICK:
            raise NoCursor
        cursor = cls(_START + ticks * _TICK, UUID(bytes=packed[8:]))
        if str(cursor) != text:  # one spelling of each
            raise NoCursor
        return cursor

    def leads_to(self, at: Column[Any], identity: Column[Any]) -> ColumnElement[bool]:
        """Of the rows: those after it."""
        return or_(at > self.at, and_(at == self.at, identity > self.identity))
