"""Mails of the money desk: a second person is wanted; a campaign was cancelled."""

from __future__ import annotations

from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from app.campaigns.models import Campaign
from app.core.links import external_url
from app.core.outbox import post_mail
from app.settlement.mails import to_holder
from app.treasury.queries import Approver


def second_person_wanted(
    campaign: Campaign, approver: Approver, *, occasion: str, at: datetime, endpoint: str, **values: int | str
) -> None:
    """No sum and no contributor in the mail: the page says it, after the code."""
    with force_locale(approver.locale):
        subject = _("Une décision sur l’argent attend une deuxième personne")
        words = _(
            "Quelqu’un propose une opération sur l’argent de la campagne « %(title)s ». Elle n’aura lieu que si une "
            "deuxième personne l’approuve. Lisez la proposition, puis approuvez-la ou laissez-la.",
            title=campaign.title,
        )
        post_mail(
            "message",
            to=approver.email,
            subject=subject,
            occasion=f"treasury:{occasion}:{approver.user_id}",
            at=at,
            locale=approver.locale,
            title=subject,
            paragraphs=[_("Bonjour %(name)s,", name=approver.name), words],
            action_label=_("Lire la proposition"),
            action_url=external_url(endpoint, **values),
            reason=_("Vous recevez ce message parce que vous pouvez approuver cette opération."),
        )


def cancelled(campaign: Campaign, words: str, *, at: datetime) -> None:
    """To the holder: what happens to the money, and why."""
    with force_locale(campaign.owner.locale):
        to_holder(
            campaign,
            _("Votre campagne est annulée"),
            [
                _(
                    "Deux personnes de la plateforme ont décidé d’annuler votre campagne. Les promesses sont levées, "
                    "et ce qui avait été débité est remboursé à chaque personne."
                ),
                _("La raison : %(words)s", words=words),
            ],
            occasion="cancelled",
            at=at,
        )
