"""Money that goes back: refunds asked, lost, failing later; disputes; Stripe's dashboard; cancelled campaigns."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import select

from app.campaigns.models import Campaign
from app.core import clock
from app.core.database import db, transaction
from app.payments.runner import run_chain
from app.settlement import charge_services
from app.settlement import refund_services as refunds
from app.settlement.models import Charge, Dispute, Refund, RefundReason
from app.treasury import services as treasury
from tests.money.machine.base import CAMPAIGNS, HOW, INDEX, PATHS, Base

SHARES = st.sampled_from([1, 10, 25, 50, 60, 100, 130])  # per cent of the charge


class GivingBack(Base):
    def charged(self, index: int) -> Charge | None:
        return self.pick(self.rows(select(Charge).order_by(Charge.id)), index)

    def propose(self, index: int, percent: int, *, same_person: bool = False) -> int | None:
        charge = self.charged(index)
        if charge is None:
            return None
        cents, first, second = max(1, charge.amount_cents * percent // 100), *self.town.treasurers
        with transaction():
            refund_id = refunds.propose(
                charge_services.locked(charge.pledge_id), reason=RefundReason.GOODWILL, amount_cents=cents, by=first,
                words="", at=clock.now(),
            ).id  # fmt: skip
        with transaction():
            by = first if same_person else second
            refunds.approve(db.session.get_one(Refund, refund_id), by=by, at=clock.now())
        return refund_id

    @rule(index=INDEX, percent=SHARES)
    def propose_only(self, index: int, percent: int) -> None:
        with self.acting():
            charge = self.charged(index)
            if charge is None:
                return
            with transaction():
                refunds.propose(
                    charge_services.locked(charge.pledge_id), reason=RefundReason.GOODWILL,
                    amount_cents=max(1, charge.amount_cents * percent // 100), by=self.town.treasurers[0], words="",
                    at=clock.now(),
                )  # fmt: skip

    @rule(index=INDEX, person=st.sampled_from([0, 1]))
    def approve_refund(self, index: int, person: int) -> None:
        with self.acting():
            waiting = self.rows(select(Refund.id).where(Refund.state == "proposed").order_by(Refund.id))
            refund_id = self.pick(waiting, index)
            if refund_id is None:
                return
            with transaction():
                refund = db.session.get_one(Refund, refund_id)
                refunds.approve(refund, by=self.town.treasurers[person], at=clock.now())
            run_chain("refunds", refund_id)

    @rule(index=INDEX, percent=SHARES, harm=st.one_of(st.none(), HOW), twice=st.booleans())
    def refund(self, index: int, percent: int, harm: str | None, twice: bool) -> None:
        with self.acting():
            for _ in range(1 + twice):
                refund_id = self.propose(index, percent)
                if harm is not None:
                    self.world.harm(PATHS["refund"], harm)
                if refund_id is not None:
                    self.world.ring("operations")

    @rule(
        index=INDEX, harm=st.sampled_from(["lost_after", "500_after", "sticky_after"]), hours=st.sampled_from([0, 25])
    )
    def refund_lost_then_again(self, index: int, harm: str, hours: int) -> None:
        """A part went back and we never heard; the worker comes again, perhaps after Stripe has forgotten the key."""
        with self.acting():
            if self.propose(index, 25) is None:
                return
            self.world.harm(PATHS["refund"], harm)
            self.world.ring("operations")
            self.world.travel(hours=hours, minutes=6)
            self.world.ring("operations", "refunds")
            self.world.travel(minutes=6)
            self.world.ring("operations")

    @rule(index=INDEX, status=st.sampled_from(["failed", "failed", "succeeded", "pending"]), is_heard=st.booleans())
    def refund_ends(self, index: int, status: str, is_heard: bool) -> None:
        """What the bank makes of a refund, later."""
        with self.acting():
            mine = [one for one in self.world.fake.control("state")["refunds"] if one["status"] != "failed"]
            found = self.pick(mine, index)
            if found is None:
                return
            try:
                self.world.fake.control("refunds", id=found["id"], status=status)
            except ValueError:  # Stripe does not go that way
                return
            if is_heard:
                self.hear()

    @rule(index=INDEX, gives_up=st.booleans())
    def decide_failed_refund(self, index: int, gives_up: bool) -> None:
        with self.acting():
            failed = self.rows(select(Refund.id).where(Refund.state == "failed").order_by(Refund.id))
            refund_id = self.pick(failed, index)
            if refund_id is None:
                return
            with transaction():
                refund, by = db.session.get_one(Refund, refund_id), self.town.treasurers[0]
                (refunds.give_up if gives_up else refunds.try_again)(refund, by=by, at=clock.now())
            run_chain("refunds", refund_id)

    # -- the bank and the dashboard --------------------------------------------------------------

    @rule(index=INDEX, is_heard=st.booleans())
    def contest(self, index: int, is_heard: bool) -> None:
        with self.acting():
            self.contest_one(index)
            if is_heard:
                self.hear()

    def contest_one(self, index: int = 0) -> None:
        """A charge that is neither contested nor wholly refunded, if there is one."""
        known = {row.stripe_charge for row in self.rows(select(Charge))}
        free = [
            one["id"] for one in self.world.fake.control("state")["charges"]
            if one["id"] in known and not one["disputed"] and not one["refunded"]
        ]  # fmt: skip
        found = self.pick(free, index)
        if found is not None:
            self.world.fake.control("disputes", charge=found)

    @rule(index=INDEX, outcome=st.sampled_from(["won", "lost"]), is_heard=st.booleans())
    def bank_decides(self, index: int, outcome: str, is_heard: bool) -> None:
        with self.acting():
            waiting = [
                one for one in self.world.fake.control("state")["disputes"] if one["status"] not in ("won", "lost")
            ]
            found = self.pick(waiting, index)
            if found is None:
                return
            self.world.fake.control("disputes", id=found["id"], outcome=outcome)
            if is_heard:
                self.hear()

    @rule(index=INDEX, percent=st.sampled_from([10, 50, 100]), is_heard=st.booleans())
    def dashboard_refund(self, index: int, percent: int, is_heard: bool) -> None:
        with self.acting():
            charge = self.charged(index)
            if charge is None:
                return
            cents = max(1, charge.amount_cents * percent // 100)
            self.world.by_hand("/v1/refunds", charge=charge.stripe_charge, amount=cents)
            if is_heard:
                self.hear()

    @rule(index=INDEX, percent=st.sampled_from([10, 50]), is_heard=st.booleans())
    def dashboard_reversal(self, index: int, percent: int, is_heard: bool) -> None:
        with self.acting():
            transfer: dict[str, Any] | None = self.pick(self.world.fake.control("state")["transfers"], index)
            if transfer is None:
                return
            cents = max(1, transfer["amount"] * percent // 100)
            self.world.by_hand(f"/v1/transfers/{transfer['id']}/reversals", amount=cents)
            if is_heard:
                self.hear()

    # -- the whole campaign ----------------------------------------------------------------------

    @rule(number=CAMPAIGNS)
    def cancel(self, number: int) -> None:
        with self.acting():
            self.cancel_now(number)

    def cancel_now(self, number: int) -> None:
        first, second = self.town.treasurers
        with transaction():
            campaign = db.session.get_one(Campaign, self.town.ids[number])
            made = treasury.propose_cancellation(campaign, words="", by=first, at=clock.now())
            db.session.flush()
            treasury.approve_cancellation(made, by=second, at=clock.now())

    @rule()
    def follow_cancelled(self) -> None:
        with self.acting():
            self.world.ring("cancelled promises", "cancelled payments", "after verdicts", "operations")

    @rule(index=INDEX)
    def look_at_dispute(self, index: int) -> None:
        with self.acting():
            if self.rows(select(Dispute.id)):
                self.world.ring("pending refunds", "refunds", "debts")
