"""Tasks that change while they stand: in what they ask, and how high they stand."""

import json

import pytest
from register_examples import (
    REGION,
    an_id,
    at,
    day,
    everything,
    memory,
    night,
    obligation,
    send_all,
    waiting,
)
from sqlalchemy import select

from register.engine import reading
from register.memory import load_matters
from register.nights import record_night
from register.outbox import pending
from register.overdue import escalate
from register.runs import runs
from register.tables import obligation as obligation_table

TASK = an_id("obligation", "o")


def first():
    return obligation()


def other(on=2, **changes):
    """The same task, of which something else is asked since a night."""
    given = {"asked": "Correct the end.", "asked_on": day(on)}
    return obligation(**(given | changes))


def decide(engine, number, *tasks, run=1, **parts):
    return record_night(engine, night(number, run, obligations=tasks, **parts))


def risen_to(step):
    """The rule: every task stands as high as that, if it stood lower."""
    return lambda task, _made_at: (
        None
        if task.escalation >= step
        else task.model_copy(
            update={"escalation": step, "escalated_to": f"post {step}"}
        )
    )


def a_pass(engine, step, number=7, hour=9):
    return escalate(engine, REGION, risen_to(step), at(number, hour))


def on_its_way(engine):
    """The document that is to be sent of the task; ``None`` if none is."""
    with reading(engine) as connection:
        found = [
            json.loads(one.body)
            for one in pending(connection, at(90), 100)
            if one.document_id == str(TASK)
        ]
    assert len(found) < 2
    return found[0] if found else None


def known(engine, before):
    (task,) = memory(engine, before).open_obligations
    return task.asked, task.escalation


# --- other words --------------------------------------------------------------------


def test_what_else_is_asked_goes_out_under_the_same_id_and_is_remembered(engine):
    decide(engine, 1, first())
    send_all(engine, 1)
    decide(engine, 2, other())
    assert on_its_way(engine)["asked"] == "Correct the end."
    assert known(engine, 2) == ("Mend the postcode.", 0)
    assert known(engine, 3) == ("Correct the end.", 0)
    send_all(engine, 2)
    decide(engine, 2, other(), run=2)
    assert waiting(engine) == []


def test_a_night_run_again_puts_back_what_was_asked_if_the_change_was_heard_of(engine):
    decide(engine, 1, first())
    send_all(engine, 1)
    decide(engine, 2, other())
    send_all(engine, 2)
    decide(engine, 2, run=2)
    back = on_its_way(engine)
    assert (back["asked"], back["met_on"]) == ("Mend the postcode.", None)
    assert back["asked_on"] == day(2).isoformat(), "or it would be an old retry"
    assert known(engine, 3) == ("Mend the postcode.", 0)


def test_and_undoes_it_if_nobody_heard_of_it(engine):
    decide(engine, 1, first())
    send_all(engine, 1)
    decide(engine, 2, other())
    decide(engine, 2, run=2)
    assert waiting(engine) == []
    assert known(engine, 3) == ("Mend the postcode.", 0)


# --- as time goes by ----------------------------------------------------------------


def test_a_pass_escalates_an_open_task_once_though_no_night_comes(engine):
    decide(engine, 1, first())
    send_all(engine, 1)
    (risen,) = a_pass(engine, 1)
    assert (risen.obligation_id, risen.escalation) == (TASK, 1)
    assert on_its_way(engine)["escalated_to"] == "post 1"
    before = everything(engine)
    assert a_pass(engine, 1) == ()
    assert everything(engine) == before
    assert [one.escalation for one in a_pass(engine, 2)] == [2]


def test_not_before_it_is_due(engine):
    decide(engine, 1, first())
    assert a_pass(engine, 1, number=6, hour=3) == ()
    assert a_pass(engine, 1, number=6, hour=4) != ()


def test_nor_once_it_is_met_nor_in_an_empty_register(engine):
    assert a_pass(engine, 1) == ()
    decide(engine, 1, first())
    decide(engine, 2, obligation(met_on=day(2)))
    assert a_pass(engine, 1) == ()


def test_the_next_night_knows_of_it(engine):
    decide(engine, 1, first())
    a_pass(engine, 1)
    assert known(engine, 2) == ("Mend the postcode.", 1)


@pytest.mark.parametrize("heard", [False, True])
@pytest.mark.parametrize("again", [(), (first(),)], ids=["stands", "is made again"])
def test_a_night_run_again_loses_no_step_and_says_it_once(engine, heard, again):
    if not again:
        decide(engine, 1, first())
    decide(engine, 2, *again)
    send_all(engine, 2)
    a_pass(engine, 1)
    if heard:
        send_all(engine, 7)
    decide(engine, 2, *again, run=2)
    assert known(engine, 3) == ("Mend the postcode.", 1)
    assert on_its_way(engine) is None or not heard
    assert a_pass(engine, 1) == ()


def test_nor_when_it_now_asks_something_else(engine):
    decide(engine, 1, first())
    send_all(engine, 1)
    decide(engine, 2)
    a_pass(engine, 1)
    decide(engine, 2, other(), run=2)
    assert known(engine, 3) == ("Correct the end.", 1)
    sent = on_its_way(engine)
    assert (sent["asked"], sent["escalated_to"]) == ("Correct the end.", "post 1")


def test_a_task_of_a_matter_stays_one(engine):
    matter = obligation(placement_ref="starts-differ/register/937/330/P")
    record_night(engine, night(1, matters=(matter,)))
    a_pass(engine, 1)
    record_night(engine, night(2))
    with reading(engine) as connection:
        (task,) = load_matters(connection, day(3)).values()
        rows = connection.scalars(select(obligation_table.c.matter)).all()
    assert task.escalation == 1
    assert set(rows) == {matter.placement_ref}


def test_a_rule_is_told_when_a_task_was_first_written_down(engine):
    decide(engine, 1, first())
    decide(engine, 1, first(), run=2)
    a_pass(engine, 1)
    told = []
    escalate(engine, REGION, lambda _task, made_at: told.append(made_at), at(8))
    with reading(engine) as connection:
        assert told == [min(one.recorded_at for one in runs(connection, REGION))]


def test_another_regions_tasks_are_left_alone(engine):
    decide(engine, 1, first())
    assert escalate(engine, "elsewhere", risen_to(1), at(7)) == ()


def test_a_task_that_a_night_met_meanwhile_is_not_escalated(engine):
    decide(engine, 1, first())

    def met_first(task, made_at):
        if not done:
            done.append(True)
            decide(engine, 2, obligation(met_on=day(2)))
        return risen_to(1)(task, made_at)

    done: list[bool] = []
    assert escalate(engine, REGION, met_first, at(7)) == ()
    assert memory(engine, 3).open_obligations == ()
