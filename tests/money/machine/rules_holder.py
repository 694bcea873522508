"""The way to the holder: two approvals, the hold, accounts that cannot receive, transfers under every fault."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import select

from app.campaigns.models import Campaign
from app.core import clock
from app.core.database import db, transaction
from app.payments import payees
from app.settlement import payout_queries, payout_services
from app.settlement.models import Payout
from tests.money.machine.base import CAMPAIGNS, HOW, INDEX, PATHS, Base
from tests.money.machine.people import AON, AON_REFUNDS, FLEX

WITH_ACCOUNT = st.sampled_from([AON, AON_REFUNDS, FLEX])


class Holding(Base):
    @rule(number=CAMPAIGNS)
    def prepare_payout(self, number: int) -> None:
        with self.acting(), transaction():
            payout_services.prepare_payout(self.town.ids[number], by=self.town.treasurers[0], at=clock.now())

    @rule(index=INDEX, person=st.sampled_from([0, 1]))
    def approve_payout(self, index: int, person: int) -> None:
        with self.acting():
            payout_id = self.pick(self.rows(select(Payout.id).where(Payout.state == "prepared")), index)
            if payout_id is not None:
                with transaction():
                    payout = payout_queries.get_payout(payout_id)
                    payout_services.approve_payout(payout, by=self.town.treasurers[person], at=clock.now())

    @rule(index=INDEX)
    def withdraw_payout(self, index: int) -> None:
        with self.acting():
            payout_id = self.pick(self.rows(select(Payout.id).where(Payout.state != "withdrawn")), index)
            if payout_id is not None:
                self.stop_payout(payout_id)

    def stop_payout(self, payout_id: int) -> None:
        with transaction():
            payout = payout_queries.get_payout(payout_id)
            payout_services.withdraw_payout(payout, by=self.town.treasurers[1], at=clock.now())

    @rule(number=WITH_ACCOUNT, harm=st.one_of(st.none(), HOW), hours=st.sampled_from([0, 25]))
    def pass_on(self, number: int, harm: str | None, hours: int) -> None:
        """After the hold, approved by two."""
        with self.acting():
            self.world.travel(days=7, minutes=1)
            self.town.approve(number)
            if harm is not None:
                self.world.harm(PATHS["transfer"], harm)
            self.world.ring("transfers", "operations")
            if harm is not None:
                self.world.travel(hours=hours, minutes=6)
                self.world.ring("operations")

    @rule(number=WITH_ACCOUNT)
    def jump_passed_on(self, number: int) -> None:
        """A campaign whose money has reached its holder, in one step."""
        with self.acting():
            self.fuse_free()
            if self.town.is_live(number) and self.room() > 1:
                if number == FLEX:
                    self.town.gift(number, 77_77)
                    self.town.end(number)
                else:
                    self.town.paid(number, [100_10, 13_30])
                self.world.travel(days=7, minutes=1)
                self.town.pass_on(number)

    @rule(number=WITH_ACCOUNT)
    def jump_one_still_open(self, number: int) -> None:
        """One is paid, one is being repaired, the hold is over: nothing may leave."""
        with self.acting():
            self.fuse_free()
            if number == FLEX or not self.town.is_live(number) or self.room() < 2:
                return
            self.town.authorised(number, [100_00])
            self.town.authorised(number, [40_00], decline="lost_card")
            self.town.end(number)
            self.world.travel(days=6, hours=23)
            self.world.ring("collection")
            self.world.travel(hours=2)
            self.town.approve(number)
            self.world.ring("transfers", "operations")

    @rule(number=WITH_ACCOUNT)
    def approve_then_more_is_open(self, number: int) -> None:
        """Only one person has prepared, the hold is over."""
        with self.acting():
            self.world.travel(days=7, minutes=1)
            try:
                with transaction():
                    payout_services.prepare_payout(self.town.ids[number], by=self.town.treasurers[0], at=clock.now())
            finally:
                self.world.ring("transfers", "operations")

    @rule(number=WITH_ACCOUNT, status=st.sampled_from(["restricted", "active", "pending"]), is_heard=st.booleans())
    def account_changes(self, number: int, status: str, is_heard: bool) -> None:
        with self.acting():
            account = self.account_of(number)
            self.world.fake.control("accounts", id=account, status=status)
            if is_heard:
                payees.refresh(self.owner_of(number))

    @rule(number=WITH_ACCOUNT)
    def account_emptied(self, number: int) -> None:
        """The holder has taken all out: what must come back is owed."""
        with self.acting():
            self.world.fake.control("accounts", id=self.account_of(number), payout=True)

    @rule(number=WITH_ACCOUNT)
    def restricted_while_it_leaves(self, number: int) -> None:
        with self.acting():
            account = self.account_of(number)
            self.world.travel(days=7, minutes=1)
            self.town.approve(number)
            self.during("before", lambda: self.world.fake.control("accounts", id=account, status="restricted"))
            self.world.ring("transfers", "operations")
            self.world.fake.control("accounts", id=account, status="active")
            self.world.travel(hours=2)
            self.world.ring("payees", "blocked transfers", "operations")

    @rule(number=WITH_ACCOUNT, what=st.sampled_from(["contest", "stop", "cancel"]))
    def changed_while_stripe_is_asked(self, number: int, what: str) -> None:
        """The account is asked about outside any lock: what was true before may not be true after."""
        with self.acting():
            self.world.travel(days=7, minutes=1)
            self.town.approve(number)
            payouts = self.rows(select(Payout.id).where(Payout.state == "approved").order_by(Payout.id.desc()))
            acts = {
                "contest": lambda: self.contest_all(number),
                "stop": lambda: self.stop_payout(payouts[0]),
                "cancel": lambda: self.cancel_now(number),  # type: ignore[attr-defined]  # of the rules beside
            }
            if payouts:
                self.during("question", acts[what])
                self.world.ring("transfers", "operations")

    def contest_all(self, number: int) -> None:
        mine = f"campaign:{self.town.ids[number]}"
        for one in self.world.fake.control("state")["charges"]:
            if one["transfer_group"] == mine and one["status"] == "succeeded" and not one["disputed"]:
                self.world.fake.control("disputes", charge=one["id"])
        self.hear()

    def owner_of(self, number: int) -> int:
        owner_id = db.session.get_one(Campaign, self.town.ids[number]).owner_id
        db.session.rollback()
        return owner_id

    def account_of(self, number: int) -> str:
        return payees.stripe_account_of(self.owner_of(number))
