"""The situation of a person at their arrival, at the end and later: always confidential."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "situation_snapshots",
        sa.Column("visibility", sa.String(length=12), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("moment", sa.String(length=10), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("employment", sa.String(length=14), nullable=False),
        sa.Column("on_social_minimum", sa.String(length=8), nullable=False),
        sa.Column("lives_in_qpv", sa.String(length=8), nullable=False),
        sa.Column("education", sa.String(length=6), nullable=False),
        sa.Column("household", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("visibility = 'restricted'", name=op.f("ck_situation_snapshots_is_always_restricted")),
        sa.CheckConstraint(
            "moment IN ('entry', 'exit', 'follow_up')", name=op.f("ck_situation_snapshots_moment_is_known")
        ),
        sa.CheckConstraint(
            "on_social_minimum IN ('yes', 'no', 'unknown')", name=op.f("ck_situation_snapshots_minimum_is_known")
        ),
        sa.CheckConstraint("lives_in_qpv IN ('yes', 'no', 'unknown')", name=op.f("ck_situation_snapshots_qpv_is_known")),
        sa.ForeignKeyConstraint(
            ["record_id"], ["coaching_records.id"], name=op.f("fk_situation_snapshots_record_id_coaching_records")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_situation_snapshots_person_id_persons")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_situation_snapshots_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_situation_snapshots_author_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_situation_snapshots")),
        sa.UniqueConstraint(
            "record_id", "person_id", "organisation_id", "moment", "happened_on",
            name=op.f("uq_situation_snapshots_moment"),
        ),
    )  # fmt: skip
    op.create_index("ix_situation_snapshots_person_id", "situation_snapshots", ["person_id"])


def downgrade() -> None:
    op.drop_table("situation_snapshots")
