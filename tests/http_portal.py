"""A small portal in memory, over HTTP on this machine, that keeps the contract (§4).

For tests that need *a* portal and not ours: it takes documents by the same rules,
reads one feed of events out, and has switches for the ways in which networks fail.
``tests/portal_contract`` holds it and the shipped portal to one suite.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from threading import Lock
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

from loopback import Answer, Call, listening
from pydantic import BaseModel, ValidationError

from notifications import documents as docs
from notifications import reports
from notifications.feed import (
    Acknowledgement,
    Dispute,
    EventType,
    JudgementData,
    JudgementUndone,
    Receipt,
    ReleaseAsked,
    ReplayAsked,
    SearchAsked,
)
from notifications.search_answers import SearchAnswer

PROBLEM = (("Content-Type", "application/problem+json"),)
EVENTS = (("Content-Type", "application/cloudevents-batch+json"),)
HANGS_UP = Answer(status=0)


class Outage(Enum):
    """How the portal fails, until it is told otherwise."""

    NONE = "none"
    REFUSES = "hangs up before anything is read into its memory"
    BROKEN = "answers 503"
    LOSES_REPLIES = "does what it is asked and hangs up"


@dataclass(frozen=True)
class Shelf:
    """One kind of document: its model and whether a held one may become another."""

    model: type[BaseModel]
    fault: Callable[[BaseModel, BaseModel], str | None]
    addressee: str | None = None


def _never(_held: BaseModel, _given: BaseModel) -> str:
    return "this kind never changes"


def _always(_held: BaseModel, _given: BaseModel) -> None:
    return None


def _obligation(held: docs.Obligation, given: docs.Obligation) -> str | None:
    fixed = ("kind", "owed_by", "audience", "placement_ref", "notification_id")
    for name in fixed:
        if getattr(held, name) != getattr(given, name):
            return f"an obligation's {name} never changes"
    if given.child_ref not in {held.child_ref, ""}:
        return "an obligation's child_ref never becomes another"
    if (given.created_on, given.escalation) < (held.created_on, held.escalation):
        return "a later version is held"
    return None


def _answer(_held: SearchAnswer, given: SearchAnswer) -> str | None:
    return None if given.outcome == "shielded" else "another answer is held"


def _person(held: docs.CrossBorderPerson, given: docs.CrossBorderPerson) -> str | None:
    if held.kind != given.kind:
        return "a person's kind never changes"
    return "a later version is held" if given.created_on < held.created_on else None


SHELVES = {
    "notifications": Shelf(docs.Notification, _never, "recipient"),
    "obligations": Shelf(docs.Obligation, _obligation, "owed_by"),
    "reviews": Shelf(docs.Review, _never),
    "searches": Shelf(SearchAnswer, _answer),
    "people": Shelf(docs.CrossBorderPerson, _person),
    "runs": Shelf(reports.RunSummary, _always),
    "verdicts": Shelf(reports.SupplierVerdict, _always, "authority"),
    "quality": Shelf(reports.QualityReport, _always, "authority"),
    "dead-letters": Shelf(reports.DeadLetter, _always),
}


def identity_of(document: BaseModel) -> str:
    """What the path of a document's call says."""
    if isinstance(document, reports.QualityReport):
        return f"{document.authority} {document.business_date}"
    return str(next(iter(document.model_dump().values())))


class Refused(Exception):
    def __init__(self, status: int, title: str) -> None:
        super().__init__(title)
        self.status, self.title = status, title


@dataclass
class HttpPortal:
    """What the portal holds, and what people say to it.

    ``agencies`` are those it knows; ``None`` knows all. ``refuses`` are ids that it
    refuses for good.
    """

    clock: Callable[[], dt.datetime]
    agencies: frozenset[str] | None = None
    key: str = "xb_of-a-small-portal"
    outage: Outage = Outage.NONE
    refuses: set[str] = field(default_factory=set)
    url: str = ""
    held: dict[tuple[str, str], bytes] = field(default_factory=dict)
    """By kind and id: the bytes of the latest version."""
    withdrawals: dict[str, bytes] = field(default_factory=dict)
    """By the original's id."""
    feed: list[dict] = field(default_factory=list)
    calls: list[tuple[str, str, int]] = field(default_factory=list)
    """Method, path and status of every call; status 0 had no answer."""
    _seen: set[tuple[str, str, str]] = field(default_factory=set)
    _turn: Lock = field(default_factory=Lock)

    # --- what it was told ----------------------------------------------------------

    def documents(self, kind: str) -> dict[str, dict]:
        """The latest version of each document of a kind, by id."""
        return {
            identity: json.loads(raw)
            for (of, identity), raw in self.held.items()
            if of == kind
        }

    # --- what people do ------------------------------------------------------------

    def fetches(self, notification_id: UUID | str, actor: str = "a1") -> str:
        return self._receipt(EventType.FETCHED, notification_id, actor)

    def opens(self, notification_id: UUID | str, actor: str = "a1") -> str:
        """It is fetched by that, if it was not before."""
        subject = str(notification_id)
        fetched = (EventType.FETCHED.value, subject)
        if fetched not in {(one["type"], one["subject"]) for one in self.feed}:
            self.fetches(notification_id, actor)
        return self._receipt(EventType.OPENED, notification_id, actor)

    def acknowledges(
        self, notification_id: UUID | str, reference: str, on: dt.date,
        actor: str = "a1",
    ) -> str:  # fmt: skip
        agency = self._recipient(notification_id)
        said = Acknowledgement(
            agency=agency, actor=actor, reference=reference, recorded_on=on
        )
        return self.says(EventType.ACKNOWLEDGED, notification_id, said)

    def disputes(
        self, notification_id: UUID | str, reason: str, actor: str = "a1"
    ) -> str:
        agency = self._recipient(notification_id)
        said = Dispute(agency=agency, actor=actor, reason=reason)
        return self.says(EventType.DISPUTED, notification_id, said)

    def judges(
        self, review_id: UUID | str, decision: str, reason: str = "seen both files",
        actor: str = "r1", split: str | None = None,
    ) -> str:  # fmt: skip
        pair = self.documents("reviews")[str(review_id)]
        sides = {
            f"{side}_{name}": pair[side][key]
            for side in ("left", "right")
            for name, key in (
                ("authority", "authority"), ("ref", "record_ref"),
                ("hash", "content_hash"),
            )
        }  # fmt: skip
        said = JudgementData(
            actor=actor, decision=decision, split=split, reason=reason, **sides
        )
        return self.says(EventType.JUDGED, review_id, said)

    def undoes(
        self, review_id: UUID | str, judgement: str, reason: str = "a wrong line",
        actor: str = "r1",
    ) -> str:  # fmt: skip
        said = JudgementUndone(actor=actor, judgement=UUID(judgement), reason=reason)
        return self.says(EventType.JUDGEMENT_UNDONE, review_id, said)

    def asks_release(self, run_id: str, actor: str = "d1") -> str:
        said = ReleaseAsked(actor=actor, run_id=run_id)
        return self.says(EventType.RELEASE_ASKED, run_id, said)

    def asks_replay(self, letter_id: str, actor: str = "d1") -> str:
        said = ReplayAsked(actor=actor, letter_id=letter_id)
        return self.says(EventType.REPLAY_ASKED, letter_id, said)

    def asks_search(
        self, review_id: UUID | str, authority: str, actor: str = "r1", **hints: object
    ) -> str:
        said = SearchAsked(
            actor=actor, review_id=UUID(str(review_id)), authority=authority, **hints
        )
        return self.says(EventType.SEARCH_ASKED, review_id, said)

    def says(self, kind: EventType, subject: UUID | str, data: BaseModel) -> str:
        """An event enters the feed; gives its id."""
        event_id = str(uuid4())
        moment = self.clock().astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
        self.feed.append(
            {
                "specversion": "1.0", "id": event_id,
                "source": "urn:crossborder:portal", "type": kind.value,
                "subject": str(subject), "time": moment,
                "datacontenttype": "application/json",
                "sequence": str(len(self.feed) + 1),
                "data": data.model_dump(mode="json"),
            }
        )  # fmt: skip
        return event_id

    def _receipt(self, kind: EventType, subject: UUID | str, actor: str) -> str:
        return self.says(
            kind, subject, Receipt(agency=self._recipient(subject), actor=actor)
        )

    def _recipient(self, notification_id: UUID | str) -> str:
        raw = self.held["notifications", str(notification_id)]
        recipient: str = json.loads(raw)["recipient"]
        return recipient

    # --- what the region calls -----------------------------------------------------

    def answer(self, call: Call) -> Answer:
        """The answer to one call, as the outage of the moment allows."""
        with self._turn:
            if self.outage is Outage.REFUSES:
                answer = HANGS_UP
            elif self.outage is Outage.BROKEN:
                answer = _problem(503, "out of order")
            else:
                answer = self._carried_out(call)
                if self.outage is Outage.LOSES_REPLIES:
                    answer = HANGS_UP
            self.calls.append((call.method, call.path, answer.status))
        return answer

    def _carried_out(self, call: Call) -> Answer:
        path = urlsplit(call.path)
        try:
            if call.headers.get("authorization") != f"Bearer {self.key}":
                raise Refused(401, "A valid machine key is needed")
            match (call.method, *path.path.strip("/").split("/")):
                case ("GET", "v1", "events"):
                    return self._events(parse_qs(path.query))
                case ("PUT", "v1", "quality", authority, on):
                    return self._put("quality", f"{authority} {on}", call)
                case ("PUT", "v1", kind, identity) if kind in SHELVES:
                    return self._put(kind, identity, call)
                case ("POST", "v1", "notifications", identity, "withdrawal"):
                    return self._withdraw(identity, call)
                case _:
                    raise Refused(404, "There is nothing at this path")
        except Refused as refused:
            return _problem(refused.status, refused.title)

    def _put(self, kind: str, identity: str, call: Call) -> Answer:
        shelf = SHELVES[kind]
        document = self._read(shelf.model, identity, call)
        before = self.held.get((kind, identity))
        mark = (kind, identity, _sha256(call.body))
        if mark in self._seen and before is not None:
            return _accepted(200, before)
        if before is not None:
            fault = shelf.fault(shelf.model.model_validate_json(before), document)
            if fault is not None:
                raise Refused(409, "It goes against what is held")
        elif shelf.addressee and self.agencies is not None:
            code = getattr(document, shelf.addressee)
            if code not in self.agencies:
                raise Refused(422, f"This portal has no agency {code}")
        self._seen.add(mark)
        self.held[kind, identity] = call.body
        return _accepted(201 if before is None else 200, call.body)

    def _withdraw(self, identity: str, call: Call) -> Answer:
        given = self._read(docs.Withdrawal, identity, call)
        if ("notifications", identity) not in self.held:
            raise Refused(404, "There is no such notification here")
        if self.withdrawals.get(identity) == call.body:
            return _accepted(200, call.body)
        used = {json.loads(raw)["retraction_id"] for raw in self.withdrawals.values()}
        if identity in self.withdrawals or str(given.retraction_id) in used:
            raise Refused(409, "It goes against what is held")
        self.withdrawals[identity] = call.body
        return _accepted(201, call.body)

    def _read(self, model: type[BaseModel], identity: str, call: Call) -> BaseModel:
        if call.headers.get("content-type", "").partition(";")[0] != "application/json":
            raise Refused(415, "The body must be application/json, not compressed")
        try:
            document = model.model_validate_json(call.body, strict=True)
        except ValidationError as error:
            fault = error.errors(include_url=False)[0]["type"]
            status = 400 if fault == "json_invalid" else 422
            raise Refused(status, "The body is not the document") from None
        if identity_of(document) != identity:
            raise Refused(422, "The body's id is not the path's id")
        if identity in self.refuses:
            raise Refused(422, "It is set to refuse this")
        return document

    def _events(self, query: dict[str, list[str]]) -> Answer:
        limit = int(query.get("limit", ["100"])[0])
        start = 0
        if "after" in query:
            ids = {event["id"]: place for place, event in enumerate(self.feed, 1)}
            if query["after"][0] not in ids:
                raise Refused(404, "There is no event of that id here")
            start = ids[query["after"][0]]
        some = self.feed[start : start + limit]
        headers = EVENTS
        if start + limit < len(self.feed):
            onward = f"/v1/events?after={some[-1]['id']}&limit={limit}"
            headers += (("Link", f'<{onward}>; rel="next"'),)
        return Answer(200, headers, json.dumps(some).encode())


@contextmanager
def http_portal(
    clock: Callable[[], dt.datetime], agencies: frozenset[str] | None = None
) -> Iterator[HttpPortal]:
    """Serves a small portal until the ``with`` ends."""
    portal = HttpPortal(clock, agencies)
    with listening(portal.answer) as url:
        portal.url = url
        yield portal


def _accepted(status: int, held: bytes) -> Answer:
    tag = f'"{_sha256(held)}"'
    return Answer(
        status, (("Content-Type", "application/json"), ("ETag", tag)),
        json.dumps({"etag": tag}).encode(),
    )  # fmt: skip


def _problem(status: int, title: str) -> Answer:
    return Answer(
        status, PROBLEM, json.dumps({"status": status, "title": title}).encode()
    )


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
