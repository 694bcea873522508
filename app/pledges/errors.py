"""Why a promise is refused: each reason with the sentence a contributor reads."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.errors import DomainError, MoveNotAllowed


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
