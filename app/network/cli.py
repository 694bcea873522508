"""Commands: `flask network load`, `flask network check`, and `flask accounts create-admin`."""

from __future__ import annotations

import sys

import click
from email_validator import EmailNotValidError, validate_email
from flask.cli import AppGroup

from app.accounts import queries as account_queries
from app.accounts import services as account_services
from app.accounts.cli import accounts_cli
from app.accounts.rules import PASSWORD_MAX, PASSWORD_MIN, is_common
from app.core import clock
from app.core.access import Role
from app.core.database import transaction
from app.core.errors import DomainError
from app.network import loading, queries, services
from app.network.errors import RightAlreadyHeld

network_cli = AppGroup("network", help="Territories, organisations and who answers where.")

WORDS = {
    "region": "région", "departement": "départements", "epci": "intercommunalités", "commune": "communes",
    "organisation": "structures d’appui (réseau compris)", "programme": "dispositifs", "offer": "offres",
    "qpv": "quartiers prioritaires (QPV)", "custom": "territoires dessinés par le réseau", "consortium": "groupements",
}  # fmt: skip


@network_cli.command("load")
def load() -> None:
    """Load the reference data; what people have edited stays as it is."""
    with transaction():
        counts, more = loading.load(), loading.load_also()
    for name, count in counts.items():
        click.echo(f"{count:>6} {WORDS[name]}")
    for words, count in more:
        click.echo(f"{count:>6} {words}")


@network_cli.command("check")
def check() -> None:
    """Check that every commune and programme leads to somebody. Exit code 1 when one does not."""
    report = queries.check_routing(clock.paris_day(clock.now()).date())
    walked = report.communes * report.programmes
    click.echo(f"{report.communes} communes × {report.programmes} dispositifs = {walked} réponses vérifiées")
    click.echo(f"{report.answered} réponses par une structure, {report.by_fallback} par le réseau")
    for words in report.warnings:
        click.echo(f"À regarder : {words}")
    if report.unanswered:
        click.echo(f"{report.unanswered} sans réponse : chargez le réseau (flask network load).", err=True)
        sys.exit(1)


@accounts_cli.command("create-admin")
@click.argument("email")
@click.option("--name", default="Administration", show_default=True, help="Name of a new account.")
@click.option("--password", envvar="ADMIN_PASSWORD", help="Of a new account; asked for when not given.")
def create_admin(email: str, name: str, password: str | None) -> None:
    """Make EMAIL an administrator of the platform, with a new account when there is none."""
    email = _address(email)
    is_new = account_queries.find_by_email(email) is None
    if is_new:
        password = password or click.prompt("Password", hide_input=True, confirmation_prompt=True)
        if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX or is_common(password, name, email):
            raise click.ClickException(f"Choose an uncommon password of at least {PASSWORD_MIN} characters.")
    try:
        with transaction():
            _make_admin(email, name, password or "")
    except RightAlreadyHeld:
        click.echo(f"{email} is an administrator already.")
        return
    except DomainError as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(f"{email} is an administrator{', with a new account' if is_new else ''}.")


def _address(email: str) -> str:
    try:
        found = validate_email(email, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise click.BadParameter(f"{email[:80]!r} is not a complete address.") from error
    return str(found.ascii_email).lower()


def _make_admin(email: str, name: str, password: str) -> None:
    at = clock.now()
    user = account_queries.find_by_email(email) or account_services.user_for_demo(email, name, password, at)
    services.give_right(user.id, Role.PLATFORM_ADMIN, None, None, at)
