"""What can go wrong in a run, and what the caller should do about it.

    CrossborderError
    ├── ConfigurationError     exit 2: nothing was started
    ├── StageError             exit 1
    │   ├── ExtractUnusable    one authority; the night goes on without it
    │   ├── PortalTrouble      the register keeps what was not sent
    │   ├── UnreadableTable    a kept table is damaged, or the key is another
    │   └── NothingBefore      a stage was asked for before the one it reads from
    └── NightClosed            exit 1: a newer night is already recorded

A message says what happened, to which authority, and the mend. It holds record keys
at most, never a name or a date of birth.
"""

from enum import IntEnum


class ExitCode(IntEnum):
    """What the command line answers, for schedulers that can't read logs."""

    GOOD = 0
    FAILED = 1
    BAD_CONFIGURATION = 2
    DEGRADED = 3
    """Some authority was missing or refused, or the portal was; the rest was done."""


class CrossborderError(Exception):
    """Anything an operator can act on."""

    exit_code = ExitCode.FAILED
    retryable = False
    """Whether trying again later may help."""

    def __init__(self, message: str, counts: dict[str, int] | None = None) -> None:
        self.counts = counts or {}
        """What was done before it failed."""
        super().__init__(message)


class ConfigurationError(CrossborderError):
    """The region file, an option or the environment is wrong: one line a fault."""

    exit_code = ExitCode.BAD_CONFIGURATION

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))


class StageError(CrossborderError):
    """A stage could not do its work."""


class ExtractUnusable(StageError):
    """An authority's extract is missing, refused or not fit to decide on."""

    def __init__(
        self, message: str, counts: dict[str, int], *, retryable: bool
    ) -> None:
        self.retryable = retryable
        super().__init__(message, counts)


class PortalTrouble(StageError):
    """The portal could not be reached; the outbox keeps what was not sent."""

    retryable = True


class NothingBefore(StageError):
    """The stage before this one has left nothing to read."""


class UnreadableTable(StageError):
    """A table of the workspace can't be opened."""


class NightClosed(StageError):
    """A newer night is recorded, so this date can be read and not run."""
