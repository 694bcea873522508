"""What a reader is told: one fact, one action, and both ways out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from app.campaigns.models import Campaign
from app.campaigns.rules import ONGOING, percent
from app.core.links import external_url
from app.core.outbox import post_mail
from app.following import keys
from app.following.models import Follow, Reader


def confirm(follow: Follow, *, at: datetime) -> None:
    """Say yes with one button; nothing happens otherwise."""
    reader, title = follow.reader, follow.campaign.title
    with force_locale(reader.locale):
        post_mail(
            "message",
            to=reader.email,
            subject=_("Voulez-vous suivre « %(title)s » ?", title=title),
            occasion=f"follow:{reader.public_id}:{follow.campaign_id}:{at:%Y%m%d%H%M}",
            at=at,
            locale=reader.locale,
            title=_("Encore un clic pour suivre cette campagne"),
            paragraphs=[
                _("Vous avez demandé à suivre « %(title)s ».", title=title),
                _(
                    "Vous recevrez un rappel 48 heures avant la fin, les nouvelles de l’équipe, et un résumé par "
                    "semaine au plus. Chacun de ces envois se refuse à part."
                ),
                _("Si ce n’était pas vous, ne faites rien : cette adresse est oubliée dans sept jours."),
            ],
            action_label=_("Oui, je suis cette campagne"),
            action_url=external_url("following.confirm", key=keys.confirm_key(reader.public_id, follow.campaign_id)),
            reason=_("Vous recevez ce message parce que cette adresse a été donnée pour suivre une campagne."),
        )


def reminder(follow: Follow, *, at: datetime) -> None:
    """48 hours before the end."""
    reader, campaign = follow.reader, follow.campaign
    with force_locale(reader.locale):
        _post(
            reader,
            _("« %(title)s » se termine bientôt", title=campaign.title),
            [campaign],
            occasion=f"reminder:{reader.public_id}:{campaign.id}",
            at=at,
            lead=_("Une campagne que vous suivez se termine dans moins de 48 heures. Si vous y avez déjà contribué, "
                   "merci : vous n’avez rien à faire."),
            action_label=_("Voir la campagne"),
            action_url=external_url("campaigns.show", slug=campaign.slug),
            leave_url=external_url("following.unfollow", key=keys.leave_key(reader.public_id, campaign.id)),
            news={},
        )  # fmt: skip


def digest(
    reader: Reader, campaigns: Sequence[Campaign], news: Mapping[int, list[str]], *, week: str, at: datetime
) -> None:
    """The week of everything one follows; `news`: campaign → titles."""
    with force_locale(reader.locale):
        _post(
            reader,
            _("Cette semaine dans les campagnes que vous suivez"),
            campaigns,
            occasion=f"digest:{reader.public_id}:{week}",
            at=at,
            lead=_("Voici où en sont les campagnes que vous suivez."),
            action_label=_("Voir ce que je suis"),
            action_url=keys.preferences_link(reader.public_id),
            leave_url="",
            news=news,
        )


def _post(
    reader: Reader, subject: str, campaigns: Sequence[Campaign], *, occasion: str, at: datetime, lead: str,
    action_label: str, action_url: str, leave_url: str, news: Mapping[int, list[str]],
) -> None:  # fmt: skip
    lines = [
        {
            "title": one.title,
            "url": external_url("campaigns.show", slug=one.slug),
            "raised_cents": one.raised_cents,
            "goal_cents": one.goal_cents or 0,
            "percent": percent(one.raised_cents, one.goal_cents or 0),
            "closes_at": one.closes_at,
            "is_ongoing": one.state in ONGOING,
            "state": str(one.state),
            "kind": str(one.kind),
            "news": news.get(one.id, []),
        }
        for one in campaigns
    ]
    post_mail(
        "followed", to=reader.email, subject=subject, occasion=occasion, at=at, locale=reader.locale, title=subject,
        lead=lead, campaigns=lines, action_label=action_label, action_url=action_url, leave_url=leave_url,
        preferences_url=keys.preferences_link(reader.public_id),
        stop_url=leave_url or keys.preferences_link(reader.public_id),
    )  # fmt: skip
