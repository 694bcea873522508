"""Why a situation refuses."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.errors import DomainError


class NothingSaid(DomainError):
    message = _l("Répondez à une question au moins. Aucune n’est obligatoire.")


class NotAboutThem(DomainError):
    status, message = 404, _l("Cette personne n’est pas dans ce dossier.")
