"""Agreed synthetic children in live feeds: a night is good only if each came through.

They prove the path from an authority's feed to a recipient's inbox, in two halves:
``check_sentinels`` what was decided, before anything is sent, and ``check_arrivals``
what has reached its recipient, once all was offered. Notices of them are marked as test
records, go past the surge brake and the baseline's schedule, and count in neither: a
held sentinel would prove nothing, so no release is ever waited for. A review holds them
as it holds any child's: a sentinel that somebody ``told`` of must hear of does not come
through until then.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from notifications.documents import Kind
from notifications.facts import ChildMemory, Standing
from notifications.outcome import ChildOutcome, Notice
from pipeline.region import RegionConfig, SentinelConfig

if TYPE_CHECKING:
    from register.undelivered import Undelivered

Key = tuple[str, str]
"""Authority and child_ref."""

FAILED = "Sentinel"
"""How each line begins that this module gives."""

_TELLS = frozenset({Kind.NEW, Kind.UPDATE, Kind.UNCONFIRMED})

NOTHING_SENT = (
    f"{FAILED}s have not come through: this night was worked with --no-publish, so "
    "nothing was delivered and it can't be good; run its stages publish and report "
    "without --no-publish"
)
_AGAIN = "then run this run's stages publish and report again"
_MENDS = {
    "waiting": "it waits in the outbox for the next pass; see that the portal "
    f"answers, {_AGAIN}",
    "refused": f"mend the cause, crossborder replay, {_AGAIN}",
    "to_pack": "a person must carry it: crossborder exports packs it, crossborder "
    f"handed-over says that it went; {_AGAIN}",
    "packed": "it is packed and nobody has said that it went: crossborder "
    f"handed-over, {_AGAIN}",
}


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
    wanted = keys(region)
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


def check_arrivals(
    region: RegionConfig, found: Iterable["Undelivered"], *, published: bool
) -> tuple[str, ...]:
    """One line for each notice of a sentinel that has not reached its recipient.

    Args:
        region: declares them.
        found: what the register says of their notices, of any night.
        published: whether the run sends at all; if not, that alone is said.
    """
    if not region.sentinels:
        return ()
    if not published:
        return (NOTHING_SENT,)
    return tuple(
        f"{_which(region, one.placing_la, one.child_ref)}: the {one.kind} to "
        f"{_named(region, one.recipient)} has not reached it"
        + (f" ({one.problem})" if one.problem else "")
        + f"; {_MENDS[one.where]}"
        for one in found
    )


def keys(region: RegionConfig) -> frozenset[Key]:
    """The sentinels of a region."""
    return frozenset((one.authority, one.child_ref) for one in region.sentinels)


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
    which = _which(region, one.authority, one.child_ref)
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
            yield f"{which}: {_named(region, code)} {must}{end}"


def _which(region: RegionConfig, authority: str, child_ref: str) -> str:
    return f"{FAILED} {child_ref} of {_named(region, authority)}"


def _named(region: RegionConfig, code: str) -> str:
    """An authority outside the region goes by its code."""
    known = region.authorities.get(code)
    return f"{known.name} ({code})" if known else code
