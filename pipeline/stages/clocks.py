"""What is due by now: holds that end, wishes, reminders, escalations."""

from pipeline.reports import StageReport
from pipeline.run import BETWEEN_NIGHTS, Run


def clocks(run: Run) -> StageReport:
    """What was held until now is let go, operators' wishes are carried out, every
    notice on its way has the reminder, the task or the escalation that is due, and
    every other open task the escalation. The report counts as followed those notices
    of which something may be due.

    Computed from stored instants and the present one, so a pass that was missed is
    made good by the next, and one run twice does nothing more.
    """
    from notifications.loop import follow
    from notifications.overdue import escalated
    from pipeline.releases import release_asked, release_due
    from pipeline.wishes import answer_wishes, tell_what_is_held
    from register.engine import reading
    from register.following import load_awake, record_steps
    from register.overdue import escalate

    now = run.now
    rulebook = run.rulebook()
    region, policy = run.region.region, run.region.policy.clocks
    directory = rulebook.directory
    released = release_due(run.register, region, now, policy, directory)
    released += release_asked(run.register, region, now, policy, directory)
    answered = answer_wishes(run, now)
    if run.run_id == BETWEEN_NIGHTS:  # a night's own summary is still to come
        tell_what_is_held(run, now)
    with reading(run.register) as connection:
        awake = load_awake(connection)
    steps = [follow(one, rulebook, now) for one in awake]
    done = record_steps(
        run.register, [one for one in steps if one.reminders or one.follow_ups], now
    )
    risen = escalate(
        run.register,
        region,
        lambda task, made_at: escalated(task, rulebook, made_at, now),
        now,
    )
    return StageReport(
        "clocks",
        counts={
            "followed": len(awake),
            "reminders": done.reminders,
            "opened": done.opened,
            "escalated": done.escalated + len(risen),
            "met": done.met,
            "released": len(released),
            **answered.counts,
        },
        problems=tuple(answered.problems),
    )
