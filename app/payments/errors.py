"""Reasons why Stripe cannot be asked, each with the sentence that a person reads."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.errors import DomainError, NotFound

# Stripe has seen this key with other words: its answer says nothing about the order, and no bank has refused.
KEY_IS_TAKEN = "key_is_taken"


class GatewayUnavailable(DomainError):
    """No answer that can be believed: whether the call was carried out is unknown.

    `reason` is short and safe to log: connection, http_500, http_429, unreadable, key_is_taken …
    """

    status = 503
    message = _l(
        "Le service de paiement ne répond pas pour le moment. Rien n’est perdu : réessayez dans quelques minutes."
    )

    def __init__(self, reason: str = "", request_id: str = "") -> None:
        super().__init__()
        self.reason, self.request_id = reason, request_id


class GatewayRefused(DomainError):
    """Stripe refuses a question of ours (4xx): a mistake of ours, or a right that the key lacks."""

    status = 503
    message = _l("Le service de paiement a refusé cette demande. L’équipe technique est prévenue.")

    def __init__(self, code: str = "", detail: str = "") -> None:
        super().__init__()
        self.code, self.detail = code, detail


class ObjectMissing(NotFound):
    """Stripe knows no object of that id."""


class WrongEnvironment(DomainError):
    """Our rows belong to another Stripe account than the one of the key: nothing is sent there."""

    status = 503
    message = _l("Les paiements sont suspendus : la configuration de Stripe a changé. L’équipe technique est prévenue.")


class CatchingUp(WrongEnvironment):
    """The database was put back from a copy: nothing is sent before what Stripe did since is found again."""

    message = _l("Les paiements reprennent dans un instant, après une opération de maintenance. Rien n’est perdu.")


class BadNotification(ValueError):
    """A webhook call that Stripe did not make, or that is not an event."""


class Unbalanced(ValueError):
    """The lines of a ledger transaction do not add up to zero."""


class InsideTransaction(RuntimeError):
    """Stripe was called while the database waited."""
