"""The mails of a campaign's own events, to its holder. Decisions of moderation are mailed by moderation."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from app.campaigns.models import Campaign
from app.campaigns.rules import APPEAL_WITHIN, DECISION_WORKING_DAYS, FIRST_ANSWER_WORKING_DAYS
from app.core.calendar import add_working_days
from app.core.clock import end_of_paris_day, paris_day
from app.core.database import db
from app.core.links import external_url
from app.core.outbox import OutboxMail, post_mail


def answer_days(submitted_at: datetime) -> tuple[date, date]:
    """(first answer, decision) at the latest, both Paris days, counted in working days from the submission."""
    day = paris_day(submitted_at).date()
    return add_working_days(day, FIRST_ANSWER_WORKING_DAYS), add_working_days(day, DECISION_WORKING_DAYS)


def appeal_until(refused_at: datetime | None) -> datetime | None:
    """The end of the last day that the mail and the page name: the thirtieth in Paris after the refusal."""
    return end_of_paris_day(refused_at, days_later=APPEAL_WITHIN.days) if refused_at else None


def submitted(campaign: Campaign, *, at: datetime, again: bool) -> None:
    """Who answers, and by when."""
    first, decision = answer_days(at)
    organisation = campaign.organisation
    with force_locale(campaign.owner.locale):
        subject, reason = _("Votre campagne est bien arrivée"), campaign.why_here
    _post(
        "campaign_submitted", campaign, subject, f"submitted:{int(at.timestamp())}", at,
        organisation=organisation.name if organisation else "", first_answer_on=first, decision_on=decision,
        again=again, reason=reason,
    )  # fmt: skip


def prepared(campaign: Campaign, *, at: datetime) -> None:
    """A coach has begun the draft: it is in the holder's hands now."""
    with force_locale(campaign.owner.locale):
        subject = _("Une campagne est préparée pour vous")
        post_mail(
            "message", to=campaign.owner.email, subject=subject, occasion=_occasion(campaign, "prepared"), at=at,
            locale=campaign.owner.locale, title=subject,
            paragraphs=[
                _(
                    "La personne qui vous accompagne a commencé le brouillon « %(title)s » avec ce que dit votre "
                    "dossier. Il est à vous : relisez, changez, complétez.",
                    title=campaign.title,
                ),
            ],
            action_label=_("Ouvrir le brouillon"), action_url=external_url("campaigns.desk", slug=campaign.slug),
            reason=_("Vous recevez ce message parce que vous êtes accompagné·e par une structure du réseau."),
        )  # fmt: skip


def live(campaign: Campaign, *, at: datetime) -> None:
    with force_locale(campaign.owner.locale):
        subject = _("Votre campagne est en ligne")
    _post(
        "campaign_live", campaign, subject, "live", at,
        closes_at=campaign.closes_at, page_url=external_url("campaigns.show", slug=campaign.slug),
    )  # fmt: skip


def opening_delayed(campaign: Campaign, *, reason: str, at: datetime) -> bool:
    """False when it was said already for this opening day. `reason`: account or changed."""
    day = campaign.opens_at.date().isoformat() if campaign.opens_at else ""
    occasion = f"delayed:{day}:{reason}"
    if db.session.scalar(select(OutboxMail.id).where(OutboxMail.occasion == _occasion(campaign, occasion))):
        return False
    with force_locale(campaign.owner.locale):
        subject = _("Votre campagne attend encore une chose pour s’ouvrir")
    _post("campaign_opening_delayed", campaign, subject, occasion, at, reason=reason)
    return True


def _occasion(campaign: Campaign, occasion: str) -> str:
    return f"campaign:{campaign.id}:{occasion}"


def _post(template: str, campaign: Campaign, subject: str, occasion: str, at: datetime, **values: Any) -> None:
    post_mail(
        template, to=campaign.owner.email, subject=subject, occasion=_occasion(campaign, occasion), at=at,
        locale=campaign.owner.locale, name=campaign.owner.name, title=campaign.title,
        url=external_url("campaigns.desk", slug=campaign.slug), **values,
    )  # fmt: skip
