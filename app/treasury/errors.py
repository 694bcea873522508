"""Why the money desk refuses, in words for who asks."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.errors import MoveNotAllowed, NotFound


class HasInterest(NotFound):
    """The policy says it first; this is for an interest that came up between the page and the click."""


class TooLateToCancel(MoveNotAllowed):
    message = _l(
        "De l’argent de cette campagne est déjà parti vers son porteur ou sa porteuse : elle ne s’annule plus."
    )


class AlreadyDecided(MoveNotAllowed):
    message = _l("Cette proposition n’attend plus : quelqu’un l’a approuvée ou abandonnée avant vous.")
