"""Somebody has one part in a record at a time, and is kept out of it once."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

IN_FORCE = sa.text("ended_at IS NULL")
# Of two rows in force about the same person the older one stays; the other one ends as it began.
END_TWINS = """
    UPDATE {name} SET ended_at = started_at{reason} WHERE ended_at IS NULL AND EXISTS (
        SELECT 1 FROM {name} AS older
        WHERE older.record_id = {name}.record_id AND older.user_id = {name}.user_id
            AND older.ended_at IS NULL AND older.id < {name}.id
    )
"""
TABLES = {"record_members": ", end_reason = 'double'", "record_exclusions": ""}


def upgrade() -> None:
    for name, reason in TABLES.items():
        op.execute(END_TWINS.format(name=name, reason=reason))
        op.create_index(
            f"uq_{name}_one_in_force", name, ["record_id", "user_id"], unique=True,
            sqlite_where=IN_FORCE, postgresql_where=IN_FORCE,
        )  # fmt: skip


def downgrade() -> None:
    for name in TABLES:
        op.drop_index(f"uq_{name}_one_in_force", table_name=name)
