"""`flask payments …`: what the operator asks about Stripe. Settlement adds `check` to this group."""

from __future__ import annotations

from datetime import UTC
from email.utils import parsedate_to_datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from app.core import clock
from app.core.database import transaction
from app.payments import environment, queries
from app.payments.client import gateway
from app.payments.errors import GatewayRefused, GatewayUnavailable
from app.payments.rules import EVENT_TYPES

payments_cli = AppGroup("payments", help="Stripe: account, notifications, books.")


@payments_cli.command("doctor")
def doctor() -> None:
    """Say how this installation and Stripe get on; ends with 1 when something must be done."""
    settings = current_app.config["SETTINGS"]
    mode = "local stand-in" if settings.uses_fake_stripe else "test mode"
    click.echo(f"API               {settings.stripe_api_base} ({mode})")
    try:
        own = gateway().own_account()
    except (GatewayUnavailable, GatewayRefused) as error:
        click.echo(f"Account           no answer: {getattr(error, 'reason', '') or getattr(error, 'code', '')}")
        raise SystemExit(1) from error
    problems = [_account(own), _connect(), _webhook(), _clock(str(own.get("date", ""))), _waiting()]
    raise SystemExit(1 if any(problems) else 0)


def _account(own: dict[str, object]) -> bool:
    ours = environment.current()
    differs = ours not in ("", own["id"])
    click.echo(f"Account           {own['id']}" + (f", but our rows belong to {ours}" if differs else ""))
    return differs


def _connect() -> bool:
    try:
        gateway().list_accounts()
    except GatewayRefused as error:
        click.echo(f"Connect           refused ({error.code or 'no code'}): switch on Connect in Stripe’s dashboard")
        return True
    click.echo("Connect           ready (Accounts v2 answer)")
    return False


def _webhook() -> bool:
    settings = current_app.config["SETTINGS"]
    in_file = settings.stripe_webhook_secret_file and Path(settings.stripe_webhook_secret_file).is_file()
    if settings.stripe_webhook_secrets or in_file:
        last = queries.last_webhook_at()
        click.echo(f"Notifications     secret known, last one {last.isoformat() if last else 'never'}")
    else:
        click.echo("Notifications     no secret: events are found by polling, which is enough")
    return False


def _clock(date: str) -> bool:
    if not date:
        click.echo("Clock             Stripe gave no date")
        return False
    skew = (clock.real_now() - parsedate_to_datetime(date).astimezone(UTC)).total_seconds()
    is_bad = abs(skew) > 60
    click.echo(f"Clock             {skew:+.0f} s from Stripe’s" + (": set this machine’s clock" if is_bad else ""))
    return is_bad


def _waiting() -> bool:
    stuck, failed = queries.count_stuck(clock.now()), queries.count_failed_events()
    click.echo(f"Calls             {environment.count_open()} open, {stuck} tried for more than an hour")
    click.echo(f"Events            {failed} given up")
    return bool(stuck or failed)


@payments_cli.command("environment")
@click.option("--close-as-test-data", is_flag=True, help="End what waits for the old account, then take the new one.")
def show_environment(close_as_test_data: bool) -> None:
    """Show which Stripe account our rows belong to, and which one the key opens."""
    try:
        actual = environment.account_of_the_key()
    except (GatewayUnavailable, GatewayRefused) as error:
        raise click.ClickException("Stripe does not answer.") from error
    ours, waiting = environment.current(), environment.count_open()
    click.echo(f"Key opens {actual}; our rows belong to {ours or 'none yet'}; {waiting} waiting.")
    if ours in ("", actual):
        environment.ensure()
        return
    if not close_as_test_data and waiting:
        raise click.ClickException("Payments are stopped. To end the old ones: --close-as-test-data")
    with transaction():
        closed = environment.close_as_test_data(actual, clock.now())
    click.echo(f"{closed} closed as test data; our rows now belong to {actual}.")


@payments_cli.command("register-webhook")
@click.argument("url")
def register_webhook(url: str) -> None:
    """Ask Stripe to call URL (…/stripe/webhook) and keep the signing secret in STRIPE_WEBHOOK_SECRET_FILE."""
    name = current_app.config["SETTINGS"].stripe_webhook_secret_file
    if not name:
        raise click.ClickException("Set STRIPE_WEBHOOK_SECRET_FILE first: Stripe shows the secret only once.")
    try:
        secret = gateway().register_webhook(url, EVENT_TYPES)
    except GatewayRefused as error:
        raise click.ClickException(f"Stripe refuses this address: {error.detail}") from error
    except GatewayUnavailable as error:
        raise click.ClickException("Stripe does not answer.") from error
    path = Path(name)
    known = path.read_text("utf-8") if path.is_file() else ""
    path.touch(0o600)
    path.chmod(0o600)
    path.write_text(f"{secret}\n{known}", "utf-8")  # the old one stays valid while Stripe still uses it
    click.echo(f"Stripe will call {url}; the secret is in {path}.")
