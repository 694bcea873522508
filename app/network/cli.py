"""Commands: `flask network load` and `flask network check`."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from app.core import clock
from app.core.database import transaction
from app.network import loading, queries

network_cli = AppGroup("network", help="Territories, organisations and who answers where.")

WORDS = {
    "region": "région", "departement": "départements", "epci": "intercommunalités", "commune": "communes",
    "organisation": "structures d’appui (réseau compris)", "programme": "dispositifs", "offer": "offres",
}  # fmt: skip


@network_cli.command("load")
def load() -> None:
    """Load the reference data; what people have edited stays as it is."""
    with transaction():
        counts = loading.load()
    for name, count in counts.items():
        click.echo(f"{count:>6} {WORDS[name]}")


@network_cli.command("check")
def check() -> None:
    """Check that every commune and programme leads to somebody. Exit code 1 when one does not."""
    report = queries.check_routing(clock.paris_day(clock.now()).date())
    click.echo(f"{report.communes} communes × {report.programmes} dispositifs")
    click.echo(f"{report.answered} réponses par une structure, {report.by_fallback} par le réseau")
    for words in report.warnings:
        click.echo(f"À regarder : {words}")
    if report.unanswered:
        click.echo(f"{report.unanswered} sans réponse : chargez le réseau (flask network load).", err=True)
        sys.exit(1)
