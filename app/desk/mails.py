"""What contributors read from the team, through the platform."""

from __future__ import annotations

from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from app.core.outbox import one_line, post_mail
from app.desk.models import Message
from app.desk.rules import KEEP_AFTER_RECEIVED
from app.pledges.keys import link
from app.pledges.models import Pledge


def message(message: Message, pledge: Pledge, *, at: datetime) -> None:
    """The words as they were written; an answer goes to who wrote them."""
    campaign, author = message.campaign, message.author
    with force_locale(pledge.locale):
        post_mail(
            "message", to=pledge.email, subject=one_line(message.subject),
            occasion=f"message:{message.id}:{pledge.id}", at=at, locale=pledge.locale, reply_to=author.email,
            title=message.subject, paragraphs=[p for p in message.text.split("\n\n") if p.strip()],
            action_label=_("Voir ma contribution"), action_url=link("pledges.show", pledge),
            reason=_(
                "%(name)s vous écrit parce que vous contribuez à « %(title)s ». Votre adresse ne lui est pas montrée ; "
                "si vous répondez à ce message, elle le sera.",
                name=author.name, title=campaign.title,
            ),
        )  # fmt: skip


def ask_address(pledge: Pledge, *, at: datetime) -> None:
    reward = pledge.reward.title if pledge.reward else ""
    with force_locale(pledge.locale):
        subject = _("Où envoyer votre contrepartie ?")
        post_mail(
            "message", to=pledge.email, subject=subject, occasion=f"address:{pledge.id}:{at.date().isoformat()}",
            at=at, locale=pledge.locale, title=subject,
            paragraphs=[
                _("« %(campaign)s » prépare votre contrepartie : %(reward)s.", campaign=pledge.campaign.title,
                  reward=reward),
                _("Donnez votre adresse postale pour la recevoir. Seule l’équipe du projet la lit ; elle est effacée "
                  "%(days)s jours après la remise.", days=KEEP_AFTER_RECEIVED.days),
            ],
            action_label=_("Donner mon adresse"), action_url=link("desk.address", pledge),
            reason=_("Vous recevez ce message parce que vous avez choisi cette contrepartie."),
        )  # fmt: skip
