"""What others do to the money: two treasurers refund or cancel, a bank takes a payment back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.campaigns.models import Campaign
from app.core import clock
from app.core.database import db, transaction
from app.pledges.models import Pledge
from app.settlement.models import RefundReason
from app.treasury import services as treasury
from tests.money.crash.world import World


class Affairs:
    """In the calm between two storms. `ends`: public id → the states in which such a promise may end."""

    def __init__(self, world: World):
        self.world = world
        self.ends: dict[str, set[str]] = {}
        self.disputes: list[str] = []

    def paid(self, *slugs: str) -> list[str]:
        """Promises of these campaigns that are paid and that nothing has happened to, in the order of their making."""
        with self.world.app.app_context():
            found = db.session.scalars(
                select(Pledge.public_id)
                .join(Campaign, Campaign.id == Pledge.campaign_id)
                .where(Campaign.slug.in_(slugs), Pledge.state == "paid")
                .order_by(Pledge.id)
            ).all()
        return [one for one in found if one not in self.ends]

    def refund(self, public_id: str, *, in_part: bool = False) -> None:
        first, second = self.world.scene.treasurers()
        self.ends[public_id] = {"part_refunded" if in_part else "refunded"}
        with self.world.app.app_context():
            with transaction():
                pledge = db.session.scalars(select(Pledge).where(Pledge.public_id == public_id)).one()
                refund = treasury.propose_refund(
                    pledge, reason=RefundReason.GOODWILL, amount_cents=7_00 if in_part else None, words="geste",
                    by=first, at=clock.now(),
                )  # fmt: skip
            with transaction():
                treasury.approve_refund(db.session.merge(refund), by=second, at=clock.now())

    def cancel(self, slug: str) -> None:
        """Everybody gets everything back."""
        first, second = self.world.scene.treasurers()
        with self.world.app.app_context():
            with transaction():
                campaign = db.session.scalars(select(Campaign).where(Campaign.slug == slug)).one()
                made = treasury.propose_cancellation(campaign, words="empêchée", by=first, at=clock.now())
            with transaction():
                treasury.approve_cancellation(db.session.merge(made), by=second, at=clock.now())

    def contest(self, public_id: str, *, ends: str) -> None:
        """The bank takes a payment back for now; `ends`: paid (won) or lost."""
        self.ends[public_id] = {ends}
        charges: list[dict[str, Any]] = self.world.fake.control("state")["charges"]
        mine = [one for one in charges if one["metadata"].get("pledge") == public_id and one["status"] == "succeeded"]
        found = self.world.fake.control("disputes", charge=mine[0]["id"])
        self.disputes.append(found["id"])

    def decide(self, outcome: str) -> None:
        """The bank says who was right: won or lost, about the oldest open one."""
        if self.disputes:
            self.world.fake.control("disputes", id=self.disputes.pop(0), outcome=outcome)

    def before_transfers(self, succeeding: tuple[str, ...], cancelled: str) -> None:
        """A refund of a part and one of the whole, a contest that will be won, a campaign called off."""
        free = self.paid(*succeeding)
        for public_id, in_part in zip(free[:2], (True, False), strict=False):
            self.refund(public_id, in_part=in_part)
        for public_id in free[2:3]:
            self.contest(public_id, ends="paid")
        if self.world.scene.row(cancelled).state in ("succeeded", "live"):
            self.cancel(cancelled)

    def after_transfers(self, succeeding: tuple[str, ...]) -> None:
        """The same once the holder has the money: it must come back first."""
        self.decide("won")
        free = self.paid(*succeeding)
        for public_id, in_part in zip(free[:2], (False, True), strict=False):
            self.refund(public_id, in_part=in_part)
        for public_id in free[2:3]:
            self.contest(public_id, ends="lost")

    def at_last(self) -> None:
        while self.disputes:
            self.decide("lost")
