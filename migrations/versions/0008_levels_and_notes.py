"""Every text of a coaching record has its level, organisation and author; notes are sealed per organisation."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# SQLite adds a column with its reference in one statement, or not at all.
REFERENCES = (
    ("activities", "organisation_id", "organisations"),
    ("action_items", "organisation_id", "organisations"),
    ("action_items", "author_id", "users"),
    ("record_members", "organisation_id", "organisations"),
)


def upgrade() -> None:
    for table, column, target in REFERENCES:
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN {column} INTEGER "
            f"CONSTRAINT fk_{table}_{column}_{target} REFERENCES {target} (id)"
        )
    for table in ("activities", "action_items"):
        op.add_column(table, sa.Column("visibility", sa.String(length=12), server_default="holder", nullable=False))
        op.execute(
            f"UPDATE {table} SET organisation_id = (SELECT coaching_records.organisation_id FROM coaching_records "
            f"WHERE coaching_records.id = {table}.record_id)"
        )
    op.add_column(
        "record_members", sa.Column("can_see_restricted", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("record_members", sa.Column("reason", sa.String(length=200), nullable=True))
    op.create_table(
        "record_exclusions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('recusal', 'objection')", name=op.f("ck_record_exclusions_kind_is_known")),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_record_exclusions_by_id_users")),
        sa.ForeignKeyConstraint(
            ["record_id"], ["coaching_records.id"], name=op.f("fk_record_exclusions_record_id_coaching_records")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_record_exclusions_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_exclusions")),
    )
    op.create_index("ix_record_exclusions_record_id", "record_exclusions", ["record_id"])
    op.create_index("ix_record_exclusions_user_id", "record_exclusions", ["user_id"])
    _create_notes()


def _create_notes() -> None:
    op.create_table(
        "organisation_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("master_key_id", sa.String(length=16), nullable=False),
        sa.Column("wrapped", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_organisation_keys_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_keys")),
    )
    op.create_index("ix_organisation_keys_organisation_id_id", "organisation_keys", ["organisation_id", "id"])
    op.create_index("ix_organisation_keys_master_key_id", "organisation_keys", ["master_key_id"])
    op.create_table(
        "coaching_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=30), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=True),
        sa.Column("key_id", sa.Integer(), nullable=True),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("is_draft", sa.Boolean(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("visibility", sa.String(length=12), server_default="holder", nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("is_draft = (expires_at IS NOT NULL)", name=op.f("ck_coaching_notes_drafts_expire")),
        sa.CheckConstraint("erased_at IS NULL OR sealed = ''", name=op.f("ck_coaching_notes_erased_is_empty")),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activities.id"], name=op.f("fk_coaching_notes_activity_id_activities")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_coaching_notes_author_id_users")),
        sa.ForeignKeyConstraint(
            ["key_id"], ["organisation_keys.id"], name=op.f("fk_coaching_notes_key_id_organisation_keys")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_coaching_notes_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["coaching_records.id"], name=op.f("fk_coaching_notes_record_id_coaching_records")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coaching_notes")),
        sa.UniqueConstraint("public_id", name=op.f("uq_coaching_notes_public_id")),
    )
    op.create_index("ix_coaching_notes_author_id_is_draft", "coaching_notes", ["author_id", "is_draft"])
    for column in ("activity_id", "expires_at", "key_id", "record_id"):
        op.create_index(f"ix_coaching_notes_{column}", "coaching_notes", [column])
    op.create_table(
        "glass_breaks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends_at > started_at", name=op.f("ck_glass_breaks_ends_after_it_starts")),
        sa.ForeignKeyConstraint(
            ["record_id"], ["coaching_records.id"], name=op.f("fk_glass_breaks_record_id_coaching_records")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_glass_breaks_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_glass_breaks")),
    )
    op.create_index("ix_glass_breaks_record_id", "glass_breaks", ["record_id"])
    op.create_index("ix_glass_breaks_user_id", "glass_breaks", ["user_id"])


def downgrade() -> None:
    for table in ("glass_breaks", "coaching_notes", "organisation_keys", "record_exclusions"):
        op.drop_table(table)
    for table, column in (
        ("record_members", "reason"),
        ("record_members", "can_see_restricted"),
        ("action_items", "visibility"),
        ("activities", "visibility"),
    ):
        op.drop_column(table, column)
    for table, column, target in reversed(REFERENCES):
        if op.get_bind().dialect.name != "sqlite":
            op.execute(f"ALTER TABLE {table} DROP CONSTRAINT fk_{table}_{column}_{target}")
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
