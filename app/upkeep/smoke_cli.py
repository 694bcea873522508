"""`flask payments smoke`: the guided try, for a person with a test key."""

from __future__ import annotations

import time
from collections.abc import Callable

import click
from flask import current_app

from app.payments.cli import payments_cli
from app.payments.doctor import reason_of
from app.payments.errors import GatewayRefused, GatewayUnavailable, ObjectMissing
from app.upkeep.smoke import Seen, Smoke

LOOK_EVERY_SECONDS = 2.0
MARKS = {True: "✓", False: "≠", None: "–"}


class AtTheTerminal:
    """Shows the address, then looks until it is done, the patience is over, or Ctrl-C is pressed."""

    def __init__(self, patience_seconds: float):
        self._patience = patience_seconds

    def visit(self, url: str, words: str, is_done: Callable[[], bool]) -> bool:
        click.echo(f"\n  Open {url}\n  {words}.\n  (Ctrl-C leaves this step out)\n")
        until = time.monotonic() + self._patience
        try:
            while not (found := is_done()) and time.monotonic() < until:
                time.sleep(min(LOOK_EVERY_SECONDS, self._patience / 20))
        except KeyboardInterrupt:
            return False
        return found


@payments_cli.command("smoke")
@click.option("--patience", default=600.0, show_default=True, help="Seconds to wait for you at each page.")
def smoke(patience: float) -> None:
    """Try every kind of call once with your test key; prints where Stripe differs from what we expect.

    Test money only. Nothing is written in this installation; what is made at Stripe is undone at the end,
    but for the customer and the connected account. Ends with 1 when something differs, 2 without an answer.
    """
    settings = current_app.config["SETTINGS"]
    tried = Smoke(AtTheTerminal(patience), settings.public_url.rstrip("/") + "/")
    differing: list[Seen] = []
    click.echo(f"Try {tried.till.token} at {settings.stripe_api_base}")
    status = 0
    try:
        for seen in tried.run():
            click.echo(_line(seen))
            if seen.agrees is False:
                differing.append(seen)
    except (GatewayUnavailable, GatewayRefused, ObjectMissing) as error:
        click.echo(f"Stripe gave no useful answer: {reason_of(error)}", err=True)
        status = 2
    finally:
        left = tried.till.clean_up()
        click.echo("Cleaned up" if not left else "Left at Stripe:\n" + "\n".join(f"  {line}" for line in left))
    click.echo(f"{len(differing)} differences")
    for seen in differing:
        click.echo(f"  {seen.name}: {seen.found}; expected {seen.expected or 'otherwise'}")
    raise SystemExit(status or (1 if differing else 0))


def _line(seen: Seen) -> str:
    return f"{MARKS[seen.agrees]} {seen.name:<44} {seen.found}"


def init_app() -> None:
    """The command is in the group of payments as soon as this module is read; its door puts the group in the app."""
    assert "smoke" in payments_cli.commands
