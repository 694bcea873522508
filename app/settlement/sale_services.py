"""A contributor renounces what they bought: written down, acknowledged by mail, and asked of the money desk.

No money moves here: the money desk proposes the refund, a second person approves it, as for every other.
"""

from __future__ import annotations

from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from app.core.i18n import date_long, datetime_long, euros
from app.core.journal import record
from app.payments import tasks
from app.pledges.mails import post
from app.pledges.models import Pledge
from app.settlement import charge_services as charges
from app.settlement import sale_queries
from app.settlement.errors import NothingToRenounce
from app.settlement.mails import to_holder


def renounce(pledge_id: int, *, received_at: datetime | None, by: int | None, at: datetime) -> bool:
    """Write the demand down, once; False when it was made before. The caller commits.

    Errors: NothingToRenounce (no paid purchase, or the time is over).
    """
    pledge = charges.locked(pledge_id)
    sale = sale_queries.find_sale(pledge, received_at=received_at, at=at)
    if sale is not None and sale.asked_at is not None:
        return False
    if sale is None or not sale.is_open:
        raise NothingToRenounce
    left = pledge.amount_cents - pledge.refunded_cents
    record(sale_queries.RENOUNCED, on=pledge, by=by, at=at, amount_cents=left)
    tasks.open_task(
        "sale_renounced", f"sale_renounced:{pledge.id}", at=at, subject_kind=Pledge.__tablename__,
        subject_id=pledge.id, ours_cents=left,
    )  # fmt: skip
    _acknowledge(pledge, left, at)
    _tell_holder(pledge, at)
    return True


def _acknowledge(pledge: Pledge, left: int, at: datetime) -> None:
    """What was declared, with its date and hour, to be kept (art. L221-21)."""
    with force_locale(pledge.locale):
        post(
            pledge,
            _("Accusé de réception de votre rétractation"),
            [
                _("Nous avons reçu votre rétractation le %(moment)s (heure de Paris).", moment=datetime_long(at)),
                _(
                    "Vous avez déclaré renoncer au contrat d’achat de « %(reward)s », payé %(amount)s le %(day)s.",
                    reward=pledge.reward.title if pledge.reward else "",
                    amount=euros(pledge.amount_cents),
                    day=date_long(pledge.paid_at) if pledge.paid_at else "",
                ),
                _(
                    "Votre demande de remboursement de %(amount)s est transmise à l’équipe de la plateforme et à la "
                    "personne qui porte le projet. Un courriel vous dira quand l’argent est rendu.",
                    amount=euros(left),
                ),
                _("Gardez ce message : il prouve le jour, l’heure et le contenu de votre demande."),
            ],
            occasion="renounced",
            at=at,
        )


def _tell_holder(pledge: Pledge, at: datetime) -> None:
    campaign = pledge.campaign
    with force_locale(campaign.owner.locale):
        to_holder(
            campaign,
            _("Une personne renonce à une prévente"),
            [
                _(
                    "Le %(moment)s, une personne a renoncé à « %(reward)s ». L’équipe de la plateforme s’occupe de "
                    "la rembourser. Ne remettez pas cette contrepartie ; si elle est déjà remise, convenez du retour.",
                    moment=datetime_long(at),
                    reward=pledge.reward.title if pledge.reward else "",
                ),
            ],
            occasion=f"renounced:{pledge.id}",
            at=at,
        )
