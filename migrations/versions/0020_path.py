"""Moves of a record as rows, objectives, steps, outcomes, follow-ups; who came to an appointment."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("activities", sa.Column("attendance", sa.String(length=16), server_default="held", nullable=False))
    op.add_column("activities", sa.Column("category", sa.String(length=14), server_default="task", nullable=False))
    op.add_column("activities", sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("activities", sa.Column("place", sa.String(length=120), nullable=True))
    op.add_column("action_items", sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "record_moves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("old_state", sa.String(length=20), nullable=False),
        sa.Column("new_state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_record_moves_by_id_users")),
        sa.ForeignKeyConstraint(
            ["record_id"], ["coaching_records.id"], name=op.f("fk_record_moves_record_id_coaching_records")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_moves")),
    )
    op.create_index("ix_record_moves_record_id", "record_moves", ["record_id"])
    op.create_index("ix_record_moves_new_state_at", "record_moves", ["new_state", "at"])
    # The present state of each record is the only move of its past that can be known for sure.
    op.execute(
        "INSERT INTO record_moves (record_id, at, old_state, new_state, reason, told_at) "
        "SELECT id, created_at, '', state, '', created_at FROM coaching_records"
    )
    _create_path()
    _create_relays()


def _create_path() -> None:
    op.create_table(
        "objectives",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("owner", sa.String(length=10), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("visibility", sa.String(length=12), server_default="holder", nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("owner IN ('holder', 'coach', 'partner')", name=op.f("ck_objectives_owner_is_known")),
        sa.CheckConstraint(
            "status IN ('planned', 'in_progress', 'on_hold', 'done', 'dropped')",
            name=op.f("ck_objectives_status_is_known"),
        ),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_objectives_author_id_users")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_objectives_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["coaching_records.id"], name=op.f("fk_objectives_record_id_coaching_records")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objectives")),
    )
    op.create_index("ix_objectives_record_id", "objectives", ["record_id"])
    op.create_table(
        "step_progress",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_step_progress_by_id_users")),
        sa.ForeignKeyConstraint(
            ["record_id"], ["coaching_records.id"], name=op.f("fk_step_progress_record_id_coaching_records")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step_progress")),
        sa.UniqueConstraint("record_id", "step", name=op.f("uq_step_progress_record_id_step")),
    )
    op.create_table(
        "outcomes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("legal_form", sa.String(length=60), nullable=False),
        sa.Column("siret", sa.String(length=14), nullable=False),
        sa.Column("jobs_created", sa.Integer(), nullable=False),
        sa.Column("jobs_consolidated", sa.Integer(), nullable=False),
        sa.Column("fte_created_hundredths", sa.Integer(), nullable=False),
        sa.Column("fte_consolidated_hundredths", sa.Integer(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("jobs_created >= 0 AND jobs_consolidated >= 0", name=op.f("ck_outcomes_jobs_are_counted")),
        sa.CheckConstraint(
            "fte_created_hundredths >= 0 AND fte_consolidated_hundredths >= 0", name=op.f("ck_outcomes_fte_are_counted")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_outcomes_project_id_projects")),
        sa.ForeignKeyConstraint(
            ["record_id"], ["coaching_records.id"], name=op.f("fk_outcomes_record_id_coaching_records")
        ),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["users.id"], name=op.f("fk_outcomes_recorded_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcomes")),
    )
    op.create_index("ix_outcomes_kind_happened_on", "outcomes", ["kind", "happened_on"])
    op.create_index("ix_outcomes_project_id", "outcomes", ["project_id"])
    op.create_index("ix_outcomes_record_id", "outcomes", ["record_id"])
    op.create_table(
        "follow_ups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("alive", sa.String(length=8), nullable=False),
        sa.Column("fte_hundredths", sa.Integer(), nullable=True),
        sa.Column("comment", sa.String(length=500), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("alive IN ('', 'yes', 'no', 'unknown')", name=op.f("ck_follow_ups_alive_is_known")),
        sa.CheckConstraint("(done_on IS NULL) = (alive = '')", name=op.f("ck_follow_ups_done_says_whether_alive")),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_follow_ups_by_id_users")),
        sa.ForeignKeyConstraint(
            ["record_id"], ["coaching_records.id"], name=op.f("fk_follow_ups_record_id_coaching_records")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_ups")),
        sa.UniqueConstraint("record_id", "months", name=op.f("uq_follow_ups_record_id_months")),
    )
    op.create_index("ix_follow_ups_done_on_due_on", "follow_ups", ["done_on", "due_on"])


def _create_relays() -> None:
    op.create_table(
        "referrals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("from_user_id", sa.Integer(), nullable=False),
        sa.Column("to_organisation_id", sa.Integer(), nullable=True),
        sa.Column("to_name", sa.String(length=160), nullable=False),
        sa.Column("need", sa.String(length=300), nullable=False),
        sa.Column("consent_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=14), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("new_record_id", sa.Integer(), nullable=True),
        sa.Column("first_contact_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "state IN ('sent', 'accepted', 'declined', 'first_contact')", name=op.f("ck_referrals_state_is_known")
        ),
        sa.CheckConstraint("(to_organisation_id IS NULL) <> (to_name = '')", name=op.f("ck_referrals_goes_to_one")),
        sa.ForeignKeyConstraint(["answered_by_id"], ["users.id"], name=op.f("fk_referrals_answered_by_id_users")),
        sa.ForeignKeyConstraint(["from_user_id"], ["users.id"], name=op.f("fk_referrals_from_user_id_users")),
        sa.ForeignKeyConstraint(
            ["new_record_id"], ["coaching_records.id"], name=op.f("fk_referrals_new_record_id_coaching_records")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["coaching_records.id"], name=op.f("fk_referrals_record_id_coaching_records")
        ),
        sa.ForeignKeyConstraint(
            ["to_organisation_id"], ["organisations.id"], name=op.f("fk_referrals_to_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referrals")),
    )
    op.create_index("ix_referrals_record_id", "referrals", ["record_id"])
    op.create_index("ix_referrals_to_organisation_id_state", "referrals", ["to_organisation_id", "state"])
    op.create_table(
        "handovers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("from_user_id", sa.Integer(), nullable=True),
        sa.Column("to_user_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["from_user_id"], ["users.id"], name=op.f("fk_handovers_from_user_id_users")),
        sa.ForeignKeyConstraint(
            ["record_id"], ["coaching_records.id"], name=op.f("fk_handovers_record_id_coaching_records")
        ),
        sa.ForeignKeyConstraint(["to_user_id"], ["users.id"], name=op.f("fk_handovers_to_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handovers")),
    )
    op.create_index("ix_handovers_record_id", "handovers", ["record_id"])
    op.create_index("ix_handovers_to_user_id_read_at", "handovers", ["to_user_id", "read_at"])
    op.create_table(
        "absences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("covered_by_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_absences_ends_after_it_starts")),
        sa.CheckConstraint("covered_by_id <> user_id", name=op.f("ck_absences_somebody_else_covers")),
        sa.ForeignKeyConstraint(["covered_by_id"], ["users.id"], name=op.f("fk_absences_covered_by_id_users")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_absences_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
    )
    op.create_index("ix_absences_user_id", "absences", ["user_id"])
    op.create_index("ix_absences_covered_by_id_ends_on", "absences", ["covered_by_id", "ends_on"])


def downgrade() -> None:
    for table in ("absences", "handovers", "referrals"):
        op.drop_table(table)
    for table in ("follow_ups", "outcomes", "step_progress", "objectives", "record_moves"):
        op.drop_table(table)
    op.drop_column("action_items", "dropped_at")
    for column in ("place", "starts_at", "category", "attendance"):
        op.drop_column("activities", column)
