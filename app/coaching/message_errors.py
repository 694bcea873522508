"""Why a message refuses."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.errors import DomainError, MoveNotAllowed


class TooLateToTakeBack(MoveNotAllowed):
    message = _l("Les dix minutes sont passées : le message reste. Écrivez-en un autre pour le corriger.")


class NotYourMessage(MoveNotAllowed):
    message = _l("Ce message n’est pas le vôtre.")


class TooManyFiles(DomainError):
    message = _l("Trois pièces jointes au plus : envoyez les autres avec un second message.")
