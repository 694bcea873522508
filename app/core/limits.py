"""Limits on tries, in one table of the database: they hold across processes and restarts."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app, request
from sqlalchemy import Index, String, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import Model, db, transaction
from app.core.errors import TooManyTries


class LimitHit(Model):
    """One try. `key` is a keyed hash: no address or e-mail is stored."""

    __tablename__ = "limit_hits"
    __table_args__ = (Index("ix_limit_hits_rule_key_at", "rule", "key", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    rule: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(index=True)


@dataclass(frozen=True)
class Limit:
    """At most `times` per `seconds` for one key."""

    times: int
    seconds: int


LIMITS = {
    # rule: what one key may do (source: trust.md D6, to be tuned by the operator)
    "sign_in_account": Limit(6, 3600),  # failures for one account from one network
    "sign_in_anywhere": Limit(60, 3600),  # and from all networks: nobody is locked out by one stranger
    "sign_in_network": Limit(60, 3600),  # failures from one network, all accounts
    "second_factor": Limit(5, 900),  # codes tried for one account; given back by a right one
    "second_factor_day": Limit(20, 86_400),
    "sign_up_network": Limit(30, 3600),
    "mail_link_address": Limit(5, 3600),  # confirmation and reset mails to one address
    "pledge_network": Limit(30, 900),  # unfinished pledges from one network
    "pledge_session": Limit(12, 900),
    "pledge_held": Limit(12, 3600),  # of one campaign for one address from one network: only counted, pledges decide
    "coaching_network": Limit(30, 3600),  # requests for coaching from one network
    "coaching_address": Limit(5, 86_400),  # and for one address: nobody fills the mail box of another
    "follow_network": Limit(30, 3600),  # addresses given to follow a campaign
    "report_network": Limit(10, 3600),
    "dropin_network": Limit(20, 3600),  # appointments taken from one network: a town hall is one
    "dropin_address": Limit(5, 86_400),  # appointments for one address or telephone
    "upload_account": Limit(60, 3600),
    "invite_account": Limit(20, 86_400),
    "messages_account": Limit(30, 86_400),
    "question_network": Limit(12, 3600),
    "question_address": Limit(6, 86_400),
}


def network() -> str:
    """The visitor's network: /24 for IPv4 (also when written as IPv6), /64 for IPv6. A town hall is one network."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "127.0.0.1")
    except ValueError:  # a socket without addresses: everybody behind it is one network
        return "unknown"
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    address = mapped or address
    return str(ipaddress.ip_network(f"{address}/{24 if address.version == 4 else 64}", strict=False))


def _key(parts: tuple[str, ...]) -> str:
    secret = current_app.config["SECRET_KEY"].encode()
    return hmac.new(secret, "\0".join(parts).encode(), hashlib.sha256).hexdigest()


def check(rule: str, *parts: str) -> None:
    """Errors: TooManyTries when the next try would be one too many. Writes nothing."""
    _refuse_too_many(rule, parts, own_tries=0)


def take(rule: str, *parts: str) -> None:
    """Count one try, and refuse it when it is one too many. Outside any transaction.

    Counted before it is looked at: of any number of tries at once, no more than the limit get through.
    Errors: TooManyTries.
    """
    check(rule, *parts)
    hit(rule, *parts)
    _refuse_too_many(rule, parts, own_tries=1)


def counted(rule: str, *parts: str) -> int:
    """How many tries of this key count now, for rooms that decide themselves; 0 while limits are off."""
    return 0 if current_app.config.get("LIMITS_OFF") else _count(rule, parts)[0]


def _refuse_too_many(rule: str, parts: tuple[str, ...], *, own_tries: int) -> None:
    count, wait_seconds = _count(rule, parts)
    if count - own_tries >= LIMITS[rule].times and not current_app.config.get("LIMITS_OFF"):
        raise TooManyTries(max(1, wait_seconds))


def _count(rule: str, parts: tuple[str, ...]) -> tuple[int, int]:
    """(tries of this key that count now, seconds until the oldest no longer does)."""
    since = clock.real_now() - timedelta(seconds=LIMITS[rule].seconds)
    count, oldest = db.session.execute(
        select(func.count(), func.min(LimitHit.at)).where(
            LimitHit.rule == rule, LimitHit.key == _key(parts), LimitHit.at > since
        )
    ).one()
    return count, int((oldest - since).total_seconds()) if oldest is not None else 0


def hit(rule: str, *parts: str) -> None:
    """Count one try, in its own transaction (call it outside any other)."""
    with transaction():
        db.session.add(LimitHit(rule=rule, key=_key(parts), at=clock.real_now()))


def give_back(rule: str, *parts: str) -> None:
    """Forget the tries of a key after a success."""
    with transaction():
        db.session.execute(delete(LimitHit).where(LimitHit.rule == rule, LimitHit.key == _key(parts)))


def give_back_one(rule: str, *parts: str) -> None:
    """Forget the newest try of a key: that one ended well, the others are still counted."""
    newest = select(func.max(LimitHit.id)).where(LimitHit.rule == rule, LimitHit.key == _key(parts))
    with transaction():
        db.session.execute(delete(LimitHit).where(LimitHit.id == newest.scalar_subquery()))


def forget_old() -> int:
    """Delete hits older than a day; returns how many."""
    with transaction():
        old = delete(LimitHit).where(LimitHit.at < clock.real_now() - timedelta(days=1))
        return int(db.session.execute(old).rowcount)  # type: ignore[attr-defined]  # known to CursorResult only
