"""Where a row of money leads on the desk: the campaign, and the contribution if it is about one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, literal, select

from app.campaigns.models import Campaign
from app.core.database import db
from app.pledges.models import Pledge
from app.settlement.models import Charge, Dispute, Refund, Reversal, Transfer


@dataclass(frozen=True)
class Place:
    """`slug` of a campaign; `public_id` of one of its contributions, or ""."""

    slug: str
    public_id: str = ""


def places(subjects: Iterable[tuple[str, int | None]]) -> dict[tuple[str, int | None], Place]:
    """(table, id) → place, one statement a table; rows of other tables lead nowhere."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for kind, subject_id in subjects:
        if subject_id is not None and kind in WAYS:
            wanted[kind].add(subject_id)
    found: dict[tuple[str, int | None], Place] = {}
    for kind, ids in wanted.items():
        column, query = WAYS[kind]
        for row_id, slug, public_id in db.session.execute(query.where(column.in_(ids))):
            found[kind, row_id] = Place(slug, public_id or "")
    return found


def _way(column: Any, *joins: tuple[Any, Any]) -> tuple[Any, Select[Any]]:
    query = select(column, Campaign.slug, Pledge.public_id)
    for table, condition in joins:
        query = query.join(table, condition)
    return column, query.join(Campaign, Campaign.id == Pledge.campaign_id)


OF_CHARGE = (Pledge, Pledge.id == Charge.pledge_id)
OF_CAMPAIGN: Any = select(Campaign.id, Campaign.slug, literal(""))
WAYS: dict[str, tuple[Any, Select[Any]]] = {
    Campaign.__tablename__: (Campaign.id, OF_CAMPAIGN),
    Pledge.__tablename__: _way(Pledge.id),
    Charge.__tablename__: _way(Charge.id, OF_CHARGE),
    Refund.__tablename__: _way(Refund.id, (Charge, Charge.id == Refund.charge_id), OF_CHARGE),
    Dispute.__tablename__: _way(Dispute.id, (Charge, Charge.id == Dispute.charge_id), OF_CHARGE),
    Transfer.__tablename__: _way(Transfer.id, (Charge, Charge.id == Transfer.charge_id), OF_CHARGE),
    Reversal.__tablename__: _way(
        Reversal.id, (Transfer, Transfer.id == Reversal.transfer_id), (Charge, Charge.id == Transfer.charge_id),
        OF_CHARGE,
    ),
}  # fmt: skip
