"""Mails to holders about money that goes back, is contested, or waits for them. No contributor is named or accused."""

from __future__ import annotations

from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from app.campaigns.models import Campaign
from app.core.database import db
from app.core.i18n import date_long, euros
from app.settlement.mails import to_holder
from app.settlement.models import Dispute, Reversal


def _campaign(campaign_id: int) -> Campaign:
    return db.session.get_one(Campaign, campaign_id)


def taken_back(reversal: Reversal, *, at: datetime) -> None:
    """The holder's part of a contribution that went back was taken from their account."""
    campaign = _campaign(reversal.campaign_id)
    with force_locale(campaign.owner.locale):
        words = [
            _(
                "Une contribution déjà versée sur votre compte a été rendue. Votre part, %(amount)s, vient d’être "
                "reprise sur votre compte de paiement. Les frais restent à la charge de la plateforme.",
                amount=euros(reversal.amount_cents),
            )
        ]
        subject = _("%(amount)s repris sur votre compte", amount=euros(reversal.amount_cents))
        to_holder(campaign, subject, words, occasion=f"reversal:{reversal.id}", at=at)


def owes(reversal: Reversal, *, at: datetime) -> None:
    """The account held too little: once."""
    campaign = _campaign(reversal.campaign_id)
    with force_locale(campaign.owner.locale):
        words = [
            _(
                "Une contribution déjà versée sur votre compte a été rendue. Votre part, %(amount)s, n’a pas pu être "
                "reprise : votre compte de paiement n’a plus cette somme.",
                amount=euros(reversal.amount_cents),
            ),
            _("Nous réessayons chaque jour. Notre équipe vous écrit pour trouver une solution avec vous."),
        ]
        subject = _("%(amount)s sont à rendre à la plateforme", amount=euros(reversal.amount_cents))
        to_holder(campaign, subject, words, occasion=f"debt:{reversal.id}", at=at)


def contested(dispute: Dispute, *, at: datetime) -> None:
    campaign = _campaign(dispute.campaign_id)
    with force_locale(campaign.owner.locale):
        amount = euros(dispute.amount_cents)
        words = [
            _(
                "La banque d’un contributeur ou d’une contributrice demande à vérifier un paiement de %(amount)s. Il "
                "s’agit souvent d’un malentendu. La somme est mise de côté jusqu’à la décision de la banque, en "
                "général sous deux à trois mois.",
                amount=amount,
            ),
            _("Notre équipe répond à la banque. Vous n’avez rien à faire."),
        ]
        subject = _("Un paiement de %(amount)s est contesté", amount=amount)
        to_holder(campaign, subject, words, occasion=f"dispute:{dispute.id}:open", at=at)


def contest_won(dispute: Dispute, *, at: datetime) -> None:
    campaign = _campaign(dispute.campaign_id)
    with force_locale(campaign.owner.locale):
        amount = euros(dispute.amount_cents)
        words = [
            _(
                "La banque a décidé : le paiement contesté de %(amount)s est confirmé. Il compte de nouveau pour votre "
                "campagne, et son argent suit le même chemin que le reste.",
                amount=amount,
            )
        ]
        subject = _("Le paiement contesté de %(amount)s est confirmé", amount=amount)
        to_holder(campaign, subject, words, occasion=f"dispute:{dispute.id}:won", at=at)


def contest_lost(dispute: Dispute, *, at: datetime) -> None:
    campaign = _campaign(dispute.campaign_id)
    with force_locale(campaign.owner.locale):
        amount = euros(dispute.amount_cents)
        words = [
            _(
                "La banque a décidé : le paiement contesté de %(amount)s est rendu. Il ne compte plus pour votre "
                "campagne. Les frais de la contestation sont à la charge de la plateforme.",
                amount=amount,
            ),
            _("Si cette somme vous avait déjà été versée, votre part est reprise sur votre compte de paiement."),
        ]
        subject = _("Le paiement contesté de %(amount)s est rendu", amount=amount)
        to_holder(campaign, subject, words, occasion=f"dispute:{dispute.id}:lost", at=at)


def overdue(campaign: Campaign, *, days: int, refunded_on: datetime, at: datetime) -> None:
    """The money waits for the holder since `days` days; on `refunded_on` it goes back."""
    with force_locale(campaign.owner.locale):
        words = [
            _(
                "L’argent de votre campagne attend depuis %(days)s jours : votre compte de paiement ne peut pas encore "
                "le recevoir, ou la double vérification n’est pas activée.",
                days=days,
            ),
            _(
                "L’argent ne peut pas attendre plus de 90 jours. Sans action de votre part, les contributions seront "
                "remboursées à partir du %(day)s.",
                day=date_long(refunded_on),
            ),
        ]
        subject = _("Rappel : l’argent de votre campagne vous attend")
        to_holder(campaign, subject, words, occasion=f"overdue:{days}", at=at)


def overdue_refunded(campaign: Campaign, *, at: datetime) -> None:
    with force_locale(campaign.owner.locale):
        words = [
            _(
                "L’argent de votre campagne n’a pas pu vous être versé en 90 jours. Comme annoncé, ce qui restait est "
                "remboursé aux personnes qui avaient contribué."
            )
        ]
        subject = _("Les contributions restantes sont remboursées")
        to_holder(campaign, subject, words, occasion=f"overdue_refunded:{at:%Y%m%d}", at=at)


def too_little(campaign: Campaign, *, at: datetime) -> None:
    """The sum really collected is below the share of the goal that the rules ask for."""
    with force_locale(campaign.owner.locale):
        words = [
            _(
                "La somme réellement débitée reste sous %(percent)s %% de l’objectif. Selon les règles de la campagne, "
                "toutes les contributions sont remboursées.",
                percent=campaign.refund_below_percent,
            )
        ]
        subject = _("Trop peu a pu être débité : les contributions sont remboursées")
        to_holder(campaign, subject, words, occasion="too_little", at=at)
