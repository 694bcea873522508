"""Codes of this room in words."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.accounts.models import SuspensionMotive

MOTIVE_WORDS = {
    SuspensionMotive.MISUSE: _l("Un usage contraire à nos règles"),
    SuspensionMotive.FRAUD: _l("Un soupçon de fraude, le temps de vérifier"),
    SuspensionMotive.STOLEN: _l("Quelqu’un d’autre se sert sans doute de ce compte"),
    SuspensionMotive.AUTHORITY: _l("La demande d’une autorité"),
    SuspensionMotive.ASKED: _l("La demande de la personne elle-même"),
}
