"""One told thing of each kind said to be due an hour later than it is."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

from beliefs import Ledger
from little_places import FORCES

AN_HOUR = dt.timedelta(hours=1)


def slips(ledger: Ledger) -> Iterator[tuple[str, Ledger]]:
    """By kind of what is due: what recipients would have been told."""
    seen = set()
    for key, told in ledger.told.items():
        whose = "force" if told.recipient in FORCES else "authority"
        kind = f"{whose}'s clock, {'end' if told.kind == 'end' else 'placement'}"
        if told.document["clock"] and kind not in seen:
            seen.add(kind)
            late = replace(told, document=_late_clock(told.document))
            yield kind, replace(ledger, told=ledger.told | {key: late})
    for key, arrivals in ledger.reminders.items():
        kind = f"reminder, {arrivals[0].document['rule']['id']}"
        if kind not in seen:
            seen.add(kind)
            first = replace(arrivals[0], document=_late_clock(arrivals[0].document))
            slipped = {**ledger.reminders, key: [first, *arrivals[1:]]}
            yield kind, replace(ledger, reminders=slipped)
    for key, task in ledger.obligations.items():
        if task["kind"] not in seen:
            seen.add(task["kind"])
            late_task = task | {"due_at": _later(task["due_at"])}
            slipped_tasks = ledger.obligations | {key: late_task}
            yield task["kind"], replace(ledger, obligations=slipped_tasks)
    for key, question in list(ledger.reviews.items())[:1]:
        document = question.document
        late_one = document | {"deadline": _later(document["deadline"])}
        asked = replace(question, document=late_one)
        yield "question", replace(ledger, reviews=ledger.reviews | {key: asked})


def _late_clock(document: dict) -> dict:
    clock = document["clock"]
    return document | {"clock": clock | {"due_at": _later(clock["due_at"])}}


def _later(at: str) -> str:
    return (dt.datetime.fromisoformat(at) + AN_HOUR).isoformat()
