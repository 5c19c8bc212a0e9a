"""A long list is shown a page at a time, and says how many there are."""

from dataclasses import dataclass

LENGTH = 25


@dataclass(frozen=True, slots=True)
class Paging:
    """Which page of a list; pages count from 1."""

    page: int
    pages: int
    total: int

    @classmethod
    def of(cls, total: int, wanted: int) -> "Paging":
        """The wanted page, or the nearest that there is."""
        pages = max(1, -(-total // LENGTH))
        return cls(min(max(wanted, 1), pages), pages, total)

    @property
    def offset(self) -> int:
        return (self.page - 1) * LENGTH
