"""The doors of payments: a line per route."""

from __future__ import annotations

from tests.access.people import EVERYBODY, SIGNED_IN

WHO: dict[str, frozenset[str]] = {
    "payments.webhook": EVERYBODY,  # its signature is its login
    "payments.open_account": SIGNED_IN, "payments.account_returned": SIGNED_IN,
}  # fmt: skip
