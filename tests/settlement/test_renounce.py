"""« Renoncer au contrat ici »: only for what was bought and paid, in time, once; acknowledged, and asked of people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.campaigns.models import Reward
from app.campaigns.rules import RewardNature
from app.core import clock
from app.core.clock import end_of_paris_day
from app.core.database import db, transaction
from app.core.journal import JournalEntry
from app.core.outbox import OutboxMail
from app.desk.models import Delivery
from app.desk.rules import DeliveryState
from app.payments.models import MoneyTask
from app.pledges.models import Pledge
from app.pledges.rules import PledgeState
from app.settlement.models import Refund
from app.settlement.sale_rules import DAYS, is_open, is_sale
from tests.money import back
from tests.support.scene import Gift, Scene

END = "/renoncer-au-contrat"


def bought(scene: Scene, nature: RewardNature = RewardNature.PRE_SALE) -> Gift:
    """A paid contribution with a reward of this nature."""
    _, (gift,) = back.collected(scene, 100_00)
    with scene.app.app_context(), transaction():
        pledge = db.session.scalars(select(Pledge).where(Pledge.public_id == gift.public_id)).one()
        reward = Reward(campaign_id=pledge.campaign_id, title="Un panier", nature=nature, amount_cents=100_00)
        db.session.add(reward)
        db.session.flush()
        pledge.reward_id = reward.id
    return gift


def page(gift: Gift, end: str = "") -> str:
    return " ".join(gift.client.get(gift.path(end)).get_data(as_text=True).split()).replace("\u00a0", " ")


def demands(scene: Scene) -> tuple[int, int, int]:
    """Journal lines, open tasks, acknowledgements."""
    with scene.app.app_context():
        return (
            db.session.scalar(select(func.count()).where(JournalEntry.action == "pledge.renounced")) or 0,
            db.session.scalar(select(func.count()).where(MoneyTask.kind == "sale_renounced")) or 0,
            db.session.scalar(select(func.count()).where(OutboxMail.subject.startswith("Accusé de réception"))) or 0,
        )


def received(scene: Scene, gift: Gift, *, days_ago: int) -> None:
    with scene.app.app_context(), transaction():
        pledge = db.session.scalars(select(Pledge).where(Pledge.public_id == gift.public_id)).one()
        db.session.add(
            Delivery(
                pledge_id=pledge.id, campaign_id=pledge.campaign_id, state=DeliveryState.RECEIVED,
                changed_at=clock.now() - timedelta(days=days_ago),
            )
        )  # fmt: skip


def test_a_purchase_is_renounced_in_two_buttons_acknowledged_at_once_and_only_once(scene: Scene) -> None:
    gift = bought(scene)
    assert "Renoncer au contrat ici" in page(gift)
    assert "Confirmer la rétractation" in page(gift, END)
    assert demands(scene) == (0, 0, 0)  # looking declares nothing
    assert gift.client.post(gift.path(END), data={"csrf_token": "wrong"}).status_code in (303, 400)
    assert demands(scene) == (0, 0, 0)
    assert scene.press(gift, END).status_code == 303
    assert scene.press(gift, END).status_code == 303
    assert demands(scene) == (1, 1, 1)
    with scene.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Refund)) == 0  # two persons decide of money
        mail = db.session.scalars(select(OutboxMail).where(OutboxMail.subject.startswith("Accusé"))).one()
        said = f"{mail.text}".replace("\u00a0", " ")
    assert "Un panier" in said
    assert "heure de Paris" in said
    assert "100 €" in said
    assert "Vous avez renoncé à cet achat le" in page(gift)
    assert gift.client.get(gift.path(END)).status_code == 303


@pytest.mark.parametrize("nature", [RewardNature.THANKS, RewardNature.TOKEN])
def test_a_gift_is_no_purchase(scene: Scene, nature: RewardNature) -> None:
    gift = bought(scene, nature)
    assert "Renoncer au contrat" not in page(gift)
    assert gift.client.get(gift.path(END)).status_code == 303
    assert scene.press(gift, END).status_code == 409
    assert demands(scene) == (0, 0, 0)


def test_fourteen_days_after_it_was_received_the_time_is_over(scene: Scene) -> None:
    gift = bought(scene)
    received(scene, gift, days_ago=DAYS + 1)
    assert "Renoncer au contrat" not in page(gift)
    assert scene.press(gift, END).status_code == 409
    assert demands(scene) == (0, 0, 0)


def test_the_time_ends_with_the_fourteenth_day_in_paris() -> None:
    until = end_of_paris_day(datetime(2027, 3, 20, 23, 30, tzinfo=UTC), days_later=DAYS)  # 21 March, and summer time
    assert until == datetime(2027, 4, 4, 21, 59, 59, tzinfo=UTC)
    assert is_open(until, until)
    assert not is_open(until, until + timedelta(seconds=1))
    assert is_open(None, until)


@pytest.mark.parametrize("state", list(PledgeState))
def test_only_what_is_paid_is_a_purchase(state: PledgeState) -> None:
    assert is_sale("pre_sale", state) == (state in {"paid", "part_refunded"})
    assert not is_sale("token", state)
    assert not is_sale(None, state)
