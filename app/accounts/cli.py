"""Commands about accounts; `network` adds those that give rights."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.accounts import queries, second_factor_services, second_factors, services
from app.accounts.models import SuspensionMotive, User
from app.accounts.second_factors import Verdict
from app.core import clock
from app.core.access import Role, rights_now
from app.core.database import transaction
from app.core.errors import DomainError

accounts_cli = AppGroup("accounts", help="People: suspensions, lost second factors.")


def _find(email: str) -> User:
    user = queries.find_by_email(email)
    if user is None:
        raise click.ClickException(f"There is no account for {email}.")
    return user


@accounts_cli.command("suspend")
@click.argument("email")
@click.option("--motive", type=click.Choice([one.value for one in SuspensionMotive]), required=True)
def suspend(email: str, motive: str) -> None:
    """Refuse sign-in from now on, end every session, and tell the person why."""
    try:
        with transaction():
            services.suspend(_find(email), motive=SuspensionMotive(motive), by=None, at=clock.now())
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


@accounts_cli.command("reset-second-factor")
@click.argument("email")
@click.option("--by", "helpers", multiple=True, required=True, metavar="EMAIL", help="Give it twice: two persons.")
def reset_second_factor(email: str, helpers: tuple[str, ...]) -> None:
    """Take a lost second factor away: two administrators or treasurers agree, each with a code of their own."""
    lost, persons = _find(email), [_find(helper) for helper in helpers]
    lost_id, ids = lost.id, [person.id for person in persons]
    if len(ids) != 2 or len({lost_id, *ids}) != 3:
        raise click.ClickException("Two other persons are needed: give --by twice, with two different addresses.")
    for person in persons:
        _check_helper(person)
    if not queries.has_second_factor(lost_id):
        raise click.ClickException(f"{email} has no second factor.")
    for helper, user_id in zip(helpers, ids, strict=True):
        _ask_code(helper, user_id)
    try:
        with transaction():
            second_factor_services.reset(queries.get_user(lost_id), by=(ids[0], ids[1]), at=clock.now())
    except DomainError as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(f"The second factor of {email} is gone; every session has ended and a mail says so.")


def _check_helper(person: User) -> None:
    roles = {role for role, _where in rights_now(person.id)}
    if not person.is_active or not roles & {Role.PLATFORM_ADMIN, Role.TREASURER}:
        raise click.ClickException(f"{person.email} is neither administrator nor treasurer.")
    if not queries.has_second_factor(person.id):
        raise click.ClickException(f"{person.email} has no second factor of their own.")


def _ask_code(helper: str, user_id: int) -> None:
    typed = click.prompt(f"Code of {helper}", hide_input=True)
    try:
        verdict = second_factors.attempt(user_id, typed)
    except DomainError as refusal:
        raise click.ClickException(str(refusal)) from refusal
    if verdict is not Verdict.RIGHT:
        raise click.ClickException(f"The code of {helper} is not right: nothing was changed.")
