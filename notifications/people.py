"""Cross-border people: each holder learns that another holds a record, and no more.

"Force X holds record Y, contact Z." No names, no dates, no intelligence: the holders
speak with each other under their own rules. A restricted record is never pointed at
and its holder is never sent a pointer about it: its named officer gets a task.

Every holder is told. That a force holds a record is criminal-offence data, so a region
may keep its local authorities blind: they are then pointed at and not told.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from notifications.again import as_it_stands, asked_anew
from notifications.build import channel, contact, role_of
from notifications.clocks import due_in, protocol_clock
from notifications.documents import (
    Audience,
    Kind,
    Notification,
    Obligation,
    ObligationKind,
    Pointer,
    Priority,
    Rule,
    Withdrawal,
)
from notifications.facts import (
    PersonGroup,
    PersonMember,
    PersonMemory,
    Standing,
)
from notifications.identity import obligation_id, pointer_hash, unused_notice_id
from notifications.outcome import Notice, PointerOutcome
from notifications.owing import OpenObligation
from notifications.recipients import Role
from notifications.rule_entry import RuleEntry, version_of
from notifications.rulebook import Rulebook
from notifications.wording import (
    NO_LONGER_OWED,
    POINTER_ASKED,
    POINTER_RESTRICTED,
    POINTER_WHY,
    POINTER_WITHDRAWN,
)
from records.tokens import recording_token


def _rule(name: str, words: str) -> RuleEntry:
    source = "Decision record 6: pointers go to every holder"
    rule = f"point.{name}"
    return RuleEntry(rule, version_of(rule), "pointers", words, source)


SAME_PERSON = _rule(
    "same-person",
    "each holder of a record of one suspected exploiter learns which other authority "
    "holds one, and whom to ask; no more",
)
WITHDRAWN = _rule(
    "withdrawn", "records no longer held to be one person: the pointer is taken back"
)
RESTRICTED = _rule(
    "restricted",
    "a restricted record is never pointed at: its holder's named officer has a task",
)
IN_SCOPE = _rule(
    "in-scope",
    "only who is suspected or offending and under an exploitation flag or order is "
    "compared across forces",
)
POINTER_RULES = (IN_SCOPE, SAME_PERSON, WITHDRAWN, RESTRICTED)
SUSPECT_ROLES = frozenset({"suspect", "offender"})
EXPLOITER_CODES = frozenset({"cse_perpetrator", "shpo", "sro", "cawn"})
"""A perpetrator's exploitation flag, and the orders: sexual harm prevention, sexual
risk, child abduction warning. Flags of victims and of gang or MAPPA status are none."""


def in_scope_for_pointers(roles: Collection[str], flags: Collection[str]) -> bool:
    """Whether a nominal may be matched across forces as a perpetrator.

    Proportionality: suspected or offending *and* under an exploitation flag or order.
    ``roles`` are those of its events, ``flags`` the codes of its current flags.
    """
    return bool(
        SUSPECT_ROLES & {role.strip().casefold() for role in roles}
        and EXPLOITER_CODES & {flag.strip().casefold() for flag in flags}
    )


def decide_pointers(
    people: Sequence[PersonGroup],
    known: Mapping[UUID, PersonMemory],
    rulebook: Rulebook,
    business_date: dt.date,
) -> PointerOutcome:
    """The pointers, withdrawals and tasks of tonight's perpetrators.

    A person who is not among ``people`` tonight is left as told: absence is not
    evidence. One whose records fell apart is handed in with what is left of it, and
    its pointers are taken back.
    """
    notices: list[Notice] = []
    obligations: list[Obligation] = []
    restricted = 0
    for group in sorted(people, key=lambda one: str(one.person_id)):
        if group.kind != "perpetrator":
            continue
        memory = known.get(group.person_id, PersonMemory())
        notices += _notices(group, memory, rulebook, business_date)
        obligations += _tasks(group, memory, rulebook, business_date)
        restricted += sum(member.restricted for member in group.members)
    return PointerOutcome(tuple(notices), tuple(obligations), restricted)


def _notices(
    group: PersonGroup, memory: PersonMemory, rulebook: Rulebook, on: dt.date
) -> list[Notice]:
    made: list[Notice] = []
    telling = {told.recipient: told for told in _tellings(group, rulebook)}
    for recipient in sorted(telling.keys() | memory.standing.keys()):
        told, standing = telling.get(recipient), memory.standing.get(recipient)
        if told is None and standing is not None:
            made.append(_withdrawal(group, standing, memory, (rulebook, on)))
        elif told is not None and (
            standing is None or standing.facts_hash != told.facts_hash
        ):
            made.append(_pointer(group, told, memory, (rulebook, on)))
    return made


@dataclass(frozen=True, slots=True)
class _Telling:
    recipient: str
    own: tuple[str, ...]
    others: tuple[PersonMember, ...]
    facts_hash: str


def _tellings(group: PersonGroup, rulebook: Rulebook) -> list[_Telling]:
    """What each holder is to know tonight."""
    open_ = [member for member in group.members if not member.restricted]
    found = []
    for recipient in sorted({member.authority for member in open_}):
        police = role_of(recipient, placing_la="") is Role.HOST_FORCE
        if not police and not rulebook.policy.pointers_to_local_authorities:
            continue
        own = tuple(
            sorted(one.record_ref for one in open_ if one.authority == recipient)
        )
        others = tuple(
            sorted(
                (one for one in open_ if one.authority != recipient),
                key=lambda one: (one.authority, one.record_ref),
            )
        )
        if others:
            hash_ = pointer_hash(own, others)
            found.append(_Telling(recipient, own, others, hash_))
    return found


def _pointer(
    group: PersonGroup, told: _Telling, memory: PersonMemory,
    night: tuple[Rulebook, dt.date],
) -> Notice:  # fmt: skip
    rulebook, on = night
    standing = memory.standing.get(told.recipient)
    supersedes = standing.notification_id if standing else None
    about = ("", str(group.person_id))
    identity = unused_notice_id(
        about, told.recipient, Kind.POINTER, told.facts_hash, memory.made
    )
    rule = Rule(id=SAME_PERSON.id, version=SAME_PERSON.version, text=POINTER_WHY)
    clock = protocol_clock(on, Priority.STANDARD, rulebook.policy.clocks)
    document = Notification(
        notification_id=identity,
        kind=Kind.POINTER,
        subject="person",
        recipient=told.recipient,
        audience=Audience.DUTY,
        is_copy=False,
        rule=rule,
        priority=Priority.STANDARD,
        created_on=on,
        recording_token=recording_token(identity),
        supersedes=supersedes,
        asked=POINTER_ASKED,
        child=None,
        placement=None,
        placing_authority=None,
        risk_indicators=(),
        clock=clock,
        your_records=told.own,
        pointers=tuple(
            Pointer(
                authority=one.authority,
                authority_name=rulebook.name(one.authority),
                record_ref=one.record_ref,
                contact=_desk(one.authority, rulebook),
            )
            for one in told.others
        ),
    )
    return Notice(
        notification_id=identity,
        kind=Kind.POINTER,
        subject="person",
        placing_la=None,
        child_ref=None,
        placement_ref=None,
        recipient=told.recipient,
        rule=rule.id,
        rule_version=rule.version,
        priority=Priority.STANDARD,
        due_at=clock.due_at,
        supersedes=supersedes,
        channel=channel(told.recipient, rulebook),
        document=document,
        facts_hash=told.facts_hash,
        audience=Audience.DUTY,
        is_copy=False,
        person_id=group.person_id,
        clock_rule="clock.protocol",
    )


def _withdrawal(
    group: PersonGroup, standing: Standing, memory: PersonMemory,
    night: tuple[Rulebook, dt.date],
) -> Notice:  # fmt: skip
    rulebook, on = night
    about = ("", str(group.person_id))
    identity = unused_notice_id(
        about, standing.recipient, Kind.RETRACTION, standing.facts_hash, memory.made
    )
    return Notice(
        notification_id=identity,
        kind=Kind.RETRACTION,
        subject="person",
        placing_la=None,
        child_ref=None,
        placement_ref=None,
        recipient=standing.recipient,
        rule=WITHDRAWN.id,
        rule_version=WITHDRAWN.version,
        priority=Priority.STANDARD,
        due_at=None,
        supersedes=standing.notification_id,
        channel=channel(standing.recipient, rulebook),
        document=Withdrawal(
            notification_id=standing.notification_id,
            retraction_id=identity,
            reason=POINTER_WITHDRAWN,
            created_on=on,
        ),
        facts_hash=standing.facts_hash,
        audience=Audience.DUTY,
        is_copy=False,
        person_id=group.person_id,
    )


def _desk(code: str, rulebook: Rulebook) -> str | None:
    entry = rulebook.directory.authorities.get(code)
    if entry is None:
        return None
    return ", ".join(filter(None, (entry.duty_phone, entry.duty_email))) or None


def _tasks(
    group: PersonGroup, memory: PersonMemory, rulebook: Rulebook, on: dt.date
) -> list[Obligation]:
    """A task for each holder of a restricted record: new, put anew and met ones."""
    holders = {member.authority for member in group.members}
    owed = {
        member.authority
        for member in group.members
        if member.restricted and len(holders) > 1
    }
    opened = {one.owed_by: one for one in memory.open_obligations}
    made = {owner: _task(group, owner, rulebook, on) for owner in sorted(owed)}
    new = [one for owner, one in made.items() if owner not in opened]
    anew = [
        asked_anew(opened[owner], one, rulebook, on)
        for owner, one in made.items()
        if owner in opened
    ]
    met = [
        _met(group, opened[owner], rulebook, on)
        for owner in sorted(opened.keys() - owed)
    ]
    return [*new, *filter(None, anew), *met]


def _task(
    group: PersonGroup, owner: str, rulebook: Rulebook, on: dt.date
) -> Obligation:
    """It names the holder's own records and whom to speak with, never theirs."""
    own = sorted(one.record_ref for one in group.members if one.authority == owner)
    others = sorted({one.authority for one in group.members} - {owner})
    whom = " and ".join(rulebook.name(code) for code in others)
    kind, ref = ObligationKind.NAMED_OFFICER_TASK, str(group.person_id)
    return Obligation(
        obligation_id=obligation_id(kind, owner, ref, on),
        kind=kind,
        owed_by=owner,
        audience=Audience.NAMED_OFFICER,
        rule=Rule(
            id=RESTRICTED.id, version=RESTRICTED.version, text=POINTER_RESTRICTED
        ),
        placing_authority=contact(others[0] if others else owner, rulebook),
        child_ref="",
        placement_ref=ref,
        asked=f"Your records: {', '.join(own)}. Settle whether to speak with the named "
        f"officer of {whom}.",
        due_at=due_in(on, rulebook.policy.clocks.named_officer_task),
        escalation=0,
        created_on=on,
        met_on=None,
    )


def _met(
    group: PersonGroup, opened: OpenObligation, rulebook: Rulebook, on: dt.date
) -> Obligation:
    owed = _task(group, opened.owed_by, rulebook, on)
    return as_it_stands(owed, opened, rulebook).model_copy(
        update={"asked": NO_LONGER_OWED, "met_on": on}
    )
