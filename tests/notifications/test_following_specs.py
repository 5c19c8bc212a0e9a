"""The rule book's cases of notices on their way, and of sources that differ."""

import datetime as dt
from dataclasses import replace
from uuid import UUID

import pytest
from loop_cases import ACKNOWLEDGED, at, followed, looked, rules
from notification_cases import MONDAY, NAMES, PLACING, WEST_MERCIA, WORCESTERSHIRE
from spec_decisions import names

from notifications.config import Reconciliation
from notifications.hosted import Placed, PlacedChild, Said, Voice, attributed, tokens
from notifications.loop import follow, state_of
from notifications.reconcile import Accounts, Flagged, Sources, reconcile
from notifications.recordings import Outstanding, find_recordings
from pipeline.rule_book import spec_tables
from records.tokens import recording_token


def rows(family, *people):
    return [
        pytest.param(row, id=f"{row.rule} {number}")
        for table in spec_tables()
        if table.family == family and table.people == people
        for number, row in enumerate(table.rows)
    ]


SINCE_THEN = {
    "nothing": {},
    "acknowledged on Tuesday": ACKNOWLEDGED,
    "acknowledged on Tuesday, not in the extract of 1 December": {
        **ACKNOWLEDGED, **looked("2026-12-01"),
    },
    "acknowledged on Tuesday, in the extract of 1 December": {
        **ACKNOWLEDGED, **looked("2026-12-01", seen=True),
    },
    "acknowledged on Tuesday, no usable extract since": ACKNOWLEDGED,
    "disputed on Tuesday": {"disputed_at": at("2026-11-24 11:00")},
    "withdrawn on Monday, acknowledged on Tuesday all the same": {
        **ACKNOWLEDGED, "withdrawn": True,
    },
    "withdrawn on Monday, disputed on Tuesday all the same": {
        "disputed_at": at("2026-11-24 11:00"), "withdrawn": True,
    },
    "ended on Monday, disputed on Tuesday all the same": {
        "disputed_at": at("2026-11-24 11:00"), "superseded": True, "closed": True,
    },
    "superseded on Monday, acknowledged on Tuesday all the same": {
        **ACKNOWLEDGED, "superseded": True,
    },
}  # fmt: skip
NOW = {
    "Monday at noon": at("2026-11-23 12:00"),
    "Tuesday at noon": at("2026-11-24 12:00"),
    "Tuesday at 18:00": at("2026-11-24 18:00"),
    "2 December at noon": at("2026-12-02 12:00"),
}


@pytest.mark.parametrize("row", rows("loop", "since then", "now"))
def test_since_then_in_chasing_out(row):
    one = followed(**SINCE_THEN[row.people["since then"]])
    steps = follow(one, rules(), NOW[row.people["now"]])
    sent = [f"reminder to {NAMES[made.recipient]}" for made in steps.reminders]
    tasks = [
        f"{made.kind.value.replace('_', ' ')} for {NAMES[made.owed_by]}"
        for made in steps.follow_ups
    ]
    named = {made.rule for made in steps.reminders}
    named |= {made.rule.id for made in steps.follow_ups} | {steps.silent_by} - {None}
    assert {
        "state": state_of(one).value.replace("_", " "),
        "goes out": " and ".join(sent) or "nothing",
        "task": " and ".join(tasks) or "none",
    } == dict(row.decisions)
    assert names(row, named)


TOKEN, OTHER_TOKEN = (recording_token(UUID(int=number)) for number in (1, 2))
MISTYPED = TOKEN[:-1] + ("A" if TOKEN[-1] != "A" else "C")
BEARS = {
    "the recording token": ("OCC/1234", TOKEN),
    "the token within a longer text, in small letters": (
        "OCC/1234", f"see {TOKEN.lower()}, county desk",
    ),
    "the token with its last character mistyped": ("OCC/1234", MISTYPED),
    "the token of another notice": ("OCC/1234", OTHER_TOKEN),
    "the reference": ("OCC/1234", "OCC/1234"),
    "the reference, in small letters and with a space": ("OCC/1234", "occ /1234"),
    "a reference that was given for two children": ("OCC/9", "OCC/9"),
    "a reference that was given for two children, and the token": (
        "OCC/9", f"OCC/9 {TOKEN}",
    ),
    "a reference of three characters": ("OC1", "OC1"),
}  # fmt: skip


@pytest.mark.parametrize("row", rows("loop", "the extract bears"))
def test_an_extract_in_its_proof_out(row):
    reference, text = BEARS[row.people["the extract bears"]]
    outstanding = [
        Outstanding(UUID(int=1), TOKEN, reference, (PLACING, "C1")),
        Outstanding(UUID(int=2), OTHER_TOKEN, "OCC/9", (PLACING, "C2")),
    ]
    proof = find_recordings(outstanding, {"external_refs": [text]})[0]
    assert (proof.by or "none") == row.decisions["proof"]
    assert proof.seen == (row.decisions["proof"] != "none")
    assert names(row, {proof.rule} - {None})


PLACED = Placed(
    "P1", dt.date(2026, 9, 1), None, "WR1 1AA", WORCESTERSHIRE, "K2",
    told_on=dt.date(2026, 9, 1),
)  # fmt: skip
HOME = Said(
    Voice.HOME, WORCESTERSHIRE, "H1", PLACING, dt.date(2011, 5, 6), tokens("Ann"),
    tokens("Lee"), "WR1 1AA", PLACED.start, None,
)  # fmt: skip
REGISTER = replace(HOME, voice=Voice.REGISTER, ref="R1")
ENDED = replace(PLACED, end=MONDAY - dt.timedelta(days=20))
SOURCES = Sources(
    frozenset({
        (Voice.HOME, WORCESTERSHIRE), (Voice.REGISTER, WORCESTERSHIRE),
        (Voice.POLICE, WEST_MERCIA),
    }),
    frozenset(),
    frozenset({PLACING}),
    frozenset({PLACING, WORCESTERSHIRE, WEST_MERCIA}),
)  # fmt: skip


def nobody(**changes):
    return {"placed": None, **changes}


DIFFERS = {
    "the home admitted the child, Birmingham has no placement": nobody(register=None),
    "the child is on the register, Birmingham has no placement": nobody(home=None),
    "no notice of the home": {"home": None},
    "not on the register": {"register": None},
    "the placement ended three weeks ago, the home still shows it": {
        "placed": ENDED, "register": None,
    },
    "the placement ended three weeks ago, the register still shows it": {
        "placed": ENDED, "home": None,
    },
    "the home says that the child left three weeks ago": {
        "home": replace(HOME, end=ENDED.end)
    },
    "the starts differ by four days": {
        "home": replace(HOME, start=PLACED.start + dt.timedelta(days=4))
    },
    "the ends differ by ten days": {
        "placed": ENDED,
        "home": replace(HOME, end=ENDED.end + dt.timedelta(days=10)),
        "register": None,
    },
    "two postcodes": {"home": replace(HOME, postcode="WR2 2BB")},
    "the home's notice gives a nickname and another postcode": {
        "home": replace(HOME, forenames=tokens("Nan"), postcode="WR2 2BB")
    },
    "West Mercia Police flag somebody at an address where Birmingham placed nobody": {
        "flagged": (Flagged(WEST_MERCIA, "N1", PLACING, frozenset({"WR2 2BB"})),)
    },
}  # fmt: skip


@pytest.mark.parametrize("row", rows("disagreements", "what differs"))
def test_sources_in_owner_out(row):
    given = {"placed": PLACED, "home": HOME, "register": REGISTER, "flagged": ()}
    given |= DIFFERS[row.people["what differs"]]
    children = [
        PlacedChild(
            PLACING, "C1", HOME.dob, tokens("Ann"), tokens("Lee"), (given["placed"],)
        )
    ] * bool(given["placed"])
    said = [one for one in (given["home"], given["register"]) if one is not None]
    accounts = Accounts(children, attributed(said, children), given["flagged"])
    found = reconcile(accounts, SOURCES, Reconciliation(), MONDAY)
    assert [(one.difference.rule, NAMES[one.owner]) for one in found] == [
        (row.rule, row.decisions["task for"])
    ]
