"""Portals with something on every page: what people before a browser look at."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import portal_samples as samples
import pytest
from portal_under_test import NOON, put, withdraw

from notifications import documents as docs
from notifications.fill_in import fill_in
from pipeline.region import load_region
from portal.permissions import Role

DEMO = Path(__file__).parents[1] / "config" / "regions" / "demo.yaml"
NIGHTS = 40
MISSED = (7, 8)
REFUSED = 20
SENT = {
    samples.PLACING_LA: 460, samples.HOST_LA: 95, samples.POLICE: 5140,
    "E23000015": 2420,
}  # fmt: skip


def rows_of(code, back):
    """About as many every night, and a good deal fewer tonight of one force."""
    usual = SENT[code] + back * 7 % 23
    return usual // 2 if (code, back) == (samples.POLICE, 0) else usual


def report(code, back):
    on = samples.NIGHT - dt.timedelta(days=back)
    rows = rows_of(code, back)
    given = {"authority": code, "business_date": on, "rows": rows, "accepted": rows,
             "rejected": 0}  # fmt: skip
    if (code, back) == (samples.HOST_LA, REFUSED):
        given |= {"outcome": "refused", "tables": (), "accepted": 0, "rejected": rows}
    return samples.quality(**given)


@pytest.fixture
def furnished(portal):
    """A portal with something of everything."""
    machine = portal.machine()
    later = docs.Clock(due_at=NOON, basis="protocol", text="One working day.")
    for document in (
        packaged(route="Solihull MASH desk"),
        samples.reminder(),
        samples.reminder(number=2),
        samples.notification("old", child=samples.child("Nell", "Ford-Test")),
        samples.notification(
            "update", kind="update", priority="standard", clock=later,
            child=samples.child("Nell", "Ford-Test"),
            supersedes=samples.made("notification old"),
        ),
        samples.notification(
            "unconfirmed", kind="unconfirmed", priority="low", clock=None,
            child=samples.child("Bartholomew", "Featherstonehaugh-Cholmondeley-Test"),
        ),
        packaged(
            "sentinel", test_record=True, priority="standard",
            child=samples.child("Test", "Sentinel-Test"),
        ),
        samples.notification(
            "recorded", child=samples.child("Ola", "Brook-Test").model_copy(
                update={"child_ref": "C-20002"}
            ),
        ),
        samples.notification("withdrawn", child=samples.child("Ida", "Wood-Test")),
        samples.notification(
            "pointer", kind="pointer", subject="person", child=None, placement=None,
            placing_authority=None, risk_indicators=(), clock=None,
            priority="standard",
            pointers=(docs.Pointer(
                authority="E23000015", authority_name="Staffordshire Police",
                record_ref="S/88812", contact="mash.E23000015@demo.example",
            ),),
        ),
    ):  # fmt: skip
        put(machine, "notifications", document)
    withdraw(machine, samples.withdrawal("withdrawn"))
    put(machine, "obligations", samples.obligation())
    put(machine, "obligations", samples.obligation(
        "shielded", kind="named_officer_task", audience="named_officer",
        child_ref="", escalation=1,
        asked="A shielded case concerns your authority. Speak with the placing "
        "authority's named officer.",
    ))  # fmt: skip
    put(
        machine,
        "obligations",
        samples.obligation(
            "overdue",
            kind="acknowledge_task",
            owed_by=samples.POLICE,
            escalation=1,
            escalated_to="Public protection supervisor",
            due_at=NOON,
            notification_id=samples.made("notification recorded"),
            asked="Do what the notice asks at once, then acknowledge it.",
            rule=docs.Rule(
                id="loop.overdue",
                version="1",
                text="You were sent a notice and did not acknowledge it in time.",
            ),
        ),
    )
    put(machine, "reviews", samples.review())
    put(machine, "reviews", samples.review("second", priority="standard"))
    put(
        machine, "reviews", samples.review("late", deadline=NOON - dt.timedelta(days=2))
    )
    put(machine, "runs", samples.run(held={"surge": 412, "review": 4}))
    put(machine, "dead-letters", samples.dead_letter())
    put(machine, "dead-letters", samples.dead_letter("18", kind="obligation"))
    put(machine, "verdicts", samples.verdict())
    portal.add_user(Role.OFFICER, samples.POLICE, "duty.police")
    portal.add_user(Role.NAMED_OFFICER, samples.PLACING_LA, "named.la")
    portal.add_user(Role.REVIEWER, None, "rae.reviewer")
    portal.add_user(Role.DATA_TEAM, None, "dee.data")
    return portal, machine


def packaged(name="first", **changed):
    """A notice with the package of the demo's own record form."""
    document = samples.notification(name, **changed)
    entry = load_region(DEMO).directory().authorities[samples.POLICE]
    return document.model_copy(
        update={"fill_in": fill_in(entry.record_template, document)}
    )


@pytest.fixture
def busy(portal, web_server):
    """A portal in which everything is read twice, with pairs of every kind."""
    app, _ = web_server
    before = portal.running
    twice = before.settings.model_copy(update={"second_reader_share": 1.0})
    app.state.running = portal.running = replace(before, settings=twice)
    machine = portal.machine()
    twin = samples.record(
        "right", record_ref="N/0022222", names=("ZAC QUILL TEST",),
        dobs=(dt.date(2012, 2, 29),), postcodes=("B91 9ZZ",),
    )  # fmt: skip
    review = samples.review()
    evidence = tuple(
        part.model_copy(
            update={
                "strongest": docs.StrongestLevel(
                    explanation="The records share a postcode, now or in the past.",
                    weight=6.1,
                )
            }
        )
        if part.comparison == "postcode"
        else part
        for part in review.evidence
    )
    put(machine, "reviews", samples.review(
        evidence=evidence, lines=docs.Lines(accept=10.0, review=-2.0), stake="waits",
        rivals=(*review.rivals, docs.RivalView(
            record=twin, weight=0.2, probability=0.5,
        )),
    ))  # fmt: skip
    put(machine, "reviews", samples.review(
        "second", priority="standard",
        left=samples.record("left", record_ref="C-20002"),
    ))  # fmt: skip
    put(machine, "reviews", samples.review(
        "late", deadline=NOON - dt.timedelta(days=2), probability=0.5,
        left=samples.record("left", record_ref="C-30003"),
    ))  # fmt: skip
    portal.add_user(Role.REVIEWER, None, "rae.reviewer")
    yield portal, machine
    app.state.running = before


@pytest.fixture
def supplied(portal):
    machine = portal.machine()
    for back in range(NIGHTS):
        if back in MISSED:
            continue
        for code in SENT:
            put(machine, "quality", report(code, back))
        on = samples.NIGHT - dt.timedelta(days=back)
        put(machine, "runs", samples.run(
            run_id=f"demo-{on}-1", business_date=on,
            outcome="degraded" if back in {0, REFUSED} else "good",
            problems=("West Midlands Police sent half of what is usual.",)
            if back == 0 else (),
            counts={"decide": {
                "first_made": 20 + back * 5 % 17, "state_not_known": 9 + back % 4,
                "state_known_at_placement": 90, "state_possible": 3,
                "state_cannot_say": 2, "sentinels": 2, "sentinel_faults": 0,
            }},
        ))  # fmt: skip
    for name in ("17", "18", "19"):
        put(machine, "dead-letters", samples.dead_letter(name))
    put(machine, "reviews", samples.review())
    put(machine, "verdicts", samples.verdict())
    portal.add_user(Role.DATA_TEAM, None, "dee.data")
    portal.add_user(Role.SUPPLIER, samples.PLACING_LA, "sam.supplier")
    return portal


@pytest.fixture
def shielded(portal):
    portal.add_user(Role.NAMED_OFFICER, samples.POLICE, "named.officer")
    document = samples.packaged("shielded", audience=docs.Audience.NAMED_OFFICER)
    put(portal.machine(), "notifications", document)
    return f"/notifications/{document.notification_id}"
