"""Whether a region file's desks and record forms can be used."""

from collections.abc import Mapping, Sequence

from geography.areas import read_areas
from notifications.facts import TemplateLine
from notifications.fill_in import check_template


def route_faults(code: str, routes: Mapping[str, str]) -> list[str]:
    """What is wrong with an authority's desks: one that no notice could name."""
    if not routes:
        return []
    force_of = read_areas().force_by_la
    served = sorted(la for la, force in force_of.items() if force == code)
    if not served:
        return [f"authorities.{code}.routes: only a force has desks; remove them"]
    return [
        f"authorities.{code}.routes.{la}: not in this force's area; use one of "
        f"{', '.join(served)}"
        for la in sorted(routes)
        if la not in served
    ]


def template_faults(code: str, lines: Sequence[TemplateLine]) -> list[str]:
    """What is wrong with an authority's record form."""
    return [
        f"authorities.{code}.record_template: {fault}"
        for fault in check_template(lines)
    ]
