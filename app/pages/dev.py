"""`flask dev`: tools of development. The clock moves for web, worker and the fake Stripe together."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from datetime import UTC, date, datetime, time, timedelta

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from sqlalchemy.exc import SQLAlchemyError

from app.accounts import queries, second_factor_rules, second_factors, totp
from app.core import clock
from app.core.clock import PARIS, ClockRefused
from app.core.database import transaction
from app.pages.rules import read_duration

dev_cli = AppGroup("dev", help="Tools of development; refused with a real Stripe key.")


@dev_cli.command("travel")
@click.argument("how_far", required=False)
@click.option("--to", "until", help="A day (2027-03-01) or an instant in Paris (2027-03-01T18:30).")
def travel(how_far: str | None, until: str | None) -> None:
    """Move the clock forward: HOW_FAR is a number of days, or « 12d 3h ». 0 only tells the fake again."""
    if not current_app.config["SETTINGS"].uses_fake_stripe:
        raise click.ClickException("The clock only moves while the fake Stripe is in use.")
    if (how_far is None) == (until is None):
        raise click.UsageError("Give either how far (12, or « 12d 3h ») or --to DATE.")
    before, offset = clock.now(), clock.offset_seconds()
    try:
        step = read_duration(how_far) if how_far is not None else _until(until or "") - before
        with transaction():
            clock.set_offset(offset + _whole_seconds(step))
    except (ValueError, OverflowError) as error:
        raise click.UsageError(str(error)) from error
    except ClockRefused as refusal:
        raise click.ClickException(str(refusal)) from refusal
    tell_fake(clock.offset_seconds())
    click.echo(f"{_paris(before)} → {_paris(clock.now())}")


def _whole_seconds(step: timedelta) -> int:
    """Rounded up, so that --to never stops a moment too early."""
    return -int(-step.total_seconds() // 1)


def _until(text: str) -> datetime:
    """Errors: ValueError."""
    if len(text) == len("2027-03-01"):
        return datetime.combine(date.fromisoformat(text), time(), PARIS).astimezone(UTC)
    found = datetime.fromisoformat(text)
    return (found if found.tzinfo else found.replace(tzinfo=PARIS)).astimezone(UTC)


def tell_fake(offset_seconds: int) -> None:
    """Give the fake Stripe our offset, in seconds. Errors: ClickException when it is away or refuses."""
    base = current_app.config["SETTINGS"].stripe_api_base.rstrip("/")
    body = json.dumps({"offset_seconds": offset_seconds}).encode()
    asked = urllib.request.Request(
        f"{base}/_control/clock", data=body, headers={"Content-Type": "application/json"}, method="POST"
    )
    try:
        with urllib.request.urlopen(asked, timeout=120):
            return
    except urllib.error.HTTPError as error:
        why = error.read(500).decode(errors="replace")
    except OSError as error:
        why = type(error).__name__
    raise click.ClickException(
        f"The site's clock has moved, but the fake Stripe at {base} has not ({why}). "
        "Start it, then run `flask dev travel 0`."
    )


@dev_cli.command("code")
@click.argument("email")
def code(email: str) -> None:
    """Say the code that the telephone of EMAIL would show now: for the invented people of the demo."""
    settings = current_app.config["SETTINGS"]
    if not settings.uses_fake_stripe or settings.is_production:
        raise click.ClickException("Codes are only told in development, while the fake Stripe is in use.")
    person = queries.find_by_email(email)
    factor = queries.factor_of(person.id) if person is not None else None
    secret = second_factors.secret_of(factor) if factor is not None else None
    if factor is None or secret is None:
        raise click.ClickException(f"{email} signs in without a code.")
    now = second_factor_rules.step_of(clock.real_now())
    step = max(now, (factor.last_used_step or 0) + 1)  # none is taken twice
    if step > now + second_factor_rules.DRIFT:
        raise click.ClickException("The codes of this minute are used up: ask again in half a minute.")
    click.echo(totp.code_at(secret, step))


def _paris(at: datetime) -> str:
    return f"{at.astimezone(PARIS):%Y-%m-%d %H:%M:%S}"


def init_app(app: Flask) -> None:
    app.cli.add_command(dev_cli)

    @app.context_processor
    def give_dev_clock() -> dict[str, object]:
        """For the ribbons of every page: are payments for show, and has the clock been moved?"""
        settings = app.config["SETTINGS"]
        moved = settings.uses_fake_stripe and _offset_or_none()
        return {"test_mode": True, "dev_clock": clock.now() if moved else None}


def _offset_or_none() -> int:
    """0 while the database is away: the page that says so must still be drawn."""
    try:
        return clock.offset_seconds()
    except SQLAlchemyError:
        return 0
