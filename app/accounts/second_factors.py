"""One try with a code: counted first, taken once, told when there are too many. Outside any transaction."""

from __future__ import annotations

from enum import StrEnum

import structlog
from sqlalchemy.exc import IntegrityError

from app.accounts import passwords, queries, totp
from app.accounts import second_factor_rules as rules
from app.accounts import second_factor_services as services
from app.accounts.models import SecondFactor
from app.accounts.seals import SealBroken, unseal
from app.core import clock, limits
from app.core.database import db, transaction
from app.core.errors import TooManyTries

log = structlog.get_logger()
LIMITS = ("second_factor_day", "second_factor")


class Verdict(StrEnum):
    RIGHT = "right"
    WRONG = "wrong"
    USED = "used"  # it was right, and served before


def secret_of(factor: SecondFactor) -> str | None:
    """The clear secret; None (and a line in the log) when the platform's key has changed since."""
    try:
        return unseal(factor.secret, context=f"second_factor:{factor.user_id}")
    except SealBroken:
        log.error("second_factor_unreadable", factor=factor.id)
        return None


def first_step(factor: SecondFactor, typed: str) -> int | None:
    """The step of the first code for a secret that was just shown; None when it is wrong."""
    bare, secret = rules.bare_code(typed), secret_of(factor)
    if secret is None or len(bare) != rules.CODE_DIGITS or not rules.looks_like_code(bare):
        return None
    return totp.matching_step(secret, bare, at=clock.real_now())


def attempt(user_id: int, typed: str) -> Verdict:
    """Judge a code of the telephone or a printed one, and use it up. Errors: TooManyTries."""
    try:
        for rule in LIMITS:
            limits.take(rule, str(user_id))
    except TooManyTries:
        _tell(user_id)
        raise
    bare = rules.bare_code(typed)
    verdict = Verdict.WRONG
    if rules.looks_like_code(bare):
        of_telephone = len(bare) == rules.CODE_DIGITS
        verdict = _judge_code(user_id, bare) if of_telephone else _judge_recovery_code(user_id, bare)
    if verdict is Verdict.RIGHT:
        for rule in LIMITS:
            limits.give_back(rule, str(user_id))
    else:
        with transaction():
            services.note_refusal(queries.get_user(user_id), at=clock.now())
    return verdict


def _judge_code(user_id: int, code: str) -> Verdict:
    factor = queries.factor_of(user_id)
    secret = secret_of(factor) if factor is not None else None
    if factor is None or secret is None:
        return Verdict.WRONG
    factor_id, step = factor.id, totp.matching_step(secret, code, at=clock.real_now())
    if step is None:
        return Verdict.WRONG
    with transaction():
        return Verdict.RIGHT if services.take_step(factor_id, step) else Verdict.USED


def _judge_recovery_code(user_id: int, code: str) -> Verdict:
    candidates = queries.unused_recovery_codes(user_id)
    db.session.rollback()  # no snapshot is held open while argon2 works
    found = next((code_id for code_id, hashed in candidates if passwords.matches(hashed, code)), None)
    if found is None:
        return Verdict.WRONG
    with transaction():
        taken = services.take_recovery_code(found, queries.get_user(user_id), at=clock.now())
    return Verdict.RIGHT if taken else Verdict.USED


def _tell(user_id: int) -> None:
    """Of two refusals at once one writes the mail."""
    try:
        with transaction():
            services.tell_refusals(queries.get_user(user_id), at=clock.now())
    except IntegrityError:
        pass


def new_codes() -> tuple[list[str], list[str]]:
    """Ten printed codes in groups of four, and their hashes."""
    codes = totp.new_recovery_codes()
    return [rules.in_groups(code) for code in codes], [passwords.hash_password(code) for code in codes]
