"""What forces do to their records, and people at the portal: as in ``life``."""

from dataclasses import replace

from life import Happening, living
from little_facts import NominalFacts
from little_places import FORCE_OF, FORCES, POSTCODES
from little_region import LittleRegion

_ODDS = (0.99, 0.7, 0.2)


# --- the police side --------------------------------------------------------------


def force_meets(region: LittleRegion, a: int, b: int) -> str:
    """A force makes a record of the child, more or less like it."""
    found = living(region, a)
    if found is None:
        return ""
    child, stay = found
    force = FORCE_OF.get(POSTCODES.get(stay.postcode or "", ""), "")
    if force not in FORCES:
        force = FORCES[b % len(FORCES)]
    nominal = NominalFacts(
        force=force,
        ref=f"N{region.number()}",
        child=child.key,
        probability=_ODDS[b % len(_ODDS)],
        postcodes=(stay.postcode,) if b % 2 and stay.postcode else (),
        flagged_by=(child.la,) if b % 4 == 3 else (),
    )
    region.put_nominal(nominal)
    return (
        f"{force} makes record {nominal.ref} of {child.la}/{child.ref} "
        f"({nominal.probability}, at {nominal.postcodes or 'no address'})"
    )


def _nominal(region: LittleRegion, a: int) -> NominalFacts | None:
    found = [region.nominals[key] for key in sorted(region.nominals)]
    return found[a % len(found)] if found else None


def force_records(region: LittleRegion, a: int, b: int) -> str:
    """An officer enters the address and the flag."""
    nominal = _nominal(region, a)
    child = region.children.get(nominal.child) if nominal else None
    if nominal is None or child is None:
        return ""
    living = [one for one in child.stays if one.is_open(region.today)]
    postcodes = tuple(one.postcode for one in living if one.postcode in POSTCODES)
    region.put_nominal(replace(nominal, postcodes=postcodes, flagged_by=(child.la,)))
    return f"{nominal.force} records {postcodes} and the flag on {nominal.ref}"


def force_forgets(region: LittleRegion, a: int, b: int) -> str:
    nominal = _nominal(region, a)
    if nominal is None:
        return ""
    if b % 3 == 0:
        del region.nominals[nominal.force, nominal.ref]
        return f"{nominal.force} deletes {nominal.ref}"
    region.put_nominal(replace(nominal, postcodes=(), flagged_by=(), written=()))
    return f"{nominal.force} clears address, flag and references of {nominal.ref}"


def force_restricts(region: LittleRegion, a: int, b: int) -> str:
    nominal = _nominal(region, a)
    if nominal is None:
        return ""
    region.put_nominal(replace(nominal, restricted=not nominal.restricted))
    word = "lifts the restriction of" if nominal.restricted else "restricts"
    return f"{nominal.force} {word} {nominal.ref}"


# --- people at the portal ---------------------------------------------------------


def judge(region: LittleRegion, a: int, b: int) -> str:
    nominal = _nominal(region, a)
    child = region.children.get(nominal.child) if nominal else None
    if nominal is None or child is None:
        return ""
    decision = ("same", "different", "unsure")[b % 3]
    region.portal.say(
        "judgement.made", "review",
        actor="u1", decision=decision, reason="seen",
        left_authority=child.la, left_ref=child.ref, left_hash=child.hash,
        right_authority=nominal.force, right_ref=nominal.ref, right_hash=nominal.hash,
    )  # fmt: skip
    return f"a reviewer says {decision} of {child.la}/{child.ref} and {nominal.ref}"


def undo(region: LittleRegion, a: int, b: int) -> str:
    undone = {
        one["data"]["judgement"]
        for one in region.portal.feed
        if one["type"] == "judgement.undone"
    }
    made = [
        one
        for one in region.portal.feed
        if one["type"] == "judgement.made" and one["id"] not in undone
    ]
    if not made:
        return ""
    one = made[a % len(made)]
    region.portal.say(
        "judgement.undone", "review", actor="u2", judgement=one["id"], reason="wrong"
    )
    data = one["data"]
    return f"{data['decision']} of {data['left_ref']} and {data['right_ref']} is undone"


def _notice(region: LittleRegion, a: int) -> dict | None:
    found = [
        one
        for one in region.portal.documents("notifications")
        if one["kind"] != "reminder"
    ]
    return found[a % len(found)] if found else None


def open_notice(region: LittleRegion, a: int, b: int) -> str:
    document = _notice(region, a)
    if document is None:
        return ""
    subject = document["notification_id"]
    region.portal.say("receipt.fetched", subject)
    region.portal.say(
        "receipt.opened", subject, agency=document["recipient"], actor="u3"
    )
    return f"{document['recipient']} opens {subject}"


def acknowledge(region: LittleRegion, a: int, b: int) -> str:
    """The recipient gives its reference; now and then one that it gave before."""
    document = _notice(region, a)
    if document is None:
        return ""
    subject = document["notification_id"]
    reference = "REF-1" if b % 5 == 0 else f"REF-{region.number()}"
    region.portal.say(
        "receipt.acknowledged", subject,
        agency=document["recipient"], actor="u3", reference=reference,
        recorded_on=region.now.date().isoformat(),
    )  # fmt: skip
    if b % 2 and document["child"]:
        _write(region, document, reference if b % 4 == 1 else None)
    return f"{document['recipient']} acknowledges {subject} as {reference}"


def _write(region: LittleRegion, document: dict, reference: str | None) -> None:
    """The officer also types the token, or the reference, into a record."""
    key = (document["placing_authority"]["authority"], document["child"]["child_ref"])
    for one in sorted(region.nominals.values(), key=lambda one: one.ref):
        if one.child == key and one.force == document["recipient"]:
            text = reference or document["recording_token"]
            region.put_nominal(replace(one, written=(*one.written, text)))
            return


def dispute(region: LittleRegion, a: int, b: int) -> str:
    document = _notice(region, a)
    if document is None:
        return ""
    subject = document["notification_id"]
    reason = ("not_ours", "duplicate", "wrong_facts")[b % 3]
    region.portal.say(
        "receipt.disputed", subject,
        agency=document["recipient"], actor="u3", reason=reason,
    )  # fmt: skip
    return f"{document['recipient']} disputes {subject}: {reason}"


def portal_fails(region: LittleRegion, a: int, b: int) -> str:
    region.portal.down, region.portal.loses_replies = b % 2 == 0, b % 2 == 1
    return (
        "the portal is down" if region.portal.down else "the portal's replies get lost"
    )


def portal_recovers(region: LittleRegion, a: int, b: int) -> str:
    region.portal.down = region.portal.loses_replies = False
    region.portal.refuses = 0
    return "the portal is well"


POLICE: tuple[Happening, ...] = (
    force_meets, force_records, force_forgets, force_restricts,
)  # fmt: skip


def portal_refuses(region: LittleRegion, a: int, b: int) -> str:
    region.portal.refuses = 1 + b % 3
    return f"the portal is to refuse the next {region.portal.refuses} notices"


# --- operators -----------------------------------------------------------------------


def ask_release(region: LittleRegion, a: int, b: int) -> str:
    """Somebody asks for what the surge brake holds of the latest night."""
    if region.tonight is None:
        return ""
    run_id = region.run(region.ordinal).run_id
    region.portal.say("request.release", run_id, actor="u9", run_id=run_id)
    return f"an operator asks to release what {run_id} holds"


def ask_replay(region: LittleRegion, a: int, b: int) -> str:
    """Somebody asks to offer every dead letter once more."""
    letters = region.portal.documents("dead-letters")
    waiting = [one["letter_id"] for one in letters if one["settled"] == "waits"]
    for letter in waiting:
        region.portal.say("request.replay", letter, actor="u9", letter_id=letter)
    region.portal.refuses = 0
    return f"an operator asks to replay {len(waiting)} dead letters" if waiting else ""


PEOPLE: tuple[Happening, ...] = (judge, undo, open_notice, acknowledge, dispute)
PORTAL: tuple[Happening, ...] = (portal_fails, portal_recovers, portal_refuses)
OPERATORS: tuple[Happening, ...] = (ask_release, ask_replay)
