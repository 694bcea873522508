"""The moments that examples begin from: an empty town, one full of dangerous states, one that waits for repairs,
one where orders of each kind are due and no worker has come yet."""

from __future__ import annotations

from contextlib import suppress

from app.core import clock
from app.core.database import db, transaction
from app.payments import poller
from app.pledges.models import Pledge
from app.settlement import charge_services, refund_services
from app.settlement.models import RefundReason
from tests.money.machine.people import AON, AON_REFUNDS, FLEX, Town
from tests.money.machine.world import World


def make_all(world: World) -> Town:
    town = Town(world)

    def blank(_: World) -> None:
        town.ids.clear()
        town.build()

    def rich(made: World) -> None:
        """Passed on, paid and waiting for its hold; a dispute, a refund under way; gifts of a running campaign."""
        blank(made)
        ids = town.paid(AON, [60_10, 59_90], with_reward=True)
        town.gift(FLEX, 33_33, with_reward=True)
        town.gift(FLEX, 10_01)
        made.travel(days=7, hours=1)
        town.pass_on(AON)
        town.paid(AON_REFUNDS, [101_00, 33_35])
        with transaction():
            pledge = charge_services.locked(ids[0])
            refund_services.ask(pledge, reason=RefundReason.GOODWILL, amount_cents=10_01, at=clock.now())
        poller.poll()
        made.ring_all()

    def repairing(made: World) -> None:
        """A card refused, a bank that asks, an answer that never came, and a contested charge."""
        blank(made)
        ids = town.due(AON, [50_00, 51_00, 52_00], with_reward=True)
        cards = [db.session.get_one(Pledge, one).payment_method for one in ids]
        db.session.rollback()
        made.fake.control("payment_methods", id=cards[0], decline="insufficient_funds")
        made.fake.control("payment_methods", id=cards[1], asks=True)
        made.ring("collection")
        made.travel(minutes=10)
        contested = town.paid(AON_REFUNDS, [120_00])
        charge = next(one for one in made.fake.control("state")["charges"] if one["amount"] == 120_00)
        made.fake.control("disputes", charge=charge["id"])
        made.travel(minutes=10)
        poller.poll()
        made.ring_all()
        assert contested

    def waiting(made: World) -> None:
        """Promises due, a transfer approved, a refund asked: for the worker that comes, and the one beside it."""
        blank(made)
        town.paid(AON, [60_10, 59_90])
        gift = town.gift(FLEX, 33_33)
        made.travel(days=7, hours=1)
        poller.poll()
        made.ring_all()
        town.approve(AON)
        town.due(AON_REFUNDS, [101_00, 33_35])
        with transaction():
            refund_services.ask(
                charge_services.locked(gift), reason=RefundReason.GOODWILL, amount_cents=10_01, at=clock.now()
            )

    for name, tell in (("blank", blank), ("rich", rich), ("repairing", repairing), ("waiting", waiting)):
        with suppress(StopIteration):
            world.make(name, tell)
    return town
