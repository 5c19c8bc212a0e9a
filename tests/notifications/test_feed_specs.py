"""The rule book's cases of feeds: what comes in by them before a night decides."""

import datetime as dt
import json
import re
import sys
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import pytest
from notification_cases import (
    COVENTRY,
    IN_COVENTRY,
    IN_WORCESTER,
    MONDAY,
    NAMES,
    PLACING,
    WEST_MERCIA,
    WMP,
    WORCESTERSHIRE,
    Nights,
    case,
    decide,
    rulebook,
    sent,
    to_all,
    told,
    told_nothing,
)
from spec_decisions import names

from connectors.config import SourceConfig
from connectors.extract import read_extract
from connectors.picture import Picture
from notifications.decide import decide_child
from notifications.documents import Kind, ObligationKind
from notifications.facts import Placement
from pipeline.rule_book import spec_tables
from pipeline.stages.collect import collect
from register.engine import open_register
from register.following import load_followed
from register.memory import load_memory
from register.nights import NightRecord, record_night
from register.placements import (
    ChildPicture,
    KnownPlacement,
    ResolvedPlacement,
    SeenPlacement,
    resolve,
)

sys.path.append(str(Path(__file__).parents[1] / "connectors"))

import payload_examples
import return_examples
import ssd_examples
from extract_examples import write_files

DAY = dt.timedelta(days=1)


def rows(*people):
    return [
        pytest.param(row, id=f"{row.rule} {number}")
        for table in spec_tables()
        if table.people == people
        for number, row in enumerate(table.rows)
    ]


# --- the portal's feed ---------------------------------------------------------------

NOBODYS = str(UUID(int=7))
BY_FORCE = {"agency": WEST_MERCIA, "actor": "a1"}
ACKNOWLEDGED = {**BY_FORCE, "reference": "OCC/1", "recorded_on": "2026-11-24"}
EVENTS = {
    "acknowledges a notification that nobody sent": (
        "receipt.acknowledged", NOBODYS, ACKNOWLEDGED,
    ),
    "disputes a notification that nobody sent": (
        "receipt.disputed", NOBODYS, {**BY_FORCE, "reason": "not_ours"},
    ),
    "opens a document whose id is none": ("receipt.opened", "C1", BY_FORCE),
    "acknowledges the notice": ("receipt.acknowledged", None, ACKNOWLEDGED),
}  # fmt: skip


@pytest.fixture
def register(tmp_path):
    opened = open_register(f"sqlite:///{tmp_path}/register.db")
    yield opened
    opened.dispose()


def recorded(register, outcome):
    """Monday's night in the register."""
    (placement,) = case().placements
    seen = SeenPlacement(
        authority=PLACING, child_ref="C1", source_kind="ssda903", source_ref=None,
        start=placement.start, postcode=placement.postcode,
        place_code=placement.place_code,
    )  # fmt: skip
    record_night(
        register,
        NightRecord(
            run_id="one", region="test-region", business_date=MONDAY, outcome="good",
            recorded_at=dt.datetime.combine(MONDAY, dt.time(3), dt.UTC),
            pictures=(), outcomes=(outcome,), reviews=(),
            placements=(
                ResolvedPlacement(
                    placement.placement_ref, placement.status, 0, seen, 1
                ),
            ),
        ),
    )  # fmt: skip


def followed(register):
    """The notice to West Mercia Police, and all that came of it."""
    with register.connect() as connection:
        (found,) = [
            one for one in load_followed(connection) if one.recipient == WEST_MERCIA
        ]
    return found


@pytest.mark.parametrize("row", rows("event"))
def test_an_event_in_what_it_changes_out(row, register):
    recorded(register, decide(case()))
    before = followed(register)
    kind, subject, data = EVENTS[row.people["event"]]
    event = {
        "id": str(UUID(int=1)), "type": kind, "time": "2026-11-24T09:00:00+00:00",
        "subject": subject or str(before.notification.notification_id), "data": data,
    }  # fmt: skip
    report = collect(
        SimpleNamespace(
            publish=True,
            register=register,
            region=SimpleNamespace(region="test-region"),
            portal=lambda: nullcontext(SimpleNamespace(events=lambda after: [event])),
        )
    )
    (said,) = report.problems or ("nothing",)
    after = followed(register)
    with register.connect() as connection:
        memory = load_memory(connection, MONDAY + DAY)[PLACING, "C1"]
    night = decide_child(replace(case(), memory=memory), rulebook(), MONDAY + DAY)
    assert {
        **{name: str(report.counts[name]) for name in ("events", "new")},
        "unknown_subject": str(report.counts["unknown_subject"]),
        "the operator reads": said.partition(":")[0],
        "the notice": "as before"
        if after == before
        else "acknowledged"
        if after
        == replace(
            before,
            acknowledged_at=after.acknowledged_at,
            reference="OCC/1",
            recorded_on=dt.date(2026, 11, 24),
        )
        else "changed",
        "told the night after": "nobody" if told_nothing(night) else "somebody",
    } == dict(row.decisions)
    assert names(row, set(re.findall(r"\(rule (\S+)\)", said)))


# --- a feed that changes -------------------------------------------------------------


def a_return(*refs):
    placed = {"DECOM": "16/11/2026", "LS": "V2", "PL_POST": IN_WORCESTER}
    return (
        return_examples.Night(Path())
        .identities(*(return_examples.identity(child_id=ref) for ref in refs))
        .module("header", *(return_examples.header(CHILD=r, UPN="") for r in refs))
        .module("episodes", *(return_examples.episode(CHILD=r, **placed) for r in refs))
        .files
    )


def a_dataset(folder):
    return (
        ssd_examples.sound_extract(folder)
        .table("ssd_person", ssd_examples.person("C1"))
        .care(ssd_examples.care("C1", cla_episode_start_date="2026-11-16"))
        .placed(
            ssd_examples.placement(
                "C1",
                cla_placement_start_date="2026-11-16",
                cla_placement_postcode=IN_WORCESTER,
            )
        )
        .files
    )


def a_payload(*placements, ref="C1"):
    return {"children.json": json.dumps(payload_examples.child(*placements, ref=ref))}


def placed(**changes):
    return payload_examples.placement(
        **{"start_date": "2026-11-16", "postcode": IN_WORCESTER, **changes}
    )


THERE = a_payload(placed())
OTHERS = a_payload(placed(), ref="C2")
AWAY = a_payload(
    placed(end_date="2026-11-24", end_reason="X1"),
    placed(
        child_looked_after_placement_id="L2", start_date="2026-11-24",
        start_reason="P", postcode=IN_COVENTRY,
    ),
)  # fmt: skip
FEEDS = {
    "the CSC API payload, with ids of its own": (
        {"kind": "csc-api-json", "mode": "snapshot"}, [THERE] * 5,
    ),
    "the CSC API payload, changes only, which never name the child": (
        {"kind": "csc-api-json"}, [OTHERS] * 5,
    ),
    "the CSC API payload, changes only, of the first night the child's own": (
        {"kind": "csc-api-json"}, [THERE, *[OTHERS] * 4],
    ),
    "the SSDA903 return as before, changes only, which never name the child": (
        {"kind": "ssda903", "mode": "delta"}, [a_return("C2")] * 5,
    ),
    "the SSDA903 return as before, changes only, then everything again": (
        [{"kind": "ssda903", "mode": "delta"}] * 3 + [{"kind": "ssda903"}] * 2,
        [a_return("C2")] * 3 + [a_return("C1", "C2")] * 2,
    ),
    "the Standard Safeguarding Dataset, with ids of its own": (
        {"kind": "ssd-csv"}, None,
    ),
    "the CSC API payload, in which the child has moved to Coventry": (
        {"kind": "csc-api-json"}, [AWAY, *[OTHERS] * 4],
    ),
}  # fmt: skip


class Feed:
    """An authority's extracts, read and merged and decided on night after night."""

    def __init__(self, folder):
        self.folder, self.nights = folder, Nights()
        self.picture, self.known = None, ()

    def pass_(self, source, files):
        on = self.nights.on
        folder = self.folder / on.isoformat()
        write_files(folder, files)
        found = read_extract(
            SourceConfig(protected="waived", **source), PLACING, folder, on,
            self.picture,
        )  # fmt: skip
        assert found.verdict.usable, found.verdict.reason
        self.picture = Picture(found.tables, on)
        resolved = resolve(self.known, self._seen(source["kind"]), self._child(source))
        self.known = tuple(
            KnownPlacement(
                one.placement_ref, one.status, one.absent_nights, one.last_seen
            )
            for one in resolved
        )
        placements = tuple(_as_rules_see(one) for one in resolved)
        return self.nights.pass_(replace(case(), placements=placements))

    def _seen(self, kind):
        columns = [
            name
            for name in SeenPlacement.__slots__
            if name in self.picture.tables["placements"].column_names
        ]
        return [
            SeenPlacement(source_kind=kind, **row)
            for row in self.picture.tables["placements"].select(columns).to_pylist()
            if row["child_ref"] == "C1"
        ]

    def _child(self, source):
        purged = frozenset(
            row["source_ref"]
            for row in self.picture.tables["purges"].to_pylist()
            if row["child_ref"] == "C1"
        )
        return ChildPicture(
            self.nights.on,
            source["kind"],
            good=True,
            keep_absent_nights=3,
            purged=purged,
        )


def _as_rules_see(one):
    names = set(SeenPlacement.__slots__) & set(Placement.__slots__)
    return Placement(
        placement_ref=one.placement_ref,
        status=one.status,
        **{name: getattr(one.last_seen, name) for name in names},
    )


@pytest.mark.parametrize("row", rows("from then on"))
def test_another_feed_in_who_is_told_out(row, tmp_path):
    feed = Feed(tmp_path / "inbox")
    first = feed.pass_({"kind": "ssda903"}, a_return("C1"))
    assert told(first) == to_all(Kind.NEW)
    names = {one.placement_ref for one in feed.known}
    source, extracts = FEEDS[row.people["from then on"]]
    files = extracts or [a_dataset(tmp_path / "s")] * 5
    sources = source if isinstance(source, list) else [source] * len(files)
    outcomes = [feed.pass_(*one) for one in zip(sources, files, strict=True)]
    kept = {one.placement_ref for one in feed.known} == names
    heard = {
        (one.recipient, one.kind) for outcome in outcomes for one in sent(outcome)
        if one.recipient != PLACING
    }  # fmt: skip
    tasks = {
        f"{one.kind.value} for {NAMES[one.owed_by]}"
        for outcome in outcomes
        for one in outcome.obligations
        if one.kind is ObligationKind.DATA_TASK
    }
    moved = {
        (WEST_MERCIA, Kind.END), (WORCESTERSHIRE, Kind.END),
        (WMP, Kind.NEW), (COVENTRY, Kind.NEW),
    }  # fmt: skip
    assert {
        "placement": "keeps its name" if kept else "ends and another begins",
        "told": "West Mercia Police and Worcestershire of an end; Coventry and West "
        "Midlands Police as new"
        if heard == moved
        else "nobody"
        if not heard
        else str(heard),
        "task": "; ".join(sorted(tasks)) or "none",
    } == dict(row.decisions)
    assert row.rule == "data.feed-changed"
