"""What each recipient believes, from nothing but what reached the portal.

A new, update or unconfirmed notice is believed from when it arrives; it puts an end to
what it supersedes. An end and a retraction leave nothing to believe. Reminders say
nothing new.
"""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field

from fake_portal import Arrival

ChildKey = tuple[str, str]
TELLING = frozenset({"new", "update", "unconfirmed"})


class BrokenLaw(AssertionError):
    """What must never be so was so."""


@dataclass(frozen=True, order=True)
class Fact:
    """What a notice says of a child and a placement."""

    la: str
    child_ref: str
    forename: str | None
    surname: str | None
    dob: str | None
    postcode: str | None
    start: str
    place_code: str | None

    @property
    def child(self) -> ChildKey:
        return (self.la, self.child_ref)

    def __str__(self) -> str:
        return (
            f"{self.la}/{self.child_ref} {self.forename} {self.surname} at "
            f"{self.postcode} ({self.place_code}) from {self.start}"
        )


@dataclass(frozen=True)
class Told:
    """One notice that arrived."""

    notification_id: str
    kind: str
    recipient: str
    fact: Fact
    supersedes: str | None
    created_on: dt.date
    arrived_at: dt.datetime
    document: dict = field(hash=False, compare=False)


@dataclass
class Ledger:
    """Everything that recipients were told, read from the portal as it arrives."""

    told: dict[str, Told] = field(default_factory=dict)
    """Every notice with details that ever arrived, by id."""
    believed: dict[str, dict[str, Told]] = field(default_factory=dict)
    """By recipient, then by id."""
    retracted: set[str] = field(default_factory=set)
    gone_on: dict[str, dt.date] = field(default_factory=dict)
    """The night that decided what took a notice's place, or took it back."""
    reminders: dict[str, list[Arrival]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """By the notice that they remind of, in the order of arrival."""
    obligations: dict[str, dict] = field(default_factory=dict)
    """The latest bytes of each."""
    first_put: dict[str, Arrival] = field(default_factory=dict)
    """How each obligation came first."""
    reviews: dict[str, Arrival] = field(default_factory=dict)
    """How each question came first."""
    _replaced: set[str] = field(default_factory=set)
    _tokens: dict[str, str] = field(default_factory=dict)
    _read: int = 0

    def read(self, arrivals: list[Arrival]) -> list[Told]:
        """Take in what arrived since; the notices with details among it."""
        new = []
        for arrival in arrivals[self._read :]:
            found = self._take(arrival)
            if found is not None:
                new.append(found)
        self._read = len(arrivals)
        return new

    def about(self, recipient: str, child: ChildKey) -> list[Told]:
        """What a recipient believes of a child now."""
        held = self.believed.get(recipient, {}).values()
        return [one for one in held if one.fact.child == child]

    def recipients(self) -> list[str]:
        return sorted(self.believed)

    def _take(self, arrival: Arrival) -> Told | None:
        document = arrival.document
        match arrival.collection:
            case "obligations":
                self._owe(arrival)
            case "reviews":
                self.reviews.setdefault(document["review_id"], arrival)
            case "withdrawals":
                self.retracted.add(document["notification_id"])
                self._goes(document["notification_id"], document)
                self._forget(document["notification_id"])
            case "notifications" if document["kind"] == "reminder":
                self._remind(arrival)
            case "notifications" if document["child"] is not None:
                return self._believe(arrival)
        return None

    def _owe(self, arrival: Arrival) -> None:
        """Whatever becomes of a task, its time stays what it was."""
        document = arrival.document
        key = document["obligation_id"]
        first = self.first_put.setdefault(key, arrival).document
        for name in ("due_at", "created_on", "kind", "owed_by"):
            if document[name] != first[name]:
                raise BrokenLaw(f"{key}: {name} was {first[name]}: {document[name]}")
        if document["escalation"] < self.obligations.get(key, first)["escalation"]:
            raise BrokenLaw(f"{key} fell to step {document['escalation']}")
        self.obligations[key] = document

    def _believe(self, arrival: Arrival) -> Told:
        document = arrival.document
        self._own_token(document)
        told = _told(arrival)
        if told.notification_id in self.told:
            raise BrokenLaw(f"{told.notification_id} arrived twice with other bytes")
        self.told[told.notification_id] = told
        if told.supersedes is not None:
            self._not_the_same_again(told)
            self._forget(told.supersedes)
            self._goes(told.supersedes, document)
        stale = {told.notification_id} & (self._replaced | self.retracted)
        if told.kind in TELLING and not stale:
            self.believed.setdefault(told.recipient, {})[told.notification_id] = told
        return told

    def _not_the_same_again(self, told: Told) -> None:
        before = self.told.get(told.supersedes or "")
        if before is None or told.kind != "update" or before.kind == "unconfirmed":
            return
        if before.fact == told.fact and told.document["rule"]["id"] not in CORRECTING:
            raise BrokenLaw(
                f"{told.recipient} was told the same twice: {told.fact} "
                f"({before.notification_id}, then {told.notification_id})"
            )

    def _goes(self, notification_id: str, document: dict) -> None:
        on = dt.date.fromisoformat(document["created_on"])
        self.gone_on[notification_id] = min(on, self.gone_on.get(notification_id, on))

    def _remind(self, arrival: Arrival) -> None:
        """A reminder repeats the token, and no details."""
        document = arrival.document
        original = self.told.get(document["reminds"])
        if original is None:
            raise BrokenLaw(f"{document['recipient']} is reminded of what never came")
        if original.document["recording_token"] != document["recording_token"]:
            raise BrokenLaw(f"the reminder of {document['reminds']} has another token")
        if document["child"] or document["placement"]:
            raise BrokenLaw(f"the reminder of {document['reminds']} repeats details")
        self.reminders[document["reminds"]].append(arrival)

    def _forget(self, notification_id: str) -> None:
        self._replaced.add(notification_id)
        for held in self.believed.values():
            held.pop(notification_id, None)

    def _own_token(self, document: dict) -> None:
        token, identity = document["recording_token"], document["notification_id"]
        if self._tokens.setdefault(token, identity) != identity:
            raise BrokenLaw(f"two notices bear the recording token {token}")


CORRECTING = frozenset({"tell.judgement-undone"})
"""Rules that tell the same facts again, since something else about them changed."""


def _told(arrival: Arrival) -> Told:
    document = arrival.document
    child, placement = document["child"], document["placement"] or {}
    return Told(
        notification_id=document["notification_id"],
        kind=document["kind"],
        recipient=document["recipient"],
        fact=Fact(
            la=document["placing_authority"]["authority"],
            child_ref=child["child_ref"],
            forename=child["forename"],
            surname=child["surname"],
            dob=child["dob"],
            postcode=placement.get("postcode"),
            start=placement.get("start", ""),
            place_code=placement.get("place_code"),
        ),
        supersedes=document["supersedes"],
        created_on=dt.date.fromisoformat(document["created_on"]),
        arrived_at=arrival.at,
        document=document,
    )
