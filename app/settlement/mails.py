"""Mails of the verdict, the charge, the repair and the transfers."""

from __future__ import annotations

from datetime import datetime

from flask import current_app
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from app.campaigns.models import Campaign
from app.campaigns.rules import CampaignState
from app.core.i18n import date_long, datetime_long, euros
from app.core.links import external_url
from app.core.outbox import post_mail
from app.pledges.mails import post
from app.pledges.models import Pledge
from app.pledges.rules import PledgeState
from app.settlement.money_queries import Money

REPAIR = "settlement.repair"


# -- to contributors ---------------------------------------------------------------------------


def succeeded(pledge: Pledge, *, at: datetime) -> None:
    with force_locale(pledge.locale):
        post(
            pledge,
            _("C’est réussi : la campagne a atteint son objectif"),
            [
                _(
                    "Comme convenu, %(amount)s seront débités de votre carte dans les prochaines heures. "
                    "Un reçu suivra.",
                    amount=euros(pledge.amount_cents),
                ),
                _("Si votre banque demande quelque chose, nous vous écrirons aussitôt."),
            ],
            occasion="succeeded",
            at=at,
        )


def released(pledge: Pledge, *, at: datetime) -> None:
    if pledge.campaign.state == CampaignState.CANCELLED:
        cancelled(pledge, at=at)
        return
    with force_locale(pledge.locale):
        post(
            pledge,
            _("Rien n’est débité : l’objectif n’a pas été atteint"),
            [
                _(
                    "Merci d’avoir soutenu ce projet. La campagne n’a pas réuni la somme qu’il lui fallait : "
                    "votre promesse est levée, rien n’est débité, et votre carte n’est plus enregistrée."
                )
            ],
            occasion="released",
            at=at,
        )


def cancelled(pledge: Pledge, *, at: datetime) -> None:
    """The campaign ends early, and this contribution was never charged."""
    with force_locale(pledge.locale):
        post(
            pledge,
            _("La campagne est annulée : rien n’est débité"),
            [
                _(
                    "Merci d’avoir soutenu ce projet. La campagne a été annulée : votre contribution n’est pas "
                    "débitée, et votre carte n’est plus enregistrée."
                )
            ],
            occasion="cancelled",
            at=at,
        )


def paid(pledge: Pledge, *, at: datetime) -> None:
    with force_locale(pledge.locale):
        post(
            pledge,
            _("Reçu : %(amount)s débités", amount=euros(pledge.amount_cents)),
            [
                _(
                    "%(amount)s ont été débités de votre carte le %(moment)s. Merci pour ce projet.",
                    amount=euros(pledge.amount_cents),
                    moment=datetime_long(at),
                ),
                _("Ce message est un reçu de paiement ; ce n’est pas un reçu fiscal."),
            ],
            occasion="paid",
            at=at,
        )


def repair_needed(pledge: Pledge, *, until: datetime | None, at: datetime) -> None:
    """Once for each of the two reasons; the reminders follow."""
    with force_locale(pledge.locale):
        subject, words = _repair_words(pledge)
        _post_repair(pledge, subject, words, until, occasion=f"repair:{PledgeState(pledge.state).value}", at=at)


def reminder(pledge: Pledge, *, hours: int, until: datetime | None, at: datetime) -> None:
    with force_locale(pledge.locale):
        subject, words = _repair_words(pledge)
        _post_repair(pledge, _("Rappel : %(what)s", what=subject), words, until, occasion=f"reminder:{hours}", at=at)


def _repair_words(pledge: Pledge) -> tuple[str, str]:
    if pledge.state == PledgeState.NEEDS_ACTION:
        return _("votre banque attend votre accord"), _(
            "La campagne a réussi, mais votre banque veut que vous confirmiez vous-même le paiement de %(amount)s. "
            "Rien n’est débité pour l’instant.",
            amount=euros(pledge.amount_cents),
        )
    return _("votre carte a été refusée"), _(
        "La campagne a réussi, mais votre banque a refusé le paiement de %(amount)s. Rien n’est débité. "
        "Vous pouvez donner une autre carte.",
        amount=euros(pledge.amount_cents),
    )


def _post_repair(
    pledge: Pledge, subject: str, words: str, until: datetime | None, *, occasion: str, at: datetime
) -> None:
    last = _(
        "Vous avez jusqu’au %(moment)s. Ensuite la contribution est abandonnée et rien n’est débité.",
        moment=datetime_long(until),
    )
    post(
        pledge, subject[:1].upper() + subject[1:], [words, last], occasion=occasion, at=at, endpoint=REPAIR,
        action=_("Régler ma contribution"),
    )  # fmt: skip


def dropped(pledge: Pledge, *, at: datetime) -> None:
    if pledge.campaign.state == CampaignState.CANCELLED:
        cancelled(pledge, at=at)
        return
    with force_locale(pledge.locale):
        post(
            pledge,
            _("Votre contribution est abandonnée : rien n’est débité"),
            [
                _(
                    "Le paiement n’a pas abouti. Rien n’est débité, et votre carte n’est plus enregistrée. "
                    "Merci d’avoir essayé."
                )
            ],
            occasion="dropped",
            at=at,
        )


# -- to the holder -----------------------------------------------------------------------------


def to_holder(
    campaign: Campaign, subject: str, paragraphs: list[str], *, occasion: str, at: datetime,
    action: str = "", url: str = "",
) -> None:  # fmt: skip
    holder = campaign.owner
    post_mail(
        "message",
        to=holder.email,
        subject=subject,
        occasion=f"campaign:{campaign.id}:{occasion}",
        at=at,
        locale=holder.locale,
        title=subject,
        paragraphs=[_("Bonjour %(name)s,", name=holder.name), *paragraphs],
        action_label=action or _("Voir l’argent de ma campagne"),
        action_url=url or external_url("settlement.money", slug=campaign.slug),
        reason=_("Vous recevez ce message parce que vous portez la campagne « %(title)s ».", title=campaign.title),
    )


def verdict_to_holder(campaign: Campaign, *, succeeded: bool, at: datetime) -> None:
    figures = {"raised": campaign.verdict_raised_cents, "goal": campaign.goal_cents}
    with force_locale(campaign.owner.locale):
        said = {name: euros(cents) for name, cents in figures.items()}
        if succeeded:
            subject = _("Votre campagne a réussi")
            words = [
                _(
                    "%(raised)s ont été promis, pour un objectif de %(goal)s. Bravo à vous et à votre équipe.",
                    **said,
                ),
                ngettext(
                    "Les cartes sont débitées maintenant. Les personnes dont la banque refuse ont %(num)d jour pour "
                    "régler. Ensuite l’argent est versé sur votre compte, moins les frais, au centime près.",
                    "Les cartes sont débitées maintenant. Les personnes dont la banque refuse ont %(num)d jours pour "
                    "régler. Ensuite l’argent est versé sur votre compte, moins les frais, au centime près.",
                    -(-current_app.config["SETTINGS"].repair_hours // 24),
                ),
            ]
        else:
            subject = _("Votre campagne n’a pas atteint son objectif")
            words = [
                _("%(raised)s ont été promis, pour un objectif de %(goal)s. Personne n’est débité.", **said),
                _(
                    "Ce n’est pas la fin du projet : la structure qui vous accompagne peut vous aider à "
                    "préparer la suite."
                ),
            ]
        to_holder(campaign, subject, words, occasion="verdict", at=at)


def account_needed(campaign: Campaign, *, at: datetime) -> None:
    """Once: the money waits for the account."""
    with force_locale(campaign.owner.locale):
        words = _(
            "L’argent de votre campagne est prêt, mais votre compte de paiement ne peut pas le recevoir pour le "
            "moment. Complétez-le chez Stripe : le versement partira ensuite de lui-même."
        )
        to_holder(
            campaign, _("Votre compte de paiement doit être complété"), [words], occasion="account_needed", at=at,
            action=_("Voir mon compte de paiement"),
        )  # fmt: skip


def factor_needed(campaign: Campaign, *, at: datetime) -> None:
    """Once: the money waits until its holder signs in with a code too."""
    with force_locale(campaign.owner.locale):
        words = _(
            "L’argent de votre campagne est prêt. Pour le protéger, il part seulement quand la double vérification "
            "est activée sur votre compte : un code de votre téléphone, en plus du mot de passe. Il faut cinq "
            "minutes ; le versement partira ensuite de lui-même."
        )
        to_holder(
            campaign, _("Activez la double vérification pour recevoir l’argent"), [words], occasion="factor_needed",
            at=at, action=_("Activer la double vérification"), url=external_url("accounts.second_factor"),
        )  # fmt: skip


def statement(campaign: Campaign, money: Money, *, at: datetime) -> None:
    """Everything collected has been passed on: the figures, to the cent."""
    with force_locale(campaign.owner.locale):
        count, collected = money.paid
        lines = [
            _(
                "Débité pour vous : %(amount)s (%(count)s contributions)",
                amount=euros(collected),
                count=count,
            ),
            _("Frais de Stripe : %(amount)s", amount=euros(money.stripe_fees_cents)),
            _("Frais de la plateforme : %(amount)s", amount=euros(money.platform_fees_cents)),
            _(
                "Versé sur votre compte le %(day)s : %(amount)s",
                amount=euros(money.transferred_cents),
                day=date_long(at),
            ),
        ]
        to_holder(campaign, _("L’argent de votre campagne est versé"), lines, occasion="statement", at=at)
