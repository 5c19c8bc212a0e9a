"""What a child's placements tell beside themselves, whatever the feed."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from connectors.care import Placement, Remark

DIED = "E2"
"""The reason for an end whose date is the date of death (SSDA903 guide)."""

Row = dict[str, object]


def address_row(authority: str, child_ref: str, kind: str, postcode: str) -> Row:
    """A postcode as a row of ``child_addresses``."""
    return {
        "authority": authority, "child_ref": child_ref, "kind": kind,
        "postcode": postcode,
    }  # fmt: skip


def placement_addresses(
    authority: str, child_ref: str, placements: Iterable[Placement]
) -> Iterator[Row]:
    """Each placement with a postcode as an address: now, or former when it is over."""
    for placement in placements:
        if placement.postcode:
            kind = "placement" if placement.end is None else "former"
            yield {
                **address_row(authority, child_ref, kind, placement.postcode),
                "start": placement.start,
                "end": placement.end,
            }


def death_date(placements: Iterable[Placement]) -> dt.date | None:
    """When the child died, if a placement ended with that."""
    ends = [p.end for p in placements if p.end_reason == DIED and p.end is not None]
    return max(ends, default=None)


def count_remarks(remarks: Iterable[Remark]) -> list[str]:
    """Notes: each fault, how often it was found, and the first lines it is on."""
    times: Counter[str] = Counter()
    lines: Mapping[str, list[int]] = defaultdict(list)
    for remark in remarks:
        times[remark.fault] += 1
        if remark.line:
            lines[remark.fault].append(remark.line)
    return [
        f"{fault}: {count}{_first_lines(lines[fault])}"
        for fault, count in sorted(times.items())
    ]


def _first_lines(lines: Sequence[int]) -> str:
    if not lines:
        return ""
    first = ", ".join(str(line) for line in sorted(lines)[:5])
    return f" (lines {first}{' …' if len(lines) > 5 else ''})"
