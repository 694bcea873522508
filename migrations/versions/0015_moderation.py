"""Reviews have phases, interests of both persons, a second organisation; every decision is kept with its motive."""

import sqlalchemy as sa
from alembic import op

from app.core.journal import append_only_statements

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
COLUMNS = (
    ("admitted_at", AT), ("first_answer_at", AT), ("risk_reason", sa.String(300)), ("cross_reason", sa.String(20)),
    ("opinion_to_holder", sa.Text()), ("opinion_verdict", sa.String(20)), ("opinion_at", AT),
)  # fmt: skip
KEYS = (("second_organisation_id", "organisations"), ("earlier_id", "reviews"), ("opinion_by_id", "users"))


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def upgrade() -> None:
    for name, kind in COLUMNS:
        op.add_column("reviews", sa.Column(name, kind, nullable=True))
    for name, other in KEYS:  # SQLite adds a column with its reference in one statement, or not at all
        op.execute(
            f"ALTER TABLE reviews ADD COLUMN {name} INTEGER CONSTRAINT fk_reviews_{name}_{other} "
            f"REFERENCES {other} (id)"
        )
    op.create_index(op.f("ix_reviews_second_organisation_id"), "reviews", ["second_organisation_id"])
    op.create_table(
        "campaign_snapshots",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("occasion", sa.String(20), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("taken_at", AT, nullable=False),
        _key("campaign_snapshots", "campaign_id", "campaigns"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_snapshots")),
    )
    op.create_index("ix_campaign_snapshots_campaign_id_taken_at", "campaign_snapshots", ["campaign_id", "taken_at"])
    op.create_table(
        "interest_statements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("hits", sa.JSON(), nullable=False),
        sa.Column("words", sa.String(500), nullable=False),
        sa.Column("at", AT, nullable=False),
        _key("interest_statements", "review_id", "reviews"),
        _key("interest_statements", "user_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interest_statements")),
        sa.UniqueConstraint("review_id", "user_id", name=op.f("uq_interest_statements_review_id_user_id")),
    )
    op.create_index(op.f("ix_interest_statements_user_id"), "interest_statements", ["user_id"])
    op.create_table(
        "interest_declarations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("at", AT, nullable=False),
        _key("interest_declarations", "user_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interest_declarations")),
        sa.UniqueConstraint("user_id", "year", name=op.f("uq_interest_declarations_user_id_year")),
    )
    op.create_table(
        "phrases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.Column("written_at", AT, nullable=False),
        sa.Column("ended_at", AT, nullable=True),
        _key("phrases", "organisation_id", "organisations"),
        _key("phrases", "written_by_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phrases")),
    )
    op.create_index(op.f("ix_phrases_organisation_id"), "phrases", ["organisation_id"])
    _decisions()


def _decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("is_appeal", sa.Boolean(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=True),
        sa.Column("second_id", sa.Integer(), nullable=True),
        sa.Column("motive_code", sa.String(40), nullable=False),
        sa.Column("motive", sa.Text(), nullable=False),
        sa.Column("working_days", sa.Integer(), nullable=True),
        sa.Column("at", AT, nullable=False),
        sa.CheckConstraint("second_id IS NULL OR second_id <> first_id", name=op.f("ck_decisions_two_distinct_people")),
        _key("decisions", "campaign_id", "campaigns"),
        _key("decisions", "organisation_id", "organisations"),
        sa.ForeignKeyConstraint(["first_id"], ["users.id"], name=op.f("fk_decisions_first_id_users")),
        sa.ForeignKeyConstraint(["second_id"], ["users.id"], name=op.f("fk_decisions_second_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    op.create_index(op.f("ix_decisions_campaign_id"), "decisions", ["campaign_id"])
    op.create_index("ix_decisions_kind_at", "decisions", ["kind", "at"])
    for statement in append_only_statements("decisions", op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    for table in ("decisions", "phrases", "interest_declarations", "interest_statements", "campaign_snapshots"):
        op.drop_table(table)
    op.drop_index(op.f("ix_reviews_second_organisation_id"), table_name="reviews")
    for name, _kind in COLUMNS:
        op.drop_column("reviews", name)
    for name, other in reversed(KEYS):
        if op.get_bind().dialect.name == "postgresql":
            op.drop_constraint(op.f(f"fk_reviews_{name}_{other}"), "reviews", type_="foreignkey")
        op.execute(f"ALTER TABLE reviews DROP COLUMN {name}")
