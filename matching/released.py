"""Files of released numbers: they never change, and their names carry their hash."""

import hashlib
from pathlib import Path

_HASH_LENGTH = 12


def hash_of(payload: bytes) -> str:
    """The hash that a file of this content bears in its name."""
    return hashlib.sha256(payload).hexdigest()[:_HASH_LENGTH]


def content_of(path: Path, refused: type[ValueError], folder: str) -> bytes:
    """What a released file holds, if it is what its name says.

    ``folder`` says in a refusal where such files are found.

    Raises:
        refused: no such file, or its content is not what was released under its name.
    """
    try:
        payload = path.read_bytes()
    except OSError as problem:
        raise refused(
            f"model {path.name} can't be read ({problem.strerror}): name a file "
            f"{folder}"
        ) from problem
    named = path.stem.rpartition("-")[2]
    if len(named) < 4 or not hash_of(payload).startswith(named):
        raise refused(
            f"model {path.name} is not what was released under that name (its hash is "
            f"{hash_of(payload)}): restore the file; a changed model gets a new name"
        )
    return payload
