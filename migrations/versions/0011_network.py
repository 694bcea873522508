"""The network in full: areas made of places, consortia with dates, versioned steps, offers that say how many."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

IN_ORDER = "ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on"


def upgrade() -> None:
    for name in ("starts_on", "ends_on"):
        op.add_column("territories", sa.Column(name, sa.Date(), nullable=True))
    op.create_table(
        "territory_parts",
        sa.Column("territory_code", sa.String(length=20), nullable=False),
        sa.Column("part_code", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["territory_code"], ["territories.code"], name=op.f("fk_territory_parts_territory_code_territories")
        ),
        sa.ForeignKeyConstraint(
            ["part_code"], ["territories.code"], name=op.f("fk_territory_parts_part_code_territories")
        ),
        sa.PrimaryKeyConstraint("territory_code", "part_code", name=op.f("pk_territory_parts")),
    )
    op.create_index(op.f("ix_territory_parts_part_code"), "territory_parts", ["part_code"])
    op.create_table(
        "programme_templates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("version >= 1", name=op.f("ck_programme_templates_version_counts_from_one")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_programme_templates_programme_id_programmes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_templates")),
        sa.UniqueConstraint("programme_id", "version", name=op.f("uq_programme_templates_programme_id_version")),
    )
    op.create_index(op.f("ix_programme_templates_programme_id"), "programme_templates", ["programme_id"])
    op.execute(
        "INSERT INTO programme_templates (programme_id, version, steps, reason) "
        "SELECT id, template_version, steps, '' FROM programmes"
    )
    op.execute(
        "ALTER TABLE offers ADD COLUMN capacity INTEGER "
        "CONSTRAINT ck_offers_capacity_is_positive CHECK (capacity IS NULL OR capacity > 0)"
    )
    op.add_column("offers", sa.Column("accepts", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("offers", sa.Column("level", sa.String(length=20), nullable=True))
    _consortia()


def _consortia() -> None:
    op.create_table(
        "consortia",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("lead_organisation_id", sa.Integer(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(IN_ORDER, name=op.f("ck_consortia_ends_after_it_starts")),
        sa.ForeignKeyConstraint(
            ["lead_organisation_id"], ["organisations.id"], name=op.f("fk_consortia_lead_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consortia")),
        sa.UniqueConstraint("slug", name=op.f("uq_consortia_slug")),
    )
    op.create_table(
        "consortium_members",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consortium_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.CheckConstraint(IN_ORDER, name=op.f("ck_consortium_members_ends_after_it_starts")),
        sa.ForeignKeyConstraint(
            ["consortium_id"], ["consortia.id"], name=op.f("fk_consortium_members_consortium_id_consortia")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_consortium_members_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consortium_members")),
    )
    for column in ("consortium_id", "organisation_id"):
        op.create_index(op.f(f"ix_consortium_members_{column}"), "consortium_members", [column])


def downgrade() -> None:
    op.drop_table("consortium_members")
    op.drop_table("consortia")
    for name in ("level", "accepts", "capacity"):
        op.execute(f"ALTER TABLE offers DROP COLUMN {name}")
    op.drop_table("programme_templates")
    op.drop_table("territory_parts")
    for name in ("ends_on", "starts_on"):
        op.drop_column("territories", name)
