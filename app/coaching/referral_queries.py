"""Reads of referrals."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select

from app.coaching.relay_models import Referral
from app.core.database import db


def is_referred(record_id: int) -> ColumnElement[bool]:
    """As a part of a query: a referral of this record was sent and is not back."""
    back = ("declined", "redirected")  # a redirected one goes on as a row of its own
    return select(Referral.id).where(Referral.record_id == record_id, Referral.state.not_in(back)).exists()


def is_sent(record_id: int, *, organisation_id: int | None, to_name: str, by: int) -> bool:
    """Whether this person has already sent this record's person on to there, and waits for the answer."""
    same = select(Referral.id).where(
        Referral.record_id == record_id, Referral.from_user_id == by, Referral.state.in_(("sent", "accepted")),
        Referral.to_organisation_id.is_not_distinct_from(organisation_id), Referral.to_name == to_name,
    )  # fmt: skip
    return db.session.scalar(same.limit(1)) is not None
