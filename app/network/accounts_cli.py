"""`flask accounts create-admin`: an account of `accounts` with a right of `network`, for the operator's shell."""

from __future__ import annotations

import secrets

import click
from email_validator import EmailNotValidError, validate_email

from app.accounts import queries as account_queries
from app.accounts import services as account_services
from app.accounts.cli import accounts_cli
from app.accounts.rules import PASSWORD_MAX, PASSWORD_MIN, is_common
from app.core import clock
from app.core.access import Role
from app.core.database import transaction
from app.core.errors import DomainError
from app.network import services
from app.network.errors import RightAlreadyHeld


@accounts_cli.command("create-admin")
@click.argument("email")
@click.argument("name")
@click.option("--mail-link", is_flag=True, help="Mail a link to choose the password instead of asking for it here.")
def create_admin(email: str, name: str, mail_link: bool) -> None:
    """Make EMAIL (called NAME when the account is new) an administrator of the platform."""
    address = _address(email)
    is_new = account_queries.find_by_email(address) is None
    password = secrets.token_urlsafe(32) if mail_link or not is_new else _ask_password(name, address)
    at = clock.now()
    try:
        with transaction():
            if is_new:
                account_services.user_for_demo(address, name, password, at)
            user = account_queries.find_by_email(address)
            services.give_right(user.id if user else 0, Role.PLATFORM_ADMIN, None, None, at)
            if is_new and mail_link:
                account_services.ask_reset(address, locale="fr", at=at)
    except RightAlreadyHeld:
        click.echo(f"{address} is an administrator already.")
        return
    except DomainError as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(f"{address} is an administrator.")
    if is_new and mail_link:
        click.echo("The worker mails a link to choose a password; it is valid for two hours.")


def _address(email: str) -> str:
    try:
        found = validate_email(email, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise click.BadParameter(f"{email!r} is not a complete address.") from error
    return str(found.ascii_email).lower()


def _ask_password(name: str, address: str) -> str:
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX or is_common(password, name, address):
        raise click.ClickException(
            f"Choose a password of {PASSWORD_MIN} to {PASSWORD_MAX} characters that is not a common one."
        )
    return password
