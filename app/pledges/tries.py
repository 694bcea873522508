"""Card testing starts with unfinished promises: they are counted a browser and a network."""

from __future__ import annotations

import secrets

from flask import session

from app.core import limits

RULES = ("pledge_network", "pledge_session")


def _parts() -> tuple[str, str]:
    """The network, and a random name of this browser's visit."""
    return limits.network(), str(session.setdefault("visit", secrets.token_urlsafe(12)))


def count() -> None:
    """One more promise without a card; outside any transaction. Errors: TooManyTries."""
    for rule, part in zip(RULES, _parts(), strict=True):
        limits.check(rule, part)
    for rule, part in zip(RULES, _parts(), strict=True):
        limits.hit(rule, part)


def forget_one() -> None:
    """The promise has its card: a town hall where many give is not held back, a thief of cards is."""
    for rule, part in zip(RULES, _parts(), strict=True):
        limits.give_back_one(rule, part)
