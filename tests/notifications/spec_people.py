"""What the words of the spec tables mean: people in, as cases of the rules.

A cell that is not one of these words is an error, so that no case says what nobody
runs.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from notification_cases import (
    ALSO_IN_WORCESTER,
    AT_PLACEMENT,
    CARDIFF,
    COVENTRY,
    DIRECTORY,
    ENDED,
    FLAG,
    IN_COVENTRY,
    IN_STOKE,
    IN_WORCESTER,
    MONDAY,
    PLACING,
    TERMINATED,
    WEST_MERCIA,
    WMP,
    Nights,
    candidate,
    case,
    child,
    ended,
    judgement,
    known,
    nominal,
    not_usable,
    placement,
    rulebook,
    usable,
)

from notifications.facts import (
    Directory,
    MissingEpisode,
    PlacementStatus,
    PoliceAddress,
    Protection,
    Risk,
)
from notifications.shields import Shield, remembered, shielded_twins
from notifications.wording import RISKS

DAY = dt.timedelta(days=1)
FRIDAY = dt.date(2026, 11, 20)
WITHDRAWN = PlacementStatus.WITHDRAWN


@dataclass
class Scene:
    """One row's people: what the night sees, and the nights before it."""

    child: dict = field(default_factory=dict)
    placements: tuple = ()
    placement: dict = field(default_factory=dict)
    case: dict = field(default_factory=dict)
    policy: dict = field(default_factory=dict)
    directory: Directory = DIRECTORY
    before: tuple = ()
    """Of each earlier night, the case; or the case and the days that go by. Or what
    else befell what is remembered."""
    on: dt.date | None = None
    """Tonight; the night after the earlier ones unless given."""
    forget: bool = False
    """The register knows nothing of this reference."""

    def tonight(self):
        placements = self.placements or (placement(**self.placement),)
        return case(*placements, **{"child": child(**self.child), **self.case})

    def played(self):
        """The nights before tonight, and tonight's case."""
        nights = Nights(rulebook(directory=self.directory, **self.policy))
        for one in self.before:
            if callable(one):
                nights.memory = one(nights.memory)
                continue
            earlier, days = one if isinstance(one, tuple) else (one, 1)
            nights.pass_(earlier, days=days)
        if self.on is not None:
            nights.on = self.on
        if self.forget:
            nights.memory = type(nights.memory)()
        return nights, self.tonight()


def code(text):
    return text.split(",")[0].strip()


def possible(**changes):
    return case(candidates=(candidate(probability=0.7),), **changes)


def judged(word, probability=0.7, **changes):
    return case(
        candidates=(candidate(probability=probability),),
        judgements=(judgement(word),),
        **changes,
    )


RESTRICTED_WEAK = {
    "candidates": (candidate(probability=0.06),),
    "nominals": (nominal(restricted=True),),
}
POLICE = {
    "nobody": {},
    "the child, at the address and flagged": known(AT_PLACEMENT, FLAG),
    "the child, at the address, no flag": known(AT_PLACEMENT),
    "the child, at the address, the flag names Coventry": known(
        AT_PLACEMENT, replace(FLAG, placing_authority=COVENTRY)
    ),
    "the child, at another address, flagged": known(
        PoliceAddress("home", ALSO_IN_WORCESTER), FLAG
    ),
    "the child, on bail to the address, flagged": known(
        PoliceAddress("bail", IN_WORCESTER), FLAG
    ),
    "the child, at the address until yesterday, flagged": known(
        PoliceAddress("home", IN_WORCESTER, end=MONDAY - DAY), FLAG
    ),
    "the child, but in another force": {
        "candidates": (candidate(force=WMP),),
        "nominals": (nominal(force=WMP, addresses=(AT_PLACEMENT,), flags=(FLAG,)),),
    },
    "somebody alike": {"candidates": (candidate(probability=0.7),)},
    "somebody hardly alike": {"candidates": (candidate(probability=0.3),)},
    "somebody very much alike": {"candidates": (candidate(probability=0.99),)},
    **{
        f"two {kind}, address on one and flag on the other": {
            "candidates": (candidate("N1"), candidate("N2")),
            "nominals": (
                nominal("N1", golden_ref=golden, addresses=(AT_PLACEMENT,)),
                nominal("N2", golden_ref=golden, flags=(FLAG,)),
            ),
        }
        for kind, golden in (
            ("records that the force holds to be one", "G"),
            ("separate records", None),
        )
    },
}

WHERE = {
    "Coventry": IN_COVENTRY,
    "Stoke": IN_STOKE,
    "no postcode": None,
    "a postcode no longer in use": TERMINATED,
    "Scotland": "G1 1AA",
}

SITUATIONS = {
    "not known": {},
    "known not at address": {"case": known()},
    "known at address no flag": {"case": known(AT_PLACEMENT)},
    "known at placement": {"case": known(AT_PLACEMENT, FLAG)},
    "possible, deadline not passed": {"case": POLICE["somebody alike"]},
    "possible, deadline passed": {
        "case": POLICE["somebody alike"],
        "before": ((possible(), 4),),
    },
    "the extract can't be used": {"case": {"extracts": (not_usable(),)}},
    "the extract can't be used, known last night": {
        "case": {"extracts": (not_usable(),)},
        "before": (case(**known(AT_PLACEMENT, FLAG)),),
    },
    "the child's record is too thin": {"child": {"forename": None}},
    "no postcode": {"placement": {"postcode": None}},
    "the host lies outside the region": {"placement": {"postcode": IN_STOKE}},
    "shielded": {"case": {"protections": (Protection(),)}},
    "short breaks": {"placement": {"legal_status": "V4"}},
    "not known, in a region by criteria only": {"policy": {"criteria_only": True}},
    "not known, gangs, in a region by criteria only": {
        "policy": {"criteria_only": True},
        "case": {"risks": (Risk("gang", answer=True, since=None, source="t"),)},
    },
    "known at address no flag, in a region that tells the police of it": {
        "policy": {"recipients": {"known_at_address_no_flag": "update"}},
        "case": known(AT_PLACEMENT),
    },
}

RISK_OF = {words: indicator for indicator, words in RISKS.items()}
NO_CRITERION = {"criteria": ["gang", "return_interview_outstanding"]}


def episode(end, start=dt.date(2026, 11, 19), **interview):
    return {"missing": (MissingEpisode("M", start, end, **interview),)}


_ELSEWHERE = ", in a region where missing is no criterion"
MISSING = {
    "one, two years ago": {
        "case": episode(dt.date(2024, 11, 21), dt.date(2024, 11, 20))
    },
    **{
        f"{words}{_ELSEWHERE}": {"case": found, "policy": NO_CRITERION}
        for words, found in {
            "back yesterday, no interview offered": episode(
                MONDAY - DAY, interview_offered=False
            ),
            "back yesterday, interview declined": episode(
                MONDAY - DAY, interview_offered=True, interview_accepted=False
            ),
            "back yesterday, nothing said of an interview": episode(MONDAY - DAY),
            "missing now": episode(None),
        }.items()
    },
}


def born(age):
    if age == "not supplied":
        return {"dob": None}
    return {"dob": dt.date(2026 - int(age), 6, 1)}


def shield(authority=COVENTRY, *, lost=False, **of_other):
    """What a shielded child of an authority makes of the scene's own child."""

    def found(scene):
        other = child(authority=authority, child_ref="S1", **of_other)
        this = child(**scene.child)
        key = (other.authority, other.child_ref)
        shields = remembered(
            [Shield(other)] if lost else [],
            {} if lost else {key: other},
            {} if lost else {key: (Protection(),)},
            MONDAY,
        )
        twins = shielded_twins([this], shields, MONDAY)
        return twins.get((this.authority, this.child_ref), ())

    return found


TWINS = {
    "the same names and date of birth, a new reference": shield(PLACING),
    "in another authority, the same names and date of birth": shield(),
    "forename and surname swapped": shield(forename="Example", surname="Robin"),
    "under the former surname": shield(surname="Other", former_surname="Example"),
    "the shielded child's row or reference was lost": shield(lost=True),
    "another date of birth": shield(dob=dt.date(2014, 5, 7)),
    "a person judged them different": shield(),
    "Birmingham's own row says that this record needs no shield any more": shield(),
}


def second_record(scene, words):
    scene.case["twins_of_shielded"] = TWINS[words](scene)
    if words == "a person judged them different":
        told_apart = judgement(
            "different", right_authority=COVENTRY, right_ref="S1", right_hash="any"
        )
        scene.case["judgements"] = (told_apart,)
    if words.startswith("Birmingham's own row"):
        scene.case["protections"] = (Protection(until=MONDAY - DAY),)


A5 = {"place_code": "A5"}
SHIELDED = {
    "Birmingham protects the child": {"case": {"protections": (Protection(),)}},
    "Birmingham's protection ended yesterday": {
        "case": {"protections": (Protection(until=MONDAY - DAY),)}
    },
    "placed for adoption (A5)": {"placement": A5},
    "a police record hardly like the child's is restricted": {"case": RESTRICTED_WEAK},
    "a restricted record of another force": {
        "case": {
            "candidates": (candidate(force=WMP, probability=0.06),),
            "nominals": (nominal(force=WMP, restricted=True),),
        }
    },
    "a restricted record, judged to be somebody else": {
        "case": {**RESTRICTED_WEAK, "judgements": (judgement("different"),)}
    },
    "shielded last night, and tonight no police extract can be used": {
        "before": (case(**RESTRICTED_WEAK),),
        "case": {"extracts": (not_usable(), not_usable(WMP))},
    },
}


def back(on, start=dt.date(2026, 11, 16), gone=None):
    """The placement in Worcester ended, and the child came back to it."""
    return (
        ended(end=gone or on, start=start),
        placement("P2", start=on),
    )


COVENTRY_NIGHT = placement(
    "P3", IN_COVENTRY, start=MONDAY, end=MONDAY + DAY, status=ENDED, end_reason="X1"
)
CHILDS_RECORD = {
    "no date of birth": {"dob": None},
    "born 1 January 1900, a placeholder": {"dob": dt.date(1900, 1, 1)},
    "no forename": {"forename": None},
}
JUDGED = {
    "same": {"judgements": (judgement("same"),)},
    "different": {"judgements": (judgement("different"),)},
    "unsure": {"judgements": (judgement("unsure"),)},
    "the child's record holds two people": {
        "judgements": (judgement("two_people", split="left"),)
    },
    "the police record holds two people": {
        "judgements": (judgement("two_people", split="right"),)
    },
    "different, before the police record changed": {
        "judgements": (judgement("different", right_hash="before"),)
    },
}
DESKS = {
    "one for Worcestershire": {"885": "mash.worcestershire@force.example"},
    "one for Shropshire": {"893": "mash.shropshire@force.example"},
}


def desks(scene, words):
    force = replace(DIRECTORY.authorities[WEST_MERCIA], routes=DESKS[words])
    members = {**DIRECTORY.authorities, WEST_MERCIA: force}
    scene.directory = replace(DIRECTORY, authorities=members)


def night(scene, words):
    scene.on = dt.datetime.strptime(words, "%A %d %B %Y").date()  # noqa: DTZ007


def of_priority(scene, words):
    if words == "high":
        risk = Risk("gang", answer=True, since=None, source="t")
        scene.case["risks"] = (risk,)
    else:
        assert words == "standard"


def placing(scene, words):
    assert words == "a Welsh one"
    scene.child["authority"] = CARDIFF


def extract(scene, words):
    scene.case.update(known(AT_PLACEMENT, FLAG))
    if words == "missing":
        scene.case["extracts"] = (not_usable(),)


def merged(scene, parts):
    for name, value in parts.items():
        present = getattr(scene, name)
        setattr(
            scene, name, {**present, **value} if isinstance(present, dict) else value
        )


def of(table):
    def apply(scene, words):
        merged(scene, table[words])

    return apply


def where(scene, words):
    scene.placement["postcode"] = WHERE[words]
    scene.case.setdefault("extracts", (usable(WMP), usable(WEST_MERCIA)))


def placed(scene, words):
    meant = {"as planned": True, "in an emergency": False, "not supplied which": None}
    scene.placement["planned"] = meant[words]


PEOPLE: dict[str, Callable[[Scene, str], None]] = {
    "placement type": lambda scene, words: scene.placement.update(
        place_code=code(words)
    ),
    "legal status": lambda scene, words: scene.placement.update(
        legal_status=code(words)
    ),
    "police record": lambda scene, words: scene.case.update(POLICE[words]),
    "pair": lambda scene, words: scene.case.update(POLICE[words]),
    "judged": lambda scene, words: scene.case.update(JUDGED[words]),
    "where": where,
    "police extract": extract,
    "child's record": lambda scene, words: scene.child.update(CHILDS_RECORD[words]),
    "situation": of(SITUATIONS),
    "desks of the force": desks,
    "risk": lambda scene, words: scene.case.update(
        risks=(Risk(RISK_OF[words], answer=True, since=None, source="assessment"),)
    ),
    "missing episodes": of(MISSING),
    "age": lambda scene, words: scene.child.update(born(words)),
    "night": night,
    "priority of the child": of_priority,
    "placed": placed,
    "placing authority": placing,
    "shield": of(SHIELDED),
    "second record": second_record,
}
