"""How one authority's extract arrives, in which format, and what is normal for it.

This is the ``source`` section of an authority in the region file. Loading it reads no
data and imports no data library, so that schedules parse quickly.
"""

from difflib import get_close_matches
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

Kind = Literal["ssd-csv", "ssda903", "csc-api-json", "police-pole"]
Mode = Literal["snapshot", "delta"]

POLICE_KINDS = frozenset({"police-pole"})

DELTA_KINDS = frozenset({"csc-api-json"})
"""Kinds whose feed tells only what changed, unless the region file says otherwise."""

COUNTED_TABLES: dict[str, frozenset[str]] = {
    "children": frozenset(
        {
            "children", "placements", "child_addresses", "identifiers", "protected",
            "placement_details", "missing_episodes", "risks", "persons_of_concern",
            "home_notices", "children_placed_here",
        }
    ),
    "police": frozenset(
        {
            "nominals", "nominal_aliases", "nominal_addresses", "roles",
            "identifiers", "flags",
        }
    ),
}  # fmt: skip
"""The tables that ``min_rows`` may name (``records.schemas``, less the derived)."""


class _Section(BaseModel):
    """Frozen, and an unknown key is an error that offers the nearest known one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _knows_every_key(cls, given: object) -> object:
        if not isinstance(given, dict):
            return given
        known = sorted(cls.model_fields)
        for key in given:
            if key in known:
                continue
            near = get_close_matches(str(key), known, n=1)
            mend = f"did you mean {near[0]!r}?" if near else f"use one of {known}"
            raise ValueError(f"unknown key {key!r}: {mend}")
        return given


class Expectations(_Section):
    """What is normal for a source; outside it the extract decides nothing that night.

    The counts are asked of what arrived, before it is merged with the last picture.
    """

    min_rows: dict[str, int] = Field(default_factory=dict)
    """The fewest rows of a canonical table, such as ``{children: 400}``."""

    max_drop: float | None = 0.5
    """The largest share, 0 to 1, by which a snapshot's main tables may shrink against
    the last good picture; ``null`` asks nothing. A delta is never asked."""

    max_age_hours: int = 36
    """Police only: how long before the end of the business date (midnight in
    Europe/London) the latest recorded event may lie."""

    keep_absent_nights: int = 3
    """How many good snapshots in a row may lack a record before it is withdrawn."""

    @field_validator("min_rows")
    @classmethod
    def _counts_are_not_negative(cls, value: dict[str, int]) -> dict[str, int]:
        for table, rows in value.items():
            if rows < 0:
                raise ValueError(
                    f"min_rows[{table!r}] is {rows}: give a count of 0 or more"
                )
        return value

    @field_validator("max_drop")
    @classmethod
    def _drop_is_a_share(cls, value: float | None) -> float | None:
        if value is not None and not 0 <= value <= 1:
            raise ValueError(
                f"max_drop is {value}: give a share from 0 to 1 (0.5 is half), or "
                "null to ask nothing"
            )
        return value

    @field_validator("max_age_hours")
    @classmethod
    def _age_is_positive(cls, value: int) -> int:
        if value < 1:
            raise ValueError(f"max_age_hours is {value}: give 1 hour or more")
        return value

    @field_validator("keep_absent_nights")
    @classmethod
    def _nights_are_not_negative(cls, value: int) -> int:
        if value < 0:
            raise ValueError(
                f"keep_absent_nights is {value}: give 0 (withdraw at once) or more"
            )
        return value


class SourceConfig(_Section):
    """Where one authority's extract comes from and how it is read."""

    transport: Literal["inbox"] = "inbox"
    """``inbox``: a folder for each authority and business date (contracts §1)."""

    kind: Kind
    mode: Mode | None = None
    """When not given: ``delta`` for csc-api-json, else ``snapshot``."""

    mapping: dict[str, dict[str, str]] = Field(default_factory=dict)
    """For a file (its name, its name without ending, or a pattern such as
    ``episodes*`` or ``*``): the supplier's column name to ours."""

    expectations: Expectations = Expectations()
    protected: Literal["required", "waived"] = "required"
    """Whether a children's services extract must say who is to be shielded."""

    @field_validator("mapping")
    @classmethod
    def _each_column_has_one_source(
        cls, value: dict[str, dict[str, str]]
    ) -> dict[str, dict[str, str]]:
        for file, columns in value.items():
            seen: dict[str, str] = {}
            for theirs, ours in columns.items():
                if not theirs.strip() or not ours.strip():
                    raise ValueError(
                        f"mapping[{file!r}] has an empty column name: give the "
                        "supplier's name on the left and ours on the right"
                    )
                other = seen.setdefault(ours.strip().casefold(), theirs)
                if other != theirs:
                    raise ValueError(
                        f"mapping[{file!r}] maps both {other!r} and {theirs!r} to "
                        f"{ours!r}: keep one of them"
                    )
        return value

    @model_validator(mode="after")
    def _agrees_with_its_kind(self) -> Self:
        family = "police" if self.kind in POLICE_KINDS else "children"
        for table in self.expectations.min_rows:
            if table not in COUNTED_TABLES[family]:
                raise ValueError(
                    f"expectations.min_rows names {table!r}, which {self.kind} does "
                    f"not have: use {sorted(COUNTED_TABLES[family])}"
                )
        if family == "police" and self.protected == "waived":
            raise ValueError(
                "protected: waived is for children's services only: a force says who "
                "is restricted in nominals; remove the key"
            )
        return self

    @property
    def is_delta(self) -> bool:
        """Whether absence from an extract means *unchanged*."""
        return self.read_as == "delta"

    @property
    def read_as(self) -> Mode:
        """The mode given, or the kind's own."""
        return self.mode or self._default_mode

    @property
    def is_police(self) -> bool:
        return self.kind in POLICE_KINDS

    @property
    def _default_mode(self) -> Mode:
        return "delta" if self.kind in DELTA_KINDS else "snapshot"
