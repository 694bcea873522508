"""Mails about money that goes back to a contributor."""

from __future__ import annotations

from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from app.core.i18n import euros
from app.pledges.mails import post
from app.settlement.models import Dispute, Refund, RefundReason


def refunded(refund: Refund, *, at: datetime) -> None:
    """How much, why, and when it will be seen on the card's account."""
    pledge = refund.charge.pledge
    with force_locale(pledge.locale):
        amount = euros(refund.amount_cents)
        post(
            pledge,
            _("Remboursement : %(amount)s", amount=amount),
            [part for part in (why(refund), refund.words, _when(amount)) if part],
            occasion=f"refunded:{refund.id}:{refund.tries}",
            at=at,
        )


def _when(amount: str) -> str:
    words: str = _(
        "%(amount)s repartent vers la carte qui avait été débitée. Selon votre banque, l’opération se voit sur "
        "votre compte sous cinq à dix jours.",
        amount=amount,
    )
    return words


def refund_failed(refund: Refund, *, at: datetime) -> None:
    """The bank sent the money back to us: a person writes to the contributor next."""
    pledge = refund.charge.pledge
    with force_locale(pledge.locale):
        post(
            pledge,
            _("Votre remboursement n’est pas arrivé"),
            [
                _(
                    "Votre banque nous a renvoyé les %(amount)s que nous vous remboursions, par exemple parce que la "
                    "carte n’existe plus. L’argent est gardé pour vous : notre équipe vous écrit pour trouver un "
                    "autre moyen.",
                    amount=euros(refund.amount_cents),
                )
            ],
            occasion=f"refund_failed:{refund.id}:{refund.tries}",
            at=at,
        )


def contested(dispute: Dispute, *, at: datetime) -> None:
    """Once, and without reproach: a payment that is not recognised is the usual reason."""
    pledge = dispute.charge.pledge
    with force_locale(pledge.locale):
        amount = euros(dispute.amount_cents)
        post(
            pledge,
            _("Votre banque vérifie un paiement de %(amount)s", amount=amount),
            [
                _(
                    "Votre banque nous dit que ce paiement de %(amount)s est contesté. Elle examine la demande, et "
                    "vous tiendra au courant : vous n’avez rien à faire ici.",
                    amount=amount,
                ),
                _("Si vous reconnaissez ce paiement après tout, dites-le simplement à votre banque."),
            ],
            occasion=f"contested:{dispute.id}",
            at=at,
        )


def why(refund: Refund) -> str:
    """The reason in a sentence for the contributor."""
    sentences: dict[RefundReason, str] = {
        RefundReason.ASKED: _("Vous avez annulé votre contribution : elle vous est remboursée en entier."),
        RefundReason.LATE: _(
            "Votre paiement est arrivé quand la campagne ne pouvait plus l’accepter : il vous est remboursé."
        ),
        RefundReason.CANCELLED: _("La campagne a été annulée : votre contribution vous est remboursée."),
        RefundReason.FAILED: _("La campagne n’a pas réussi : votre contribution vous est remboursée."),
        RefundReason.MISSED: _(
            "La somme réellement réunie est restée trop loin de l’objectif : selon les règles de la campagne, "
            "chaque contribution est remboursée."
        ),
        RefundReason.OVERDUE: _(
            "L’argent n’a pas pu être reversé au projet dans les délais : votre contribution vous est remboursée."
        ),
        RefundReason.DUPLICATE: _("Un paiement a été compté deux fois : le surplus vous est remboursé."),
    }
    return sentences.get(RefundReason(refund.reason)) or str(_("Votre contribution vous est remboursée."))
