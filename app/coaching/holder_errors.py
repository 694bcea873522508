"""Why something in one's own record refuses."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.errors import DomainError


class NotAReader(DomainError):
    message = _l("Cette personne ne lit pas votre dossier, ou vous ne pouvez pas changer cela ici.")


class UnknownPurpose(DomainError):
    message = _l("Cet accord n’existe pas.")
