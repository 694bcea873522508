"""The one total of a campaign, the stock of its rewards, and the number that makes kept pages stale.

Each verb is one guarded UPDATE, outside the ORM's version: a pledge must not overtake the holder's form.
"""

from __future__ import annotations

from sqlalchemy import select, update

from app.campaigns.errors import StockExhausted
from app.campaigns.models import Campaign, Reward
from app.core.database import db


def touch(campaign_id: int) -> None:
    """Something that shows on the page changed: kept copies of it are stale."""
    _update(campaign_id, page_version=Campaign.page_version + 1)


def touch_of_record(record_id: int) -> None:
    """The same for every campaign that hangs on a coaching record."""
    ids = db.session.scalars(select(Campaign.id).where(Campaign.coaching_record_id == record_id)).all()
    for campaign_id in ids:
        touch(campaign_id)


def add_to_total(campaign_id: int, cents: int, backers: int) -> None:
    """Change the one total shown everywhere; negative values take away. One UPDATE, no read before."""
    _update(
        campaign_id,
        raised_cents=Campaign.raised_cents + cents,
        backers_count=Campaign.backers_count + backers,
        page_version=Campaign.page_version + 1,
    )


def _update(campaign_id: int, **values: object) -> None:
    db.session.execute(
        update(Campaign).where(Campaign.id == campaign_id).values(**values),
        execution_options={"synchronize_session": False},
    )
    known = db.session.identity_map.get(db.session.identity_key(Campaign, campaign_id))
    if known is not None:
        db.session.expire(known, list(values))


def _campaign_of(reward_id: int) -> int:
    return db.session.scalars(select(Reward.campaign_id).where(Reward.id == reward_id)).one()


def take_stock(reward_id: int) -> None:
    """One item of a limited reward, for this pledge only. Errors: StockExhausted."""
    _stock(reward_id, -1)


def give_back_stock(reward_id: int) -> None:
    """The pledge that held it is gone. Errors: StockExhausted when nothing was taken."""
    _stock(reward_id, +1)


def _stock(reward_id: int, change: int) -> None:
    """The guard is in the UPDATE itself: two buyers of the last one cannot both win."""
    fits = (Reward.stock_left.is_(None)) | (Reward.stock_left + change).between(0, Reward.stock_total)
    changed = db.session.execute(
        update(Reward)
        .where(Reward.id == reward_id, Reward.chosen_count - change >= 0, fits)
        .values(stock_left=Reward.stock_left + change, chosen_count=Reward.chosen_count - change),
        execution_options={"synchronize_session": False},
    )
    if changed.rowcount == 0:  # type: ignore[attr-defined]  # an UPDATE's result has it
        raise StockExhausted
    known = db.session.identity_map.get(db.session.identity_key(Reward, reward_id))
    if known is not None:
        db.session.expire(known, ["stock_left", "chosen_count"])
    touch(known.campaign_id if known is not None else _campaign_of(reward_id))
