"""Functions that are compiled once for all, and anew when any of their sources changes.

numba asks whether the file of a function is as it was; yet what a function calls from
other files is compiled into it, and its index names their classes. So each cache is
held to belong to one state of all these files.
"""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from matching.absent import absent

with absent("scipy"):  # numba looks for its BLAS, which no kernel calls
    import numba
    import numba.np.arraymath


def compiled(function: Callable[..., Any]) -> Any:
    """The function, compiled with its first call; it runs outside the interpreter's
    lock."""
    return _kept(numba.njit(cache=True, nogil=True)(function))


def inlined(function: Callable[..., Any]) -> Any:
    """The same for what is called for every pair: it becomes part of its callers.

    A call hands over each field of a plan by itself, some thirty of them, which takes
    longer than most of these functions do.
    """
    return _kept(numba.njit(cache=True, nogil=True, forceinline=True)(function))


def _kept(made: Any) -> Any:
    made._cache._cache_file._version = f"{numba.__version__} {_sources()}"
    return made


@cache
def _sources() -> str:
    """A fingerprint of every file whose functions may be compiled into each other."""
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def load(*functions: Any) -> None:
    """Has ready what was compiled before on this machine: the first call of each need
    not wait."""
    for one in functions:
        machine = one.targetctx.codegen().magic_tuple()
        for signature, made_for, *_ in one._cache._cache_file._load_index():
            if made_for == machine:
                one.compile(signature)
