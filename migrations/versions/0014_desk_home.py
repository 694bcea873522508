"""The curve's files, the end of a campaign in words, invitations into a team."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "curves",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("drawn_for", sa.String(length=120), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_curves_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_curves")),
    )
    op.create_index(op.f("ix_curves_drawn_at"), "curves", ["drawn_at"], unique=False)
    op.create_table(
        "campaign_invitations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("invited_by_id", sa.Integer(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_invitations_campaign_id_campaigns")
        ),
        sa.ForeignKeyConstraint(
            ["invited_by_id"], ["users.id"], name=op.f("fk_campaign_invitations_invited_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_invitations")),
    )
    op.create_index(op.f("ix_campaign_invitations_campaign_id"), "campaign_invitations", ["campaign_id"], unique=False)
    op.add_column("campaigns", sa.Column("closing_markdown", sa.Text(), nullable=True))
    op.add_column("campaigns", sa.Column("closing_html", sa.Text(), nullable=True))
    op.add_column("campaigns", sa.Column("closing_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for name in ("closing_at", "closing_html", "closing_markdown"):
        op.drop_column("campaigns", name)
    op.drop_table("campaign_invitations")
    op.drop_table("curves")
