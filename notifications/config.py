"""A region's policy: what its partners agreed within what the contracts allow.

Every default is the contracts'. A region file may tell more people, more urgently; it
can't make a shielded child less shielded or silence a cell of the matrix.
"""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from notifications.documents import ObligationKind, Priority
from notifications.recipients import MATRIX, TIGHTENABLE, Row
from notifications.scope import SCOPE_RULES, Verdict
from records.risks import RISK_INDICATORS

WorkingDays = Annotated[int, Field(ge=0, le=60)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DaysByPriority(_Section):
    """Working days in England and Wales, counted from the day after."""

    high: WorkingDays
    standard: WorkingDays
    low: WorkingDays

    def of(self, priority: Priority) -> int:
        days: int = getattr(self, priority.value)
        return days


class Priorities(_Section):
    """What raises or lowers a placement beside the criteria."""

    high_place_codes: frozenset[str] = frozenset({"K3", "H5", "P2"})
    high_from_age: int = 16
    """With one of these place codes, high from this age on: supported and independent
    accommodation carries a high risk of exploitation."""
    low_place_codes: frozenset[str] = frozenset({"P1"})


class Clocks(_Section):
    """Working days until something is due. No law sets those of ``acknowledge``: they
    are the partners' protocol."""

    acknowledge: DaysByPriority = DaysByPriority(high=1, standard=5, low=5)
    emergency: WorkingDays = 5
    """Care Planning Regulations 2010, regulation 13: after an emergency placement."""
    ending: WorkingDays = 10
    """Regulation 14: the outer limit after a placement ended."""
    data_task: WorkingDays = 2
    named_officer_task: WorkingDays = 1
    manual_channel_task: WorkingDays = 1
    disagreement_task: WorkingDays = 3
    record: WorkingDays = 3
    """From acknowledgement until the recipient's extract must show it."""
    remind_at: Annotated[float, Field(gt=0, lt=1)] = 0.5
    """The share of the working time until something is due at which a reminder goes."""
    escalate: tuple[WorkingDays, ...] = (0, 1, 3)
    """Working days overdue at which the supervisor, the named officer and the
    strategic lead are named, in this order."""

    def of_task(self, kind: ObligationKind) -> int:
        days: int = getattr(self, kind.value)
        return days


class Surge(_Section):
    """When a crowd of notices waits for a named person's release."""

    factor: Annotated[float, Field(ge=1.5, le=100)] = 3
    """How many times the usual number of a night is too many."""
    nights: Annotated[int, Field(ge=7, le=90)] = 28
    """Nights that the usual number is the median of."""
    settled_after: Annotated[int, Field(ge=1, le=28)] = 7
    """Nights that must be recorded before there is a usual number."""
    at_least: Annotated[int, Field(ge=1)] = 20
    """So few are never a surge."""


class Baseline(_Section):
    """How the stock of the first night is let go."""

    per_working_day: Annotated[int, Field(ge=1)] = 25
    """Notices to one recipient on one working day, the most urgent first."""


class Reconciliation(_Section):
    """When sources that say different things of a placement disagree."""

    settle_days: Annotated[int, Field(ge=0, le=60)] = 5
    """A difference younger than so many days is on its way and no disagreement."""
    date_days: Annotated[int, Field(ge=0, le=60)] = 3
    """Two dates of one thing may differ by so many days."""


class PolicyConfig(_Section):
    """The ``policy`` section of a region file."""

    scope: dict[str, Verdict] = {}
    """Other verdicts for rules of the scope table, by rule id."""
    criteria: frozenset[str] = frozenset(RISK_INDICATORS)
    """The risk indicators that make a placement high priority."""
    criteria_only: bool = False
    """Whether the police hear only of children who meet a criterion. Local authorities
    hear of all."""
    priorities: Priorities = Priorities()
    clocks: Clocks = Clocks()
    grace_nights: Annotated[int, Field(ge=0, le=14)] = 3
    """How long a child once known stays quiet while the force's extract can't be used.
    Nights are counted from the last one that decided on good data."""
    review_deadline: DaysByPriority = DaysByPriority(high=1, standard=3, low=5)
    surge: Surge = Surge()
    baseline: Baseline = Baseline()
    reconciliation: Reconciliation = Reconciliation()
    squash_days: Annotated[int, Field(ge=0, le=7)] = 1
    """A child who is back at the same address within so many days has not moved."""
    recipients: dict[Row, Literal["new", "update", "unconfirmed"]] = {}
    """Rows of the matrix in which the host force is told although the contracts say
    nothing, and as what."""
    pointers_to_local_authorities: bool = True
    """Whether a local authority that holds a person of concern is told that a force
    holds the same person. With ``false`` it is kept blind, and the force alone told."""

    @model_validator(mode="after")
    def _only_tightens(self) -> Self:
        rules = {rule.id: rule for rule in SCOPE_RULES}
        for rule_id, verdict in self.scope.items():
            if rule_id not in rules:
                raise ValueError(
                    f"scope: there is no rule {rule_id!r}; use one of "
                    + ", ".join(sorted(rules))
                )
            if rules[rule_id].verdict is Verdict.RESTRICTED is not verdict:
                raise ValueError(f"scope: {rule_id} is restricted and must stay so")
        unknown = self.criteria - set(RISK_INDICATORS)
        if unknown:
            raise ValueError(f"criteria: not a risk indicator: {sorted(unknown)}")
        for row in self.recipients:
            if row not in TIGHTENABLE:
                told = MATRIX[row].host_force
                raise ValueError(
                    f"recipients: {row} can't be changed: the host force is "
                    + (f"told as {told} already" if told else "not to be told")
                )
        return self
