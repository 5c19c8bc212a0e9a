"""What a pass of the clocks reads follows what is open, and not what ever was.

``make figures-clocks`` makes it measure: ``CLOCKS`` are the numbers of placements that
are over, ``OPEN`` of those that are open.
"""

import os
import time
from contextlib import contextmanager

import pytest
from long_history import remember
from loop_cases import rules
from plain_following import load_plainly
from register_examples import at
from sqlalchemy import event

from notifications.loop import follow, is_at_rest
from register.engine import reading
from register.following import load_awake, load_followed

MEASURED = [int(one) for one in os.environ.get("CLOCKS", "").split(",") if one]
OPEN = int(os.environ.get("OPEN") or "1000")


def loaded(engine, load):
    with reading(engine) as connection:
        return load(connection)


def steps(followed, now):
    book = rules()
    made = [follow(one, book, now) for one in followed]
    return [one for one in made if one.reminders or one.follow_ups]


@contextmanager
def statements(engine):
    """What is put to the register, each with what it asks about."""
    asked = []

    def note(_connection, _cursor, statement, parameters, *_rest):
        asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


def test_a_pass_finds_all_that_the_plain_reading_finds(engine):
    remember(engine, over=30, still_open=20)
    plain = loaded(engine, load_plainly)
    assert loaded(engine, load_followed) == plain
    awake = loaded(engine, load_awake)
    assert awake == tuple(one for one in plain if not is_at_rest(one))
    assert len(awake) < len(plain) / 2
    for number in (2, 8, 60, 90):
        assert steps(awake, at(number, 12)) == steps(plain, at(number, 12))
    assert steps(awake, at(90, 12))


def test_a_longer_history_gives_a_pass_nothing_more_to_read(engine):
    remember(engine, over=10, still_open=11)
    with statements(engine) as before:
        awake = loaded(engine, load_awake)
    remember(engine, over=24, still_open=0, first=21)
    with statements(engine) as after:
        assert loaded(engine, load_awake) == awake != ()
    assert after == before


@pytest.mark.skipif(not MEASURED, reason="measures: make figures-clocks")
@pytest.mark.parametrize("over", MEASURED)
def test_how_long_a_pass_reads(engine, over):
    told = remember(engine, over=over, still_open=OPEN)
    best = {}
    for load in (load_plainly, load_awake):
        took = []
        for _ in range(3):
            begun, cpu = time.perf_counter(), time.process_time()
            found = loaded(engine, load)
            took.append((time.perf_counter() - begun, time.process_time() - cpu))
        best[load] = *min(took), found
    (plain, plain_cpu, every), (now, now_cpu, awake) = best.values()
    assert steps(awake, at(90, 12)) == steps(every, at(90, 12))
    print(  # noqa: T201 - what it is run for
        f"\n{engine.dialect.name}: {told:,} notices, {2 * OPEN:,} of them about what "
        f"is open: plainly {plain:.2f} s ({plain_cpu:.2f} s of this process), "
        f"awake {now:.3f} s ({now_cpu:.3f} s); {len(every):,} and {len(awake):,} "
        f"notices loaded; {plain / now:.0f} times"
    )
