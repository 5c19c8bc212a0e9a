"""Runs, pictures, placements, decisions and people."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "run",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_run")),
        sa.CheckConstraint(
            "ordinal > 0",
            name=op.f("ck_run_ordinal"),
        ),
        sa.CheckConstraint(
            "outcome IN ('good', 'degraded', 'failed')",
            name=op.f("ck_run_outcome"),
        ),
        sa.UniqueConstraint(
            "region",
            "business_date",
            "ordinal",
            name=op.f("uq_run_region_business_date_ordinal"),
        ),
    )
    op.create_table(
        "authority_picture",
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "authority", "business_date", name=op.f("pk_authority_picture")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["run.run_id"], name=op.f("fk_authority_picture_run_id")
        ),
    )
    op.create_index("ix_authority_picture_run_id", "authority_picture", ["run_id"])
    op.create_table(
        "placement",
        sa.Column("placement_ref", sa.Text(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("child_ref", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("placement_ref", name=op.f("pk_placement")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["run.run_id"], name=op.f("fk_placement_run_id")
        ),
    )
    op.create_index(
        "ix_placement_authority_child_ref", "placement", ["authority", "child_ref"]
    )
    op.create_index("ix_placement_run_id", "placement", ["run_id"])
    op.create_table(
        "placement_observation",
        sa.Column("placement_ref", sa.Text(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("until", sa.Date()),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("absent_nights", sa.Integer(), nullable=False),
        sa.Column("source_kind", sa.Text(), nullable=False),
        sa.Column("source_ref", sa.Text()),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("end", sa.Date()),
        sa.Column("postcode", sa.Text()),
        sa.Column("place_code", sa.Text()),
        sa.Column("legal_status", sa.Text()),
        sa.Column("start_reason", sa.Text()),
        sa.Column("end_reason", sa.Text()),
        sa.Column("temporary", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint(
            "placement_ref", "business_date", name=op.f("pk_placement_observation")
        ),
        sa.CheckConstraint(
            "absent_nights >= 0",
            name=op.f("ck_placement_observation_absent_nights"),
        ),
        sa.CheckConstraint(
            "status IN ('current', 'ended', 'withdrawn')",
            name=op.f("ck_placement_observation_status"),
        ),
        sa.CheckConstraint(
            "until > business_date",
            name=op.f("ck_placement_observation_until"),
        ),
        sa.ForeignKeyConstraint(
            ["placement_ref"],
            ["placement.placement_ref"],
            name=op.f("fk_placement_observation_placement_ref"),
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["run.run_id"], name=op.f("fk_placement_observation_run_id")
        ),
    )
    op.create_index(
        "ix_placement_observation_run_id", "placement_observation", ["run_id"]
    )
    op.create_index(
        "ix_placement_observation_until", "placement_observation", ["until"]
    )
    op.create_table(
        "decision",
        sa.Column("placement_ref", sa.Text(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("until", sa.Date()),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("placing_la", sa.Text(), nullable=False),
        sa.Column("child_ref", sa.Text(), nullable=False),
        sa.Column("host_la", sa.Text()),
        sa.Column("host_force", sa.Text()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("facts_hash", sa.Text(), nullable=False),
        sa.Column("last_good_state", sa.Text()),
        sa.Column("last_good_on", sa.Date()),
        sa.Column("last_good_facts_hash", sa.Text()),
        sa.Column("possible_since", sa.Date()),
        sa.PrimaryKeyConstraint(
            "placement_ref", "business_date", name=op.f("pk_decision")
        ),
        sa.CheckConstraint(
            "last_good_on <= business_date",
            name=op.f("ck_decision_last_good_before"),
        ),
        sa.CheckConstraint(
            "(last_good_state IS NULL) = (last_good_facts_hash IS NULL)",
            name=op.f("ck_decision_last_good_facts_hash"),
        ),
        sa.CheckConstraint(
            "(last_good_state IS NULL) = (last_good_on IS NULL)",
            name=op.f("ck_decision_last_good_on"),
        ),
        sa.CheckConstraint(
            (
                "last_good_state IN ('known_at_address_no_flag', "
                "'known_at_placement', 'known_not_at_address', 'not_known', "
                "'possible')"
            ),
            name=op.f("ck_decision_last_good_state"),
        ),
        sa.CheckConstraint(
            "possible_since <= business_date",
            name=op.f("ck_decision_possible_since"),
        ),
        sa.CheckConstraint(
            (
                "state IN ('known_at_placement', 'known_at_address_no_flag', "
                "'known_not_at_address', 'possible', 'not_known', 'cannot_say',"
                " 'restricted', 'out_of_scope')"
            ),
            name=op.f("ck_decision_state"),
        ),
        sa.CheckConstraint(
            "until > business_date",
            name=op.f("ck_decision_until"),
        ),
        sa.ForeignKeyConstraint(
            ["placement_ref"],
            ["placement.placement_ref"],
            name=op.f("fk_decision_placement_ref"),
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["run.run_id"], name=op.f("fk_decision_run_id")
        ),
    )
    op.create_index("ix_decision_run_id", "decision", ["run_id"])
    op.create_index("ix_decision_until", "decision", ["until"])
    op.create_table(
        "person",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_person")),
        sa.CheckConstraint(
            "kind IN ('child', 'perpetrator')",
            name=op.f("ck_person_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["run.run_id"], name=op.f("fk_person_run_id")
        ),
    )
    op.create_table(
        "person_member",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("record_ref", sa.Text(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("until", sa.Date()),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("probability", sa.Float(), nullable=False),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint(
            "kind",
            "authority",
            "record_ref",
            "business_date",
            name=op.f("pk_person_member"),
        ),
        sa.CheckConstraint(
            "kind IN ('child', 'perpetrator')",
            name=op.f("ck_person_member_kind"),
        ),
        sa.CheckConstraint(
            "probability BETWEEN 0 AND 1",
            name=op.f("ck_person_member_probability"),
        ),
        sa.CheckConstraint(
            "until > business_date",
            name=op.f("ck_person_member_until"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.person_id"], name=op.f("fk_person_member_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["run.run_id"], name=op.f("fk_person_member_run_id")
        ),
    )
    op.create_index("ix_person_member_person_id", "person_member", ["person_id"])
    op.create_index("ix_person_member_run_id", "person_member", ["run_id"])
    op.create_index("ix_person_member_until", "person_member", ["until"])
