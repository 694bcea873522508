"""Mails about gifts charged at once: the receipt, the way back, the end of a flexible campaign."""

from __future__ import annotations

from datetime import datetime

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from app.campaigns.models import Campaign
from app.core.i18n import date_long, datetime_long, euros
from app.pledges.mails import post
from app.pledges.models import Pledge
from app.settlement.mails import to_holder

# -- to contributors ---------------------------------------------------------------------------


def given(pledge: Pledge, *, at: datetime) -> None:
    """The receipt, and until when everything may be taken back."""
    campaign, amount = pledge.campaign, euros(pledge.amount_cents)
    with force_locale(pledge.locale):
        words = [
            _(
                "%(amount)s ont été débités de votre carte le %(moment)s. Merci pour ce projet.",
                amount=amount,
                moment=datetime_long(at),
            )
        ]
        if campaign.closes_at is not None and at < campaign.closes_at:
            words.append(
                _(
                    "La campagne garde ce qui est réuni, que l’objectif soit atteint ou non. Jusqu’au %(day)s, vous "
                    "pouvez annuler en deux clics depuis la page de votre contribution : tout vous est alors "
                    "remboursé.",
                    day=date_long(campaign.closes_at),
                )
            )
        words.append(_("Ce message est un reçu de paiement ; ce n’est pas un reçu fiscal."))
        post(pledge, _("Reçu : %(amount)s débités", amount=amount), words, occasion="paid", at=at)


def taken_back(pledge: Pledge, cents: int, *, at: datetime) -> None:
    with force_locale(pledge.locale):
        post(
            pledge,
            _("Votre contribution est annulée, son remboursement est demandé"),
            [
                _(
                    "%(amount)s vous sont remboursés sur la carte qui a payé. Cela prend en général cinq à dix jours, "
                    "selon votre banque.",
                    amount=euros(cents),
                ),
                _("Vous pouvez contribuer à nouveau quand vous voulez, du montant que vous voulez."),
            ],
            occasion=f"taken_back:{pledge.version}",
            at=at,
        )


def paid_too_late(pledge: Pledge, *, at: datetime) -> None:
    with force_locale(pledge.locale):
        post(
            pledge,
            _("Votre paiement est arrivé trop tard : il vous est remboursé"),
            [
                _(
                    "Votre paiement de %(amount)s nous est parvenu après la fin de la campagne, ou quand la "
                    "contrepartie était épuisée. Il ne compte pas : nous en demandons aussitôt le remboursement "
                    "complet, sur la même carte. Cela prend en général cinq à dix jours.",
                    amount=euros(pledge.amount_cents),
                )
            ],
            occasion="too_late",
            at=at,
        )


def ended(pledge: Pledge, *, at: datetime) -> None:
    """Once: what was raised, and when the project gets it."""
    campaign = pledge.campaign
    with force_locale(pledge.locale):
        post(
            pledge,
            _("La campagne est terminée : merci"),
            [
                _raised(campaign),
                _(
                    "Votre contribution en fait partie. L’argent part vers le projet au plus tôt %(days)s jours après "
                    "la fin.",
                    days=current_app.config["SETTINGS"].hold_days,
                ),
            ],
            occasion="ended",
            at=at,
        )


def _raised(campaign: Campaign) -> str:
    raised, goal = campaign.verdict_raised_cents or 0, campaign.goal_cents or 0
    figures = {"raised": euros(raised), "goal": euros(goal)}
    if raised >= goal:
        return str(_("%(raised)s ont été réunis, pour un objectif de %(goal)s : il est atteint.", **figures))
    return str(_("%(raised)s ont été réunis, pour un objectif de %(goal)s. Le projet garde cette somme.", **figures))


# -- to the holder -----------------------------------------------------------------------------


def verdict_to_holder(campaign: Campaign, *, succeeded: bool, at: datetime) -> None:
    with force_locale(campaign.owner.locale):
        if succeeded:
            subject = _("Votre campagne est terminée : %(raised)s réunis", raised=euros(campaign.verdict_raised_cents))
            words = [
                _raised(campaign),
                _(
                    "Les cartes ont été débitées au fil de la campagne. L’argent est versé sur votre compte au plus "
                    "tôt %(days)s jours après la fin, moins les frais, au centime près.",
                    days=current_app.config["SETTINGS"].hold_days,
                ),
            ]
        else:
            subject = _("Votre campagne s’est terminée sans contribution")
            words = [
                _("Personne n’est débité."),
                _(
                    "Ce n’est pas la fin du projet : la structure qui vous accompagne peut vous aider à "
                    "préparer la suite."
                ),
            ]
        to_holder(campaign, subject, words, occasion="verdict", at=at)
