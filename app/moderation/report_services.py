"""What the public reports, and the answer of a person. The caller commits."""

from __future__ import annotations

from datetime import datetime

from app.campaigns.models import Campaign
from app.core.database import db
from app.core.journal import record as journal
from app.core.text import public_id
from app.moderation import interest_rules, interests, watch_mails
from app.moderation.errors import AlreadyDone, OwnOrReferent, StatementMissing
from app.moderation.models import DecisionKind
from app.moderation.services import keep
from app.moderation.watch_models import AbuseReport, Outcome
from app.moderation.watch_queries import Watch


def report(
    campaign: Campaign, *, category: str, words: str, name: str, email: str, locale: str, at: datetime
) -> AbuseReport:
    """Noted for the reviewers' own queue; the reporter gets an address where the answer will stand."""
    made = AbuseReport(
        public_id=public_id(), campaign_id=campaign.id, category=category, words=words, name=name, email=email,
        locale=locale, at=at, outcome="",
    )  # fmt: skip
    made.campaign = campaign
    db.session.add(made)
    journal("report.received", on=made, by=None, at=at, campaign=campaign.id, category=category)
    watch_mails.report_received(made, at=at)
    return made


def answer(watch: Watch, *, outcome: Outcome, to_reporter: str, statement: str, by: int, at: datetime) -> None:
    """One person answers. Upheld: the holder reads the reasons too.

    Errors: OwnOrReferent, AlreadyDone, StatementMissing.
    """
    found, case = watch.report, watch.case
    if found is not None:
        # Of two answers at the same instant the second sees the first; without the persons that are joined to it.
        db.session.refresh(found, with_for_update={"of": type(found)})
    if found is None or found.answered_at is not None:
        raise AlreadyDone
    if interests.found(case, by) & interest_rules.FORBIDDEN:
        raise OwnOrReferent
    if outcome == Outcome.UPHELD and not statement.strip():
        raise StatementMissing
    found.outcome, found.answer, found.answered_by_id, found.answered_at = outcome, to_reporter, by, at
    found.statement = statement if outcome == Outcome.UPHELD else ""
    journal("report.answered", on=found, by=by, at=at, outcome=outcome.value)
    keep(
        case, DecisionKind.REPORT_UPHELD if outcome == Outcome.UPHELD else DecisionKind.REPORT_KEPT, first=by, at=at,
        code=found.category, motive=statement or to_reporter,
    )  # fmt: skip
    watch_mails.report_answered(found, at=at)
    if outcome == Outcome.UPHELD:
        watch_mails.report_to_holder(case.campaign, found, at=at)
