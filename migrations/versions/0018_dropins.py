"""Drop-in days: series, sessions, bookings without account, the private calendars of coaches."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

SEATED = sa.text("status IN ('booked', 'held', 'no_show')")


def upgrade() -> None:
    op.create_table(
        "dropin_series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("commune_code", sa.String(length=20), nullable=False),
        sa.Column("place", sa.String(length=160), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("access_notes", sa.String(length=500), nullable=False),
        sa.Column("weekdays", sa.JSON(), nullable=False),
        sa.Column("starts_min", sa.Integer(), nullable=False),
        sa.Column("ends_min", sa.Integer(), nullable=False),
        sa.Column("slot_min", sa.Integer(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("kept_free", sa.Integer(), nullable=False),
        sa.Column("modes", sa.JSON(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=True),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("to_confirm", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "starts_min >= 0 AND starts_min < ends_min AND ends_min <= 1440",
            name=op.f("ck_dropin_series_hours_in_a_day"),
        ),
        sa.CheckConstraint("slot_min BETWEEN 10 AND 240", name=op.f("ck_dropin_series_slot_is_sensible")),
        sa.CheckConstraint("seats BETWEEN 1 AND 10", name=op.f("ck_dropin_series_seats_are_few")),
        sa.CheckConstraint("kept_free >= 0", name=op.f("ck_dropin_series_kept_free_counts")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_dropin_series_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_dropin_series_programme_id_programmes")
        ),
        sa.ForeignKeyConstraint(
            ["commune_code"], ["territories.code"], name=op.f("fk_dropin_series_commune_code_territories")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dropin_series")),
        sa.UniqueConstraint("slug", name=op.f("uq_dropin_series_slug")),
    )
    op.create_index(op.f("ix_dropin_series_organisation_id"), "dropin_series", ["organisation_id"])
    op.create_table(
        "dropin_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("slot_min", sa.Integer(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("kept_free", sa.Integer(), nullable=False),
        sa.Column("is_extra", sa.Boolean(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.String(length=200), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_dropin_sessions_ends_after_it_starts")),
        sa.CheckConstraint(
            "(cancelled_at IS NULL) = (cancel_reason = '')", name=op.f("ck_dropin_sessions_cancelled_with_a_reason")
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["dropin_series.id"], name=op.f("fk_dropin_sessions_series_id_dropin_series")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dropin_sessions")),
        sa.UniqueConstraint("series_id", "planned_on", name=op.f("uq_dropin_sessions_series_id_planned_on")),
    )
    op.create_index(op.f("ix_dropin_sessions_starts_at"), "dropin_sessions", ["starts_at"])
    _people()


def _people() -> None:
    op.create_table(
        "dropin_bookings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("slot_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seat", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("commune_code", sa.String(length=20), nullable=True),
        sa.Column("need", sa.String(length=200), nullable=False),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"], ["dropin_sessions.id"], name=op.f("fk_dropin_bookings_session_id_dropin_sessions")
        ),
        sa.ForeignKeyConstraint(
            ["commune_code"], ["territories.code"], name=op.f("fk_dropin_bookings_commune_code_territories")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["coaching_records.id"], name=op.f("fk_dropin_bookings_record_id_coaching_records")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dropin_bookings")),
        sa.UniqueConstraint("key", name=op.f("uq_dropin_bookings_key")),
        sa.UniqueConstraint("digest", name=op.f("uq_dropin_bookings_digest")),
    )
    op.create_index(op.f("ix_dropin_bookings_session_id"), "dropin_bookings", ["session_id"])
    op.create_index(
        "ix_dropin_bookings_one_a_seat",
        "dropin_bookings",
        ["session_id", "slot_at", "seat"],
        unique=True,
        sqlite_where=SEATED,
        postgresql_where=SEATED,
    )
    op.create_table(
        "coach_feeds",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_coach_feeds_user_id_users")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_coach_feeds")),
    )


def downgrade() -> None:
    for table in ("coach_feeds", "dropin_bookings", "dropin_sessions", "dropin_series"):
        op.drop_table(table)
