"""A portal in memory that keeps the contract: the same bytes twice are one document.

It fails as networks do: down (nothing arrives) or with lost replies (the document
arrives, the answer does not). What it holds is what recipients were told.
"""

import datetime as dt
import json
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid5

from connectors.portal import PortalRefused, PortalUnavailable

_EVENT_IDS = UUID("0d5f4b0e-8f6f-5a55-9a11-2d2a0f0c7b11")
_MAY_CHANGE = ("obligations", "runs", "verdicts", "people", "reviews", "quality",
               "dead-letters")  # fmt: skip


@dataclass(frozen=True)
class Arrival:
    """One document, the first time that it arrived with these bytes."""

    at: dt.datetime
    collection: str
    """``notifications``, ``withdrawals``, ``obligations`` …"""
    document: dict


@dataclass
class FakePortal:
    now: Callable[[], dt.datetime]
    arrivals: list[Arrival] = field(default_factory=list)
    feed: list[dict] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    """Calls that broke the contract: each one is a fault of the region's."""
    down: bool = False
    loses_replies: bool = False
    refuses: int = 0
    """How many of the next notifications it refuses, by a fault of its own."""
    journal: Path | None = None
    """Where it keeps what arrived, to outlive the process that asks it."""
    calls: int = 0
    _held: dict[str, bytes] = field(default_factory=dict)

    def recall(self) -> None:
        """What an earlier process put here, from the journal."""
        if self.journal is None or not self.journal.exists():
            return
        for line in self.journal.read_text().splitlines():
            path, body = json.loads(line)
            self._held[path] = body.encode()
            collection = _read(path)
            self.arrivals.append(Arrival(self.now(), collection, json.loads(body)))

    # --- the region's side: what ``connectors.portal.PortalClient`` offers --------

    @contextmanager
    def client(self):
        yield self

    def put(self, path: str, body: bytes) -> None:
        self._take("PUT", path, body)

    def post(self, path: str, body: bytes) -> None:
        self._take("POST", path, body)

    def events(self, after: str | None):
        if self.down:
            raise PortalUnavailable("GET /v1/events", "down")
        ids = [one["id"] for one in self.feed]
        start = 0 if after is None else ids.index(after) + 1
        yield from self.feed[start:]

    def _take(self, method: str, path: str, body: bytes) -> None:
        self.calls += 1
        call = f"{method} {path}"
        if self.down:
            raise PortalUnavailable(call, "down")
        document = json.loads(body)
        collection = _read(path)
        if self.refuses and collection == "notifications" and path not in self._held:
            self.refuses -= 1
            raise PortalRefused(call, 422, "a fault of the portal's own")
        self._keep(call, path, (collection, document, body))
        if self.loses_replies:
            raise PortalUnavailable(call, "the reply was lost")

    def _keep(self, call: str, path: str, given: tuple[str, dict, bytes]) -> None:
        collection, document, body = given
        before = self._held.get(path)
        if before == body:
            return
        if before is not None and collection not in _MAY_CHANGE:
            self.refusals.append(f"{call}: other bytes")
            raise PortalRefused(call, 409, "other bytes")
        if collection == "withdrawals":
            original = path.removesuffix("/withdrawal")
            if original not in self._held:
                raise PortalRefused(call, 404, "no such notification")
        self._held[path] = body
        if self.journal is not None:
            with self.journal.open("ab", buffering=0) as file:
                file.write(json.dumps([path, body.decode()]).encode() + b"\n")
        self.arrivals.append(Arrival(self.now(), collection, document))

    # --- the people's side --------------------------------------------------------

    def say(self, kind: str, subject: str, **data) -> str:
        """An event enters the feed; its id."""
        identity = str(uuid5(_EVENT_IDS, str(len(self.feed))))
        self.feed.append(
            {
                "specversion": "1.0",
                "id": identity,
                "source": "portal",
                "type": kind,
                "subject": subject,
                "time": self.now().isoformat(),
                "data": data,
            }
        )
        return identity

    def documents(self, collection: str) -> list[dict]:
        """The latest bytes of each document, in the order of first arrival."""
        found: dict[str, dict] = {}
        key = _KEYS.get(collection)
        for number, one in enumerate(self.arrivals):
            if one.collection == collection:
                found[str(one.document[key]) if key else str(number)] = one.document
        return list(found.values())

    def fingerprint(self) -> dict[str, bytes]:
        """What it holds, by path: two portals with the same were told the same."""
        return dict(sorted(self._held.items()))


_KEYS = {
    "notifications": "notification_id",
    "obligations": "obligation_id",
    "reviews": "review_id",
    "dead-letters": "letter_id",
}


def _read(path: str) -> str:
    parts = path.strip("/").split("/")
    return "withdrawals" if parts[-1] == "withdrawal" else parts[1]
