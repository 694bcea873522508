"""The path of a record: its moves, objectives, steps, outcomes and the follow-ups after them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.coaching.models import Levelled
from app.coaching.path_rules import OutcomeKind, StepState
from app.coaching.rules import RecordState
from app.core.database import Model


class RecordMove(Model):
    """One transition of the administrative state. `old_state` is empty for the opening. Reports count these rows."""

    __tablename__ = "record_moves"
    __table_args__ = (Index("ix_record_moves_new_state_at", "new_state", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("coaching_records.id"), index=True)
    at: Mapped[datetime] = mapped_column()
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    old_state: Mapped[str] = mapped_column(String(20))
    new_state: Mapped[RecordState] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(300), default="")
    undone_at: Mapped[datetime | None] = mapped_column()  # a closing taken back within minutes: it never counted
    told_at: Mapped[datetime | None] = mapped_column()  # of a closing or a decline: when the person was told


class Objective(Levelled, Model):
    """What holder and coach want to reach together."""

    __tablename__ = "objectives"
    __table_args__ = (
        CheckConstraint("owner IN ('holder', 'coach', 'partner')", name="owner_is_known"),
        CheckConstraint("status IN ('planned', 'in_progress', 'on_hold', 'done', 'dropped')", name="status_is_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("coaching_records.id"), index=True)
    text: Mapped[str] = mapped_column(String(300))
    owner: Mapped[str] = mapped_column(String(10))
    due_on: Mapped[date | None] = mapped_column()
    status: Mapped[str] = mapped_column(String(12), default="planned")
    reason: Mapped[str] = mapped_column(String(200), default="")  # of on_hold and dropped
    created_at: Mapped[datetime] = mapped_column()
    changed_at: Mapped[datetime] = mapped_column()


class StepProgress(Model):
    """Where a record stands on one step of its programme: free to skip, go back, reopen. No row: to do."""

    __tablename__ = "step_progress"
    __table_args__ = (UniqueConstraint("record_id", "step"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("coaching_records.id"))
    step: Mapped[str] = mapped_column(String(80))
    state: Mapped[StepState] = mapped_column(String(10))
    changed_at: Mapped[datetime] = mapped_column()
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class Outcome(Model):
    """What a project came to, on a day; several over time. Full-time equivalents in hundredths."""

    __tablename__ = "outcomes"
    __table_args__ = (
        CheckConstraint("jobs_created >= 0 AND jobs_consolidated >= 0", name="jobs_are_counted"),
        CheckConstraint("fte_created_hundredths >= 0 AND fte_consolidated_hundredths >= 0", name="fte_are_counted"),
        Index("ix_outcomes_kind_happened_on", "kind", "happened_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    record_id: Mapped[int | None] = mapped_column(ForeignKey("coaching_records.id"), index=True)
    kind: Mapped[OutcomeKind] = mapped_column(String(30))
    happened_on: Mapped[date] = mapped_column()
    legal_form: Mapped[str] = mapped_column(String(60), default="")  # dated by `happened_on`: its history
    siret: Mapped[str] = mapped_column(String(14), default="")
    jobs_created: Mapped[int] = mapped_column(default=0)
    jobs_consolidated: Mapped[int] = mapped_column(default=0)
    fte_created_hundredths: Mapped[int] = mapped_column(default=0)
    fte_consolidated_hundredths: Mapped[int] = mapped_column(default=0)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column()


class FollowUp(Model):
    """News asked 6, 12, 24 and 36 months after the first achieved outcome."""

    __tablename__ = "follow_ups"
    __table_args__ = (
        UniqueConstraint("record_id", "months"),
        CheckConstraint("alive IN ('', 'yes', 'no', 'unknown')", name="alive_is_known"),
        CheckConstraint("(done_on IS NULL) = (alive = '')", name="done_says_whether_alive"),
        Index("ix_follow_ups_done_on_due_on", "done_on", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("coaching_records.id"))
    months: Mapped[int] = mapped_column()
    due_on: Mapped[date] = mapped_column()
    done_on: Mapped[date | None] = mapped_column()
    alive: Mapped[str] = mapped_column(String(8), default="")
    fte_hundredths: Mapped[int | None] = mapped_column()
    comment: Mapped[str] = mapped_column(String(500), default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
