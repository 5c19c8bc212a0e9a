"""Which pairs a person must judge, by when, and what happens if nobody does."""

import datetime as dt

from matching.evidence import Candidate
from notifications.clocks import close_of, working_days_after
from notifications.documents import Stake
from notifications.facts import ChildCase, Nominal, PoliceAddress, State
from notifications.findings import Finding, review_deadline
from notifications.identity import review_id
from notifications.known import judged, nominal_of
from notifications.outcome import ReviewRequest
from notifications.recipients import Row, cells_of
from notifications.rulebook import Rulebook
from notifications.wording import in_words
from records.postcodes import canonical_postcode, is_placeholder

MOST_RIVALS = 10


def review_requests(
    case: ChildCase, findings: tuple[Finding, ...], rulebook: Rulebook, on: dt.date
) -> tuple[ReviewRequest, ...]:
    """A question for each pair in the review band that nobody judged or was asked.

    A shielded case is never put to reviewers: a restricted row has no match.
    """
    asked = set(case.memory.asked)
    requests = []
    for finding in findings:
        if finding.state is not State.POSSIBLE or finding.match is None:
            continue
        for candidate in finding.match.to_ask:
            request = _request(case, finding, candidate, (rulebook, on))
            if request.review_id not in asked:
                asked.add(request.review_id)
                requests.append(request)
    return tuple(requests)


def _request(
    case: ChildCase, finding: Finding, candidate: Candidate,
    night: tuple[Rulebook, dt.date],
) -> ReviewRequest:  # fmt: skip
    rulebook, on = night
    child = case.child
    others = [
        pair.candidate
        for pair in judged(case, candidate.authority)
        if pair.candidate is not candidate and pair.word != "different"
    ]
    deadline = _deadline(case, finding, rulebook, on)
    stake, hangs_on_it = _hangs_on_it(case, finding, deadline, rulebook)
    return ReviewRequest(
        review_id=review_id(child.authority, child.child_ref, candidate),
        placing_la=child.authority,
        child_ref=child.child_ref,
        placement_ref=finding.placement.placement_ref,
        candidate=candidate,
        rivals=tuple(others[:MOST_RIVALS]),
        household=_household(case, candidate, others, on),
        deadline=close_of(deadline),
        hangs_on_it=hangs_on_it,
        stake=stake,
        priority=finding.priority,
        created_on=on,
    )


def _deadline(
    case: ChildCase, finding: Finding, rulebook: Rulebook, on: dt.date
) -> dt.date:
    """The placement's deadline; a question that comes up after it has its own."""
    if finding.row is Row.POSSIBLE_PENDING:
        return review_deadline(case, finding.placement, rulebook, on)
    return working_days_after(on, rulebook.policy.review_deadline.of(finding.priority))


def _hangs_on_it(
    case: ChildCase, finding: Finding, deadline: dt.date, rulebook: Rulebook
) -> tuple[Stake, str]:
    """What the decision can change, and the same in words."""
    force = finding.host.force or ""
    name = rulebook.name(force)
    told = any(
        one.recipient == force and one.placement_ref == finding.placement.placement_ref
        for one in case.memory.standing
    )
    if told:
        return (
            "told",
            f"{name} has been told of this placement. Your decision is passed on.",
        )
    policy = rulebook.policy
    cells = cells_of(
        Row.POSSIBLE_OVERDUE,
        policy.recipients.get(Row.POSSIBLE_OVERDUE),
        police=finding.police,
    )
    if cells.host_force is None:
        return (
            "nothing",
            f"{name} is not told: the child meets no criterion of this region.",
        )
    if finding.row is Row.POSSIBLE_OVERDUE:
        return (
            "told",
            f"The deadline has passed: {name} gets an unconfirmed notice now.",
        )
    return (
        "waits",
        f"If nobody decides by {in_words(deadline)}, 17:00, {name} gets an unconfirmed "
        "notice of this placement.",
    )


def _household(
    case: ChildCase, candidate: Candidate, others: list[Candidate], on: dt.date
) -> tuple[str, ...]:
    """Candidates with a current address of this one's, who may be its family."""
    home = _postcodes(nominal_of(case, candidate), on)
    return tuple(
        other.record_ref
        for other in others
        if home & _postcodes(nominal_of(case, other), on)
    )


def _postcodes(nominal: Nominal, on: dt.date) -> set[str]:
    return {
        postcode
        for address in nominal.addresses
        if _lives_there(address, on)
        and (postcode := canonical_postcode(address.postcode)) is not None
        and not is_placeholder(postcode)
    }


def _lives_there(address: PoliceAddress, on: dt.date) -> bool:
    return address.end is None or address.end > on
