"""Which risks an extract tells of a child: yes, no, or nothing.

The factors are those of the children in need census, found at the end of an assessment.
Source of the codes and their meaning: the code set in data-to-insight/ssd-data-model,
``data/objects/ssd_assessment_factors.yml``. Each factor says that a child *may be at
risk of harm*, so child sexual exploitation (11A) is ``cse_at_risk``: no factor says
that a child is a victim or a perpetrator.
"""

import datetime as dt
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from connectors.columns import yes_or_no

FACTORS = {
    "9A": "uasc",
    "10A": "missing",
    "11A": "cse_at_risk",
    "12A": "trafficked",
    "13A": "gang",
    "24A": "cce",
}
"""The factors that are among the criteria for telling police, by code."""

_CODE = re.compile(r"\d{1,2}[A-Z]?")


@dataclass(frozen=True, slots=True)
class _Answer:
    answer: bool
    since: dt.date | None
    sources: tuple[str, ...]


@dataclass(slots=True)
class Answers:
    """One answer for each child and indicator, from however many sources.

    *Yes* beats *no*, whichever came first: that a later assessment does not find a
    risk does not undo it. The earliest date of a yes is since when.
    """

    found: dict[tuple[str, str], _Answer] = field(default_factory=dict)

    def add(
        self,
        child: str,
        indicator: str,
        source: str,
        *,
        answer: bool,
        since: dt.date | None = None,
    ) -> None:
        key = (child, indicator)
        before = self.found.get(key)
        if before is None or (answer and not before.answer):
            self.found[key] = _Answer(answer, since, (source,))
        elif answer == before.answer:
            dates = [day for day in (before.since, since) if day]
            sources = tuple(dict.fromkeys((*before.sources, source)))
            self.found[key] = _Answer(answer, min(dates, default=None), sources)

    def rows(self, authority: str) -> Iterator[dict[str, object]]:
        """Rows of the canonical table of risks."""
        for (child, indicator), said in self.found.items():
            yield {
                "authority": authority, "child_ref": child, "indicator": indicator,
                "answer": said.answer, "since": said.since,
                "source": ", ".join(said.sources),
            }  # fmt: skip


def read_factors(text: str) -> dict[str, bool] | None:
    """The factors of an assessment and whether each was found.

    Both forms of the SSD are read: a list of the factors found, ``["1A", "11A"]``, in
    which a factor that is not listed has no answer; and an object that answers each,
    ``{"1A": "Yes", "11A": "No"}``. A bare ``1A, 11A`` is read as a list.

    Returns:
        ``None`` when the text is neither.
    """
    try:
        said = json.loads(text)
    except ValueError:
        said = re.split(r"[\s,;|]+", text.strip().strip("[]"))
    return read_factor_list(said)


def read_factor_list(said: object) -> dict[str, bool] | None:
    """The same, of JSON that is parsed; nothing at all is no factors."""
    if said is None:
        return {}
    if isinstance(said, str):
        said = [said]
    if isinstance(said, dict):
        answers = {_code(key): _answer(value) for key, value in said.items()}
    elif isinstance(said, list):
        answers = {_code(value): True for value in said}
    else:
        return None
    if answers.keys() == {None}:
        return None
    return {
        code: answer
        for code, answer in answers.items()
        if code is not None and answer is not None
    }


def _code(value: object) -> str | None:
    """``11A`` of ``11A``, of ``11a`` and of ``11A - Child sexual exploitation``."""
    match = _CODE.match(value.strip().upper()) if isinstance(value, str) else None
    return match[0] if match else None


def _answer(value: object) -> bool | None:
    return value if isinstance(value, bool) else yes_or_no(str(value))
