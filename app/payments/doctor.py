"""How this installation and Stripe get on: what is asked, and what each answer means, in words for the operator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from flask import current_app

from app.core import clock
from app.payments import environment, queries
from app.payments.client import gateway
from app.payments.errors import GatewayRefused, GatewayUnavailable, ObjectMissing
from app.payments.operators_questions import READ
from app.payments.rules import EVENT_TYPES

MOST_SKEW_SECONDS = 60.0  # Stripe's signatures are refused beyond 300
WEBHOOK_PATH = "/stripe/webhook"
NO_ANSWER = {
    "connection": "is the network there, and the address right?",
    "http_401": "the key is not valid: revoked, cut, or of another place. Copy it anew from Stripe’s dashboard",
    "http_403": "the key may not ask this: give the restricted key the right to read it",
    "http_429": "Stripe asks to slow down: try again in a minute",
}


@dataclass(frozen=True)
class Finding:
    """One line. `is_well`: nothing has to be done about it."""

    name: str
    words: str
    is_well: bool = True


def examine() -> Iterator[Finding]:
    """Every finding, the most important first; after a silent Stripe only what is known without it."""
    settings = current_app.config["SETTINGS"]
    # A live key never gets here: `config.py` refuses it at the start.
    mode = "local stand-in" if settings.uses_fake_stripe else "test mode"
    yield Finding("API", f"{settings.stripe_api_base} ({mode}, {_kind_of_key(settings.stripe_secret_key)})")
    try:
        own = gateway().own_account()
    except (GatewayUnavailable, GatewayRefused, ObjectMissing) as error:
        yield Finding("Account", reason_of(error), is_well=False)
    else:
        yield from _account(own)
        yield _clock(str(own.get("date", "")))
        yield from _rights()
        yield _connect(own)
        yield from _webhooks()
    yield from _waiting()


def _kind_of_key(key: str) -> str:
    return "restricted key" if key.startswith("rk_") else "secret key"


def reason_of(error: Exception) -> str:
    """Why Stripe gave no useful answer, in words."""
    if isinstance(error, GatewayUnavailable):
        return f"no answer: {error.reason}" + (f", {why}" if (why := NO_ANSWER.get(error.reason)) else "")
    if isinstance(error, GatewayRefused):
        return f"refused ({error.code or 'no code'}): {error.detail}".rstrip(": ")
    return "Stripe does not know this address"


def _account(own: Mapping[str, Any]) -> Iterator[Finding]:
    ours = environment.current()
    if ours in ("", own["id"]):
        yield Finding("Account", f"{own['id']}" + ("" if ours else ", first contact"))
    else:
        waiting = environment.count_open()
        what = f"{waiting} rows wait for it and nothing is sent" if waiting else "nothing waits for it any more"
        yield Finding(
            "Account",
            f"the key opens {own['id']}, but our rows belong to {ours}: {what}. See flask payments environment",
            is_well=False,
        )
    if own.get("charges_enabled") is False:
        yield Finding("Account", "cannot charge yet: finish its activation in Stripe’s dashboard", is_well=False)
    from app.payments.gateway import API_VERSION  # loads `stripe`: only who asks pays

    answered = str(own.get("version", ""))
    agrees = answered in ("", API_VERSION)
    asked = "" if agrees else f", asked for {API_VERSION}"
    yield Finding("API version", f"{answered or 'not said'}{asked}", is_well=agrees)


def _clock(date: str) -> Finding:
    if not date:
        return Finding("Clock", "Stripe gave no date")
    skew = (clock.real_now() - parsedate_to_datetime(date).astimezone(UTC)).total_seconds()
    is_well = abs(skew) <= MOST_SKEW_SECONDS
    todo = "" if is_well else ": set this machine’s clock, or every notification will be refused"
    return Finding("Clock", f"{skew:+.0f} s from Stripe’s{todo}", is_well)


def _rights() -> Iterator[Finding]:
    """What a restricted key may read. The right to write shows at the first order only: `flask payments smoke`."""
    refused = []
    for name in READ:
        try:
            gateway().glance(name)
        except (GatewayUnavailable, GatewayRefused, ObjectMissing) as error:
            refused.append(f"{name}: {reason_of(error)}")
    if refused:
        for line in refused:
            yield Finding("Rights", line, is_well=False)
    else:
        yield Finding("Rights", f"reads all {len(READ)} kinds that are needed")


def _connect(own: Mapping[str, Any]) -> Finding:
    try:
        gateway().list_accounts()
    except (GatewayUnavailable, GatewayRefused, ObjectMissing) as error:
        return Finding("Connect", f"{reason_of(error)}. Switch on Connect (Accounts v2) in the dashboard", False)
    transfers = str((own.get("capabilities") or {}).get("transfers", "not said"))
    return Finding("Connect", f"ready (Accounts v2 answer; the platform’s own transfers: {transfers})")


def _webhooks() -> Iterator[Finding]:
    settings = current_app.config["SETTINGS"]
    name = settings.stripe_webhook_secret_file
    knows_secret = bool(settings.stripe_webhook_secrets) or bool(name and Path(name).is_file())
    last = queries.last_webhook_at()
    heard = f"last one {last.isoformat()}" if last else "none came yet"
    if knows_secret:
        yield Finding("Notifications", f"secret known, {heard}")
    else:
        yield Finding("Notifications", "no secret: events are found by polling, which is enough")
    ours = settings.public_url.rstrip("/") + WEBHOOK_PATH
    try:
        found = [one for one in gateway().list_webhooks() if one.get("url") == ours]
    except (GatewayUnavailable, GatewayRefused, ObjectMissing) as error:
        yield Finding("Notifications", f"which addresses Stripe calls cannot be read: {reason_of(error)}")
        return
    for one in found:
        yield from _webhook(one)
    if knows_secret and not found:
        yield Finding("Notifications", f"Stripe’s list has no {ours}: fine with stripe listen, otherwise register it")


def _webhook(one: Mapping[str, Any]) -> Iterator[Finding]:
    missing = set(EVENT_TYPES) - set(one.get("enabled_events") or [])
    if one.get("status") != "enabled":
        yield Finding("Notifications", f"Stripe no longer calls {one['url']}: {one.get('status')}", is_well=False)
    elif missing and "*" not in (one.get("enabled_events") or []):
        yield Finding("Notifications", f"{one['url']} is not told {', '.join(sorted(missing))}: polling finds them")


def _waiting() -> Iterator[Finding]:
    stuck, failed = queries.count_stuck(clock.now()), queries.count_failed_events()
    yield Finding("Calls", f"{environment.count_open()} open, {stuck} tried for more than an hour", not stuck)
    yield Finding("Events", f"{failed} given up", not failed)
    since = environment.catch_up_from()
    if since is not None:
        words = f"the copy of {since.isoformat()} was put back: nothing is sent before the worker has caught up"
        yield Finding("Restore", words, is_well=False)
