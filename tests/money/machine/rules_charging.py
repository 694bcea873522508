"""The verdict, the collection under every fault, and the repair of what was refused."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import select

from app.core import clock
from app.core.database import db, transaction
from app.payments.models import StripeOperation
from app.payments.outcomes import Done
from app.payments.runner import run_chain, run_now
from app.pledges import services as pledges
from app.pledges.models import Pledge
from app.settlement import charge_services, jobs
from app.settlement.collect_jobs import collect_one
from app.settlement.sync import sync_gift, sync_intent
from fake_stripe import shopper
from tests.money.machine.base import CENTS, HOW, INDEX, PATHS, Base
from tests.money.machine.books import OPEN_CALLS

AMOUNTS = st.lists(CENTS, min_size=1, max_size=3)
BANKS = st.sampled_from(
    [{}, {}, {"decline": "insufficient_funds"}, {"decline": "lost_card"}, {"asks": True}, {"decline": "expired_card"}]
)


class Charging(Base):
    @rule(number=st.sampled_from([1, 2, 3, 4]))
    def end(self, number: int) -> None:
        with self.acting():
            self.town.end(number)

    @rule(number=st.sampled_from([1, 2]), amounts=AMOUNTS, bank=BANKS, reward=st.booleans())
    def jump_due(self, number: int, amounts: list[int], bank: dict[str, object], reward: bool) -> None:
        """Straight to the day of the charge: the goal is reached by the first."""
        with self.acting():
            self.fuse_free()
            if self.town.is_live(number) and self.room() > len(amounts):
                self.town.authorised(number, [100_00])
                self.town.due(number, amounts, with_reward=reward, **bank)

    @rule(harm=st.one_of(st.none(), HOW), stage=st.sampled_from(["intent", "confirm"]), skip=st.integers(0, 2))
    def collect(self, harm: str | None, stage: str, skip: int) -> None:
        with self.acting():
            if harm is not None:
                self.world.harm(PATHS[stage], harm, skip=skip)
            self.world.ring("collection")

    @rule(
        harm=st.sampled_from(["lost_after", "lost_before", "sticky_after", "500_after"]),
        hours=st.sampled_from([0, 1, 25]),
    )
    def answer_lost_then_again(self, harm: str, hours: int) -> None:
        """Charged, and we never heard; time passes, then the worker comes again."""
        with self.acting():
            self.world.harm(PATHS["confirm"], harm)
            self.world.ring("collection")
            self.world.travel(hours=hours, minutes=6)
            self.world.ring("operations", "stuck charges", "collection")

    @rule(index=INDEX, bank=BANKS)
    def bank_changes(self, index: int, bank: dict[str, object]) -> None:
        """How a kept card behaves from now on."""
        with self.acting():
            pledge_id = self.pick(self.pledge_ids("authorised", "due", "needs_card", "needs_action"), index)
            if pledge_id is None:
                return
            method = db.session.get_one(Pledge, pledge_id).payment_method
            db.session.rollback()
            if method is not None:
                self.world.fake.control("payment_methods", id=method, **{"decline": None, "asks": None, **bank})

    @rule(index=INDEX, decision=st.sampled_from(["authorise", "refuse", "later"]), comes_back=st.booleans())
    def repair_with_bank(self, index: int, decision: str, comes_back: bool) -> None:
        with self.acting():
            pledge_id = self.pick(self.pledge_ids("needs_action", "needs_card"), index)
            if pledge_id is None:
                return
            with transaction():
                operation_id = charge_services.confirm_with_bank(pledge_id, at=clock.now())
            outcome = run_now(operation_id)
            action = outcome.object.get("next_action") if isinstance(outcome, Done) else None
            if not action:
                return
            url = action["redirect_to_url"]["url"]
            self.urls.append((pledge_id, url))
            if decision == "later":
                return
            self.at_bank(url, decision == "authorise")
            if comes_back:
                sync_intent(pledge_id)

    @rule(index=INDEX, authorises=st.booleans())
    def bank_page_late(self, index: int, authorises: bool) -> None:
        """A page of the bank that was left open, and is answered now."""
        with self.acting():
            page = self.pick([one for one in self.urls if "/3ds/" in one[1]], index)
            if page is not None:
                self.at_bank(page[1], authorises)

    def at_bank(self, url: str, authorises: bool) -> None:
        try:
            shopper.authenticate_payment(url, authorises)
        except shopper.PageRefused:
            return

    @rule(index=INDEX, collects=st.booleans())
    def repair_with_card(self, index: int, collects: bool) -> None:
        with self.acting():
            pledge_id = self.pick(self.pledge_ids("needs_action", "needs_card"), index)
            if pledge_id is not None:
                self.new_card(pledge_id, collects=collects)

    def new_card(self, pledge_id: int, *, collects: bool) -> None:
        with transaction():
            pledges.ask_new_card(db.session.get_one(Pledge, pledge_id), at=clock.now())
        run_chain("pledges", pledge_id)
        self.remember_page(pledge_id)
        self.town.fill_card(pledge_id)
        sync_gift(pledge_id)
        if collects:
            collect_one(pledge_id)

    @rule(index=INDEX)
    def bank_page_open_then_other_card(self, index: int) -> None:
        """Two ways to pay the same promise at once: the bank's page stays open while another card is charged."""
        with self.acting():
            pledge_id = self.pick(self.pledge_ids("needs_action"), index)
            if pledge_id is None:
                return
            with transaction():
                operation_id = charge_services.confirm_with_bank(pledge_id, at=clock.now())
            outcome = run_now(operation_id)
            action = outcome.object.get("next_action") if isinstance(outcome, Done) else None
            self.new_card(pledge_id, collects=True)
            if action:
                self.at_bank(action["redirect_to_url"]["url"], True)

    @rule(number=st.sampled_from([1, 2]))
    def decline_heard_after_the_success(self, number: int) -> None:
        """The refusal of the first try is held up; meanwhile a second worker and another card have paid."""
        with self.acting():
            self.fuse_free()
            if not self.town.is_live(number) or self.room() < 1:
                return
            pledge_id = self.town.due(number, [100_00], decline="insufficient_funds")[0]

            def repaired() -> None:
                self.world.travel(minutes=3)
                self.world.ring("operations", "stuck charges")
                self.new_card(pledge_id, collects=True)

            with transaction():
                charge_services.collect(pledge_id, at=clock.now())
            intents = self.open_calls(pledge_id)
            if not intents:  # the campaign has missed its goal all the same, or was cancelled
                return
            run_now(intents[0])
            self.during("after", repaired)
            for operation_id in self.open_calls(pledge_id):
                run_now(operation_id)

    def open_calls(self, pledge_id: int) -> list[int]:
        return self.rows(
            select(StripeOperation.id)
            .where(
                StripeOperation.subject_kind == "pledges", StripeOperation.subject_id == pledge_id,
                StripeOperation.state.in_(OPEN_CALLS),
            )
            .order_by(StripeOperation.id)
        )  # fmt: skip

    @rule(index=INDEX)
    def give_up(self, index: int) -> None:
        with self.acting():
            pledge_id = self.pick(self.pledge_ids("needs_action", "needs_card"), index)
            if pledge_id is not None:
                jobs.give_up_now(pledge_id, by=None)

    @rule(answers=st.booleans())
    def window_over(self, answers: bool) -> None:
        """168 hours later; the bank's page may be answered in the last moment."""
        with self.acting():
            self.world.travel(hours=168)
            if answers:
                for _, url in self.urls:
                    if "/3ds/" in url:
                        self.during("before", lambda url=url: self.at_bank(url, True))  # type: ignore[misc]  # bound now
                        break
            self.world.ring("reminders", "overdue")

    @rule(index=INDEX)
    def look(self, index: int) -> None:
        with self.acting():
            pledge_id = self.pick(self.pledge_ids(), index)
            if pledge_id is not None:
                sync_intent(pledge_id)
