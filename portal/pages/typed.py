"""The forms of a notice as they were typed, and what is wrong with them."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Annotated, get_args

from fastapi import Form

from portal.notice_rows import Reason
from portal.replies import Recorded

_LONGEST_REFERENCE = 60


@dataclass(frozen=True, slots=True)
class Typed:
    """An acknowledgement or a dispute as it was typed, and what is wrong with it."""

    reference: str = ""
    day: str = ""
    month: str = ""
    year: str = ""
    version: int = 0
    """The notice's version that the form showed."""
    sure_of: str = ""
    """The reference that was confirmed although other notices bear it."""
    dispute: str = ""
    reference_error: str = ""
    date_error: str = ""
    dispute_error: str = ""
    purpose_error: str = ""
    others: int = 0
    """On how many notices of other children the reference stands already."""

    @property
    def repeats(self) -> str:
        """What to ask when other children's notices bear the reference."""
        if not self.others:
            return ""
        many = f"{self.others} other notices"
        notices = "1 other notice" if self.others == 1 else many
        return (
            f"This reference is on {notices}, about other children. Check it. If it "
            "is right, acknowledge again"
        )

    @property
    def errors(self) -> list[tuple[str, str]]:
        """Where on the page each fault is, and its words."""
        found = (
            ("reference", self.reference_error or self.repeats),
            ("recorded-day", self.date_error),
            ("dispute", self.dispute_error),
            ("purpose", self.purpose_error),
        )
        return [(place, text) for place, text in found if text]


def typed_form(
    version: Annotated[int, Form(ge=1)],
    reference: Annotated[str, Form()] = "",
    day: Annotated[str, Form(alias="recorded-day")] = "",
    month: Annotated[str, Form(alias="recorded-month")] = "",
    year: Annotated[str, Form(alias="recorded-year")] = "",
    sure_of: Annotated[str, Form(alias="sure")] = "",
) -> Typed:
    """The acknowledgement form as it was sent."""
    return Typed(
        reference.strip(), day.strip(), month.strip(), year.strip(), version,
        sure_of.strip(),
    )  # fmt: skip


def read_form(typed: Typed, today: dt.date) -> Recorded | Typed:
    """What the form says; or the form with its faults, when it has any."""
    reference_error = date_error = ""
    if not typed.reference:
        reference_error = "Enter your own record's reference"
    elif len(typed.reference) > _LONGEST_REFERENCE or not typed.reference.isprintable():
        reference_error = (
            f"The reference must be plain text of up to {_LONGEST_REFERENCE} characters"
        )
    recorded_on = _date(typed.day, typed.month, typed.year)
    if not (typed.day or typed.month or typed.year):
        date_error = "Enter the date on which you recorded it"
    elif recorded_on is None:
        date_error = "The date must be a real date, such as 22 11 2026"
    elif recorded_on > today:
        date_error = "The date must be today or in the past"
    if reference_error or date_error or recorded_on is None:
        return replace(typed, reference_error=reference_error, date_error=date_error)
    sure = typed.sure_of == typed.reference
    return Recorded(typed.reference, recorded_on, typed.version, sure)


def read_reason(text: str) -> Reason | None:
    """Why the notice is wrong; ``None`` when nothing was chosen."""
    return text if text in get_args(Reason) else None  # type: ignore[return-value]


def _date(day: str, month: str, year: str) -> dt.date | None:
    if not all(part.isascii() and part.isdecimal() for part in (day, month, year)):
        return None
    if len(year) != 4 or max(len(day), len(month)) > 2:
        return None
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None
