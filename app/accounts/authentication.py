"""One try with a password: limited, and as slow for an unknown address as for a known one."""

from __future__ import annotations

from app.accounts import passwords, queries, services
from app.accounts.models import User
from app.core import clock, limits
from app.core.database import db, transaction


def attempt(email: str, password: str) -> User | None:
    """The person when the password is right, whatever the state of the account. Outside any transaction.

    Errors: TooManyTries, for this account from this network, for the account from everywhere, or for the network.
    """
    network = limits.network()
    limits.check("sign_in_network", network)
    limits.check("sign_in_account", email, network)
    limits.check("sign_in_anywhere", email)
    user = queries.find_by_email(email)
    stored = user.password_hash if user is not None else None
    db.session.rollback()  # no snapshot is held open while argon2 works
    if not passwords.matches(stored, password):
        limits.hit("sign_in_network", network)
        limits.hit("sign_in_account", email, network)
        limits.hit("sign_in_anywhere", email)
        return None
    limits.give_back("sign_in_account", email, network)
    if stored is not None and passwords.is_outdated(stored):
        renewed = passwords.hash_password(password)
        with transaction():
            services.renew_hash(_again(email), renewed, at=clock.now())
    return queries.find_by_email(email)


def count_mail(email: str) -> None:
    """One more mail asked for an address by a visitor, known or not. Errors: TooManyTries."""
    network = limits.network()
    limits.check("sign_up_network", network)
    limits.check("mail_link_address", email)
    limits.hit("sign_up_network", network)
    limits.hit("mail_link_address", email)


def _again(email: str) -> User:
    user = queries.find_by_email(email)
    return queries.get_user(user.id if user else None)
