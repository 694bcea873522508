"""Card testing starts with unfinished promises: they are counted a browser and a network."""

from __future__ import annotations

import secrets

from flask import session

from app.core import limits
from app.pledges.rules import MOST_UNFINISHED

RULES = ("pledge_network", "pledge_session")
REMEMBERED = 12  # promises of this browser


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


def is_over(campaign_id: int, email: str) -> bool:
    """One more promise of a campaign for an address, from this network: are they many? Outside any transaction.

    By address and network, so that nobody keeps another from giving by typing their address elsewhere.
    """
    parts = (str(campaign_id), limits.network(), email.strip().lower())
    limits.hit("pledge_held", *parts)
    return limits.counted("pledge_held", *parts) > MOST_UNFINISHED


def of_browser() -> list[str]:
    """The public ids of the last promises made in this browser, oldest first."""
    return list(session.get("promises", []))


def note(public_id: str) -> None:
    """A promise was made in this browser."""
    session["promises"] = [*of_browser(), public_id][-REMEMBERED:]
