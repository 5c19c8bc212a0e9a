"""What is due by now: holds that end, wishes, reminders, escalations."""

from pipeline.reports import StageReport
from pipeline.run import Run


def clocks(run: Run) -> StageReport:
    """Nothing is due yet: what follows a notice is still to come."""
    return StageReport("clocks", counts={"night": run.business_date.toordinal()})
