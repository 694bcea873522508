"""The words of a reviewer about one point of the list."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "checklist_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("inside", sa.String(length=300), nullable=False),
        sa.Column("to_holder", sa.String(length=300), nullable=False),
        sa.Column("told", sa.String(length=300), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name="fk_checklist_notes_review_id_reviews"),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name="fk_checklist_notes_by_id_users"),
        sa.PrimaryKeyConstraint("id", name="pk_checklist_notes"),
        sa.UniqueConstraint("review_id", "code", name="uq_checklist_notes_review_id_code"),
    )


def downgrade() -> None:
    op.drop_table("checklist_notes")
