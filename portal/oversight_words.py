"""How the information-governance lead's pages say codes."""

from portal.audit import Action, Purpose
from portal.words import REVEAL_PURPOSES, ROLES

PURPOSES = {
    Purpose.ACCOUNT: "Sign in and out",
    Purpose.SAFEGUARDING: "Act on a notice",
    Purpose.MATCHING: "Decide whether records are one person's",
    Purpose.OPERATIONS: "Keep the region's nights running",
    Purpose.OVERSIGHT: "Routine oversight",
    Purpose.SUBJECT_ACCESS: "Somebody asked for their own data",
    Purpose.COMPLAINT: "A complaint or concern",
    Purpose.INCIDENT: "Suspected misuse or an incident",
    Purpose.INSPECTION: "An inspection",
    Purpose.COURT: "A court or an inquiry",
    Purpose.PROTECTION: "None: it was refused",
    Purpose.SYSTEM: "To keep it in the agency's own system",
}

ACTIONS = {
    Action.SIGNED_IN: "Signed in",
    Action.SIGNED_OUT: "Signed out",
    Action.NOTICES_LISTED: "Listed notices",
    Action.NOTICE_OPENED: "Opened a notice",
    Action.NOTICE_ACKNOWLEDGED: "Acknowledged a notice",
    Action.NOTICE_DISPUTED: "Disputed a notice",
    Action.PACKAGE_DOWNLOADED: "Downloaded a package",
    Action.TASKS_LISTED: "Listed tasks",
    Action.REVIEWS_LISTED: "Listed pairs",
    Action.REVIEW_OPENED: "Opened a pair",
    Action.JUDGEMENT_MADE: "Decided a pair",
    Action.JUDGEMENT_UNDONE: "Undid a decision",
    Action.RUNS_LISTED: "Listed nights",
    Action.RELEASE_ASKED: "Asked for a release",
    Action.REPLAY_ASKED: "Asked for a replay",
    Action.DENIED: "Was refused",
    Action.AUDIT_LISTED: "Read the audit trail",
    Action.ACCESSES_LISTED: "Asked for an access history",
    Action.WITHHELD_LISTED: "Listed what is withheld",
    Action.RETENTION_SEEN: "Looked at retention",
    Action.STAFF_REVEALED: "Revealed a name of staff",
    Action.AUDIT_EXPORTED: "Exported the audit trail",
    Action.ERASED: "Erased what was over",
    Action.HELD: "Placed a legal hold",
    Action.HOLD_ENDED: "Ended a legal hold",
}
"""An action that is not here is said by its code."""

OTHERS = {
    "door": "somebody without a valid key or session",
    "pipeline": "the region's pipeline",
}
"""Who is in the trail and is no user."""

STOPPED = {
    "withdrawal": "Withdrawn",
    "dispute": "Disputed",
    "request.release": "Release asked for",
    "request.replay": "Replay asked for",
    "request.search": "Wider search asked for",
}

RULES = {
    "task.named-officer-task": "Named officers speak with each other about the case",
    "point.restricted": "A restricted record may be of a person whom another authority "
    "holds too",
    "tell.withdrawn": "The placing authority withdrew the record it was made from",
    "tell.told-again": "A later notice of the placement counts in its place",
    "point.withdrawn": "The records are no longer held to be one person",
}
"""Why something is shielded or was taken back, by the rule that its document names."""


def rule(name: str | None) -> str:
    """Why, in words; of another rule no more than its name is known here."""
    return RULES.get(name or "", "By another rule" if name else "No rule recorded")


def shielded_by(name: str | None, authority: str, agency: str) -> str:
    """Who decides that it is for named officers only: the agency whose record is
    restricted, or the placing authority. What of its record it was, or which rule of
    the region's on it, the document says to nobody."""
    if name == "point.restricted":
        return f"{agency}, by its own record"
    if not authority:
        return "The region"
    return f"{authority}, by its record of the child, or the region, by a rule on it"


def taken_back_by(name: str | None, authority: str) -> str:
    """Who decided that a notice goes back."""
    if name == "tell.withdrawn":
        return f"{authority or 'The placing authority'}, by its extract"
    return "The region"


def purpose(code: str | None) -> str:
    """Why, in words; that nothing was said, where it was not."""
    if not code:
        return "None recorded"
    known = {str(each): said for each, said in (REVEAL_PURPOSES | PURPOSES).items()}
    return known.get(code, code)


def action(code: str) -> str:
    """What was done, in words."""
    known = {str(each): said for each, said in ACTIONS.items()}
    return known.get(code) or code.replace(".", " ").replace("_", " ").capitalize()


def role(code: str) -> str:
    """What somebody was here, in words."""
    known = {str(each): said for each, said in ROLES.items()} | OTHERS
    return known.get(code, code)


def person(actor: str) -> str:
    """A pseudonym, short enough to be read: the operator by that word."""
    return actor[:8]


def stopped(code: str) -> str:
    """A withdrawal, a dispute or a wish, in words."""
    return STOPPED.get(code, code)
