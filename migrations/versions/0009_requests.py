"""Requests for coaching before anybody answers for the record, to whom records were given, and mailed invitations."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("coaching_records") as records:
        records.alter_column("referent_id", existing_type=sa.Integer(), nullable=True)
    op.create_table(
        "coaching_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("need", sa.String(length=200), nullable=False),
        sa.Column("knows_programme", sa.Boolean(), nullable=False),
        sa.Column("routing_reason", sa.String(length=300), nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["record_id"], ["coaching_records.id"], name="fk_coaching_requests_record_id_coaching_records"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name="fk_coaching_requests_person_id_persons"),
        sa.PrimaryKeyConstraint("id", name="pk_coaching_requests"),
        sa.UniqueConstraint("record_id", name="uq_coaching_requests_record_id"),
        sa.UniqueConstraint("key", name="uq_coaching_requests_key"),
        sa.UniqueConstraint("digest", name="uq_coaching_requests_digest"),
    )
    op.create_index("ix_coaching_requests_person_id", "coaching_requests", ["person_id"])
    op.create_table(
        "assignments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("old_organisation_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("old_referent_id", sa.Integer(), nullable=True),
        sa.Column("referent_id", sa.Integer(), nullable=True),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("mode IN ('auto', 'manual', 'bulk', 'absence')", name="mode_is_known"),
        sa.CheckConstraint("mode = 'auto' OR reason <> ''", name="a_change_has_its_reason"),
        sa.ForeignKeyConstraint(
            ["record_id"], ["coaching_records.id"], name="fk_assignments_record_id_coaching_records"
        ),
        sa.ForeignKeyConstraint(
            ["old_organisation_id"], ["organisations.id"], name="fk_assignments_old_organisation_id_organisations"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_assignments_organisation_id_organisations"
        ),
        sa.ForeignKeyConstraint(["old_referent_id"], ["users.id"], name="fk_assignments_old_referent_id_users"),
        sa.ForeignKeyConstraint(["referent_id"], ["users.id"], name="fk_assignments_referent_id_users"),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name="fk_assignments_by_id_users"),
        sa.PrimaryKeyConstraint("id", name="pk_assignments"),
    )
    op.create_index("ix_assignments_record_id", "assignments", ["record_id"])
    op.create_table(
        "record_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["record_id"], ["coaching_records.id"], name="fk_record_links_record_id_coaching_records"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name="fk_record_links_person_id_persons"),
        sa.ForeignKeyConstraint(["made_by_id"], ["users.id"], name="fk_record_links_made_by_id_users"),
        sa.PrimaryKeyConstraint("id", name="pk_record_links"),
        sa.UniqueConstraint("token_hash", name="uq_record_links_token_hash"),
    )
    op.create_index("ix_record_links_record_id", "record_links", ["record_id"])
    op.create_index("ix_record_links_person_id", "record_links", ["person_id"])


def downgrade() -> None:
    """A request that nobody took yet has no referent: it must be taken or removed before."""
    op.drop_table("record_links")
    op.drop_table("assignments")
    op.drop_table("coaching_requests")
    with op.batch_alter_table("coaching_records") as records:
        records.alter_column("referent_id", existing_type=sa.Integer(), nullable=False)
