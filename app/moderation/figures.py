"""The yearly figures of moderation, for everybody: counts of decisions kept with their motive, no names."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from sqlalchemy import func, select

from app.core import clock
from app.core.database import db
from app.core.journal import JournalEntry
from app.moderation.models import Decision, DecisionKind
from app.moderation.watch_models import AbuseReport

K = DecisionKind


@dataclass(frozen=True)
class Figures:
    """One year. `median_days` in working days, waiting for the holder left out; None without a decision."""

    year: int
    received: int
    approved: int
    refused: int
    refused_by_motive: tuple[tuple[str, int], ...]
    changes_asked: int
    median_days: float | None
    appeals: int
    appeals_approved: int
    reports: int
    reports_upheld: int
    suspended: int
    lifted: int


def bounds(year: int) -> tuple[datetime, datetime]:
    """The first instant of a Paris year and of the next one."""
    return datetime(year, 1, 1, tzinfo=clock.PARIS), datetime(year + 1, 1, 1, tzinfo=clock.PARIS)


def of_year(year: int) -> Figures:
    """Three statements, whatever the year."""
    first, end = bounds(year)
    decisions = db.session.execute(
        select(Decision.kind, Decision.motive_code, Decision.is_appeal, Decision.working_days).where(
            Decision.at >= first, Decision.at < end
        )
    ).all()
    moved = dict(
        db.session.execute(
            select(JournalEntry.action, func.count())
            .where(
                JournalEntry.action.in_(["campaign.submitted", "campaign.appealed"]), JournalEntry.at >= first,
                JournalEntry.at < end,
            )
            .group_by(JournalEntry.action)
        ).all()
    )  # fmt: skip
    reports = db.session.scalar(
        select(func.count()).select_from(AbuseReport).where(AbuseReport.at >= first, AbuseReport.at < end)
    )
    kinds = Counter(str(row.kind) for row in decisions)
    motives = Counter(row.motive_code for row in decisions if row.kind == K.REFUSED)
    days = [row.working_days for row in decisions if row.working_days is not None]
    return Figures(
        year=year,
        received=moved.get("campaign.submitted", 0),
        approved=kinds[K.APPROVED],
        refused=kinds[K.REFUSED],
        refused_by_motive=tuple(sorted(motives.items(), key=lambda pair: (-pair[1], pair[0]))),
        changes_asked=kinds[K.CHANGES],
        median_days=float(median(days)) if days else None,
        appeals=moved.get("campaign.appealed", 0),
        appeals_approved=sum(row.kind == K.APPROVED and row.is_appeal for row in decisions),
        reports=reports or 0,
        reports_upheld=kinds[K.REPORT_UPHELD],
        suspended=kinds[K.SUSPENDED],
        lifted=kinds[K.LIFTED],
    )
