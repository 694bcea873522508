"""Reads about deliveries and messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.campaigns.models import Reward
from app.core.database import db
from app.desk import seals
from app.desk.home import drawing as drawing
from app.desk.home import facts as facts
from app.desk.home import figures as figures
from app.desk.home import picture as picture
from app.desk.models import Delivery, Message, MessageRecipient
from app.desk.rules import DELIVERABLE, DeliveryState
from app.desk.today import tasks as tasks
from app.pledges.models import Pledge


@dataclass(frozen=True)
class Parcel:
    """One reward to deliver. `address`: "asked", "given" or ""; its words are in `lines`, when asked for."""

    pledge_id: int
    name: str
    reward_id: int
    reward: str
    delivery_month: object
    amount_cents: int
    state: str
    note: str
    address: str
    lines: tuple[str, ...] = ()


def parcels(
    campaign_id: int, *, state: str = "", reward_id: int | None = None, open_addresses: bool = False
) -> list[Parcel]:
    """Rewards of paid contributions, by reward and name. One statement."""
    query = (
        select(Pledge.id, Pledge.name, Pledge.amount_cents, Reward.id.label("reward_id"), Reward.title,
               Reward.delivery_month, Delivery)
        .join(Reward, Reward.id == Pledge.reward_id)
        .outerjoin(Delivery, Delivery.pledge_id == Pledge.id)
        .where(Pledge.campaign_id == campaign_id, Pledge.state.in_(DELIVERABLE))
        .order_by(Reward.amount_cents, Reward.id, Pledge.name, Pledge.id)
        .limit(5000)
    )  # fmt: skip
    if reward_id:
        query = query.where(Reward.id == reward_id)
    found = [_parcel(row, open_addresses) for row in db.session.execute(query)]
    return [one for one in found if not state or one.state == state]


def _parcel(row: Any, open_addresses: bool) -> Parcel:
    pledge_id, name, cents, reward_id, title, month, delivery = row
    address: str = ""
    lines: tuple[str, ...] = ()
    if delivery is not None and delivery.address_sealed:
        address = "given"
        if open_addresses:
            lines = address_lines(seals.unseal(delivery.address_sealed, context=str(pledge_id)))
    elif delivery is not None and delivery.address_asked_at:
        address = "asked"
    return Parcel(
        pledge_id=pledge_id, name=name, reward_id=reward_id, reward=title, delivery_month=month, amount_cents=cents,
        state=str(delivery.state) if delivery else DeliveryState.TO_PREPARE, note=delivery.note if delivery else "",
        address=address, lines=lines,
    )  # fmt: skip


def address_lines(kept: dict[str, str]) -> tuple[str, ...]:
    """An address as it is written on a parcel."""
    town = f"{kept.get('postcode', '')} {kept.get('town', '')}".strip()
    parts = (kept.get("name"), kept.get("street"), kept.get("more"), town, kept.get("country"))
    return tuple(part for part in parts if part)


def pledges_to_deliver(campaign_id: int, ids: Sequence[int]) -> list[Pledge]:
    """Those of `ids` that are paid, have a reward and belong to this campaign."""
    return list(
        db.session.scalars(
            select(Pledge)
            .where(
                Pledge.campaign_id == campaign_id, Pledge.id.in_(ids), Pledge.reward_id.is_not(None),
                Pledge.state.in_(DELIVERABLE),
            )
            .options(joinedload(Pledge.campaign), joinedload(Pledge.reward))
            .order_by(Pledge.id)
        )
    )  # fmt: skip


def deliveries_by_pledge(ids: Sequence[int]) -> dict[int, Delivery]:
    return {d.pledge_id: d for d in db.session.scalars(select(Delivery).where(Delivery.pledge_id.in_(ids)))}


def find_delivery(pledge_id: int) -> Delivery | None:
    return db.session.scalar(select(Delivery).where(Delivery.pledge_id == pledge_id))


def received_at(pledge_id: int) -> datetime | None:
    """When somebody said that the reward of a pledge was received; None while nobody did."""
    state = Delivery.state == DeliveryState.RECEIVED
    return db.session.scalar(select(Delivery.changed_at).where(Delivery.pledge_id == pledge_id, state))


def delivery_counts(campaign_id: int) -> Counter[str]:
    """state → how many rewards of paid contributions. One statement."""
    state = func.coalesce(Delivery.state, DeliveryState.TO_PREPARE.value)
    rows = db.session.execute(
        select(state, func.count())
        .select_from(Pledge)
        .outerjoin(Delivery, Delivery.pledge_id == Pledge.id)
        .where(Pledge.campaign_id == campaign_id, Pledge.state.in_(DELIVERABLE), Pledge.reward_id.is_not(None))
        .group_by(state)
    )
    return Counter({str(name): int(count) for name, count in rows})


def find_message_by_form(form_key: str) -> Message | None:
    return db.session.scalar(select(Message).where(Message.form_key == form_key))


def count_persons(pledge_ids: Sequence[int]) -> int:
    """How many addresses gave these contributions: who gave twice is one person."""
    found = select(func.count(Pledge.email.distinct())).where(Pledge.id.in_(pledge_ids))
    return int(db.session.scalar(found) or 0) if pledge_ids else 0


def is_form_known(form_key: str) -> bool:
    return bool(form_key) and find_message_by_form(form_key) is not None


def has_been_written(recipient: MessageRecipient) -> bool:
    """Whether the same message was posted to the same address for another contribution."""
    others = (
        select(MessageRecipient.id)
        .join(Pledge, Pledge.id == MessageRecipient.pledge_id)
        .where(
            MessageRecipient.message_id == recipient.message_id, MessageRecipient.id != recipient.id,
            MessageRecipient.posted_at.is_not(None), Pledge.email == recipient.pledge.email,
        )
    )  # fmt: skip
    return db.session.scalar(others.limit(1)) is not None


def recipients_to_post(limit: int) -> list[MessageRecipient]:
    return list(
        db.session.scalars(
            select(MessageRecipient)
            .where(MessageRecipient.posted_at.is_(None))
            .options(
                joinedload(MessageRecipient.message).joinedload(Message.campaign),
                joinedload(MessageRecipient.message).joinedload(Message.author),
                joinedload(MessageRecipient.pledge),
            )
            .order_by(MessageRecipient.id)
            .limit(limit)
        )
    )


def addresses_to_forget(at: datetime, limit: int) -> list[Delivery]:
    return list(
        db.session.scalars(select(Delivery).where(Delivery.forget_at <= at, Delivery.address_sealed != "").limit(limit))
    )
