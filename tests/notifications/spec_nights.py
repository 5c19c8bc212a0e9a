"""What the words of the spec tables mean: earlier nights, and what tonight shows."""

import datetime as dt
from dataclasses import replace
from uuid import uuid4

from notification_cases import (
    ALSO_IN_WORCESTER,
    AT_PLACEMENT,
    ENDED,
    FLAG,
    IN_AREA,
    IN_CARDIFF,
    IN_COVENTRY,
    IN_STOKE,
    IN_WORCESTER,
    MONDAY,
    WMP,
    candidate,
    case,
    ended,
    judgement,
    known,
    nominal,
    not_usable,
    placement,
    usable,
)
from spec_people import (
    COVENTRY_NIGHT,
    DAY,
    FRIDAY,
    WITHDRAWN,
    back,
    judged,
    of,
    possible,
)

from connectors.care import Episode
from connectors.episodes import read_placements
from notifications.facts import PlacementStatus, PoliceAddress, Protection

CURRENT = PlacementStatus.CURRENT
OTHER_ADDRESS = {"address": "2 High Street"}
ADOPTED = (ended(end=MONDAY, end_reason="E11"),)
STOKE_OVER = placement(
    postcode=IN_STOKE, status=ENDED, end=FRIDAY, end_reason="X1",
)  # fmt: skip
BACKWARDS = {"end": dt.date(2026, 11, 10), "status": ENDED}
ALIKE = {"candidates": (candidate(probability=0.7),)}
SHOWN = known(AT_PLACEMENT, FLAG)


def told_twice(memory):
    """An earlier notice of the same, which those that stand do not name."""
    earlier = (replace(one, notification_id=uuid4()) for one in memory.standing)
    return replace(memory, told_again=tuple(earlier))


BEFORE = {
    "nothing": (),
    "told as new": (case(),),
    "told as unconfirmed": (case(extracts=(not_usable(),)),),
    "known last night": (case(**known(AT_PLACEMENT, FLAG)),),
    "known five nights ago": ((case(**known(AT_PLACEMENT, FLAG)), 5),),
    "told as new, then of another address": (
        case(),
        case(placement(**OTHER_ADDRESS)),
    ),
    "told as new twice": (case(), told_twice),
    "told as new twice, then protected": (
        case(),
        case(protections=(Protection(),)),
        told_twice,
    ),
    "told as new, then adopted": (case(), case(*ADOPTED)),
    "in doubt since 23 November, asked": (possible(),),
    "told at the deadline": ((possible(), 4), possible()),
    "told on “different”": (judged("different"),),
    "told on “same”": (judged("same"),),
    "told at the deadline, then judged the same, known there": (
        (possible(), 4),
        possible(),
        case(**{**SHOWN, **ALIKE}, judgements=(judgement("same"),)),
    ),
    "told on “different”, taken back, put right": (judged("different"), possible()),
    "the postcode was missing": (case(placement(postcode=None)),),
    "the placement lay in Stoke": (case(placement(postcode=IN_STOKE)),),
    "the postcode stood for no fixed abode, the end before the start": (
        case(placement(postcode="NF1 1NF", **BACKWARDS)),
    ),
    "Birmingham protected the child": (case(protections=(Protection(),)),),
}


def tonight_of(*placements, **parts):
    return {"placements": placements, **parts}


def corrected(**changes):
    return tonight_of(placement(**changes))


KNOWN_IN_COVENTRY = {
    "candidates": (candidate(force=WMP),),
    "nominals": (
        nominal(force=WMP, addresses=(PoliceAddress("home", IN_COVENTRY),),
                flags=(FLAG,)),
    ),
}  # fmt: skip
SHIELDED = {"case": {"protections": (Protection(),)}}
TEMPORARY = placement("T", IN_COVENTRY, place_code="T4", temporary=True, start=MONDAY)

TONIGHT = {
    "nothing new": {},
    "a new carer, phone number and social worker": {
        **corrected(carer_or_home="Others", carer_phone="0400 2"),
        "child": {"social_worker": "Another Worker"},
    },
    "another legal status (RNE L), same place": corrected(legal_status="C1"),
    "the start corrected": corrected(start=dt.date(2026, 11, 15)),
    "the address corrected": corrected(**OTHER_ADDRESS),
    "the child's surname corrected": {"child": {"surname": "Other"}},
    "moved within Worcestershire": tonight_of(
        ended(), placement("P2", ALSO_IN_WORCESTER, start=FRIDAY)
    ),
    "moved to Coventry": tonight_of(
        ended(), placement("P2", IN_COVENTRY, start=FRIDAY)
    ),
    "ended on 20 November, nothing follows": tonight_of(ended()),
    "ended on 23 November, nothing follows": tonight_of(ended(end=MONDAY)),
    "ended on 23 November, returned home (E4A)": tonight_of(
        ended(end=MONDAY, end_reason="E4A")
    ),
    "ended on 23 November, back at the same address that day": tonight_of(
        *back(MONDAY)
    ),
    "a night in Coventry, back at the same address the day after": tonight_of(
        *back(MONDAY + DAY, gone=MONDAY), COVENTRY_NIGHT
    ),
    "ended on 18 November, back at the same address on 21 November": tonight_of(
        *back(dt.date(2026, 11, 21), gone=dt.date(2026, 11, 18))
    ),
    "a temporary stay in Coventry": tonight_of(placement(), TEMPORARY),
    "the postcode corrected to Coventry": corrected(postcode=IN_COVENTRY),
    "the postcode corrected to Coventry, West Midlands Police's extract missing": {
        **corrected(postcode=IN_COVENTRY),
        "case": {"extracts": (not_usable(WMP), usable())},
    },
    "the postcode corrected to Coventry, and the child is known there": {
        **corrected(postcode=IN_COVENTRY),
        "case": KNOWN_IN_COVENTRY,
    },
    "moved back to Birmingham": tonight_of(
        ended(), placement("P2", IN_AREA, start=FRIDAY)
    ),
    "adopted (E11)": tonight_of(*ADOPTED),
    "adopted (E11), with a placement left open that began before": tonight_of(
        *ADOPTED, placement("P0", start=dt.date(2026, 11, 1))
    ),
    "the child is 18": {"child": {"dob": MONDAY.replace(year=2008)}},
    "the child has died": {"child": {"death_date": MONDAY}},
    "Birmingham withdraws the record": corrected(status=WITHDRAWN),
    "the postcode is missing": corrected(postcode=None),
    "a postcode in Worcester, and the end before the start": corrected(**BACKWARDS),
    "a postcode in Worcester, and a start on 3 May 2028": corrected(
        start=dt.date(2028, 5, 3)
    ),
    "a postcode in Scotland": corrected(postcode="G1 1AA"),
    "still protected, the postcode corrected to Coventry": {
        **corrected(postcode=IN_COVENTRY), **SHIELDED,
    },
    "the postcode corrected to Cardiff": corrected(postcode=IN_CARDIFF),
    "the placement is out of sight": tonight_of(
        placement("P9", postcode=None, start=FRIDAY)
    ),
    "the same child under a new reference": {
        "child": {"child_ref": "C2"}, "forget": True,
    },
    "the placement lies in Stoke": corrected(postcode=IN_STOKE),
    "the placement in Stoke has ended": tonight_of(STOKE_OVER),
    "Birmingham protects the child": SHIELDED,
    "protected, and Birmingham withdraws the record": {
        **corrected(status=WITHDRAWN), **SHIELDED,
    },
    "an adoptive placement beside it, in Birmingham": tonight_of(
        placement(), placement("A", IN_AREA, place_code="A3", start=MONDAY)
    ),
    "shielded a night, then not, and the address corrected": {
        **corrected(**OTHER_ADDRESS),
        "before": (case(), case(protections=(Protection(),))),
    },
    "24 November, still in doubt": {"case": ALIKE},
    "in doubt since tonight": {"case": ALIKE},
    "24 November, judged the same": {
        "case": {**ALIKE, "judgements": (judgement("same"),)}
    },
    "27 November, still in doubt": {"case": ALIKE, "on": dt.date(2026, 11, 27)},
    "judged the same": {"case": {**ALIKE, "judgements": (judgement("same"),)}},
    "judged the same, whom the force shows there with a flag": {
        "case": {**SHOWN, **ALIKE, "judgements": (judgement("same"),)}
    },
    "judged the same, whom the force shows there without a flag": {
        "case": {
            **known(AT_PLACEMENT), **ALIKE, "judgements": (judgement("same"),)
        }
    },
    "the force shows the child there with a flag": {"case": SHOWN},
    "taken back": {"case": ALIKE},
    "taken back, and the force's extract is missing": {
        "case": {"extracts": (not_usable(),)}
    },
}  # fmt: skip


def of_episodes(*episodes):
    """Placements as the connector reads them, under names of the register."""
    read = read_placements(
        [
            Episode(dt.date(2026, 11, start), end and dt.date(2026, 11, end),
                    place_code="U4", postcode=postcode, reason_new="P", line=line)
            for line, (start, end, postcode) in enumerate(episodes)
        ],
        MONDAY,
    ).placements  # fmt: skip
    return tonight_of(
        *(
            placement(
                f"P{number}", one.postcode, start=one.start, end=one.end,
                status=ENDED if one.end else CURRENT, contradiction=one.contradiction,
            )
            for number, one in enumerate(read)
        )
    )  # fmt: skip


OTHER = placement("P0", IN_COVENTRY, start=dt.date(2026, 11, 1))
AT_HOME = placement("P0", IN_AREA, start=dt.date(2026, 11, 1))


def stay(code="T1", start=16):
    """A temporary placement in Worcester."""
    return placement(place_code=code, temporary=True, start=dt.date(2026, 11, start))


RECORD = {
    "starts on 16 November, ends on 10 November, nothing follows": corrected(
        **BACKWARDS
    ),
    "starts on 16 November, ends on 10 November, in Coventry since 20 November":
        tonight_of(
            placement(**BACKWARDS), placement("P2", IN_COVENTRY, start=FRIDAY)
        ),
    "starts on 16 November, ends on 10 November because care ended": corrected(
        **BACKWARDS, end_reason="E4A"
    ),
    "one until 20 November, the next since 16 November": tonight_of(
        replace(OTHER, status=ENDED, end=FRIDAY, end_reason="X1"), placement()
    ),
    "open since 1 November in Coventry, and since 16 November in Worcester":
        tonight_of(OTHER, placement()),
    "an episode from 16 November to 10 November, nothing follows": of_episodes(
        (16, 10, IN_WORCESTER)
    ),
    "an episode in Coventry from 1 November without an end, and one in Worcester from "
    "16 November": of_episodes((1, None, IN_COVENTRY), (16, None, IN_WORCESTER)),
    "an episode in Coventry from 1 November without an end, one there from 10 to 16 "
    "November, and one in Worcester since": of_episodes(
        (1, None, IN_COVENTRY), (10, 16, IN_COVENTRY), (16, None, IN_WORCESTER)
    ),
    "starts on 30 November": corrected(start=dt.date(2026, 11, 30)),
    "in Coventry, and from 30 November in Worcester": tonight_of(
        OTHER, placement(start=dt.date(2026, 11, 30))
    ),
    "starts on 30 November 2027": corrected(start=dt.date(2027, 11, 30)),
    "in hospital in Worcester (T1) since 16 November, and no other placement":
        tonight_of(stay()),
    "in hospital in Worcester (T1) since 16 November, the placement in Coventry ended "
    "that day": tonight_of(
        replace(
            OTHER, status=ENDED, end=dt.date(2026, 11, 16), end_reason="X1"
        ),
        stay(),
    ),
    "in hospital in Worcester (T1) since 16 November, the placement in Birmingham "
    "stands": tonight_of(AT_HOME, stay()),
    "in Worcester for seven days or less (T4) since 15 November, the placement in "
    "Birmingham stands": tonight_of(AT_HOME, stay("T4", 15)),
    "in Worcester for seven days or less (T4) since 16 November, the placement in "
    "Birmingham stands": tonight_of(AT_HOME, stay("T4", 16)),
}  # fmt: skip


def before(scene, words):
    scene.before = BEFORE[words]


NIGHTS = {"before": before, "tonight": of(TONIGHT), "record": of(RECORD)}
"""Columns of what comes in that say something of several nights."""
