"""A platform on which everything has happened at Stripe and little of it was told to us.

Refusals, banks that ask, cards replaced, answers lost, pages left: one promise for each, and the notifications
of all of them waiting to be delivered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from app.campaigns.models import Campaign, Reward
from app.campaigns.rules import FundingKind
from app.core.database import db
from app.core.outbox import OutboxMail
from app.payments.models import EventState, LedgerTransaction, MoneyTask, StripeEvent, StripeOperation
from app.payments.rules import OPEN_STATES
from app.pledges.models import Pledge
from app.pledges.rules import PledgeState
from app.settlement.models import Attempt, Charge, Dispute, Refund
from fake_stripe import shopper
from tests.money import back
from tests.money.bells import happened
from tests.money.support import fault, made_twice, work_without
from tests.support.scene import ALWAYS_3DS, FAILS_LATER, GOOD, NO_FUNDS_AFTER_3DS, Gift, Scene

UNTOLD = ("events", "poll")  # the worker's ears
EXPECTED = {
    "refused, then another card": PledgeState.PAID,
    "agreed at the bank": PledgeState.PAID,
    "agreed, then no funds": PledgeState.NEEDS_CARD,
    "refused at the bank": PledgeState.NEEDS_ACTION,
    "answer lost": PledgeState.PAID,
    "card given": PledgeState.AUTHORISED,
    "page expired": PledgeState.ABANDONED,
    "card replaced": PledgeState.AUTHORISED,
    "paid at once": PledgeState.PAID,
    "paid, then a part given back": PledgeState.PART_REFUNDED,
    "paid, then contested": PledgeState.DISPUTED,
    "payment page expired": PledgeState.ABANDONED,
}


@dataclass
class Tale:
    """`events`: Stripe's notifications, oldest first; `gifts`: what has happened → whose promise it is."""

    scene: Scene
    gifts: dict[str, Gift] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)


def tell(scene: Scene) -> Tale:
    tale = Tale(scene)
    _collected(tale)
    _live(tale)
    scene.travel(minutes=70)  # the pages that were left open expire
    tale.events = happened(scene)
    assert set(tale.gifts) == set(EXPECTED)
    return tale


def _collected(tale: Tale) -> None:
    """A campaign that has succeeded, on the day of the charge."""
    scene, gifts = tale.scene, tale.gifts
    slug = scene.campaign(goal_cents=100_00, stock=None, account=False)
    scene.travel(days=5)
    cards = {
        "refused, then another card": FAILS_LATER, "agreed at the bank": ALWAYS_3DS,
        "agreed, then no funds": NO_FUNDS_AFTER_3DS, "refused at the bank": ALWAYS_3DS, "answer lost": GOOD,
    }  # fmt: skip
    for number, (name, card) in enumerate(cards.items()):
        gifts[name] = scene.give(slug, cents=100_00 + number, card=card, reward=_reward(scene, slug))
    scene.travel_to(scene.row(slug).closes_at)
    work_without(scene, *UNTOLD, "collection", "operations")
    last = scene.pledge(gifts["answer lost"])
    fault(scene, "/v1/payment_intents/*/confirm", "drop", phase="after", contains=last.payment_method)
    work_without(scene, *UNTOLD, rounds=1)
    assert scene.pledge(gifts["answer lost"]).state == PledgeState.CHARGING
    shopper.complete_checkout(_location(tale, "refused, then another card", "/carte"))
    shopper.authenticate_payment(_location(tale, "agreed at the bank", "/confirmer"))
    shopper.authenticate_payment(_location(tale, "agreed, then no funds", "/confirmer"))
    shopper.authenticate_payment(_location(tale, "refused at the bank", "/confirmer"), authorise=False)


def _live(tale: Tale) -> None:
    """Campaigns that still run, one of each kind."""
    scene, gifts = tale.scene, tale.gifts
    slug = scene.campaign(goal_cents=900_00, account=False)
    gifts["card given"] = scene.promise(slug, cents=30_00, reward=_reward(scene, slug))
    scene.fill_card(gifts["card given"])
    gifts["page expired"] = scene.promise(slug, cents=31_00, reward=_reward(scene, slug))
    gifts["card replaced"] = scene.give(slug, cents=32_00)
    shopper.complete_checkout(_location(tale, "card replaced", "/carte"), "4000003800000446")

    flexible = scene.campaign(goal_cents=900_00, account=False, kind=FundingKind.FLEXIBLE)
    gifts["paid at once"] = scene.promise(flexible, cents=40_00, reward=_reward(scene, flexible))
    scene.fill_card(gifts["paid at once"])
    gifts["paid, then a part given back"] = scene.promise(flexible, cents=41_00)
    scene.fill_card(gifts["paid, then a part given back"], ALWAYS_3DS)
    gifts["paid, then contested"] = scene.promise(flexible, cents=43_00)
    scene.fill_card(gifts["paid, then contested"])
    gifts["payment page expired"] = scene.promise(flexible, cents=42_00)
    paid = {one["metadata"]["pledge"]: one["id"] for one in scene.charges()}
    given_back, contested = gifts["paid, then a part given back"], gifts["paid, then contested"]
    back.dashboard(scene).v1.refunds.create({"charge": paid[given_back.public_id], "amount": 11_00})
    scene.stripe.control("disputes", "POST", charge=paid[contested.public_id])


def _reward(scene: Scene, slug: str) -> str:
    return str(scene.reward(slug).id)


def _location(tale: Tale, name: str, button: str) -> str:
    return str(tale.scene.press(tale.gifts[name], button).headers["Location"])


# -- how it ended --------------------------------------------------------------------------------


def end_state(tale: Tale) -> dict[str, Any]:
    """All that may differ between two ends, without what always does (row ids, instants, ids given by Stripe since)."""
    scene = tale.scene
    truth = scene.stripe.control("state")
    names = {gift.public_id: name for name, gift in tale.gifts.items()}
    with scene.app.app_context():
        pledges = {one.id: one for one in db.session.scalars(select(Pledge))}
        name_of: Callable[[int], str] = lambda pledge_id: names[pledges[pledge_id].public_id]  # noqa: E731  (two words)
        found = {
            "pledges": {
                name_of(one.id): [
                    str(one.state), one.amount_cents, one.refunded_cents, one.payment_intent, one.payment_method,
                    one.attempts_count, one.last_decline, one.paid_at is not None, one.first_declined_at is not None,
                ]
                for one in pledges.values()
            },
            "totals": sorted(
                (one.slug, str(one.state), one.raised_cents, one.backers_count)
                for one in db.session.scalars(select(Campaign))
            ),
            "stock": sorted((one.campaign_id, one.stock_left, one.chosen_count) for one in _all(Reward)),
            "charges": sorted((name_of(one.pledge_id), one.amount_cents, one.fee_cents) for one in _all(Charge)),
            "attempts": sorted((name_of(one.pledge_id), one.number, str(one.state)) for one in _all(Attempt)),
            "refunds": sorted((one.amount_cents, str(one.state), one.reason) for one in _all(Refund)),
            "disputes": sorted((one.amount_cents, str(one.state)) for one in _all(Dispute)),
            "tasks": sorted((one.kind, one.closed_at is None) for one in _all(MoneyTask)),
            "ledger": sorted(
                (one.kind, sorted((line.account, line.amount_cents) for line in one.entries))
                for one in _all(LedgerTransaction)
            ),
            "mails": sorted((one.to_address, one.subject) for one in _all(OutboxMail)),
            "calls under way": [one.kind for one in _all(StripeOperation) if one.state in OPEN_STATES],
            "events not understood": [
                one.type for one in _all(StripeEvent) if one.state not in (EventState.DONE, EventState.IGNORED)
            ],
        }  # fmt: skip
        db.session.rollback()
    taken = Counter(one["metadata"]["pledge"] for one in truth["charges"] if one["status"] == "succeeded")
    return found | {
        "taken": sorted((names[public_id], count) for public_id, count in taken.items()),
        "intents": sorted((one["id"], one["status"]) for one in truth["payment_intents"]),
        "cards kept": sorted(one["id"] for one in truth["payment_methods"] if one["customer"]),
        "made twice": made_twice(scene),
    }


def _all(model: type) -> list[Any]:
    return list(db.session.scalars(select(model)))
