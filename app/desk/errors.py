"""Why a message or a delivery is refused."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.errors import DomainError, MoveNotAllowed


class NobodyChosen(DomainError):
    message = _l("Choisissez au moins une personne.")


class TooEarlyForAddress(MoveNotAllowed):
    message = _l("Les adresses se demandent une fois la campagne réussie et la contribution payée.")


class AddressNotWanted(MoveNotAllowed):
    message = _l("L’équipe n’a pas demandé votre adresse, ou n’en a plus besoin.")
