"""What the tests of flexible campaigns share."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.campaigns.rules import FundingKind
from app.core.database import db
from app.core.outbox import OutboxMail
from app.pledges.rules import PledgeState
from app.settlement.models import Charge
from tests.support.scene import Gift, Scene

FLEXIBLE = FundingKind.FLEXIBLE


def charge_of(scene: Scene, gift: Gift) -> Charge | None:
    with scene.app.app_context():
        return db.session.scalar(select(Charge).where(Charge.pledge_id == scene.pledge(gift).id))


def refunds_at_stripe(scene: Scene) -> list[dict[str, Any]]:
    return scene.stripe.control("state")["refunds"]


def receipts(scene: Scene, gift: Gift) -> int:
    with scene.app.app_context():
        occasion = f"pledge:{scene.pledge(gift).id}:paid"
        return len(db.session.scalars(select(OutboxMail).where(OutboxMail.occasion == occasion)).all())


def is_paid_once(scene: Scene, slug: str, gift: Gift, cents: int = 25_00) -> None:
    assert scene.pledge(gift).state == PledgeState.PAID
    assert (scene.row(slug).raised_cents, scene.row(slug).backers_count) == (cents, 1)
    assert [one["amount"] for one in scene.charges()] == [cents]
    assert receipts(scene, gift) == 1
    checked = scene.check()
    assert checked.exit_code == 0, checked.output
