"""Reads about campaigns on line that somebody watches: suspensions and reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import joinedload

from app.campaigns.models import Campaign, CampaignMember
from app.campaigns.rules import CampaignState
from app.core import clock
from app.core.calendar import working_days_between
from app.core.database import db
from app.core.errors import NotFound
from app.moderation.models import Recusal, Review
from app.moderation.queries import Case, get_case
from app.moderation.watch_models import AbuseReport, Suspension


@dataclass(frozen=True)
class Watch:
    """A public campaign with the people its policy needs, and its suspension in force, if any."""

    case: Case
    suspension: Suspension | None
    report: AbuseReport | None = None

    @property
    def organisation_ids(self) -> frozenset[int]:
        second = self.suspension.second_organisation_id if self.suspension else None
        return frozenset(one for one in (self.case.campaign.organisation_id, second) if one)


def get_watch(slug: str) -> Watch:
    """Errors: NotFound, also for a campaign that the public never saw."""
    case = get_case(slug)
    if not case.campaign.is_public:
        raise NotFound
    return Watch(case, open_suspension(case.campaign.id))


def get_report(public_id: str) -> AbuseReport:
    """For its reporter, who was given this address. Errors: NotFound."""
    found = db.session.scalar(
        select(AbuseReport).options(joinedload(AbuseReport.campaign)).where(AbuseReport.public_id == public_id)
    )
    if found is None:
        raise NotFound
    return found


def get_reported(report_id: int) -> Watch:
    """For the reviewers. Errors: NotFound."""
    report = db.session.get(AbuseReport, report_id, options=[joinedload(AbuseReport.campaign)])
    if report is None:
        raise NotFound
    watch = get_watch(report.campaign.slug)
    return Watch(watch.case, watch.suspension, report)


def open_suspension(campaign_id: int) -> Suspension | None:
    return db.session.scalar(
        select(Suspension).where(Suspension.campaign_id == campaign_id, Suspension.ended_at.is_(None))
    )


def last_suspension(campaign_id: int) -> Suspension | None:
    """For the holder: the one in force, or the last one."""
    return db.session.scalar(
        select(Suspension).where(Suspension.campaign_id == campaign_id).order_by(Suspension.id.desc()).limit(1)
    )


def statements_to_holder(campaign_id: int) -> list[AbuseReport]:
    """The upheld reports, for the reasons that the holder reads; never who reported."""
    return list(
        db.session.scalars(
            select(AbuseReport)
            .where(AbuseReport.campaign_id == campaign_id, AbuseReport.outcome == "upheld")
            .order_by(AbuseReport.id.desc())
            .limit(20)
        )
    )


@dataclass(frozen=True)
class ReportLine:
    """One report of the queue. `age_days` in working days."""

    report: AbuseReport
    age_days: int


def reports(organisation_ids: frozenset[int], *, viewer_id: int) -> tuple[list[ReportLine], list[ReportLine]]:
    """(waiting, answered lately) in these organisations, oldest first; never about a campaign of the viewer's own."""
    scope = (
        select(AbuseReport)
        .join(Campaign, Campaign.id == AbuseReport.campaign_id)
        .options(joinedload(AbuseReport.campaign))
        .where(Campaign.organisation_id.in_(organisation_ids), *_not_theirs(viewer_id))
    )
    today = clock.paris_day(clock.now()).date()

    def lines(statement: object) -> list[ReportLine]:
        rows = db.session.scalars(statement)  # type: ignore[call-overload]  # a select of reports
        return [ReportLine(row, working_days_between(clock.paris_day(row.at).date(), today)) for row in rows]

    waiting = scope.where(AbuseReport.answered_at.is_(None)).order_by(AbuseReport.at, AbuseReport.id).limit(200)
    done = scope.where(AbuseReport.answered_at.is_not(None)).order_by(AbuseReport.answered_at.desc()).limit(20)
    return lines(waiting), lines(done)


def _not_theirs(viewer_id: int) -> tuple[ColumnElement[bool], ...]:
    """Campaigns that this person neither carries, or carried, nor stepped aside from."""
    near = select(CampaignMember.campaign_id).where(CampaignMember.user_id == viewer_id)
    aside = select(Review.campaign_id).join(Recusal, Recusal.review_id == Review.id).where(Recusal.user_id == viewer_id)
    return (Campaign.id.not_in(near), Campaign.id.not_in(aside), Campaign.owner_id != viewer_id)


def suspensions(organisation_ids: frozenset[int], *, viewer_id: int) -> list[Suspension]:
    """In force, in these organisations or asked of them, oldest first; as `reports` for the viewer's own."""
    return list(
        db.session.scalars(
            select(Suspension)
            .join(Campaign, Campaign.id == Suspension.campaign_id)
            .options(joinedload(Suspension.campaign))
            .where(
                Suspension.ended_at.is_(None),
                *_not_theirs(viewer_id),
                or_(
                    Campaign.organisation_id.in_(organisation_ids),
                    Suspension.second_organisation_id.in_(organisation_ids),
                ),
            )
            .order_by(Suspension.suspended_at, Suspension.id)
            .limit(100)
        )
    )


def open_suspensions() -> list[tuple[int, str, str, datetime, bool, datetime | None]]:
    """(id, slug, campaign state, suspended at, confirmed, closes at) of every suspension in force."""
    rows = db.session.execute(
        select(
            Suspension.id, Campaign.slug, Campaign.state, Suspension.suspended_at, Suspension.confirmed_at,
            Campaign.closes_at,
        )
        .join(Campaign, Campaign.id == Suspension.campaign_id)
        .where(Suspension.ended_at.is_(None))
        .order_by(Suspension.id)
        .limit(500)
    )  # fmt: skip
    return [(row[0], row[1], str(row[2]), row[3], row[4] is not None, row[5]) for row in rows]


def is_suspended(state: str) -> bool:
    return state == CampaignState.SUSPENDED
