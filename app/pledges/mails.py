"""What a contributor reads in the mail about a promise: one fact, one action, in their language."""

from __future__ import annotations

import hashlib
from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from app.core.i18n import date_long, euros
from app.core.links import external_url
from app.core.outbox import post_mail
from app.pledges import queries
from app.pledges.keys import address_key, link
from app.pledges.models import Pledge
from app.pledges.rules import CARD_EXPIRES, PledgeState


def post(
    pledge: Pledge, subject: str, paragraphs: list[str], *, occasion: str, at: datetime,
    endpoint: str = "pledges.show", action: str = "",
) -> None:  # fmt: skip
    """Write a mail about one pledge; call it inside `force_locale(pledge.locale)`.

    `occasion` makes it unique for this pledge; `endpoint` and `action` are its one link and its words.
    """
    forgotten = not pledge.card_last4 or pledge.state in {PledgeState.WITHDRAWN, PledgeState.RELEASED}
    card = "" if forgotten else f"{pledge.card_brand.capitalize()} •••• {pledge.card_last4}"
    facts = [
        (_("Campagne"), pledge.campaign.title),
        (_("Montant"), euros(pledge.amount_cents)),
        (_("Contrepartie"), pledge.reward.title if pledge.reward else ""),
        (_("Carte"), card),
    ]
    post_mail(
        "pledge",
        to=pledge.email,
        subject=subject,
        occasion=f"pledge:{pledge.id}:{occasion}",
        at=at,
        locale=pledge.locale,
        title=subject,
        name=pledge.name,
        paragraphs=paragraphs,
        facts=facts,
        action_label=action or _("Voir ma contribution"),
        action_url=link(endpoint, pledge),
    )


def confirmed(pledge: Pledge, *, at: datetime) -> None:
    """What will be debited, when, on what condition, and how to cancel."""
    with force_locale(pledge.locale):
        post(
            pledge,
            _("Votre promesse est enregistrée"),
            [
                _("Merci. Rien n’est débité aujourd’hui."),
                _conditions(pledge),
                _(
                    "Jusqu’à cette date, vous pouvez changer le montant ou la carte, ou tout annuler en deux clics, "
                    "depuis la page de votre contribution."
                ),
            ],
            occasion="confirmed",
            at=at,
        )


def _conditions(pledge: Pledge) -> str:
    words: str = _(
        "%(amount)s seront débités de votre carte après le %(day)s, seulement si la campagne a réuni au moins "
        "%(goal)s à cette date. Sinon, rien ne sera débité.",
        amount=euros(pledge.amount_cents),
        day=date_long(pledge.campaign.closes_at),
        goal=euros(pledge.campaign.goal_cents),
    )
    return words


def changed(pledge: Pledge, *, old_cents: int, at: datetime) -> None:
    with force_locale(pledge.locale):
        post(
            pledge,
            _("Le montant de votre promesse a changé"),
            [
                _("Il passe de %(old)s à %(new)s.", old=euros(old_cents), new=euros(pledge.amount_cents)),
                _conditions(pledge),
            ],
            occasion=f"changed:{pledge.version}",
            at=at,
        )


def card_replaced(pledge: Pledge, *, at: datetime) -> None:
    with force_locale(pledge.locale):
        post(
            pledge,
            _("Votre carte est remplacée"),
            [
                _("La nouvelle carte servira à la place de la précédente. Rien n’est débité aujourd’hui."),
                _conditions(pledge),
            ],
            occasion=f"card:{pledge.payment_method}",
            at=at,
        )


def card_expires(pledge: Pledge, *, last_charge_at: datetime, at: datetime) -> None:
    """Once for each card: the link leads to our page, where the button is."""
    year, month = pledge.card_exp.split("-")
    with force_locale(pledge.locale):
        post(
            pledge,
            _("Votre carte expire avant la fin de la campagne"),
            [
                _(
                    "La carte enregistrée pour votre promesse est valable jusqu’à fin %(month)s. Si la campagne "
                    "réussit, elle doit pouvoir être débitée jusqu’au %(day)s.",
                    month=f"{month}/{year}",
                    day=date_long(last_charge_at),
                ),
                _("Remplacez-la dès maintenant, en une minute : rien n’est débité aujourd’hui."),
            ],
            occasion=f"{CARD_EXPIRES}:{pledge.payment_method}",
            at=at,
            action=_("Remplacer ma carte"),
        )


def withdrawn(pledge: Pledge, *, at: datetime) -> None:
    with force_locale(pledge.locale):
        post(
            pledge,
            _("Votre promesse est annulée"),
            [
                _(
                    "Rien ne sera débité, et votre carte n’est plus enregistrée. "
                    "Vous pouvez promettre à nouveau quand vous voulez."
                )
            ],
            occasion="withdrawn",
            at=at,
        )


def too_late(pledge: Pledge, *, at: datetime) -> None:
    with force_locale(pledge.locale):
        post(
            pledge,
            _("Votre contribution est arrivée trop tard"),
            [
                _(
                    "Votre carte nous est parvenue après la fin de la campagne, ou quand la contrepartie "
                    "était épuisée. Nous l’avons effacée aussitôt : rien n’est débité et rien ne le sera."
                )
            ],
            occasion="too_late",
            at=at,
        )


def list_of(email: str, *, locale: str, at: datetime) -> None:
    """A link to everything promised with this address; nothing is sent when there is nothing."""
    if not queries.mine(None, email):
        return
    who = hashlib.sha256(email.encode()).hexdigest()[:32]
    with force_locale(locale):
        subject = _("Retrouver vos contributions")
        post_mail(
            "message",
            to=email,
            subject=subject,
            occasion=f"pledge_links:{who}:{int(at.timestamp()) // 60}",
            at=at,
            locale=locale,
            title=subject,
            paragraphs=[_("Ce lien montre les contributions faites avec votre adresse. Il est valable 24 heures.")],
            action_label=_("Voir mes contributions"),
            action_url=external_url("pledges.mine", cle=address_key(email)),
            reason=_(
                "Vous recevez ce message parce que ce lien a été demandé pour votre adresse. "
                "Si ce n’est pas vous, ignorez-le."
            ),
        )
