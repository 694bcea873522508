"""Commands about accounts; `network` adds those that give rights."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.accounts import queries, services
from app.accounts.models import User
from app.core import clock
from app.core.database import transaction
from app.core.errors import DomainError

accounts_cli = AppGroup("accounts", help="People: administrators, suspensions.")


def _find(email: str) -> User:
    user = queries.find_by_email(email)
    if user is None:
        raise click.ClickException(f"There is no account for {email}.")
    return user


@accounts_cli.command("suspend")
@click.argument("email")
def suspend(email: str) -> None:
    """Refuse sign-in from now on, and end every session."""
    try:
        with transaction():
            services.suspend(_find(email), by=None, at=clock.now())
    except DomainError as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(f"{email} is suspended.")


@accounts_cli.command("restore")
@click.argument("email")
def restore(email: str) -> None:
    """Let a suspended account sign in again."""
    try:
        with transaction():
            services.restore(_find(email), by=None, at=clock.now())
    except DomainError as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(f"{email} may sign in again.")
