"""Stripe-shaped refusals. Source: docs.stripe.com/api/errors and /error-codes."""

from typing import Any

DOC_URL = "https://stripe.com/docs/error-codes/"


class Refusal(Exception):
    """An answer other than 200, with Stripe's `{"error": {...}}` body.

    `executed` says that the endpoint began its work: Stripe then keeps the answer under the
    idempotency key. `keeps_changes` says that rows written before the refusal stay (a declined
    charge exists); otherwise they are rolled back.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        executed: bool = True,
        keeps_changes: bool = False,
        **details: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.executed = executed
        self.keeps_changes = keeps_changes
        self.error: dict[str, Any] = {"message": message, "type": kind}
        if code is not None:
            self.error |= {"code": code, "doc_url": DOC_URL + code.replace("_", "-")}
        if param is not None:
            self.error["param"] = param
        self.error |= {name: value for name, value in details.items() if value is not None}

    def body(self) -> dict[str, Any]:
        return {"error": self.error}


def invalid(message: str, param: str | None = None, code: str | None = None) -> Refusal:
    """400 found while reading the parameters: never kept under the idempotency key."""
    return Refusal(400, message, param=param, code=code, executed=False)


def refused(message: str, param: str | None = None, code: str | None = None, **details: Any) -> Refusal:
    """400 found while executing: kept under the idempotency key."""
    return Refusal(400, message, param=param, code=code, **details)


def missing(kind: str, identifier: str, param: str = "id") -> Refusal:
    """404 for an id in the path, 400 for an id among the parameters (`param` other than id)."""
    status = 404 if param == "id" else 400
    name = {
        "payment_method": "PaymentMethod",
        "checkout.session": "checkout.session",
    }.get(kind, kind)
    return Refusal(status, f"No such {name}: '{identifier}'", code="resource_missing", param=param)


def unknown_url(method: str, path: str) -> Refusal:
    return Refusal(
        404,
        f"Unrecognized request URL ({method}: {path}). Either Stripe does not have it, "
        "or this local stand-in does not play it yet.",
        executed=False,
    )
