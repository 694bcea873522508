"""Passing the money on: not before its conditions, once, to the cent; and the books side by side."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from app.campaigns.models import Campaign
from app.campaigns.rules import CampaignState
from app.core.database import db, transaction
from app.payments import ledger
from app.payments.models import LedgerEntry, LedgerTransaction, PaymentAccount
from app.settlement import jobs
from app.settlement.models import Charge, Transfer, TransferState
from tests.builders import a_user, sign_in
from tests.support.scene import FAILS_LATER, Scene


def sent(scene: Scene) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = scene.stripe.control("state")["transfers"]
    return found


def stripe_fee(cents: int) -> int:
    return (cents * 15 + 500) // 1000 + 25


def owner_of(scene: Scene, slug: str) -> int:
    return scene.row(slug).owner_id


def flip_account(scene: Scene, slug: str, status: str) -> None:
    """The holder's account as Stripe has it; we are not told."""
    with scene.app.app_context():
        account = db.session.query(PaymentAccount).filter_by(user_id=owner_of(scene, slug)).one().stripe_account
    scene.stripe.control("accounts", "POST", id=account, status=status)


def collected(scene: Scene, *amounts: int, fee_bps: int = 0, account: bool = True) -> str:
    """The slug of a campaign that succeeded; two treasurers have let its money leave."""
    slug = scene.campaign(goal_cents=100_00, fee_bps=fee_bps, account=account)
    for cents in amounts:
        scene.give(slug, cents=cents)
    scene.close(slug)
    assert len(scene.charges()) == len(amounts)
    scene.approve_payout(slug)
    return slug


def test_nothing_leaves_before_the_hold_is_over(scene: Scene) -> None:
    slug = collected(scene, 100_00)
    scene.travel(days=6, hours=23)
    scene.work()
    assert sent(scene) == []
    scene.travel(hours=2)
    scene.work()
    assert [one["amount"] for one in sent(scene)] == [100_00 - stripe_fee(100_00)]
    assert scene.row(slug).state == CampaignState.SETTLED


def test_nothing_leaves_while_a_contribution_is_being_repaired(scene: Scene) -> None:
    slug = scene.campaign(goal_cents=100_00)
    scene.give(slug, cents=100_00)
    gift = scene.give(slug, card=FAILS_LATER)
    scene.close(slug)
    scene.travel(days=6)
    scene.work(1)
    with scene.app.app_context():
        settings = scene.app.config["SETTINGS"]
        assert settings.hold_days * 24 == settings.repair_hours
    assert sent(scene) == []
    assert scene.pledge(gift).state == "needs_card"


def test_fees_are_shared_to_the_cent_and_the_sum_is_the_whole(scene: Scene) -> None:
    amounts = (33_33, 33_33, 33_34, 1_01)
    slug = collected(scene, *amounts, fee_bps=333)
    scene.travel(days=7, minutes=5)
    scene.work()
    whole = (sum(amounts) * 333 + 5_000) // 10_000
    with scene.app.app_context():
        made = db.session.query(Transfer).order_by(Transfer.id).all()
        assert sum(one.platform_fee_cents for one in made) == whole
        assert ledger.balance(ledger.of_campaign(scene.row(slug).id)) == 0
        assert ledger.balance(ledger.FEES_PLATFORM) == -whole
        assert ledger.balance(ledger.FEES_PSP) == 0
        assert ledger.balance(ledger.AVAILABLE) == whole
    assert sum(one["amount"] for one in sent(scene)) == sum(amounts) - whole - sum(map(stripe_fee, amounts))


def test_each_transfer_draws_on_its_own_charge_and_none_is_made_twice(scene: Scene) -> None:
    slug = collected(scene, 60_00, 60_00)
    scene.travel(days=7, minutes=5)
    with scene.app.app_context():
        jobs.pay_out()
        jobs.pay_out()
    scene.work()
    scene.work()
    assert len(sent(scene)) == 2
    assert {one["source_transaction"] for one in sent(scene)} == {one["id"] for one in scene.charges()}
    assert {one["transfer_group"] for one in sent(scene)} == {f"campaign:{scene.row(slug).id}"}


def test_a_holder_without_an_account_is_told_once_and_the_money_waits(scene: Scene) -> None:
    slug = collected(scene, 100_00, account=False)
    scene.travel(days=8)
    scene.work()
    scene.work()
    assert sent(scene) == []
    with scene.app.app_context():
        email = db.session.get_one(Campaign, scene.row(slug).id).owner.email
    subjects = [mail.subject for mail in scene.mailbox.fetch(email)]
    assert subjects.count("Votre compte de paiement doit être complété") == 1
    scene.open_account(owner_of(scene, slug))
    scene.approve_payout(slug)  # nobody had seen this account when the first approval was given
    scene.work()
    assert sent(scene) == [], "a new account waits for three days"
    scene.travel(hours=72)
    scene.work()
    assert len(sent(scene)) == 1
    assert scene.row(slug).state == CampaignState.SETTLED


def test_an_account_restricted_meanwhile_is_asked_about_before_anything_leaves(scene: Scene) -> None:
    slug = collected(scene, 100_00)
    flip_account(scene, slug, "restricted")
    scene.travel(days=8)
    scene.work()
    assert sent(scene) == []
    assert scene.row(slug).state == CampaignState.SUCCEEDED
    flip_account(scene, slug, "active")
    scene.travel(hours=2)
    scene.work()
    assert len(sent(scene)) == 1


def test_a_transfer_that_stripe_refuses_waits_and_goes_later_once(scene: Scene) -> None:
    slug = collected(scene, 60_00, 60_00)
    scene.travel(days=8)
    with scene.app.app_context():
        jobs.pay_out()  # Stripe said active a moment ago
    flip_account(scene, slug, "restricted")
    scene.work(1)
    with scene.app.app_context():
        assert {one.state for one in db.session.query(Transfer)} == {TransferState.BLOCKED}
    assert scene.row(slug).state == CampaignState.SUCCEEDED
    flip_account(scene, slug, "active")
    scene.travel(hours=2)
    scene.work()
    assert len(sent(scene)) == 2
    assert scene.row(slug).state == CampaignState.SETTLED
    assert scene.check().exit_code == 0


def test_a_lost_answer_makes_no_second_transfer(scene: Scene) -> None:
    collected(scene, 100_00)
    scene.travel(days=8)
    rule = {"method": "POST", "path": "/v1/transfers", "action": "drop", "phase": "after", "times": 2}
    scene.stripe.control("faults", "POST", **rule)
    for _ in range(4):
        scene.work(1)
        scene.travel(minutes=6)
    scene.travel(hours=30)
    scene.work()
    assert len(sent(scene)) == 1
    assert scene.check().exit_code == 0


def test_at_an_absurd_rate_the_small_gift_is_not_transferred_below_zero(scene: Scene) -> None:
    slug = collected(scene, 1_00, 99_00, fee_bps=10_000)
    scene.travel(days=8)
    scene.work()
    assert sent(scene) == []
    assert scene.row(slug).state == CampaignState.SETTLED
    assert scene.check().exit_code == 0


def test_a_success_of_which_nothing_could_be_collected_ends_too(scene: Scene) -> None:
    slug = scene.campaign(goal_cents=100_00, account=False)
    scene.give(slug, cents=100_00, card=FAILS_LATER)
    scene.close(slug)
    scene.travel(days=8)
    scene.work()
    assert scene.row(slug).state == CampaignState.SETTLED
    assert scene.row(slug).raised_cents == 0


def test_the_holder_reads_every_figure_to_the_cent_and_nobody_else_does(scene: Scene) -> None:
    slug = collected(scene, 100_00, 12_51, fee_bps=500)
    scene.travel(days=8)
    scene.work()
    with scene.app.app_context():
        holder = sign_in(scene.app, db.session.get_one(Campaign, scene.row(slug).id).owner, proved=True)
        stranger = sign_in(scene.app, a_user())
    page = holder.get(f"/mes-campagnes/{slug}/argent").get_data(as_text=True)
    net = 112_51 - stripe_fee(100_00) - stripe_fee(12_51) - 5_63
    for words in ("112,51\u00a0€", "5,63\u00a0€", f"{net // 100},{net % 100:02d}\u00a0€", "fait le"):
        assert words in page, words
    assert stranger.get(f"/mes-campagnes/{slug}/argent").status_code == 404
    assert scene.app.test_client().get(f"/mes-campagnes/{slug}/argent").status_code == 303
    statement = scene.mailbox.last(holder.email)
    assert statement.subject == "L’argent de votre campagne est versé"
    assert f"{net // 100},{net % 100:02d}\u00a0€" in statement.text


def test_the_money_page_before_any_charge_says_when_the_first_comes(scene: Scene) -> None:
    slug = scene.campaign()
    scene.give(slug, cents=12_50)
    with scene.app.app_context():
        holder = sign_in(scene.app, db.session.get_one(Campaign, scene.row(slug).id).owner, proved=True)
    page = holder.get(f"/mes-campagnes/{slug}/argent").get_data(as_text=True)
    assert "12,50\u00a0€" in page
    assert "Rien n’est débité avant le" in page


# -- flask payments check ------------------------------------------------------------------------


def test_the_books_are_equal_at_every_stage(scene: Scene) -> None:
    slug = scene.campaign(goal_cents=100_00)
    gift = scene.give(slug, cents=100_00)
    scene.promise(slug)
    assert scene.check().exit_code == 0
    scene.press(gift, "/montant", amount="150", consents="y")
    assert scene.check().exit_code == 0
    scene.travel(minutes=61)
    scene.close(slug)
    assert scene.check().exit_code == 0
    scene.approve_payout(slug)
    scene.travel(days=8)
    scene.work()
    answer = scene.check()
    assert answer.exit_code == 0
    assert "0 differences" in answer.output


def corrupt_total(slug: str) -> None:
    db.session.query(Campaign).filter_by(slug=slug).one().raised_cents += 1


def corrupt_charge(slug: str) -> None:
    db.session.query(Charge).first().amount_cents += 1


def corrupt_fee(slug: str) -> None:
    db.session.query(Charge).first().fee_cents += 1


def corrupt_ledger(slug: str) -> None:
    fact = db.session.query(LedgerTransaction).first()
    db.session.add(LedgerEntry(transaction_id=fact.id, account="psp:available", amount_cents=1))


@pytest.mark.parametrize("corrupt", [corrupt_total, corrupt_charge, corrupt_fee, corrupt_ledger])
def test_one_cent_too_many_in_any_book_is_found(scene: Scene, corrupt: Any) -> None:
    slug = collected(scene, 100_00)
    with scene.app.app_context(), transaction():
        corrupt(slug)
    answer = scene.check()
    assert answer.exit_code == 1
    assert "≠" in answer.output


def test_a_charge_made_behind_our_back_is_found(scene: Scene) -> None:
    slug = collected(scene, 100_00)
    client = stripe.StripeClient(scene.stripe.key, base_addresses={"api": scene.stripe.url})
    metadata = scene.charges()[0]["metadata"]
    customer = client.v1.customers.create({"email": "x@exemple.fr"})
    client.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    intent = client.v1.payment_intents.create(
        {
            "amount": 500,
            "currency": "eur",
            "customer": customer.id,
            "allowed_payment_method_types": ["card"],
            "metadata": metadata,
            "transfer_group": f"campaign:{scene.row(slug).id}",
        }
    )
    methods = client.v1.payment_methods.list({"customer": customer.id})
    client.v1.payment_intents.confirm(intent.id, {"payment_method": methods.data[0].id, "off_session": True})
    answer = scene.check()
    assert answer.exit_code == 1
    assert "charged twice" in answer.output


def test_without_stripe_the_comparison_says_so(scene: Scene) -> None:
    collected(scene, 100_00)
    scene.stripe.kill()
    try:
        assert scene.check().exit_code == 2
    finally:
        scene.stripe.restart()
