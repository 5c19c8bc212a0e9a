"""What a region says about matching: which models, and what being wrong costs."""

from pydantic import BaseModel, ConfigDict, Field, model_validator

from matching.evidence import Thresholds
from matching.guards import CEILING

_FILE = r"^[a-z_]+-\d{4}-\d{2}-\d{2}-[0-9a-f]{4,64}\.json$"


class Costs(BaseModel):
    """What each outcome costs, in one unit of the region's choice.

    Only the ratios matter. ``review`` is a reviewer's time for one pair.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    missed_child: float = Field(gt=0)
    """A child taken for another, known one, so that nobody is told."""
    needless_notice: float = Field(gt=0)
    """A notice about a child whom the recipient knows already."""
    review: float = Field(gt=0)


class MatchingConfig(BaseModel):
    """The section ``matching`` of a region file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = Field(pattern=_FILE)
    """File name in ``config/models`` for children against nominals."""
    perpetrator_model: str = Field(pattern=_FILE)
    """File name in ``config/models`` for adults across forces."""
    costs: Costs
    candidate_floor: float = Field(default=0.001, gt=0, lt=1)
    """Pairs less probable than this are not kept at all."""

    @model_validator(mode="after")
    def _lines_make_sense(self) -> "MatchingConfig":
        lines = self.thresholds()
        if not lines.review <= CEILING < lines.accept:
            raise ValueError(
                "a guarded pair has a probability of at most "
                f"{CEILING} and must be reviewed, never accepted: these costs put the "
                f"review line at {lines.review:g} and the accept line at "
                f"{lines.accept:g}; make review cheaper, or the errors dearer"
            )
        return self

    def thresholds(self) -> Thresholds:
        """Where the costs put the lines.

        Let p be the probability that a pair is one person. *Accepting* it costs
        ``missed_child`` when it is not, (1 - p) * missed_child in the mean. *Passing it
        over* costs ``needless_notice`` when it is, p * needless_notice in the mean.
        *Asking* costs ``review`` whatever the truth. So a pair is accepted when that is
        expected to cost no more than asking,

            (1 - p) * missed_child <= review,  p >= 1 - review / missed_child,

        and asked about when passing over is expected to cost at least as much,

            p * needless_notice >= review,     p >= review / needless_notice.

        Raises:
            ValueError: the lines do not rise from the floor to one.
        """
        return Thresholds(
            accept=1 - self.costs.review / self.costs.missed_child,
            review=self.costs.review / self.costs.needless_notice,
            floor=self.candidate_floor,
        )
