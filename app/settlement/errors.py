"""Why a repair, a refund or a payout refuses, in words for who asks."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.errors import DomainError, MoveNotAllowed


class NothingToRepair(MoveNotAllowed):
    message = _l("Cette contribution n’attend plus rien de vous.")


class RepairOver(MoveNotAllowed):
    message = _l("Le délai pour régler cette contribution est passé : rien n’est débité.")


class NothingToRefund(MoveNotAllowed):
    message = _l("Il n’y a rien à rembourser ici, ou un remboursement est déjà demandé.")


class NothingToRenounce(MoveNotAllowed):
    message = _l("Il n’y a pas ici d’achat auquel renoncer, ou le délai est passé.")


class RefundTooLarge(DomainError):
    message = _l("Ce montant dépasse ce qui peut encore être remboursé.")


class AlreadyProposed(MoveNotAllowed):
    """`reference`: of the proposal that waits."""

    message = _l("Un remboursement du même montant attend déjà une deuxième personne : le voici.")

    def __init__(self, reference: str) -> None:
        super().__init__()
        self.reference = reference


class SamePerson(MoveNotAllowed):
    message = _l("Une seconde personne doit approuver : vous avez préparé cette opération.")


class StillOpen(MoveNotAllowed):
    message = _l("Des contributions de cette campagne sont encore en cours d’encaissement ou de règlement.")


class NothingToPayOut(MoveNotAllowed):
    message = _l("Il n’y a rien à reverser pour cette campagne.")


class PayoutChanged(MoveNotAllowed):
    message = _l(
        "Les sommes ou le compte du porteur ou de la porteuse ont changé depuis la préparation : préparez à nouveau."
    )


class NothingToStop(MoveNotAllowed):
    message = _l("Ce versement n’attend plus : il est déjà parti, ou quelqu’un l’a arrêté.")
