"""What the register holds ready goes to the portal; what fails stays there."""

from pipeline.errors import PortalTrouble
from pipeline.reports import StageReport
from pipeline.run import BETWEEN_NIGHTS, Run


def publish(run: Run) -> StageReport:
    """Every waiting document was offered to its destination once.

    With ``--no-publish`` nothing is sent and the outbox keeps all.

    Raises:
        PortalTrouble: the portal did not answer; documents wait for the next pass.
    """
    from pipeline.relay import relay

    sent = relay(run, run.now)
    if sent.unreachable:
        raise PortalTrouble(
            f"the portal did not take everything: {sent.unreachable}; "
            f"{sent.waiting} documents wait in the outbox for the next pass"
            + "".join(f"; {problem}" for problem in sent.problems()),
            sent.counts(),
        )
    problems = sent.problems()
    if run.run_id != BETWEEN_NIGHTS and sent.still_refused:  # a pass does not repeat it
        problems += (
            "what the portal refused on earlier passes has still reached nobody, "
            f"{sent.still_refused:,} in all: crossborder dead-letters lists it; mend "
            "the cause, then replay it",
        )
    return StageReport("publish", counts=sent.counts(), problems=problems)
