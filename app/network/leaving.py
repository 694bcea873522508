"""Why a person who works for an organisation cannot close their account yet."""

from __future__ import annotations

from flask_babel import gettext as _

from app.network.queries import rights_of


def obstacle(user_id: int) -> str | None:
    """A right in force: somebody must take over first."""
    if not rights_of(user_id):
        return None
    return str(_("Vous avez un rôle sur la plateforme. Demandez d’abord à l’administration d’y mettre fin."))
