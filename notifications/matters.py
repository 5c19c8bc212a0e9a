"""Disagreements become tasks: made once, met when the disagreement is no more.

Such a task is known by the disagreement's key, since it may be about a placement that
nobody has. It holds references only. A night that could not look leaves it as it is.
"""

import datetime as dt
from collections.abc import Iterable, Mapping

from notifications.again import as_it_stands, asked_anew
from notifications.build import contact
from notifications.clocks import due_in
from notifications.documents import Audience, Obligation, ObligationKind, Rule
from notifications.identity import obligation_id
from notifications.owing import OpenObligation
from notifications.reconcile import (
    Difference,
    Disagreement,
    Sources,
    could_look,
)
from notifications.rule_entry import version_of
from notifications.rulebook import Rulebook

_KIND = ObligationKind.DISAGREEMENT_TASK

WORDS: Mapping[Difference, tuple[str, str]] = {
    Difference.HOME_ADMITTED_NOT_PLACED: (
        "A children's home says that it admitted a child of yours, and your records "
        "have no such placement.",
        "Record the placement, or tell {source} that the home's notice {ref} is wrong.",
    ),
    Difference.HOME_NOTICE_NOT_SEEN: (
        "A child is placed in a home in your area, and you show no notice of the home "
        "(regulation 41).",
        "Ask the home of placement {placement} for its notice, and record it.",
    ),
    Difference.HOME_STAY_ENDED: (
        "A home still shows a child whose placement has ended.",
        "Ask the home of notice {ref} whether the child has left, and {placing} where "
        "the child is.",
    ),
    Difference.NOT_ON_REGISTER: (
        "You were told of a child placed in your area, and your register does not "
        "show it.",
        "Enter placement {placement} of {placing} in your register.",
    ),
    Difference.ON_REGISTER_NOT_PLACED: (
        "{source} has a child of yours in its register, and your records have no such "
        "placement.",
        "Record the placement, or tell {source} to close entry {ref}.",
    ),
    Difference.ON_REGISTER_ENDED: (
        "Your register shows a child whose placement has ended.",
        "Close entry {ref}, or ask {placing} where the child is.",
    ),
    Difference.END_NOT_TOLD: (
        "{source} holds that a child has left, and your records show the placement as "
        "open.",
        "End placement {placement}, or tell {source} that {ref} is wrong.",
    ),
    Difference.STARTS_DIFFER: (
        "You and the placing authority give different dates for the start of a "
        "placement.",
        "Settle with {placing} which is right for placement {placement} and {ref}.",
    ),
    Difference.ENDS_DIFFER: (
        "You and the placing authority give different dates for the end of a "
        "placement.",
        "Settle with {placing} which is right for placement {placement} and {ref}.",
    ),
    Difference.ADDRESSES_DIFFER: (
        "You and {source} give different postcodes for a placement.",
        "Settle with {source} which is right for placement {placement} and {ref}.",
    ),
    Difference.AMBIGUOUS: (
        "A row that you sent may be more than one child, or fits one only in part.",
        "Check name, date of birth and postcode of {ref} with {placing}.",
    ),
    Difference.FLAG_WHERE_NOBODY_IS: (
        "You flag a person as placed by an authority that has nobody placed at that "
        "person's address.",
        "Ask {placing} about record {ref}, then end the flag or correct the address.",
    ),
}
"""By difference: why its owner has the task, and what is asked."""

NO_MORE = "Nothing more: the sources agree, or no longer say so."


def matters(
    found: Iterable[Disagreement],
    open_: Mapping[str, OpenObligation],
    sources: Sources,
    rulebook: Rulebook,
    on: dt.date,
) -> tuple[Obligation, ...]:
    """New tasks, those put in other words, and those met since the last night.

    Args:
        found: tonight's disagreements.
        open_: by key, the tasks that stand from before tonight.
        sources: who spoke tonight.
        rulebook: clocks and names.
        on: the business date.
    """
    tonight = {one.key: one for one in found}
    made = {key: _made(one, rulebook, on) for key, one in tonight.items()}
    new = [one for key, one in made.items() if key not in open_]
    anew = [
        asked_anew(opened, made[key], rulebook, on)
        for key, opened in open_.items()
        if key in made
    ]
    met = [
        _met(key, opened, rulebook, on)
        for key, opened in open_.items()
        if key not in tonight and could_look(key, sources)
    ]
    said = (*new, *filter(None, anew), *met)
    return tuple(sorted(said, key=lambda one: str(one.obligation_id)))


def _made(one: Disagreement, rulebook: Rulebook, on: dt.date) -> Obligation:
    why, ask = (text.format(**_words(one, rulebook)) for text in WORDS[one.difference])
    return Obligation(
        obligation_id=obligation_id(_KIND, one.owner, one.key, on),
        kind=_KIND,
        owed_by=one.owner,
        audience=Audience.DUTY,
        rule=_rule(one.difference, why),
        placing_authority=contact(one.placing_la, rulebook),
        child_ref=one.child_ref or "",
        placement_ref=one.key,
        asked=ask,
        due_at=due_in(on, rulebook.policy.clocks.of_task(_KIND)),
        escalation=0,
        created_on=on,
        met_on=None,
    )


def _rule(difference: Difference, why: str) -> Rule:
    rule = difference.rule
    return Rule(id=rule, version=version_of(rule), text=why)


def _words(one: Disagreement, rulebook: Rulebook) -> dict[str, str]:
    return {
        "placing": rulebook.name(one.placing_la),
        "source": rulebook.name(one.source),
        "placement": one.placement_ref or "not known",
        "ref": one.source_ref or "not known",
    }


def _met(
    key: str, opened: OpenObligation, rulebook: Rulebook, on: dt.date
) -> Obligation:
    """The task closed; the child may be shielded by now, so it names none."""
    name, _, source, placing, _ = key.split("/", 4)
    difference = Difference(name)
    why = WORDS[difference][0].format(source=rulebook.name(source))
    closed = Obligation(
        obligation_id=opened.obligation_id,
        kind=_KIND,
        owed_by=opened.owed_by,
        audience=Audience.DUTY,
        rule=_rule(difference, why),
        placing_authority=contact(placing, rulebook),
        child_ref="",
        placement_ref=key,
        asked=NO_MORE,
        due_at=opened.due_at,
        escalation=0,
        created_on=opened.created_on,
        met_on=on,
    )
    return as_it_stands(closed, opened, rulebook)
