"""A program that works nights that are killed (``kill -9``) at one step or another.

Arguments: the URL of an empty register, and how many kinds of steps to try, or ``all``
for every step that writes.
It prints each step, and fails at the first night that does not end as it should.
"""

import random
import sys

from crashes import one_of_each
from eventful_night import scene_at


def main(url: str, number: str) -> None:
    scene = scene_at(url)
    steps = list(range(len(scene.steps)))
    if number != "all":
        steps = sorted(random.sample(one_of_each(scene.steps), int(number)))
    for step in steps:
        name = scene.steps[step]
        sys.stdout.write(f"killed {name} (step {step} of {len(scene.steps)})\n")
        sys.stdout.flush()  # or the child would write it too
        if scene.kill_at(step) != scene.undisturbed:
            sys.exit(f"killed {name}: the night worked again ends otherwise")
    scene.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
