"""How the information-governance lead's pages say codes."""

from portal.audit import Action, Purpose

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

STOPPED = {
    "withdrawal": "Withdrawn",
    "dispute": "Disputed",
    "request.release": "Release asked for",
    "request.replay": "Replay asked for",
    "request.search": "Wider search asked for",
}


def purpose(code: str | None) -> str:
    """Why, in words; that nothing was said, where it was not."""
    if not code:
        return "None recorded"
    return PURPOSES[Purpose(code)] if code in set(Purpose) else code


def action(code: str) -> str:
    """What was done, in words."""
    known = {str(each): said for each, said in ACTIONS.items()}
    return known.get(code) or code.replace(".", " ").replace("_", " ").capitalize()


def person(actor: str) -> str:
    """A pseudonym, short enough to be read: the operator by that word."""
    return actor[:8]


def stopped(code: str) -> str:
    """A withdrawal, a dispute or a wish, in words."""
    return STOPPED.get(code, code)
