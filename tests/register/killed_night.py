"""A program that records a night and is killed before it is done.

Arguments: the register's URL and the step after which the power fails.
"""

import os
import signal
import sys

from register_examples import decision, night, notice, obligation, review

from notifications.facts import State
from register import nights
from register.engine import open_register


def main(url: str, step: str) -> None:
    done = getattr(nights, step)

    def fail(*given, **named):
        done(*given, **named)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(nights, step, fail)
    nights.record_night(
        open_register(url),
        night(
            2,
            decisions=[decision(State.NOT_KNOWN)],
            notices=[notice("b", on=2)],
            obligations=[obligation("b", on=2)],
            reviews=(review("b", on=2),),
        ),
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
