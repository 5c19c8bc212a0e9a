"""What a night finds: runs, pictures, placements, decisions, people and shields."""

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)

from notifications.documents import Priority
from notifications.facts import GOOD_STATES, PlacementStatus, State
from register.columns import UtcDateTime, one_of
from register.tables.metadata import METADATA

OUTCOMES = ("good", "degraded", "failed")
MODES = ("snapshot", "delta")
PERSON_KINDS = ("child", "perpetrator")

run = Table(
    "run",
    METADATA,
    Column("run_id", Text, primary_key=True),
    Column("region", Text, nullable=False),
    Column("business_date", Date, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("rules", Text),
    Column("children_model", Text),
    Column("perpetrator_model", Text),
    Column("baseline", Boolean, nullable=False, default=False),
    Column("settings", JSON(none_as_null=True)),
    UniqueConstraint("region", "business_date", "ordinal"),
    CheckConstraint("ordinal > 0", name="ordinal"),
    CheckConstraint(one_of("outcome", OUTCOMES), name="outcome"),
)
"""Each recorded night: the first of a date has ordinal 1, each run again one more.
What decided it (rules, models and settings) is null for nights before that was written
down."""

authority_picture = Table(
    "authority_picture",
    METADATA,
    Column("authority", Text, primary_key=True),
    Column("business_date", Date, primary_key=True),
    Column("path", Text, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("run_id", Text, ForeignKey("run.run_id"), nullable=False),
    Column("mode", Text),
    CheckConstraint(one_of("mode", MODES), name="mode"),
    Index(None, "run_id"),
)
"""Where each good extract lies. ``mode`` is null on nights before it was kept."""

placement = Table(
    "placement",
    METADATA,
    Column("placement_ref", Text, primary_key=True),
    Column("authority", Text, nullable=False),
    Column("child_ref", Text, nullable=False),
    Column("run_id", Text, ForeignKey("run.run_id"), nullable=False),
    Index(None, "authority", "child_ref"),
    Index(None, "run_id"),
)
"""That a placement has a name of ours, for good."""

placement_observation = Table(
    "placement_observation",
    METADATA,
    Column(
        "placement_ref", Text, ForeignKey("placement.placement_ref"), primary_key=True
    ),
    Column("business_date", Date, primary_key=True),
    Column("until", Date),
    Column("run_id", Text, ForeignKey("run.run_id"), nullable=False),
    Column("status", Text, nullable=False),
    Column("absent_nights", Integer, nullable=False),
    Column("source_kind", Text, nullable=False),
    Column("source_ref", Text),
    Column("start", Date, nullable=False),
    Column("end", Date),
    Column("postcode", Text),
    Column("place_code", Text),
    Column("legal_status", Text),
    Column("start_reason", Text),
    Column("end_reason", Text),
    Column("temporary", Boolean, nullable=False),
    CheckConstraint(one_of("status", PlacementStatus), name="status"),
    CheckConstraint("absent_nights >= 0", name="absent_nights"),
    CheckConstraint("until > business_date", name="until"),
    Index(None, "until"),
    Index(None, "run_id"),
)
"""What was seen of a placement: a row for each night on which that changed."""

decision = Table(
    "decision",
    METADATA,
    Column(
        "placement_ref", Text, ForeignKey("placement.placement_ref"), primary_key=True
    ),
    Column("business_date", Date, primary_key=True),
    Column("until", Date),
    Column("run_id", Text, ForeignKey("run.run_id"), nullable=False),
    Column("placing_la", Text, nullable=False),
    Column("child_ref", Text, nullable=False),
    Column("host_la", Text),
    Column("host_force", Text),
    Column("state", Text, nullable=False),
    Column("facts_hash", Text, nullable=False),
    Column("last_good_state", Text),
    Column("last_good_on", Date),
    Column("last_good_facts_hash", Text),
    Column("possible_since", Date),
    Column("rule", Text),
    Column("reason", Text),
    Column("as_of", Date),
    Column("priority", Text),
    Column("at_distance", Boolean),
    Column("cross_force", Boolean),
    Column("best_nominal_ref", Text),
    Column("match_probability", Float),
    Column("judgement", Text),
    Column("evidence", JSON(none_as_null=True)),
    Column("priority_rule", Text),
    Column("silence", JSON(none_as_null=True)),
    CheckConstraint(one_of("state", State), name="state"),
    CheckConstraint(
        one_of("last_good_state", sorted(GOOD_STATES)), name="last_good_state"
    ),
    CheckConstraint(
        "(last_good_state IS NULL) = (last_good_on IS NULL)", name="last_good_on"
    ),
    CheckConstraint(
        "(last_good_state IS NULL) = (last_good_facts_hash IS NULL)",
        name="last_good_facts_hash",
    ),
    CheckConstraint("last_good_on <= business_date", name="last_good_before"),
    CheckConstraint(one_of("priority", Priority), name="priority"),
    CheckConstraint("match_probability BETWEEN 0 AND 1", name="match_probability"),
    CheckConstraint("possible_since <= business_date", name="possible_since"),
    CheckConstraint("until > business_date", name="until"),
    Index(None, "placement_ref", "state", "business_date"),
    Index(None, "until"),
    Index(None, "run_id"),
)
"""One row for each placement and night that decided about it. The columns
``last_good_…`` and ``possible_since`` carry on from the row before, so that the latest
row is enough. From ``rule`` on it is why: null on nights before that was written
down. ``evidence`` lists comparisons, levels and weights of the best candidate;
``silence`` who heard nothing that night, by which rule."""

person = Table(
    "person",
    METADATA,
    Column("person_id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("created_on", Date, nullable=False),
    Column("run_id", Text, ForeignKey("run.run_id"), nullable=False),
    CheckConstraint(one_of("kind", PERSON_KINDS), name="kind"),
)
"""A cross-border person's id, which is never given to another."""

person_member = Table(
    "person_member",
    METADATA,
    Column("kind", Text, primary_key=True),
    Column("authority", Text, primary_key=True),
    Column("record_ref", Text, primary_key=True),
    Column("business_date", Date, primary_key=True),
    Column("until", Date),
    Column("run_id", Text, ForeignKey("run.run_id"), nullable=False),
    Column("person_id", Uuid, ForeignKey("person.person_id"), nullable=False),
    Column("probability", Float, nullable=False),
    Column("restricted", Boolean, nullable=False),
    Column("present", Boolean, nullable=False),
    CheckConstraint(one_of("kind", PERSON_KINDS), name="kind"),
    CheckConstraint("probability BETWEEN 0 AND 1", name="probability"),
    CheckConstraint("until > business_date", name="until"),
    Index(None, "until"),
    Index(None, "run_id"),
    Index(None, "person_id"),
)
"""Which person a record belongs to; ``present`` is false since it fell away."""

shield = Table(
    "shield",
    METADATA,
    Column("authority", Text, primary_key=True),
    Column("child_ref", Text, primary_key=True),
    Column("business_date", Date, primary_key=True),
    Column("until", Date),
    Column("run_id", Text, ForeignKey("run.run_id"), nullable=False),
    Column("since", Date, nullable=False),
    Column("last_day", Date),
    Column("forename", Text),
    Column("surname", Text),
    Column("known_as", Text),
    Column("former_surname", Text),
    Column("dob", Date),
    Column("identifiers", JSON, nullable=False),
    CheckConstraint("until > business_date", name="until"),
    CheckConstraint("since <= business_date", name="since"),
    Index(None, "until"),
    Index(None, "run_id"),
)
"""A child that its authority shields, by what a second record of it would bear: names,
date of birth, and ``identifiers`` as pairs of type and value. ``since`` is the night
that first remembered it, ``last_day`` the shield's own end. A row that holds no longer
is deleted once no night can ask for it."""

second_record = Table(
    "second_record",
    METADATA,
    Column("authority", Text, primary_key=True),
    Column("child_ref", Text, primary_key=True),
    Column("shielded_authority", Text, primary_key=True),
    Column("shielded_ref", Text, primary_key=True),
    Column("business_date", Date, primary_key=True),
    Column("until", Date),
    Column("run_id", Text, ForeignKey("run.run_id"), nullable=False),
    CheckConstraint("until > business_date", name="until"),
    Index(None, "until"),
    Index(None, "run_id"),
)
"""That a record may be a second one of a shielded child. Kept as long as ``shield``'s
rows are."""
