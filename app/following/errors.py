"""Reasons to refuse, with the sentence a person reads."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.errors import DomainError


class NotFollowable(DomainError):
    status, message = 409, _l("Cette campagne ne se suit plus : elle s’est terminée sans suite.")


class LinkTooOld(DomainError):
    """A forged link, one of an address that was forgotten, or one too old to confirm with."""

    status, message = 410, _l("Ce lien n’est plus valable. Si vous voulez suivre la campagne, demandez-le de nouveau.")
