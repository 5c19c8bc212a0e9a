"""Every step that writes can fail, just before it and just after.

Nothing in the product knows of it: statements and commits are caught where SQLAlchemy
hands them to the driver, files where Python gives them to the system, sends where the
portal is called. Steps are numbered in the order in which they come; a night is worked
once to count them, then again and again with the power failing at one of them.
"""

import os
import shutil
import signal
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from unittest.mock import patch

from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.pool import Pool

WRITES = ("INSERT", "UPDATE", "DELETE")


class PowerFailure(BaseException):
    """The process is gone: nothing that handles errors sees it."""


@dataclass
class Failpoints:
    """Counts the steps that write; at the chosen ones the power fails."""

    at: Collection[int] = ()
    deadly: bool = False
    """Whether the process really is killed, with SIGKILL."""
    steps: list[str] = field(default_factory=list)
    """What each step was: ``after insert outbox``, ``before commit`` …"""
    armed: bool = True
    _open: list[object] = field(default_factory=list)

    def reach(self, step: str) -> None:
        if not self.armed:
            return
        self.steps.append(step)
        if len(self.steps) - 1 in self.at:
            if self.deadly:
                os.kill(os.getpid(), signal.SIGKILL)
            self.armed = False  # what unwinds after it is no step any more
            self._let_go()
            raise PowerFailure(step)

    def _let_go(self) -> None:
        """A dead process holds no transaction."""
        for connection in self._open:
            with suppress(Exception):
                connection.rollback()
        self._open.clear()

    @contextmanager
    def watching(self) -> Iterator["Failpoints"]:
        """While this holds, every step that writes is counted."""
        with ExitStack() as stack:
            stack.enter_context(_connections(self))
            stack.enter_context(_statements(self))
            stack.enter_context(_commits(self))
            for module, name in _FILE_CALLS:
                stack.enter_context(_around(self, module, name))
            yield self


_FILE_CALLS = (
    (os, "replace"), (os, "rename"), (os, "unlink"), (os, "remove"), (os, "fsync"),
    (os, "mkdir"), (shutil, "rmtree"),
)  # fmt: skip


def _named(statement: str) -> str | None:
    """``insert outbox`` of a statement that writes."""
    words = statement.replace('"', " ").split(maxsplit=4)
    if not words or words[0].upper() not in WRITES:
        return None
    table = words[1] if words[0].upper() == "UPDATE" else words[2]
    return f"{words[0].lower()} {table.split('(')[0]}"


@contextmanager
def _connections(points: Failpoints) -> Iterator[None]:
    def opened(connection, *_rest):
        points._open.append(connection)

    event.listen(Pool, "checkout", opened)
    try:
        yield
    finally:
        event.remove(Pool, "checkout", opened)


@contextmanager
def _statements(points: Failpoints) -> Iterator[None]:
    def before(_connection, _cursor, statement, *_rest):
        if name := _named(statement):
            points.reach(f"before {name}")

    def after(_connection, _cursor, statement, *_rest):
        if name := _named(statement):
            points.reach(f"after {name}")

    event.listen(Engine, "before_cursor_execute", before)
    event.listen(Engine, "after_cursor_execute", after)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", before)
        event.remove(Engine, "after_cursor_execute", after)


@contextmanager
def _commits(points: Failpoints) -> Iterator[None]:
    commit = DefaultDialect.do_commit

    def failing(dialect, connection):
        points.reach("before commit")
        commit(dialect, connection)
        points.reach("after commit")

    with patch.object(DefaultDialect, "do_commit", failing):
        yield


def _around(points: Failpoints, module: object, name: str):
    real = getattr(module, name)

    def failing(*given, **named):
        points.reach(f"before {name}")
        answer = real(*given, **named)
        points.reach(f"after {name}")
        return answer

    return patch.object(module, name, failing)


def failing_sends(points: Failpoints, send: Callable) -> Callable:
    """A portal's ``put`` or ``post``: the call may not go out, or its reply be lost."""

    def sent(path: str, body: bytes) -> None:
        parts = path.split("/")
        kind = "withdrawals" if parts[-1] == "withdrawal" else parts[2]
        points.reach(f"before sending {kind}")
        send(path, body)
        points.reach(f"after sending {kind}")

    return sent
