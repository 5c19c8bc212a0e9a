"""How many calls somebody may make in a minute: so that one runaway program, or one
guesser, does not take the portal from the others.

A minute's calls may come at once; then they come back one by one (the generic cell
rate algorithm). The counts are in the memory of this process, on purpose: an answer
costs no write, a network address is written down nowhere, and a restart forgets them.
With several processes each counts for itself, so the limits hold times their number.
Guessing passwords is limited in the database, by ``attempts``.
"""

import datetime as dt
import ipaddress
from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock

_MINUTE = dt.timedelta(minutes=1)
_MOST_CALLERS = 10_000
MOST_OF_STRANGERS = 60
"""Rows a minute of the audit trail about whoever has no key and no session."""
_STRANGER = "stranger "


class TooManyCalls(Exception):
    """The caller has to wait for so long."""

    def __init__(self, wait: dt.timedelta) -> None:
        super().__init__("too many calls")
        self.wait = wait

    @property
    def seconds(self) -> int:
        """Whole seconds, for ``Retry-After``."""
        return max(1, -(-self.wait // dt.timedelta(seconds=1)))


@dataclass(slots=True)
class Throttle:
    """Who called how often. One for a running portal; safe among its threads."""

    _full_again: OrderedDict[str, dt.datetime] = field(default_factory=OrderedDict)
    """When each caller has all calls of a minute again; who called last is last."""
    _lock: Lock = field(default_factory=Lock)

    def take(self, caller: str, per_minute: int, now: dt.datetime) -> None:
        """One call of this caller's.

        Raises:
            TooManyCalls: the caller has used up what a minute allows.
        """
        with self._lock:
            begun = self._full_again.get(caller, now)
            if begun - now > 2 * _MINUTE:  # the clock was put back: begin afresh
                begun = now
            full = max(begun, now) + _MINUTE / per_minute
            if full - now > _MINUTE:
                raise TooManyCalls(full - now - _MINUTE)
            self._full_again[caller] = full
            self._full_again.move_to_end(caller)
            while len(self._full_again) > _MOST_CALLERS:
                self._full_again.popitem(last=False)


@dataclass(slots=True)
class Brake:
    """Which refusals are written down: of each caller and reason one a minute, of all
    strangers so many. The others are counted, for the next row of the same."""

    _since: OrderedDict[tuple[str, str], tuple[dt.datetime, int]] = field(
        default_factory=OrderedDict
    )
    """When the last row was written, and how many were refused since."""
    _minute: tuple[dt.datetime, int] | None = None
    """The minute that runs for strangers, and its rows so far."""
    _lock: Lock = field(default_factory=Lock)

    def stands_for(self, caller: str, what: str, now: dt.datetime) -> int:
        """How many refusals the row of this one stands for; 0: none is written now."""
        with self._lock:
            written, missed = self._since.get((caller, what), (None, 0))
            early = written is not None and abs(now - written) < _MINUTE
            if early or (caller.startswith(_STRANGER) and not self._has_room(now)):
                self._keep((caller, what), (written or now, missed + 1))
                return 0
            self._keep((caller, what), (now, 0))
            return missed + 1

    def _has_room(self, now: dt.datetime) -> bool:
        begun, rows = self._minute or (now, 0)
        if abs(now - begun) >= _MINUTE:
            begun, rows = now, 0
        self._minute = (begun, min(rows + 1, MOST_OF_STRANGERS))
        return rows < MOST_OF_STRANGERS

    def _keep(self, which: tuple[str, str], what: tuple[dt.datetime, int]) -> None:
        self._since[which] = what
        self._since.move_to_end(which)
        while len(self._since) > _MOST_CALLERS:
            self._since.popitem(last=False)


def network_part(address: str) -> str:
    """Whom an address stands for: itself, or its /64, since a host of IPv6 has many."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return address
    return str(ipaddress.ip_network((found, 64), strict=False))
