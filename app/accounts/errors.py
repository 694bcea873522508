"""Reasons to refuse, in the words a person reads."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.errors import DomainError


class LinkDead(DomainError):
    """Used, replaced by a newer one, too old, or never ours: the answer is the same."""

    status, message = 410, _l("Ce lien a déjà servi, ou il n’est plus valable.")


class EmailTaken(DomainError):
    """Another account took the address between the request and its confirmation."""

    status, message = 409, _l("Cette adresse est déjà celle d’un autre compte : rien n’a été changé.")


class FactorNeeded(DomainError):
    """Who moves other people's money signs in with two proofs."""

    status = 409
    message = _l("Votre droit de trésorerie exige la double vérification : elle ne peut pas être arrêtée.")


class NotYourself(DomainError):
    """Who suspends their own account could not undo it."""

    status, message = 409, _l("Vous ne pouvez pas suspendre votre propre compte.")


class AccountEngaged(DomainError):
    """The account carries something that others wait for; the sentence says what."""

    status = 409
