"""`flask payments check` finds a difference planted in any one of the books."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import stripe

from app.campaigns.models import Campaign, Reward
from app.core import clock
from app.core.database import db, transaction
from app.payments import ledger
from app.pledges.models import Pledge
from app.pledges.rules import PledgeState
from tests.settlement.test_transfers import collected
from tests.support.scene import Scene


def book_between_our_own_accounts() -> None:
    lines = {ledger.AVAILABLE: 100, ledger.FEES_PSP: -100}
    ledger.book("charge", "ch_invented", subject_kind="pledges", subject_id=1, lines=lines, at=clock.now())


def book_a_fee_that_no_transfer_left() -> None:
    lines = {ledger.FEES_PLATFORM: -100, ledger.FEES_PSP: 100}
    ledger.book("transfer", "tr_invented", subject_kind="transfers", subject_id=1, lines=lines, at=clock.now())


def drop_what_was_charged() -> None:
    """The total is corrected with it, so that only the charge still knows."""
    pledge = db.session.query(Pledge).filter_by(amount_cents=60_00).one()
    pledge.state = PledgeState.DROPPED
    campaign = db.session.query(Campaign).one()
    campaign.raised_cents -= pledge.amount_cents
    campaign.backers_count -= 1


def take_a_reward_for_nobody() -> None:
    db.session.query(Reward).one().chosen_count += 1


PLANTS = {
    book_between_our_own_accounts: "left at Stripe",
    book_a_fee_that_no_transfer_left: "platform's fees",
    drop_what_was_charged: "paid promises",
    take_a_reward_for_nobody: "rewards (count)",
}


@pytest.mark.parametrize(("plant", "line"), PLANTS.items())
def test_what_only_one_book_knows_is_named(scene: Scene, plant: Callable[[], None], line: str) -> None:
    collected(scene, 60_00, 70_00)
    assert scene.check().exit_code == 0
    with scene.app.app_context(), transaction():
        plant()
    answer = scene.check()
    assert answer.exit_code == 1
    assert [words for words in answer.output.splitlines() if words.startswith("≠") and line in words]


def test_a_total_without_any_promise_is_found(scene: Scene) -> None:
    slug = scene.campaign()
    assert scene.check().exit_code == 0
    with scene.app.app_context(), transaction():
        db.session.query(Campaign).filter_by(slug=slug).one().raised_cents = 5_00
    assert scene.check().exit_code == 1


def test_money_given_back_in_stripes_dashboard_is_found(scene: Scene) -> None:
    collected(scene, 100_00)
    client = stripe.StripeClient(scene.stripe.key, base_addresses={"api": scene.stripe.url})
    client.v1.refunds.create({"payment_intent": scene.charges()[0]["payment_intent"], "amount": 10_00})
    answer = scene.check()
    assert answer.exit_code == 1
    assert "refunded" in answer.output
