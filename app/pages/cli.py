"""`flask pages`: what the operator has still to say."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.network.overview import missing_texts
from app.network.words import TEXT_WORDS

pages_cli = AppGroup("pages", help="The pages that explain and bind.")


@pages_cli.command("doctor")
def doctor() -> None:
    """Name every text of the trust pages that nobody has set; ends with 1 while one is missing."""
    missing = missing_texts()
    for key in missing:
        click.echo(f"missing: {key} ({TEXT_WORDS[key]})")
    if missing:
        raise SystemExit(1)
    click.echo("Every text is set.")
