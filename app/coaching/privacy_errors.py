"""Why a request about one's data refuses."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.errors import DomainError, MoveNotAllowed


class AlreadyAsked(DomainError):
    status = 409
    message = _l("Vous l’avez déjà demandé : la réponse est attendue à la date indiquée.")


class AlreadySettled(MoveNotAllowed):
    message = _l("Cette demande a déjà sa réponse.")


class AnswerMissing(DomainError):
    message = _l("Écrivez pourquoi, et ce que la personne peut faire : elle le lira.")


class AccessOver(DomainError):
    status = 410
    message = _l("Ce téléchargement n’est plus disponible : demandez de nouveau, c’est gratuit.")
