"""`flask payments …`: what the operator asks about Stripe. Settlement adds `check` to this group."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from app.core import clock
from app.core.database import transaction
from app.payments import doctor, environment
from app.payments.client import gateway
from app.payments.errors import GatewayRefused, GatewayUnavailable
from app.payments.rules import EVENT_TYPES

payments_cli = AppGroup("payments", help="Stripe: account, notifications, books.")


@payments_cli.command("doctor")
def ask_doctor() -> None:
    """Say how this installation and Stripe get on; ends with 1 when something must be done."""
    is_well = True
    for finding in doctor.examine():
        is_well = is_well and finding.is_well
        click.echo(f"{finding.name:<18}{finding.words}")
    raise SystemExit(0 if is_well else 1)


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
