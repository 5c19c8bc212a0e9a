"""Agreed synthetic children in live feeds: a night is good only if each came through.

They prove the path from an authority's feed to a recipient's inbox. Notices of them are
marked as test records, go past the surge brake and the baseline's schedule, and count
in neither: a held sentinel would prove nothing.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from notifications.documents import Kind
from notifications.facts import ChildMemory, Standing
from notifications.outcome import ChildOutcome, Notice
from pipeline.region import RegionConfig, SentinelConfig

Key = tuple[str, str]
"""Authority and child_ref."""

FAILED = "Sentinel"
"""How each line begins that this module gives."""

_TELLS = frozenset({Kind.NEW, Kind.UPDATE, Kind.UNCONFIRMED})


def check_sentinels(
    region: RegionConfig,
    outcomes: Iterable[ChildOutcome],
    memory: Mapping[Key, ChildMemory],
) -> tuple[str, ...]:
    """One line for each way in which a sentinel did not come through.

    Args:
        region: declares them.
        outcomes: what tonight decided.
        memory: what stood before tonight, by child.
    """
    wanted = {(one.authority, one.child_ref) for one in region.sentinels}
    states: dict[Key, set[str]] = {key: set() for key in wanted}
    notices: dict[Key, list[Notice]] = {key: [] for key in wanted}
    for outcome in outcomes:
        for decision in outcome.decisions:
            key = (decision.placing_la, decision.child_ref)
            if key in wanted:
                states[key].add(decision.state.value)
        for notice in outcome.notices:
            if (whose := _child(notice)) in wanted:
                notices[whose].append(notice)
    problems: list[str] = []
    for one in region.sentinels:
        key = (one.authority, one.child_ref)
        standing = memory[key].standing if key in memory else ()
        holders = holding(standing, notices[key])
        problems += _faults(region, one, states[key], holders)
    return tuple(problems)


def holding(standing: Iterable[Standing], tonight: Iterable[Notice]) -> frozenset[str]:
    """Who holds a notice of a child once tonight's notices have gone."""
    held = {(one.recipient, one.placement_ref) for one in standing}
    # an end for the old placement may stand beside a notice of the new one
    for notice in sorted(tonight, key=lambda one: one.kind in _TELLS):
        if notice.hold is not None:
            continue
        about = (notice.recipient, notice.placement_ref or "")
        if notice.kind in _TELLS:
            held.add(about)
        elif notice.kind in {Kind.END, Kind.RETRACTION}:
            held.discard(about)
    return frozenset(recipient for recipient, _ in held)


def apart(
    notices: Iterable[Notice], sentinels: Collection[Key]
) -> tuple[list[Notice], list[Notice]]:
    """The notices of real children, and those of sentinels, which no brake holds."""
    real: list[Notice] = []
    test: list[Notice] = []
    for notice in notices:
        (test if _child(notice) in sentinels else real).append(notice)
    return real, test


def first(problems: Sequence[str]) -> list[str]:
    """The problems of a night, those of sentinels before all others."""
    return sorted(problems, key=lambda line: not line.startswith(FAILED))


def _child(notice: Notice) -> Key:
    return notice.placing_la or "", notice.child_ref or ""


def _faults(
    region: RegionConfig,
    one: SentinelConfig,
    states: Collection[str],
    holders: Collection[str],
) -> Iterable[str]:
    name = region.authorities[one.authority].name
    which = f"{FAILED} {one.child_ref} of {name} ({one.authority})"
    if not states:
        yield (
            f"{which} was not decided tonight: its record is not in the extract, or "
            "not as agreed"
        )
        return
    if set(states) != {one.state.value}:
        yield (
            f"{which} is {' and '.join(sorted(states))}, not {one.state.value}: look "
            "at the feeds it is planted in before you trust this night"
        )
    for code, wanted in sorted(one.told.items()):
        if (code in holders) != wanted:
            must = "holds no notice of it and must" if wanted else "holds a notice"
            end = "" if wanted else " of it and must not"
            yield f"{which}: {region.authorities[code].name} ({code}) {must}{end}"
