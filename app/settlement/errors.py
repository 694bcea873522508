"""Why a repair refuses, in words for the contributor."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.errors import MoveNotAllowed


class NothingToRepair(MoveNotAllowed):
    message = _l("Cette contribution n’attend plus rien de vous.")


class RepairOver(MoveNotAllowed):
    message = _l("Le délai pour régler cette contribution est passé : rien n’est débité.")
