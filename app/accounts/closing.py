"""Reasons why an account cannot be closed yet, given by the features that know them."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, current_app

ClosingCheck = Callable[[int], str | None]


def register(app: Flask, check: ClosingCheck) -> None:
    """`check(user_id)` gives a clear sentence while the account is engaged, else None."""
    app.extensions.setdefault("closing_checks", []).append(check)


def obstacles(user_id: int) -> list[str]:
    """The sentences of all who object; [] when the account may be closed."""
    checks: list[ClosingCheck] = current_app.extensions.get("closing_checks", [])
    return [str(reason) for check in checks if (reason := check(user_id))]
