"""The words of every notice and task. Plain sentences; no personal data in any.

Each is a rule of ``notifications.wording_rules``: whoever changes one raises it.

A portal may show codes in the same words, so this module reads nothing but documents.
"""

import datetime as dt
from enum import StrEnum

from notifications.documents import NOT_SUPPLIED, Kind, ObligationKind
from notifications.recipients import Role, Row

NOT_A_DISCHARGE = (
    "This notice does not discharge regulation 13(4): the placing authority must still "
    "give its own written notice."
)
"""On every notice (Care Planning Regulations 2010)."""

PLACE_TYPES = {
    "A3": "placed for adoption with the current foster carer, with consent",
    "A4": "placed for adoption with others, with consent",
    "A5": "placed for adoption with the current foster carer, placement order",
    "A6": "placed for adoption with others, placement order",
    "H5": "semi-independent living",
    "K1": "secure children's home",
    "K2": "children's home",
    "K3": "supported accommodation",
    "P1": "with own parents or others with parental responsibility",
    "P2": "independent living",
    "P3": "residential employment",
    "R1": "residential care home",
    "R2": "hospital or other health establishment",
    "R3": "family centre or mother and baby unit",
    "R5": "young offender institution",
    "S1": "residential school",
    "T0": "temporary move",
    "T1": "temporary stay in hospital",
    "T2": "temporary absence on holiday",
    "T3": "temporary stay while the foster carer is on holiday",
    "T4": "temporary accommodation of seven days or less",
    "U1": "foster placement with a relative or friend, long term",
    "U2": "foster placement with a relative or friend who may adopt",
    "U3": "foster placement with a relative or friend",
    "U4": "foster placement, long term",
    "U5": "foster placement with a carer who may adopt",
    "U6": "foster placement",
    "Z1": "other placement",
    "Z11": "other placement",
    "Z12": "other placement",
    "Z13": "other placement",
    "Z14": "other placement",
}
"""SSDA903 placement types, all collection years."""

LEGAL_STATUSES = {
    "C1": "interim care order",
    "C2": "full care order",
    "D1": "freeing order",
    "E1": "placement order",
    "J1": "on remand",
    "J2": "accommodated under PACE 1984",
    "J3": "youth rehabilitation order with residence or intensive fostering",
    "L1": "under police protection",
    "L2": "emergency protection order",
    "L3": "under a child assessment order",
    "V2": "accommodated under section 20",
    "V3": "short breaks, each recorded",
    "V4": "short breaks, agreement recorded",
}
"""SSDA903 legal statuses."""

RISKS = {
    "cse_victim": "Victim of sexual exploitation",
    "cse_at_risk": "At risk of sexual exploitation",
    "cse_perpetrator": "Suspected of sexually exploiting others",
    "cce": "Criminal exploitation",
    "missing": "Goes missing",
    "gang": "Gangs",
    "trafficked": "Trafficked",
    "uasc": "Unaccompanied asylum-seeking child",
    "return_interview_outstanding": "Return interview outstanding",
}
"""``records.risks.RISK_INDICATORS`` in words."""


def counted(number: int, one: str, many: str = "") -> str:
    """``1 notice``, ``1,204 notices``; ``many`` where it is more than an s."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def in_words(day: dt.date) -> str:
    """``22 November 2026``."""
    return f"{day.day} {day:%B} {day.year}"


def place_type(code: str | None) -> str:
    """The placement type in words; an unknown code is shown as it is."""
    if not code:
        return NOT_SUPPLIED
    return PLACE_TYPES.get(code.upper(), f"code {code}")


def legal_status(code: str | None) -> str | None:
    """``C2, full care order``; an unknown code is shown as it is."""
    if not code:
        return None
    words = LEGAL_STATUSES.get(code.upper())
    return f"{code.upper()}, {words}" if words else code


class Cause(StrEnum):
    """Why a notice is made, beside the state itself."""

    STATE = "state"
    """The matrix: this recipient had heard nothing."""
    DECIDED = "decided"
    """What was unconfirmed has been decided."""
    CORRECTED = "corrected"
    """The facts of the placement or the child changed."""
    MOVED = "moved"
    """The child moved, and this recipient knew of the placement before."""
    PLACEMENT_ENDED = "placement-ended"
    NOT_HERE = "not-here"
    """A correction showed that the placement lies elsewhere."""
    IN_AREA = "in-area"
    NOT_LOOKED_AFTER = "not-looked-after"
    """Care ended. It covers adoption, which a notice never says."""
    ADULT = "adult"
    DIED = "died"
    WITHDRAWN = "withdrawn"
    """The source took the record back."""
    UNDONE = "judgement-undone"
    """A person took back the decision that the notice rested on."""
    TOLD_AGAIN = "told-again"
    """A later notice says it too, and does not name this one."""


STATE_TO_FORCE = {
    Row.NOT_KNOWN: "Your records hold no match for this child.",
    Row.KNOWN_NOT_AT_ADDRESS: "You know this child, but your records do not show the "
    "child at this placement.",
    Row.KNOWN_AT_ADDRESS_NO_FLAG: "Your records show the child at this address, but "
    "not as looked after by the placing authority.",
    Row.KNOWN_AT_PLACEMENT: "Your records show the child at this placement.",
    Row.POSSIBLE_PENDING: "You may know this child; that has not been decided yet.",
    Row.POSSIBLE_OVERDUE: "You may know this child; nobody decided it in time.",
    Row.CANNOT_SAY: "Your extract could not be used, so it is not known whether you "
    "know this child.",
    Row.CANNOT_SAY_IN_GRACE: "Your latest extract could not be used; you knew this "
    "child before.",
    Row.TOO_THIN: "The placing authority's record says too little to look for this "
    "child in your records.",
    Row.OUTSIDE_REGION: "Your force is outside this region, so it is not known whether "
    "you know this child.",
}

CAUSES_READ = {
    Cause.DECIDED: "An earlier unconfirmed notice has been decided.",
    Cause.CORRECTED: "You were told of this placement, and its details have changed.",
    Cause.MOVED: "You were told of this child's earlier placement, and the child has "
    "moved within your area.",
    Cause.PLACEMENT_ENDED: "You were told of this placement, and it has ended.",
    Cause.NOT_HERE: "You were told of this placement, and a correction shows that it "
    "is not in your area.",
    Cause.IN_AREA: "You were told of this placement, and the child is now in the "
    "placing authority's own area.",
    Cause.NOT_LOOKED_AFTER: "You were told of this placement, and the child is no "
    "longer looked after.",
    Cause.ADULT: "You were told of this placement, and the young person is now 18.",
    Cause.DIED: "You were told of this placement. The placing authority has recorded "
    "that the child has died.",
    Cause.UNDONE: "A reviewer's decision that this notice rested on has been taken "
    "back.",
    Cause.WITHDRAWN: "The placing authority has withdrawn the record that this notice "
    "was made from.",
    Cause.TOLD_AGAIN: "A later notice of this placement counts in the place of this "
    "one.",
}

ENDED_BECAUSE = {
    f"tell.{cause}": words
    for cause, words in {
        Cause.PLACEMENT_ENDED: "the placement has ended",
        Cause.NOT_HERE: "corrected: the placement is not in this area",
        Cause.IN_AREA: "the child is in the placing authority's own area",
        Cause.NOT_LOOKED_AFTER: "the child is no longer looked after",
        Cause.ADULT: "the young person is 18",
        Cause.DIED: "the child has died",
    }.items()
}
"""Why an entry is closed, by the rule of the end; it is typed into a record."""

PLACED_IN_YOUR_AREA = (
    "A child looked after by another authority is placed in your area."
)
COPY = "A copy of what the host police force is told:"


def why(cause: Cause, row: Row | None, role: Role) -> str:
    """One sentence: why the recipient received this."""
    if cause is not Cause.STATE:
        sentence = CAUSES_READ[cause]
    elif role is Role.HOST_LA or row is None:
        sentence = PLACED_IN_YOUR_AREA
    else:
        sentence = STATE_TO_FORCE[row]
    if role is Role.PLACING_LA:
        return f"{COPY} “{sentence}”"
    return sentence


ASKED_OF_FORCE = {
    Kind.NEW: "Record that this child is looked after out of area at this address, "
    "name the placing authority, and write the recording token into your record.",
    Kind.UPDATE: "Bring your record of this child up to date with this placement and "
    "its placing authority, and write the recording token into it.",
    Kind.UNCONFIRMED: "Look for this child in your records. If you hold one, bring it "
    "up to date; if not, make one. Write the recording token into it.",
    Kind.END: "Close the entry for this placement in your record of this child.",
}
ASKED_OF_LA = {
    Kind.NEW: "Enter the child in your register of looked-after children placed in "
    "your area, with the recording token.",
    Kind.UPDATE: "Bring the child's entry in your register up to date.",
    Kind.UNCONFIRMED: "Look for the child in your register and make or mend the entry, "
    "with the recording token.",
    Kind.END: "Close the child's entry in your register.",
}
ASKED_OF_PLACING = (
    "Check that this is right. If it is not, correct your record: the next extract "
    "puts it right with everybody who was told."
)
ACKNOWLEDGE = "Then acknowledge with your own reference and the date you recorded it."


def asked(kind: Kind, role: Role) -> str:
    """What the recipient is asked to do, and that the law is not thereby done."""
    if role is Role.PLACING_LA:
        return f"{ASKED_OF_PLACING} {NOT_A_DISCHARGE}"
    deeds = ASKED_OF_LA if role is Role.HOST_LA else ASKED_OF_FORCE
    return f"{deeds[kind]} {ACKNOWLEDGE} {NOT_A_DISCHARGE}"


TASKS = {
    ObligationKind.DATA_TASK: "Something in your record of this child's placement is "
    "missing or contradicts itself, so nobody can be told all that they need.",
    ObligationKind.NAMED_OFFICER_TASK: "A shielded case concerns your authority. The "
    "system carries no details of it.",
    ObligationKind.MANUAL_CHANNEL_TASK: "The placement lies outside this region, where "
    "the portal reaches nobody.",
}
"""Why an authority has a task."""

NO_LONGER_OWED = "Nothing more: this is no longer owed."

MEND_HOST = {
    "missing": "The placement has no postcode. Add it.",
    "invalid": "The placement's postcode is not one. Correct it.",
    "no_fixed_abode": "The placement's postcode stands for no fixed abode. Give the "
    "address where the child is.",
    "unknown": "The placement's postcode is not in the national directory. Correct it, "
    "or if it is new tell the host authorities yourselves.",
    "terminated": "The placement's postcode is no longer in use. Correct it.",
    "crown_dependency": "The placement is in a Crown dependency. Tell the authorities "
    "there yourselves, or correct the postcode.",
    "scotland": "The placement is in Scotland. Tell the authorities there yourselves, "
    "or correct the postcode.",
    "northern_ireland": "The placement is in Northern Ireland. Tell the authorities "
    "there yourselves, or correct the postcode.",
}
"""What mends a placement that can't be located, by geography's outcome."""

MEND_THIN = (
    "The child's record lacks a forename, a surname or a date of birth that can be "
    "used. Complete it."
)
MEND_TWO = (
    "A reviewer holds that your record of this child may be of two people. Look at it, "
    "and split it if it is."
)
MEND_ANY = "Complete or correct the record."
SHIELDED_HOLDER = (
    "You were told of an earlier placement in a case that is now shielded. Speak with "
    "the placing authority's named officer about your record of it."
)

POINTER_WHY = (
    "A record of yours and a record of another authority are held to be one person."
)
POINTER_ASKED = (
    "Ask the contact given about their record, as your own rules on sharing allow. "
    "This notice carries no intelligence and is none. " + NOT_A_DISCHARGE
)
POINTER_RESTRICTED = (
    "A restricted record of yours may be of a person whom another authority holds too."
)
POINTER_WITHDRAWN = "The records are no longer held to be one person."

_WITHDRAWN_BY = {
    why(cause, None, role): f"tell.{cause.value}"
    for cause in (Cause.WITHDRAWN, Cause.TOLD_AGAIN)
    for role in Role
} | {POINTER_WITHDRAWN: "point.withdrawn"}


def rule_of_withdrawal(reason: str) -> str | None:
    """The rule by which a notice was taken back: a withdrawal bears its words and not
    its name. ``None`` of words that this release does not write."""
    return _WITHDRAWN_BY.get(reason)
