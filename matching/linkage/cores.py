"""How much of the machine there is."""

import os


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0))
