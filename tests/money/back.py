"""Money that goes back: asked for by us, decided by banks, or moved by hand in Stripe's own dashboard."""

from __future__ import annotations

from typing import Any

import stripe
from sqlalchemy import select

from app.accounts.models import User
from app.core import clock
from app.core.database import db, transaction
from app.payments import ledger
from app.payments.models import MoneyTask
from app.payments.runner import run_chain
from app.pledges.models import Pledge
from app.settlement import refund_services as refunds
from app.settlement.models import Charge, Dispute, Refund, RefundReason, Reversal, Transfer
from tests.support.scene import GOOD, Gift, Scene

DISPUTE_FEE = 20_00


def stripe_fee(cents: int) -> int:
    """What the stand-in takes of a charge."""
    return (cents * 15 + 500) // 1000 + 25


def collected(scene: Scene, *amounts: int, fee_bps: int = 0, card: str = GOOD, **more: Any) -> tuple[str, list[Gift]]:
    """A campaign that has succeeded, each of its promises charged; nothing passed on."""
    slug = scene.campaign(goal_cents=100_00, fee_bps=fee_bps, **more)
    gifts = [scene.give(slug, cents=cents, card=card) for cents in amounts]
    scene.close(slug)
    assert len(scene.charges()) >= len(amounts)
    return slug, gifts


def pass_on(scene: Scene, slug: str) -> None:
    """Two treasurers agree, the hold passes, the worker works."""
    scene.approve_payout(slug)
    scene.travel(days=7, minutes=5)
    scene.work()


def passed_on(scene: Scene, *amounts: int, **more: Any) -> tuple[str, list[Gift]]:
    """The same campaign, its money on the holder's account."""
    slug, gifts = collected(scene, *amounts, **more)
    pass_on(scene, slug)
    assert len(transfers(scene)) == len(amounts)
    return slug, gifts


def give_back(scene: Scene, gift: Gift, cents: int | None = None, reason: RefundReason = RefundReason.GOODWILL) -> int:
    """Ask, and run what it plans; the id of the refund. Errors: those of `refunds.ask`."""
    refund_id = ask_back(scene, gift, cents, reason)
    with scene.app.app_context():
        for subject, wanted in (("reversals", Reversal), ("refunds", Refund)):
            for one in list(db.session.scalars(select(wanted.id))):
                db.session.rollback()
                run_chain(subject, one)
    scene.work(2)
    return refund_id


def ask_back(scene: Scene, gift: Gift, cents: int | None = None, reason: RefundReason = RefundReason.GOODWILL) -> int:
    """Written down only: Stripe is not asked yet."""
    with scene.app.app_context(), transaction():
        pledge = db.session.scalars(select(Pledge).where(Pledge.public_id == gift.public_id)).one()
        return refunds.ask(pledge, reason=reason, amount_cents=cents, at=clock.now()).id


def refund(scene: Scene, refund_id: int) -> Refund:
    with scene.app.app_context():
        return db.session.get_one(Refund, refund_id)


def charge_of(scene: Scene, gift: Gift) -> Charge:
    with scene.app.app_context():
        return db.session.scalars(
            select(Charge).join(Pledge, Pledge.id == Charge.pledge_id).where(Pledge.public_id == gift.public_id)
        ).one()


def transfer_of(scene: Scene, gift: Gift) -> Transfer:
    with scene.app.app_context():
        return db.session.scalars(select(Transfer).where(Transfer.charge_id == charge_of(scene, gift).id)).one()


def reversals(scene: Scene) -> list[Reversal]:
    with scene.app.app_context():
        return list(db.session.scalars(select(Reversal).order_by(Reversal.id)))


def dispute(scene: Scene) -> Dispute:
    with scene.app.app_context():
        return db.session.scalars(select(Dispute)).one()


def balance(scene: Scene, account: str) -> int:
    with scene.app.app_context():
        return ledger.balance(account)


def left_to(scene: Scene, slug: str) -> int:
    """What the ledger owes to a campaign."""
    return -balance(scene, ledger.of_campaign(scene.row(slug).id))


def tasks(scene: Scene) -> list[str]:
    """The kinds of tasks that wait for a person."""
    with scene.app.app_context():
        return list(
            db.session.scalars(select(MoneyTask.kind).where(MoneyTask.closed_at.is_(None)).order_by(MoneyTask.kind))
        )


def task(scene: Scene, kind: str) -> MoneyTask:
    """The one open task of its kind."""
    with scene.app.app_context():
        return db.session.scalars(select(MoneyTask).where(MoneyTask.kind == kind, MoneyTask.closed_at.is_(None))).one()


def holder_mails(scene: Scene, slug: str) -> list[str]:
    with scene.app.app_context():
        address = db.session.get_one(User, scene.row(slug).owner_id).email
    return [mail.subject for mail in scene.mailbox.fetch(address)]


# -- Stripe's side -------------------------------------------------------------------------------


def dashboard(scene: Scene) -> stripe.StripeClient:
    """Somebody at Stripe's own dashboard."""
    return stripe.StripeClient(scene.stripe.key, base_addresses={"api": scene.stripe.url})


def transfers(scene: Scene) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = scene.stripe.control("state")["transfers"]
    return found


def made_refunds(scene: Scene) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = scene.stripe.control("state")["refunds"]
    return found


def holder_balance(scene: Scene) -> int:
    """Cents on the one holder's account at Stripe."""
    return sum(one["balance"].get("eur", 0) for one in scene.stripe.control("state")["accounts"])


def empty_holder(scene: Scene) -> None:
    """The holder's bank has it all: nothing is left to take back."""
    for one in scene.stripe.control("state")["accounts"]:
        scene.stripe.control("accounts", "POST", id=one["id"], payout=True)


def refill_holder(scene: Scene) -> None:
    """Their bank has sent it back."""
    for one in scene.stripe.control("state")["accounts"]:
        scene.stripe.control("accounts", "POST", id=one["id"], payout=False)


def next_share(received_cents: int, before_cents: int, cents: int, of_cents: int = 100_00) -> int:
    """The holder's part of `cents`, half up, after `before_cents` have gone."""

    def part(gone: int) -> int:
        return (2 * received_cents * gone + of_cents) // (2 * of_cents)

    return part(before_cents + cents) - part(before_cents)


def contest(scene: Scene, gift: Gift, **more: Any) -> str:
    """The contributor goes to their bank; we hear of it."""
    made = scene.stripe.control("disputes", "POST", charge=charge_of(scene, gift).stripe_charge, **more)
    scene.work(2)
    return str(made["id"])


def decide(scene: Scene, dispute_id: str, outcome: str) -> None:
    """The bank decides; we hear of it."""
    scene.stripe.control("disputes", "POST", id=dispute_id, outcome=outcome)
    scene.work(2)
