"""What other features have to say when an account closes: why it cannot yet, and what they then forget."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, current_app

ClosingCheck = Callable[[int], str | None]
Farewell = Callable[[int, str], None]


def register(app: Flask, check: ClosingCheck) -> None:
    """`check(user_id)` gives a clear sentence while the account is engaged, else None."""
    app.extensions.setdefault("closing_checks", []).append(check)


def obstacles(user_id: int) -> list[str]:
    """The sentences of all who object; [] when the account may be closed."""
    checks: list[ClosingCheck] = current_app.extensions.get("closing_checks", [])
    return [str(reason) for check in checks if (reason := check(user_id))]


def register_farewell(app: Flask, forget: Farewell) -> None:
    """`forget(user_id, email)` is called in the transaction that closes the account, before the address is gone."""
    app.extensions.setdefault("closing_farewells", []).append(forget)


def say_farewell(user_id: int, email: str) -> None:
    """Every feature forgets what it keeps for this person alone."""
    farewells: list[Farewell] = current_app.extensions.get("closing_farewells", [])
    for forget in farewells:
        forget(user_id, email)
