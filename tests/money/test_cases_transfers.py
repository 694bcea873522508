"""Fault cases 44 to 47 and the transfers of 52 (payments design §10): money on its way to the holder."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.campaigns import services as campaigns
from app.campaigns.models import Campaign
from app.campaigns.rules import CampaignState
from app.core import clock
from app.core.database import db, transaction
from app.payments import ledger
from app.payments.models import PaymentAccount
from app.pledges.rules import PledgeState
from app.settlement.models import RefundReason, RefundState, TransferState
from tests.money import back
from tests.money.back import stripe_fee
from tests.money.support import assert_books_equal, fault, heal, wait, was_played, work_without
from tests.support.scene import ALWAYS_3DS, FAILS_LATER, Scene


def account_is(scene: Scene, slug: str, status: str) -> None:
    """The holder's account as Stripe has it; we hear of it when we ask."""
    owner = scene.row(slug).owner_id
    with scene.app.app_context():
        account = db.session.query(PaymentAccount).filter_by(user_id=owner).one().stripe_account
    scene.stripe.control("accounts", "POST", id=account, status=status)


def cancel(scene: Scene, slug: str) -> None:
    with scene.app.app_context(), transaction():
        campaigns.cancel(db.session.get_one(Campaign, scene.row(slug).id), by=None, at=clock.now())


# -- 44 ------------------------------------------------------------------------------------------


def too_little(scene: Scene, percent: int) -> tuple[str, list[back.Gift]]:
    """100 € of a goal of 300 €, and two promises that nobody repairs."""
    slug = scene.campaign(goal_cents=300_00)
    with scene.app.app_context(), transaction():
        db.session.get_one(Campaign, scene.row(slug).id).refund_below_percent = percent
    gifts = [scene.give(slug, cents=100_00)]
    gifts += [scene.give(slug, cents=100_00, card=FAILS_LATER) for _ in range(2)]
    scene.close(slug)
    scene.travel(days=7, minutes=5)
    scene.work()
    return slug, gifts


@pytest.mark.parametrize("percent", [0, 33])
def test_case_44_drops_push_the_sum_below_the_goal_and_the_holder_gets_what_was_collected(
    scene: Scene, percent: int
) -> None:
    slug, gifts = too_little(scene, percent)
    assert [scene.pledge(one).state for one in gifts] == [PledgeState.PAID, PledgeState.DROPPED, PledgeState.DROPPED]
    assert (scene.row(slug).state, scene.row(slug).raised_cents) == (CampaignState.SUCCEEDED, 100_00)
    back.pass_on(scene, slug)
    assert [one["amount"] for one in back.transfers(scene)] == [100_00 - stripe_fee(100_00)]
    assert_books_equal(scene)


def test_case_44_below_the_share_that_the_rules_name_everybody_is_refunded(scene: Scene) -> None:
    slug, gifts = too_little(scene, 34)
    scene.work()
    assert scene.pledge(gifts[0]).state == PledgeState.REFUNDED
    assert (scene.row(slug).state, scene.row(slug).raised_cents) == (CampaignState.SETTLED, 0)
    assert [one["amount"] for one in back.made_refunds(scene)] == [100_00]
    mails = scene.mailbox.fetch(gifts[0].email)
    assert "restée trop loin de l’objectif" in " ".join(mails[-1].text.split())
    assert "Trop peu a pu être débité : les contributions sont remboursées" in back.holder_mails(scene, slug)
    assert back.transfers(scene) == []
    assert_books_equal(scene)


# -- 45 ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("when", ["before", "between", "after"])
def test_case_45_a_restricted_account_makes_the_money_wait_and_touches_no_charge(scene: Scene, when: str) -> None:
    slug, gifts = back.collected(scene, 100_00, 60_00)
    scene.approve_payout(slug)
    scene.travel(days=7, minutes=5)
    if when == "before":
        account_is(scene, slug, "restricted")
        scene.work()
        assert back.transfers(scene) == []
    elif when == "between":  # seen active, restricted before the orders arrive
        work_without(scene, "operations", rounds=1)
        account_is(scene, slug, "restricted")
        scene.work()
        assert {back.transfer_of(scene, gift).state for gift in gifts} == {TransferState.BLOCKED}
    else:
        scene.work()
        account_is(scene, slug, "restricted")
        scene.work()
        assert len(back.transfers(scene)) == 2
    assert [scene.pledge(gift).state for gift in gifts] == [PledgeState.PAID] * 2
    account_is(scene, slug, "active")
    scene.travel(hours=2)
    scene.work()
    assert sum(one["amount"] for one in back.transfers(scene)) == 160_00 - stripe_fee(100_00) - stripe_fee(60_00)
    assert scene.row(slug).state == CampaignState.SETTLED
    assert_books_equal(scene)


def test_case_45_what_went_back_while_a_transfer_was_refused_is_not_passed_on(scene: Scene) -> None:
    slug, (whole, part, kept) = back.collected(scene, 100_00, 60_00, 40_00, fee_bps=500)
    scene.approve_payout(slug)
    scene.travel(days=7, minutes=5)
    work_without(scene, "operations", rounds=1)
    account_is(scene, slug, "restricted")
    scene.work()
    back.give_back(scene, whole)
    back.give_back(scene, part, 20_00)
    assert_books_equal(scene)
    account_is(scene, slug, "active")
    scene.travel(hours=2)
    scene.work()
    left = 40_00 - (stripe_fee(60_00) - back.next_share(stripe_fee(60_00), 0, 20_00, 60_00))
    assert sum(one["amount"] for one in back.transfers(scene)) == left + 40_00 - stripe_fee(40_00) - 4_00
    assert back.transfer_of(scene, whole).base_cents == 0
    assert scene.pledge(kept).state == PledgeState.PAID
    assert scene.row(slug).state == CampaignState.SETTLED
    assert back.left_to(scene, slug) == 0
    assert_books_equal(scene)


# -- 46 ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/v1/transfers", "/v1/refunds", "/v1/transfers/*/reversals"])
@pytest.mark.parametrize("hours", [0, 25])
def test_case_46_the_answer_is_lost_and_a_day_passes_nothing_is_made_twice(scene: Scene, path: str, hours: int) -> None:
    """With the keys forgotten by Stripe: a transfer, a refund, a reversal."""
    slug, (gift,) = back.collected(scene, 100_00)
    if path == "/v1/transfers":
        scene.approve_payout(slug)
        scene.travel(days=7, minutes=5)
    elif path.endswith("reversals"):
        back.pass_on(scene, slug)
    fault(scene, path, "drop", phase="after")
    if path != "/v1/transfers":
        back.ask_back(scene, gift, 60_00)
    scene.work(2)
    assert was_played(scene)
    heal(scene)
    scene.stripe.control("keys", "DELETE")
    scene.travel(hours=hours)
    wait(scene)
    truth = scene.stripe.control("state")
    made = {"/v1/transfers": "transfers", "/v1/refunds": "refunds"}.get(path, "reversals")
    assert len(truth[made]) == 1
    assert_books_equal(scene)


def test_case_46_more_than_the_rest_of_the_charge_is_refused_by_stripe_and_shown(scene: Scene) -> None:
    """Somebody has passed on half of it by hand: ours does not fit any more, and nothing is forced."""
    slug, (gift,) = back.collected(scene, 100_00)
    charge = back.charge_of(scene, gift).stripe_charge
    account = scene.stripe.control("state")["accounts"][0]["id"]
    back.dashboard(scene).v1.transfers.create(
        {"amount": 50_00, "currency": "eur", "destination": account, "source_transaction": charge}
    )
    back.pass_on(scene, slug)
    assert back.transfer_of(scene, gift).state != TransferState.DONE
    found = back.task(scene, "unknown_transfer")
    assert (found.ours_cents, found.theirs_cents) == (0, 50_00)
    assert len(back.transfers(scene)) == 1
    # A person takes it back there: ours goes at the next hour, and the task closes by itself at night.
    back.dashboard(scene).v1.transfers.reversals.create(back.transfers(scene)[0]["id"])
    scene.travel(days=1)
    scene.work()
    assert back.transfer_of(scene, gift).state == TransferState.DONE
    assert back.tasks(scene) == []
    assert_books_equal(scene)


# -- 47 ------------------------------------------------------------------------------------------


def test_case_47_the_holder_is_reminded_at_60_and_75_days_and_at_90_everybody_is_refunded(scene: Scene) -> None:
    slug, gifts = back.collected(scene, 100_00, 60_00)
    scene.approve_payout(slug)
    account_is(scene, slug, "restricted")
    since = back.charge_of(scene, gifts[0]).charged_at
    reminder = "Rappel : l’argent de votre campagne vous attend"

    def on_day(days: float) -> int:
        scene.travel_to(since + timedelta(days=days))
        scene.work(2)
        return back.holder_mails(scene, slug).count(reminder)

    assert [on_day(days) for days in (59.9, 60.1, 74.9, 75.1, 89.9)] == [0, 1, 1, 2, 2]
    assert back.made_refunds(scene) == []
    on_day(90.1)
    scene.work()
    assert [scene.pledge(gift).state for gift in gifts] == [PledgeState.REFUNDED] * 2
    assert {back.refund(scene, number).reason for number in (1, 2)} == {RefundReason.OVERDUE}
    assert scene.row(slug).state == CampaignState.SETTLED
    assert "Les contributions restantes sont remboursées" in back.holder_mails(scene, slug)
    assert_books_equal(scene)
    on_day(120)
    assert len(back.made_refunds(scene)) == 2
    assert_books_equal(scene)


def test_case_47_only_what_is_left_is_refunded(scene: Scene) -> None:
    """One transfer was made, the other refused: what the holder has stays theirs."""
    slug, gifts = back.collected(scene, 100_00, 60_00)
    scene.approve_payout(slug)
    scene.travel(days=7, minutes=5)
    fault(scene, "/v1/transfers", "status", status=503, contains=back.charge_of(scene, gifts[1]).stripe_charge, times=0)
    scene.work()
    account_is(scene, slug, "restricted")
    heal(scene)
    wait(scene)
    assert [back.transfer_of(scene, gift).state for gift in gifts] == [TransferState.DONE, TransferState.BLOCKED]
    scene.travel(days=91)
    scene.work()
    assert [scene.pledge(gift).state for gift in gifts] == [PledgeState.PAID, PledgeState.REFUNDED]
    assert scene.row(slug).state == CampaignState.SETTLED
    assert_books_equal(scene)


def test_case_47_when_the_money_waits_for_us_nobody_is_refunded_and_the_treasurers_have_a_task(scene: Scene) -> None:
    slug, gifts = back.collected(scene, 100_00)
    scene.travel(days=91)
    scene.work()
    assert back.made_refunds(scene) == []
    assert back.tasks(scene) == ["overdue_transfer"]
    assert scene.pledge(gifts[0]).state == PledgeState.PAID
    scene.approve_payout(slug)
    scene.work()
    assert len(back.transfers(scene)) == 1
    assert back.tasks(scene) == []
    assert_books_equal(scene)


# -- 52 ------------------------------------------------------------------------------------------


def test_case_52_a_transfer_made_by_hand_is_a_task_with_both_sides_and_no_movement(scene: Scene) -> None:
    slug, _ = back.collected(scene, 100_00)
    account = scene.stripe.control("state")["accounts"][0]["id"]
    scene.travel(days=4)
    back.dashboard(scene).v1.transfers.create(
        {
            "amount": 10, "currency": "eur", "destination": account,
            "transfer_group": f"campaign:{scene.row(slug).id}",
        }
    )  # fmt: skip
    scene.travel(days=1)
    scene.work()
    found = back.task(scene, "unknown_transfer")
    assert (found.ours_cents, found.theirs_cents, found.subject_id) == (0, 10, scene.row(slug).id)
    assert len(back.transfers(scene)) == 1
    assert back.balance(scene, ledger.AVAILABLE) == 100_00 - stripe_fee(100_00)
    # The balance differs too, and says so until somebody has dealt with it.
    assert back.tasks(scene) == ["books_differ", "unknown_transfer"]


def test_case_52_a_charge_made_by_hand_in_our_group_is_a_task_that_closes_when_it_is_refunded(scene: Scene) -> None:
    slug, _ = back.collected(scene, 100_00)
    client, card = back.dashboard(scene), scene.stripe.control("cards", "POST", count=1)["cards"][0]
    made = client.v1.payment_intents.create(
        {
            "amount": 30_00, "currency": "eur", **card, "confirm": True, "off_session": True,
            "return_url": "http://127.0.0.1:8000/", "transfer_group": f"campaign:{scene.row(slug).id}",
        }
    )  # fmt: skip
    scene.travel(days=1)
    scene.work()
    found = back.task(scene, "unknown_charge")
    assert (found.ours_cents, found.theirs_cents) == (0, 30_00)
    assert scene.row(slug).raised_cents == 100_00
    client.v1.refunds.create({"payment_intent": made.id})
    scene.travel(days=1)
    scene.work()
    assert "unknown_charge" not in back.tasks(scene)


# -- a campaign cancelled --------------------------------------------------------------------------


def test_a_campaign_cancelled_after_its_success_refunds_and_drops_everybody_and_tells_each_once(scene: Scene) -> None:
    slug = scene.campaign(goal_cents=100_00)
    paid = scene.give(slug, cents=100_00)
    refused, asked = scene.give(slug, card=FAILS_LATER), scene.give(slug, card=ALWAYS_3DS)
    scene.close(slug)
    before = {gift.email: len(scene.mails(gift)) for gift in (paid, refused, asked)}
    cancel(scene, slug)
    scene.work()
    assert scene.pledge(paid).state == PledgeState.REFUNDED
    assert {scene.pledge(gift).state for gift in (refused, asked)} == {PledgeState.DROPPED}
    told = [scene.mails(gift)[before[gift.email] :] for gift in (paid, refused, asked)]
    nothing = "La campagne est annulée : rien n’est débité"
    assert told == [["Remboursement : 100 €"], [nothing], [nothing]]
    assert (scene.row(slug).raised_cents, scene.row(slug).backers_count) == (0, 0)
    scene.travel(days=8)
    scene.work()
    assert back.transfers(scene) == []
    assert_books_equal(scene)


def test_a_live_campaign_cancelled_releases_its_promises(scene: Scene) -> None:
    slug = scene.campaign(goal_cents=100_00)
    gift = scene.give(slug, cents=100_00)
    cancel(scene, slug)
    scene.work()
    assert scene.pledge(gift).state == PledgeState.RELEASED
    assert scene.mails(gift)[-1] == "La campagne est annulée : rien n’est débité"
    assert scene.charges() == []
    assert_books_equal(scene)


def test_a_payment_that_succeeds_while_the_campaign_is_cancelled_is_refunded(scene: Scene) -> None:
    slug = scene.campaign(goal_cents=100_00)
    gift = scene.give(slug, cents=100_00)
    scene.travel_to(scene.row(slug).closes_at)
    fault(scene, "/v1/payment_intents/*/confirm", "drop", phase="after")
    work_without(scene, "poll", "events", "books", rounds=1)
    assert was_played(scene)
    assert (scene.pledge(gift).state, len(scene.charges())) == (PledgeState.CHARGING, 1)
    heal(scene)
    cancel(scene, slug)
    scene.work()
    assert scene.pledge(gift).state == PledgeState.REFUNDED
    assert_books_equal(scene)


def test_a_payment_being_prepared_while_the_campaign_is_cancelled_takes_nothing(scene: Scene) -> None:
    slug = scene.campaign(goal_cents=100_00)
    gift = scene.give(slug, cents=100_00)
    scene.travel_to(scene.row(slug).closes_at)
    fault(scene, "/v1/payment_intents", "drop", phase="after")
    work_without(scene, "operations", rounds=1)
    assert was_played(scene)
    heal(scene)
    cancel(scene, slug)
    wait(scene)
    assert scene.pledge(gift).state == PledgeState.DROPPED
    assert scene.charges() == []
    assert_books_equal(scene)


def test_a_refund_that_fails_in_a_cancelled_campaign_is_asked_for_once_and_then_by_a_person(scene: Scene) -> None:
    slug, (gift,) = back.collected(scene, 100_00, card="4000000000005126")
    cancel(scene, slug)
    scene.work()
    scene.travel(hours=2)
    scene.work()
    assert back.refund(scene, 1).state == RefundState.FAILED
    assert len(back.made_refunds(scene)) == 1
    assert back.tasks(scene) == ["refund_failed"]
    assert scene.pledge(gift).state == PledgeState.PAID
