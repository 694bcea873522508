"""Why an opinion refuses."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.errors import DomainError, MoveNotAllowed


class OpinionSettled(MoveNotAllowed):
    message = _l("Cette demande d’avis a déjà sa réponse, ou a été retirée.")


class NotAColleague(DomainError):
    message = _l("Choisissez une personne qui accompagne dans le réseau.")


class SharingNeedsConsent(DomainError):
    message = _l(
        "La personne accompagnée n’a pas donné son accord au partage dans le réseau : posez la question seule, "
        "sans nommer personne."
    )
