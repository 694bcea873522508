"""Contributors: promises, card pages left open or filled in late, changes of mind, gifts charged at once."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule

from app.core import clock
from app.core.database import db, transaction
from app.payments.runner import run_chain
from app.pledges import services as pledges
from app.pledges.models import Pledge
from app.settlement import gift_services
from app.settlement.sync import sync_gift
from fake_stripe import shopper
from tests.money.machine.base import CAMPAIGNS, CENTS, INDEX, Base
from tests.support.scene import ALWAYS_3DS, FAILS_LATER, GOOD

REFUND_FAILS_LATER, REFUND_PENDS = "4000000000005126", "4000000000007726"
CARDS = st.sampled_from([GOOD, GOOD, ALWAYS_3DS, FAILS_LATER, REFUND_FAILS_LATER, REFUND_PENDS])


class Giving(Base):
    @rule(number=CAMPAIGNS, cents=CENTS, reward=st.booleans(), same=st.booleans())
    def promise(self, number: int, cents: int, reward: bool, same: bool) -> None:
        with self.acting():
            if self.room() <= 0:
                return
            email = "toujours@exemple.fr" if same else ""
            pledge_id = self.town.promise(
                number, max(cents, 25_00) if reward else cents, with_reward=reward, email=email
            )
            self.acknowledge(pledge_id, "made", True)
            self.remember_page(pledge_id)

    @rule(number=CAMPAIGNS, cents=CENTS, reward=st.booleans())
    def gift(self, number: int, cents: int, reward: bool) -> None:
        """All the way: the form, the card page, and back."""
        with self.acting():
            if self.room() > 0:
                self.town.gift(number, max(cents, 25_00) if reward else cents, with_reward=reward)

    @rule(index=INDEX, card=CARDS, comes_back=st.booleans())
    def fill_card(self, index: int, card: str, comes_back: bool) -> None:
        """A page of Stripe's that somebody has open, however old it is."""
        with self.acting():
            page = self.pick(self.urls, index)
            if page is None:
                return
            try:
                shopper.complete_checkout(page[1], card)
            except shopper.PageRefused:
                return
            if comes_back:
                sync_gift(page[0])

    @rule(index=INDEX)
    def come_back(self, index: int) -> None:
        with self.acting():
            pledge_id = self.pick(self.pledge_ids(), index)
            if pledge_id is not None:
                sync_gift(pledge_id)

    @rule(index=INDEX)
    def try_again(self, index: int) -> None:
        with self.acting():
            pledge_id = self.pick(self.pledge_ids("draft", "abandoned"), index)
            if pledge_id is None:
                return
            with transaction():
                pledges.try_again(db.session.get_one(Pledge, pledge_id), at=clock.now())
            run_chain("pledges", pledge_id)
            self.remember_page(pledge_id)

    @rule(index=INDEX)
    def leave_page(self, index: int) -> None:
        with self.acting():
            pledge_id = self.pick(self.pledge_ids("draft"), index)
            if pledge_id is None:
                return
            with transaction():
                pledges.give_up_draft(db.session.get_one(Pledge, pledge_id), at=clock.now())
            run_chain("pledges", pledge_id)

    @rule(index=INDEX)
    def withdraw(self, index: int) -> None:
        with self.acting():
            pledge_id = self.pick(self.pledge_ids("authorised"), index)
            if pledge_id is None:
                return
            with transaction():
                pledges.withdraw(db.session.get_one(Pledge, pledge_id), at=clock.now())
            self.acknowledge(pledge_id, "withdrawn", True)
            run_chain("pledges", pledge_id)

    @rule(index=INDEX, cents=CENTS)
    def change_amount(self, index: int, cents: int) -> None:
        with self.acting():
            pledge_id = self.pick(self.pledge_ids("authorised"), index)
            if pledge_id is None:
                return
            with transaction():
                pledges.change_amount(db.session.get_one(Pledge, pledge_id), cents, consents=True, at=clock.now())
            self.acknowledge(pledge_id, "cents", cents)

    @rule(index=INDEX, fills=st.booleans())
    def other_card(self, index: int, fills: bool) -> None:
        with self.acting():
            pledge_id = self.pick(self.pledge_ids("authorised"), index)
            if pledge_id is None:
                return
            with transaction():
                pledges.ask_new_card(db.session.get_one(Pledge, pledge_id), at=clock.now())
            run_chain("pledges", pledge_id)
            self.remember_page(pledge_id)
            if fills:
                self.town.fill_card(pledge_id)
                sync_gift(pledge_id)

    @rule(index=INDEX)
    def take_gift_back(self, index: int) -> None:
        with self.acting():
            pledge_id = self.pick(self.pledge_ids("paid", "part_refunded", kind="flexible"), index)
            if pledge_id is None:
                return
            with transaction():
                refund_id = gift_services.take_back(pledge_id, by=None, at=clock.now())
            run_chain("refunds", refund_id)

    @rule(number=st.sampled_from([1, 2]), amounts=st.lists(CENTS, min_size=1, max_size=3), reward=st.booleans())
    def jump_authorised(self, number: int, amounts: list[int], reward: bool) -> None:
        with self.acting():
            self.fuse_free()
            if self.town.is_live(number) and self.room() >= len(amounts):
                self.town.authorised(number, amounts, with_reward=reward)
