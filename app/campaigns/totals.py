"""The one total of a campaign, the stock of its rewards, and the number that makes kept pages stale.

Each verb is one guarded UPDATE, outside the ORM's version: a pledge must not overtake the holder's form.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Integer, bindparam, select, update
from sqlalchemy.orm.util import identity_key

from app.campaigns.errors import StockExhausted
from app.campaigns.models import Campaign, Reward
from app.core.database import Model, db, table_of

# Built once: they are sent for every promise. Straight to the tables, so that no object is looked through.
_C, _R = table_of(Campaign).c, table_of(Reward).c
_change = bindparam("change", type_=Integer)
_TOUCH = update(table_of(Campaign)).where(_C.id == bindparam("campaign")).values(page_version=_C.page_version + 1)
_ADD = _TOUCH.values(
    raised_cents=_C.raised_cents + bindparam("cents", type_=Integer),
    backers_count=_C.backers_count + bindparam("backers", type_=Integer),
)
_CHANGE_STOCK = (
    update(table_of(Reward))
    .where(
        _R.id == bindparam("reward"),
        _R.chosen_count - _change >= 0,
        _R.stock_left.is_(None) | (_R.stock_left + _change).between(0, _R.stock_total),
    )
    .values(stock_left=_R.stock_left + _change, chosen_count=_R.chosen_count - _change)
)
_COUNT = (
    update(table_of(Reward))
    .where(_R.id == bindparam("reward"))
    .values(promised_count=_R.promised_count + bindparam("change", type_=Integer))
)


def touch(campaign_id: int) -> None:
    """Something that shows on the page changed: kept copies of it are stale."""
    db.session.execute(_TOUCH, {"campaign": campaign_id})
    _read_again(Campaign, campaign_id, "page_version")


def touch_of_record(record_id: int) -> None:
    """The same for every campaign that hangs on a coaching record."""
    ids = db.session.scalars(select(Campaign.id).where(Campaign.coaching_record_id == record_id)).all()
    for campaign_id in ids:
        touch(campaign_id)


def add_to_total(campaign_id: int, cents: int, backers: int) -> None:
    """Change the one total shown everywhere; negative values take away. One UPDATE, no read before."""
    db.session.execute(_ADD, {"campaign": campaign_id, "cents": cents, "backers": backers})
    _read_again(Campaign, campaign_id, "raised_cents", "backers_count", "page_version")


def _read_again(model: type[Model], row_id: int, *names: str) -> Any:
    """The row if this session holds it; these columns of it are stale."""
    known = db.session.identity_map.get(identity_key(model, row_id))
    if known is not None:
        db.session.expire(known, names)
    return known


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
    changed = db.session.execute(_CHANGE_STOCK, {"reward": reward_id, "change": change})
    if changed.rowcount == 0:  # type: ignore[attr-defined]  # an UPDATE's result has it
        raise StockExhausted
    known = _read_again(Reward, reward_id, "stock_left", "chosen_count")
    touch(known.campaign_id if known is not None else _campaign_of(reward_id))


def count_promise(reward_id: int, change: int) -> None:
    """A promise of this reward has its card (+1), or counts no longer (-1). `add_to_total` makes the page stale."""
    db.session.execute(_COUNT, {"reward": reward_id, "change": change})
    _read_again(Reward, reward_id, "promised_count")
