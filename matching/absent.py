"""Libraries that another one looks for, and that we have no use for."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def absent(name: str) -> Iterator[None]:
    """A library is not found meanwhile, unless it was loaded before."""

    class Nowhere:
        @staticmethod
        def find_spec(asked: str, *_: object) -> None:
            if asked == name:
                raise ModuleNotFoundError(f"{name} is left out", name=name)

    sys.meta_path.insert(0, Nowhere)
    try:
        yield
    finally:
        sys.meta_path.remove(Nowhere)


def leave_pandas_out() -> None:
    """pyarrow looks for pandas once, with the first value that it is given, and loads
    it: a quarter of a second. We hand no table from one to the other."""
    if "pandas" not in sys.modules:
        import pyarrow as pa

        with absent("pandas"):
            pa.scalar(0)
