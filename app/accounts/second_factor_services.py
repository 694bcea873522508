"""Verbs about a second factor: begun, switched on, proved, renewed, switched off, taken away. The caller commits.

Recovery codes arrive hashed (`passwords.hash_password`), so that no lock waits for argon2.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, or_, update

from app.accounts import queries, totp
from app.accounts.errors import FactorNeeded
from app.accounts.models import AccountSession, RecoveryCode, SecondFactor, User
from app.accounts.seals import seal
from app.accounts.second_factor_mails import notice
from app.accounts.session_services import end_sessions
from app.core.access import Role, rights_now
from app.core.database import db
from app.core.errors import MoveNotAllowed
from app.core.journal import record


def _context(user_id: int) -> str:
    return f"second_factor:{user_id}"


def begin(user: User, *, at: datetime) -> None:
    """A fresh secret that waits for its first code; an earlier unconfirmed one is forgotten.

    Errors: MoveNotAllowed when one is switched on.
    """
    if queries.has_second_factor(user.id):
        raise MoveNotAllowed
    db.session.execute(delete(SecondFactor).where(SecondFactor.user_id == user.id, SecondFactor.confirmed_at.is_(None)))
    db.session.add(
        SecondFactor(user_id=user.id, secret=seal(totp.new_secret(), context=_context(user.id)), created_at=at)
    )
    record("second_factor.begun", on=user, by=user.id, at=at)


def switch_on(user: User, sealed: str, step: int, hashes: Sequence[str], *, keep_session: int, at: datetime) -> None:
    """The first code was right for the secret `sealed`: it counts from now on; other browsers sign in again.

    Errors: MoveNotAllowed when it is on already, or the secret is another one by now.
    """
    turning = (
        update(SecondFactor)
        .where(SecondFactor.user_id == user.id, SecondFactor.confirmed_at.is_(None), SecondFactor.secret == sealed)
        .values(confirmed_at=at, last_used_step=step)
    )
    if not _rows(turning):
        raise MoveNotAllowed
    _replace_codes(user.id, hashes, at)
    end_sessions(user.id, by=user.id, at=at, except_id=keep_session)
    record("second_factor.on", on=user, by=user.id, at=at)
    notice("on", user, occasion=f"{at.timestamp()}", at=at)


def take_step(factor_id: int, step: int) -> bool:
    """Use a code up: False when that one, or a later one, was taken before. Of two at once one wins."""
    taking = (
        update(SecondFactor)
        .where(
            SecondFactor.id == factor_id,
            SecondFactor.confirmed_at.is_not(None),
            or_(SecondFactor.last_used_step.is_(None), SecondFactor.last_used_step < step),
        )
        .values(last_used_step=step)
    )
    return _rows(taking) == 1


def take_recovery_code(code_id: int, user: User, *, at: datetime) -> bool:
    """Use a printed code up; False when it was taken before. Its owner is told."""
    taking = update(RecoveryCode).where(RecoveryCode.id == code_id, RecoveryCode.used_at.is_(None)).values(used_at=at)
    if not _rows(taking):
        return False
    record("second_factor.recovery_code_used", on=user, by=user.id, at=at, left=queries.recovery_codes_left(user.id))
    notice("recovery_used", user, occasion=str(code_id), at=at)
    return True


def note_refusal(user: User, *, at: datetime) -> None:
    """A wrong code leaves a line."""
    record("second_factor.refused", on=user, by=None, at=at)


def tell_refusals(user: User, *, at: datetime) -> None:
    """Too many wrong codes: who gives them knows the password. One mail a day."""
    notice("refused", user, occasion=f"{at:%Y-%m-%d}", at=at)


def renew_codes(user: User, hashes: Sequence[str], *, keep_session: int, at: datetime) -> None:
    """Ten new printed codes; the old ones are void. Errors: MoveNotAllowed without a factor."""
    if not queries.has_second_factor(user.id):
        raise MoveNotAllowed
    _replace_codes(user.id, hashes, at)
    end_sessions(user.id, by=user.id, at=at, except_id=keep_session)
    record("second_factor.codes_renewed", on=user, by=user.id, at=at)
    notice("codes", user, occasion=f"{at.timestamp()}", at=at)


def must_keep(user_id: int) -> bool:
    """True while a right is in force that moves other people's money."""
    return any(role == Role.TREASURER for role, _where in rights_now(user_id))


def switch_off(user: User, *, keep_session: int, at: datetime) -> None:
    """The password alone is enough again. Errors: FactorNeeded for a treasurer, MoveNotAllowed when it is off."""
    if must_keep(user.id):
        raise FactorNeeded
    if not queries.has_second_factor(user.id):
        raise MoveNotAllowed
    forget(user.id)
    end_sessions(user.id, by=user.id, at=at, except_id=keep_session)
    record("second_factor.off", on=user, by=user.id, at=at)
    notice("off", user, occasion=f"{at.timestamp()}", at=at)


def reset(user: User, *, by: tuple[int, int], at: datetime) -> None:
    """Telephone and printed codes are lost: two other persons take the factor away.

    Who they are and that both proved their own factor is the caller's to check. Errors: MoveNotAllowed when
    there is none.
    """
    if not queries.has_second_factor(user.id):
        raise MoveNotAllowed
    forget(user.id)
    end_sessions(user.id, by=by[0], at=at)
    record("second_factor.reset", on=user, by=by[0], at=at, second_person=by[1])
    notice("reset", user, occasion=f"{at.timestamp()}", at=at)


def forget(user_id: int) -> None:
    """Secret, codes and proofs leave the database: also when an account is closed."""
    db.session.execute(delete(SecondFactor).where(SecondFactor.user_id == user_id))
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    db.session.execute(update(AccountSession).where(AccountSession.user_id == user_id).values(second_factor_at=None))


def for_demo(user: User, secret: str, *, at: datetime) -> None:
    """A factor switched on without mail or printed codes, for seeds and tests. `secret`: 32 letters of base 32."""
    forget(user.id)
    sealed = seal(secret, context=_context(user.id))
    db.session.add(SecondFactor(user_id=user.id, secret=sealed, created_at=at, confirmed_at=at))
    record("second_factor.on", on=user, by=user.id, at=at)


def _replace_codes(user_id: int, hashes: Sequence[str], at: datetime) -> None:
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    db.session.add_all(RecoveryCode(user_id=user_id, code_hash=hashed, created_at=at) for hashed in hashes)


def _rows(statement: object) -> int:
    return int(db.session.execute(statement).rowcount)  # type: ignore[call-overload]  # known to CursorResult only
