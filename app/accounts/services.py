"""Verbs about people: sign up, confirm, change, suspend, close. The caller commits.

Passwords arrive hashed (`passwords.hash_password`), so that no lock waits for argon2.
"""

from __future__ import annotations

from datetime import datetime

from app.accounts import closing, mails, rules
from app.accounts.errors import AccountEngaged, EmailTaken, NotYourself
from app.accounts.link_services import drop_links, make_link, use_link
from app.accounts.models import LinkPurpose, MailedLink, SuspensionMotive, User, UserState
from app.accounts.passwords import hash_password
from app.accounts.queries import find_by_email, twin_of
from app.accounts.second_factor_services import forget
from app.accounts.session_services import end_sessions
from app.accounts.words import MOTIVE_WORDS
from app.core.database import db
from app.core.errors import MoveNotAllowed
from app.core.journal import record

CHANGE = (LinkPurpose.CHANGE_EMAIL_OLD, LinkPurpose.CHANGE_EMAIL_NEW)


def sign_up(*, name: str, email: str, password_hash: str, locale: str, at: datetime) -> None:
    """Open an account that waits for its mailbox, or tell the owner of a known one by mail.

    An account that was never confirmed is begun again: its earlier links die.
    """
    user = find_by_email(email)
    if user is not None and user.email_verified_at is not None:
        occasion = f"account:{user.id}:known:{at.timestamp()}"
        mails.known_address(user.email, occasion=occasion, at=at, locale=user.locale)
        return
    if user is None:
        user = _new_user(name, email, password_hash, locale, at)
        record("account.created", on=user, by=None, at=at)
    else:
        user.name, user.password_hash, user.locale = name, password_hash, locale
        record("account.begun_again", on=user, by=None, at=at)
    mail_confirmation(user, at=at)


def user_for_demo(email: str, name: str, password: str, at: datetime, locale: str = "fr") -> User:
    """A confirmed account without mail, for seeds, tests and commands."""
    user = _new_user(name, email.lower(), hash_password(password), locale, at)
    user.email_verified_at = at
    record("account.created", on=user, by=None, at=at)
    return user


def _new_user(name: str, email: str, password_hash: str, locale: str, at: datetime) -> User:
    user = User(name=name, email=email, password_hash=password_hash, locale=locale, created_at=at)
    db.session.add(user)
    db.session.flush()
    return user


def mail_confirmation(user: User, *, at: datetime) -> None:
    """Mail a fresh link that proves the mailbox of a new account. No words of the person are in it."""
    drop_links(user.id, LinkPurpose.CONFIRM_EMAIL, at=at)
    link_id, token = make_link(user, LinkPurpose.CONFIRM_EMAIL, life=rules.CONFIRM_LIFE, at=at)
    mails.confirmation(user.email, token, occasion=f"link:{link_id}", at=at, locale=user.locale)


def confirm_email(link: MailedLink, *, at: datetime) -> User:
    """The mailbox is proved: the account may sign in. Errors: LinkDead."""
    use_link(link, at=at)
    user = link.user
    user.email_verified_at = user.email_verified_at or at
    record("account.confirmed", on=user, by=user.id, at=at)
    return user


def ask_reset(email: str, *, locale: str, at: datetime) -> None:
    """Mail a link for a new password; an unknown address is told so, by mail too."""
    user = find_by_email(email)
    if user is None or user.state != UserState.ACTIVE:
        mails.unknown_address(email, occasion=f"unknown:{at.timestamp()}:{email}", at=at, locale=locale)
        return
    drop_links(user.id, LinkPurpose.RESET_PASSWORD, at=at)
    link_id, token = make_link(user, LinkPurpose.RESET_PASSWORD, life=rules.RESET_LIFE, at=at)
    record("account.reset_asked", on=user, by=None, at=at)
    mails.reset(user.email, token, occasion=f"link:{link_id}", at=at, locale=user.locale)


def reset_password(link: MailedLink, password_hash: str, *, at: datetime) -> User:
    """A new password by a mailed link, which also proves the mailbox. Errors: LinkDead."""
    use_link(link, at=at)
    user = link.user
    user.email_verified_at = user.email_verified_at or at
    _set_password(user, password_hash, by=user.id, at=at)
    return user


def change_password(user: User, password_hash: str, *, by: int, at: datetime) -> None:
    """Every session ends, this browser's too: the caller starts a new one."""
    _set_password(user, password_hash, by=by, at=at)


def _set_password(user: User, password_hash: str, *, by: int, at: datetime) -> None:
    user.password_hash = password_hash
    end_sessions(user.id, by=by, at=at)
    drop_links(user.id, at=at)
    record("account.password_changed", on=user, by=by, at=at)
    _tell_change(user, user.email, "password", at)


def renew_hash(user: User, password_hash: str, *, at: datetime) -> None:
    """The same password with today's hashing settings."""
    user.password_hash = password_hash
    record("account.password_rehashed", on=user, by=None, at=at)


def ask_new_email(user: User, new_email: str, *, by: int, at: datetime) -> None:
    """Mail both mailboxes; the address changes when both have said yes. A taken address is told by mail only."""
    drop_links(user.id, *CHANGE, at=at)
    taken = find_by_email(new_email) is not None
    for purpose, address in zip(CHANGE, (user.email, new_email), strict=True):
        link_id, token = make_link(user, purpose, life=rules.CHANGE_LIFE, at=at, new_email=new_email)
        occasion = f"link:{link_id}"
        if taken and address == new_email:
            mails.known_address(address, occasion=occasion, at=at, locale=user.locale)
        else:
            is_new = address == new_email
            mails.new_address(address, token, is_new=is_new, occasion=occasion, at=at, locale=user.locale)
    record("account.new_email_asked", on=user, by=by, at=at)


def confirm_new_email(link: MailedLink, *, at: datetime) -> bool:
    """One mailbox says yes; True when the other had already, and the address is changed.

    Errors: LinkDead, EmailTaken.
    """
    use_link(link, at=at)
    twin, user, new_email = twin_of(link), link.user, link.new_email
    if twin is None or twin.used_at is None or new_email is None:
        return False
    if find_by_email(new_email) is not None:
        raise EmailTaken
    old_email, user.email = user.email, new_email
    user.email_verified_at = at
    end_sessions(user.id, by=user.id, at=at)
    drop_links(user.id, at=at)
    record("account.email_changed", on=user, by=user.id, at=at)
    for address in (old_email, new_email):
        _tell_change(user, address, "email", at)
    return True


def _tell_change(user: User, address: str, what: str, at: datetime) -> None:
    """A notice to a mailbox of the account. `what`: password or email."""
    occasion = f"account:{user.id}:{what}:{at.timestamp()}:{address}"
    mails.changed(address, what=what, occasion=occasion, at=at, locale=user.locale)


def change_details(user: User, *, name: str, locale: str, by: int, at: datetime) -> None:
    user.name, user.locale = name, locale
    record("account.details_changed", on=user, by=by, at=at, locale=locale)


def set_language(user: User, locale: str, *, by: int, at: datetime) -> None:
    """The language of mails. Writes nothing when it is already that one."""
    if user.locale != locale:
        user.locale = locale
        record("account.language_changed", on=user, by=by, at=at, locale=locale)


def suspend(user: User, *, motive: SuspensionMotive, by: int | None, at: datetime) -> None:
    """No sign-in until restored; sessions end now, the person is told why. Errors: MoveNotAllowed, NotYourself."""
    if user.state != UserState.ACTIVE:
        raise MoveNotAllowed
    if user.id == by:
        raise NotYourself
    user.state = UserState.SUSPENDED
    end_sessions(user.id, by=by, at=at)
    drop_links(user.id, at=at)
    record("account.suspended", on=user, by=by, at=at, user=user.id, motive=motive.value)
    occasion = f"account:{user.id}:suspended:{at.timestamp()}"
    mails.suspended(user.email, MOTIVE_WORDS[motive], occasion=occasion, at=at, locale=user.locale)


def restore(user: User, *, by: int | None, at: datetime) -> None:
    """Errors: MoveNotAllowed unless suspended."""
    if user.state != UserState.SUSPENDED:
        raise MoveNotAllowed
    user.state = UserState.ACTIVE
    record("account.restored", on=user, by=by, at=at, user=user.id)
    occasion = f"account:{user.id}:restored:{at.timestamp()}"
    mails.restored(user.email, occasion=occasion, at=at, locale=user.locale)


def close_account(user: User, *, by: int, at: datetime) -> None:
    """Leave a tombstone in the row's place and say goodbye. Errors: AccountEngaged, MoveNotAllowed."""
    reasons = closing.obstacles(user.id)
    if reasons:
        raise AccountEngaged(reasons[0])
    if user.state == UserState.CLOSED:
        raise MoveNotAllowed
    mails.closed(user.email, occasion=f"account:{user.id}:closed", at=at, locale=user.locale)
    end_sessions(user.id, by=by, at=at)
    drop_links(user.id, at=at)
    forget(user.id)
    closing.say_farewell(user.id, user.email)
    user.name, user.email = "Compte fermé", f"closed-{user.id}@closed.invalid"
    user.password_hash, user.email_verified_at = "closed", None
    user.state, user.closed_at = UserState.CLOSED, at
    record("account.closed", on=user, by=by, at=at)
