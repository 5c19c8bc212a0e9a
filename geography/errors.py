"""What geography refuses to guess.

UnknownAuthority (KeyError)        the code names no authority of the reference tables
└── SplitAuthority                 it named an authority whose area now has several
ReferenceMismatch (ValueError)     the postcode directory and the tables disagree
DirectoryIncomplete (ValueError)   the postcode package did not give all it should
CacheUnusable (OSError)            the compact table can't be written or read
"""


class UnknownAuthority(KeyError):
    """A code that names no authority, and what to write in its place."""

    def __init__(self, code: object, mend: str) -> None:
        super().__init__(code, mend)
        self.code = code
        self.mend = mend

    def __str__(self) -> str:
        return f"{self.code!r} names no authority known here: {self.mend}"


class SplitAuthority(UnknownAuthority):
    """The code of an abolished authority whose area went to more than one.

    The code alone can't say which: a postcode can. ``successors`` are their codes.
    """

    def __init__(self, code: str, name: str, successors: tuple[str, ...]) -> None:
        self.name = name
        self.successors = successors
        super().__init__(
            code,
            f"{name} was divided between {' and '.join(successors)}; name the one "
            "that is meant",
        )

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return type(self), (self.code, self.name, self.successors)


class ReferenceMismatch(ValueError):
    """The tables in ``data/reference`` contradict each other or the directory."""


class DirectoryIncomplete(ValueError):
    """The installed postcode package gave less than it holds."""


class CacheUnusable(OSError):
    """The compact postcode table can't be kept where it was asked to be."""
