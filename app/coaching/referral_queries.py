"""Reads of referrals."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select

from app.coaching.relay_models import Referral


def is_referred(record_id: int) -> ColumnElement[bool]:
    """As a part of a query: a referral of this record was sent and not refused."""
    return select(Referral.id).where(Referral.record_id == record_id, Referral.state != "declined").exists()
