"""Why a promise is refused: each reason with the sentence a contributor reads."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.errors import DomainError, MoveNotAllowed, NotFound


class PledgeRefused(DomainError):
    """Base of every reason to refuse a promise; the form shows `message`."""


class CampaignClosed(PledgeRefused):
    message = _l("Cette campagne n’accepte plus de contributions.")


class AmountTooSmall(PledgeRefused):
    message = _l("La contribution est de 1 € au moins et de 999 999,99 € au plus.")


class BelowReward(PledgeRefused):
    message = _l("Ce montant est inférieur à celui de la contrepartie choisie.")


class PledgeMoveNotAllowed(MoveNotAllowed):
    message = _l("Cette contribution n’est plus dans l’état qui permet cette action.")


class TooLateToChange(MoveNotAllowed):
    message = _l("La campagne est terminée : cette contribution ne peut plus être modifiée ici.")


class TooLateToTakeBack(MoveNotAllowed):
    message = _l(
        "La campagne est terminée : votre contribution ne peut plus être annulée ici. Écrivez-nous s’il y a une erreur."
    )


class ConsentNeeded(PledgeRefused):
    message = _l("Pour augmenter le montant, cochez la case de l’accord.")


class TooManyUnfinished(PledgeRefused):
    message = _l(
        "Vous avez déjà trois contributions sans carte pour cette campagne. Terminez-les ou abandonnez-les, puis "
        "recommencez."
    )


class StrangeAnswer(DomainError):
    """What Stripe shows does not belong to this pledge: nothing is booked, people are told."""

    status, message = 409, _l("Cette page de paiement ne correspond pas à votre contribution.")


class LinkDead(NotFound):
    """The key of a mailed link is too old or altered; says how to get a new one."""

    message = _l("Ce lien n’est plus valable. Demandez-en un nouveau depuis la page « Mes contributions ».")
