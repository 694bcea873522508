"""Why a campaign refuses."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.errors import DomainError, MoveNotAllowed


class CampaignMoveNotAllowed(MoveNotAllowed):
    message = _l("Cette campagne n’est plus dans l’état qui permet cette action.")


class NotEditable(MoveNotAllowed):
    message = _l("Cette campagne ne peut plus être modifiée : elle est en relecture ou déjà publiée.")


class NotReady(DomainError):
    message = _l("Il manque encore des éléments : la liste les montre un par un.")


class StockExhausted(DomainError):
    message = _l("Cette contrepartie vient d’être épuisée. Choisissez-en une autre, ou donnez sans contrepartie.")
