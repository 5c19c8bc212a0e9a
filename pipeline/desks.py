"""Whether a region file's desks and record forms can be used."""

from collections.abc import Iterable, Mapping, Sequence

from pydantic import BaseModel, ConfigDict

from geography.areas import read_areas
from notifications.facts import TemplateLine
from notifications.fill_in import EARLIER_TOKEN, TOKEN, check_template


class TemplateSection(BaseModel):
    """A part of a recipient's record form: its fields in order, and what fills them.

    A value is a name such as ``child.surname``, or a text in quotes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    section: str
    fields: dict[str, str]


def lines_of(sections: Iterable[TemplateSection]) -> tuple[TemplateLine, ...]:
    """The fields of an authority's own record form, in order."""
    return tuple(
        TemplateLine(part.section, label, value)
        for part in sections
        for label, value in part.fields.items()
    )


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


def template_faults(
    code: str, making: Sequence[TemplateLine], closing: Sequence[TemplateLine]
) -> list[str]:
    """What is wrong with an authority's record forms."""
    forms = (("record", making, TOKEN), ("closing", closing, EARLIER_TOKEN))
    return [
        f"authorities.{code}.{form}_template: {fault}"
        for form, lines, needed in forms
        for fault in check_template(lines, needed)
    ]
