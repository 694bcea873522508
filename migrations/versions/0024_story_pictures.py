"""Pictures inside a story."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "story_pictures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("renditions", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_story_pictures_campaign_id_campaigns")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story_pictures")),
        sa.UniqueConstraint("public_id", name=op.f("uq_story_pictures_public_id")),
    )
    op.create_index(op.f("ix_story_pictures_campaign_id"), "story_pictures", ["campaign_id"], unique=False)


def downgrade() -> None:
    op.drop_table("story_pictures")
