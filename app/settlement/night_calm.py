"""Which differences between the books are true, and which are only a payment under way while one looks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select

from app.core import clock
from app.core.database import db
from app.payments.models import StripeOperation
from app.payments.rules import ALWAYS_LOOKED_UP, OPEN_STATES
from app.pledges.models import Pledge
from app.settlement.books import Comparison
from app.settlement.models import Refund, Reversal, Transfer

LOOKS = 3
# A call that has waited longer for its answer excuses nothing: it stands on the money desk, and so does the difference.
EXCUSES_FOR = timedelta(hours=1)
SUBJECTS = (Pledge, Refund, Transfer, Reversal)


def steady(
    compare: Callable[[], Iterable[Comparison]], discover: Callable[[], object], campaign_id: int | None
) -> tuple[list[Comparison], bool]:
    """(what differs, whether the books stood still). Outside any transaction.

    A line differs when it does so by the same cents at two looks, with no call about money in flight, and with
    all that Stripe did booked in between (`discover`). False: money moves right now, look again later; what is
    returned then differs anyhow. `campaign_id` None: the books as a whole.
    """
    before: dict[str, tuple[int, ...]] = {}
    still: list[Comparison] = []
    for _ in range(LOOKS):
        moved = is_moving(campaign_id)
        differing = [one for one in compare() if not one.is_equal]
        if not differing:
            return [], True
        if moved or is_moving(campaign_id):
            return [], False
        still = [one for one in differing if before.get(one.name) == one.spread]
        if len(still) == len(differing):
            return still, True
        before = {one.name: one.spread for one in differing}
        discover()
    return still, False


def is_moving(campaign_id: int | None) -> bool:
    """Whether Stripe was asked to move money, a short time ago, and its answer is not written down yet."""
    conditions = [
        StripeOperation.kind.in_(ALWAYS_LOOKED_UP),
        StripeOperation.state.in_(OPEN_STATES),
        StripeOperation.first_sent_at > clock.now() - EXCUSES_FOR,
    ]
    if campaign_id is not None:
        conditions.append(or_(*(_is_about(table, campaign_id) for table in SUBJECTS)))
    found = db.session.scalar(select(exists().where(*conditions)))
    db.session.rollback()
    return bool(found)


def _is_about(table: Any, campaign_id: int) -> ColumnElement[bool]:
    ids = select(table.id).where(table.campaign_id == campaign_id)
    return and_(StripeOperation.subject_kind == table.__tablename__, StripeOperation.subject_id.in_(ids))
