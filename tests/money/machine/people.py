"""What people do, in process: the verbs behind the pages, and shortcuts straight into the states that matter."""

from __future__ import annotations

from datetime import timedelta

from app.accounts.models import User
from app.campaigns import services as campaign_services
from app.campaigns.models import Campaign, Reward
from app.campaigns.rules import CampaignState, FundingKind
from app.core import clock
from app.core.database import db, transaction
from app.core.journal import record
from app.core.text import public_id
from app.payments import poller
from app.payments.operations import remember
from app.payments.runner import run_chain
from app.pledges import services as pledges
from app.pledges.models import Pledge
from app.pledges.rules import PledgeState
from app.settlement import payout_queries, payout_services
from app.settlement.sync import sync_gift
from fake_stripe import shopper
from tests.builders import a_campaign, a_user
from tests.money.machine.world import World
from tests.support.scene import Scene

AON, AON_REFUNDS, FLEX, FLEX_TOO = 1, 2, 3, 4  # the campaigns of every moment, in the order of their making
FEES_BPS = {AON: 500, AON_REFUNDS: 777, FLEX: 333, FLEX_TOO: 0}
MOST_PLEDGES = 12


class Town:
    """The same few campaigns and persons in every moment. Inside an app context."""

    def __init__(self, world: World):
        self.world = world
        self.ids: dict[int, int] = {}
        self.treasurers: tuple[int, int] = (0, 0)

    def build(self) -> None:
        scene = Scene(self.world.app, self.world.fake, None)  # type: ignore[arg-type]  # nobody reads mail here
        for number, bps in FEES_BPS.items():
            kind = FundingKind.FLEXIBLE if number in (FLEX, FLEX_TOO) else FundingKind.ALL_OR_NOTHING
            owner_id = a_user().id
            stock = 2 if number in (AON, FLEX) else None
            owner = db.session.get_one(User, owner_id)
            campaign_id = a_campaign(owner, state=CampaignState.LIVE, goal_cents=100_00, reward_stock=stock).id
            with transaction():
                row = db.session.get_one(Campaign, campaign_id)
                row.fee_bps, row.kind = bps, kind
                row.refund_below_percent = 60 if number == AON_REFUNDS else 0
                row.closes_at = clock.now() + timedelta(days=10 + number)
            if number != FLEX_TOO:
                scene.open_account(owner_id)
            self.ids[number] = campaign_id
        self.treasurers = scene.treasurers()
        self.world.travel(days=4)  # the new accounts have cooled off
        poller.poll()
        self.world.ring_all()

    # -- shortcuts -------------------------------------------------------------------------------

    def authorised(self, number: int, amounts: list[int], *, with_reward: bool = False, **card: object) -> list[int]:
        """Promises whose card is kept, written straight into the books; `card`: how it will behave."""
        made = self.world.fake.control("cards", count=len(amounts))["cards"]
        at, ids = clock.now(), []
        for cents, kept in zip(amounts, made, strict=True):
            if card:
                self.world.fake.control("payment_methods", id=kept["payment_method"], **card)
            with transaction():
                ids.append(self._write(number, cents, kept, at, with_reward).id)
        return ids

    def _write(self, number: int, cents: int, kept: dict[str, str], at: object, with_reward: bool) -> Pledge:
        campaign = db.session.get_one(Campaign, self.ids[number])
        reward = db.session.query(Reward).filter_by(campaign_id=campaign.id).one()
        has_one = with_reward and cents >= reward.amount_cents and reward.stock_left != 0
        now = clock.now()
        pledge = Pledge(
            public_id=public_id(), form_key=public_id(), campaign_id=campaign.id,
            reward_id=reward.id if has_one else None, email=f"{public_id()}@exemple.fr", name="Personne",
            amount_cents=cents, state=PledgeState.AUTHORISED, consent_version="1", created_at=now, authorised_at=now,
            session_number=1, card_brand="visa", card_last4="4242", card_exp="2034-12", **kept,
        )  # fmt: skip
        db.session.add(pledge)
        db.session.flush()
        if has_one:
            campaign_services.take_stock(reward.id)
            campaign_services.count_promise(reward.id, 1)
        campaign_services.add_to_total(campaign.id, cents, 1)
        remember(kept["customer"], "pledges", pledge.id)
        record("pledge.authorised", on=pledge, by=None, at=now, state="authorised")
        return pledge

    def is_live(self, number: int) -> bool:
        row = db.session.get_one(Campaign, self.ids[number])
        is_open = row.state == CampaignState.LIVE and row.closes_at is not None and clock.now() < row.closes_at
        db.session.rollback()
        return bool(is_open)

    def end(self, number: int) -> None:
        """The end of a campaign has just come, and the verdict with it."""
        if not self.is_live(number):
            return
        self.world.travel(seconds=3)
        with transaction():
            row = db.session.get_one(Campaign, self.ids[number])
            row.closes_at = min(row.closes_at or clock.now(), clock.now() - timedelta(seconds=1))
        self.world.ring("campaigns to close", "drafts", "verdicts", "after verdicts")

    def due(self, number: int, amounts: list[int], **more: object) -> list[int]:
        ids = self.authorised(number, amounts, **more)  # type: ignore[arg-type]  # passed on as they came
        self.end(number)
        return ids

    def paid(self, number: int, amounts: list[int], **more: object) -> list[int]:
        ids = self.due(number, amounts, **more)
        self.world.ring("collection", "operations")
        return ids

    def approve(self, number: int) -> None:
        """Both treasurers. Errors: those of the two verbs."""
        first, second = self.treasurers
        with transaction():
            payout_id = payout_services.prepare_payout(self.ids[number], by=first, at=clock.now()).id
        with transaction():
            payout_services.approve_payout(payout_queries.get_payout(payout_id), by=second, at=clock.now())

    def pass_on(self, number: int) -> None:
        self.approve(number)
        self.world.ring("transfers", "operations")

    # -- contributors ----------------------------------------------------------------------------

    def promise(self, number: int, cents: int, *, with_reward: bool = False, email: str = "") -> int:
        """Our form, as far as Stripe's page. Errors: those of the verb."""
        campaign = db.session.get_one(Campaign, self.ids[number])
        reward = db.session.query(Reward).filter_by(campaign_id=campaign.id).one() if with_reward else None
        db.session.rollback()
        with transaction():
            pledge_id = pledges.make_pledge(
                db.session.get_one(Campaign, self.ids[number]),
                reward=db.session.get_one(Reward, reward.id) if reward else None,
                amount_cents=cents, email=email or f"{public_id()}@exemple.fr", name="Personne", is_anonymous=False,
                hides_amount=False, message="", user=None, locale="fr", at=clock.now(),
            ).id  # fmt: skip
        run_chain("pledges", pledge_id)
        return pledge_id

    def fill_card(self, pledge_id: int, card: str = shopper.GOOD_CARD) -> None:
        """Stripe's page only; nobody comes back to us."""
        url = db.session.get_one(Pledge, pledge_id, populate_existing=True).checkout_url
        db.session.rollback()
        if url is None:
            return
        try:
            shopper.complete_checkout(url, card)
        except shopper.PageRefused:
            return

    def gift(self, number: int, cents: int, *, with_reward: bool = False) -> int:
        pledge_id = self.promise(number, cents, with_reward=with_reward)
        self.fill_card(pledge_id)
        sync_gift(pledge_id)
        return pledge_id
