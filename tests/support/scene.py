"""A whole collection over real HTTP: people promise on our pages and the fake Stripe's, the worker does the rest.

scene = Scene(app, stripe_server, mailbox)
slug = scene.campaign(goal_cents=50_00)
gift = scene.give(slug, cents=25_00)
scene.close(slug); scene.work(); scene.pledge(gift).state
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.models import User
from app.accounts.queries import has_second_factor
from app.campaigns.models import Campaign, Reward
from app.campaigns.rules import CampaignState, FundingKind
from app.core import clock
from app.core.access import Role
from app.core.database import db, transaction
from app.payments import environment, payees
from app.payments.client import gateway
from app.payments.runner import run_chain
from app.pledges.keys import pledge_key
from app.pledges.models import Pledge
from app.settlement import payout_queries, payout_services
from fake_stripe import shopper
from tests.builders import Visitor, a_campaign, a_user, give, sign_in, token_of, with_second_factor
from tests.fake_stripe.process import FakeStripe
from tests.support.mailbox import Mailbox
from tests.support.quiet import Ears, money_jobs

GOOD = shopper.GOOD_CARD
FAILS_LATER = "4000000000000341"
ALWAYS_3DS = "4000002760003184"
NO_FUNDS_AFTER_3DS = "4000008260003178"
CONSENTS = {"consent_charge": "y", "consent_terms": "y"}


@dataclass
class Gift:
    """A promise as its maker knows it: the address of its page, and the browser it was made in."""

    public_id: str
    key: str
    client: FlaskClient
    email: str
    checkout: str
    back: str = ""

    def path(self, end: str = "") -> str:
        return f"/contributions/{self.public_id}{end}?cle={self.key}"


class Scene:
    def __init__(self, app: Flask, stripe: FakeStripe, mailbox: Mailbox):
        self.app, self.stripe, self.mailbox = app, stripe, mailbox
        self._people = 0
        self._treasurers: list[int] = []
        with app.app_context():
            environment.forget()
            environment.ensure()

    # -- campaigns and holders -------------------------------------------------------------------

    def campaign(
        self,
        *,
        goal_cents: int = 100_00,
        fee_bps: int = 0,
        stock: int | None = 10,
        account: bool = True,
        kind: FundingKind = FundingKind.ALL_OR_NOTHING,
    ) -> str:
        """A live campaign of 30 days with one reward of 25 €, and (unless told not to) an account that may receive."""
        with self.app.app_context():
            owner = a_user()
            owner_id = owner.id
            campaign = a_campaign(owner, state=CampaignState.LIVE, goal_cents=goal_cents, reward_stock=stock)
            slug, campaign_id = campaign.slug, campaign.id
            with transaction():
                row = db.session.get_one(Campaign, campaign_id)
                row.fee_bps, row.kind = fee_bps, kind
        if account:
            self.open_account(owner_id)
        return slug

    def open_account(self, owner_id: int, decision: str = "complete") -> None:
        """Through the fake's onboarding pages."""
        with self.app.app_context():
            with transaction():
                asked = payees.start_account(db.session.get_one(User, owner_id), at=clock.now())
                account_id = asked.id
            run_chain("payment_accounts", account_id)
            link = gateway().account_link(
                payees.stripe_account_of(owner_id),
                return_url="http://127.0.0.1:8000/",
                refresh_url="http://127.0.0.1:8000/",
            )
            shopper.complete_onboarding(link, decision)
            payees.refresh(owner_id)
            self.protect(owner_id)

    def protect(self, user_id: int) -> None:
        """A second factor, without which no money leaves for a holder."""
        if not has_second_factor(user_id):
            with_second_factor(db.session.get_one(User, user_id))

    # -- the money desk ----------------------------------------------------------------------------

    def approve_payout(self, slug: str) -> int:
        """Two treasurers let what was collected leave; the id of their approval. Nothing may be open any more."""
        first, second = self.treasurers()
        campaign_id = self.row(slug).id
        with self.app.app_context():
            with transaction():
                payout_id = payout_services.prepare_payout(campaign_id, by=first, at=clock.now()).id
            with transaction():
                payout_services.approve_payout(payout_queries.get_payout(payout_id), by=second, at=clock.now())
        return payout_id

    def treasurers(self) -> tuple[int, int]:
        """Two persons of the money desk, with second factors; made at the first call."""
        with self.app.app_context():
            while len(self._treasurers) < 2:
                person = give(a_user(), Role.TREASURER)
                self._treasurers.append(person.id)
                with_second_factor(person)
        first, second = self._treasurers
        return first, second

    def holder(self, slug: str) -> Visitor:
        """The browser of the campaign's holder."""
        with self.app.app_context():
            return sign_in(self.app, db.session.get_one(User, self.row(slug).owner_id), proved=True)

    # -- contributors ------------------------------------------------------------------------------

    def form(self, slug: str, client: FlaskClient, **fields: Any) -> tuple[str, dict[str, Any]]:
        """(path, fields) of a valid contribution form as the page shows it; `fields` replace or add."""
        path = f"/campagnes/{slug}/contribuer"
        page = client.get(path).get_data(as_text=True)
        self._people += 1
        filled = {
            "csrf_token": _hidden(page, "csrf_token"), "form_key": _hidden(page, "form_key"), "reward": "0",
            "amount": "25", "email": f"donneur{self._people}@exemple.fr", "name": f"Donneur {self._people}", **CONSENTS,
        }  # fmt: skip
        return path, filled | fields

    def promise(self, slug: str, *, client: FlaskClient | None = None, cents: int = 25_00, **fields: Any) -> Gift:
        """Our form only: the visitor stands before Stripe's card page."""
        client = client or self.app.test_client()
        path, filled = self.form(slug, client, amount=f"{cents // 100},{cents % 100:02d}", **fields)
        answer = client.post(path, data=filled)
        assert answer.status_code == 303, answer.get_data(as_text=True)
        checkout = answer.headers["Location"]
        assert checkout.startswith(self.stripe.url), checkout
        return self.gift_of(filled["form_key"], client, checkout)

    def gift_of(self, form_key: str, client: FlaskClient, checkout: str = "") -> Gift:
        """The promise that a sent form has made."""
        with self.app.app_context():
            pledge = db.session.scalars(select(Pledge).where(Pledge.form_key == form_key)).one()
            return Gift(pledge.public_id, pledge_key(pledge.public_id), client, pledge.email, checkout)

    def give(self, slug: str, *, card: str = GOOD, **more: Any) -> Gift:
        """The form, the card page, and the way back to us."""
        gift = self.promise(slug, **more)
        self.fill_card(gift, card)
        answer = gift.client.get(_local(gift.back))
        assert answer.status_code == 200, answer.status
        return gift

    def fill_card(self, gift: Gift, card: str = GOOD) -> str:
        """The card page only; the visitor never comes back. Returns where it would have sent them."""
        gift.back = shopper.complete_checkout(gift.checkout, card)
        return gift.back

    def come_back(self, gift: Gift, url: str) -> Any:
        """The address that Stripe sent the visitor to."""
        return gift.client.get(_local(url), follow_redirects=True)

    def press(self, gift: Gift, end: str, **data: Any) -> Any:
        """Press a button of the promise's pages: `end` is /annuler, /carte, /confirmer, /montant …"""
        return gift.client.post(gift.path(end), data={"csrf_token": self.token(gift), **data})

    def token(self, gift: Gift) -> str:
        """A form token of this browser, to be used now or later."""
        return token_of(gift.client, "/contributions")

    # -- time and work -----------------------------------------------------------------------------

    def travel(self, **delta: float) -> None:
        """Our clock and Stripe's, forward together."""
        with self.app.app_context():
            with transaction():
                clock.set_offset(clock.offset_seconds() + int(timedelta(**delta).total_seconds()))
            clock.forget()
            self.stripe.control("clock", offset_seconds=clock.offset_seconds())

    def travel_to(self, instant: datetime) -> None:
        with self.app.app_context():
            left = (instant - clock.now()).total_seconds()
        self.travel(seconds=math.ceil(left))

    def work(self, rounds: int = 4, *, ears: Ears | None = None) -> bool:
        """Ring every bell of the worker that money may hear, a few times or until all are silent; none may fail.

        True: all are silent now. `ears`: of an earlier call, since which nothing was done but to travel.
        """
        ears = ears or Ears(self.app)
        with self.app.app_context():
            for _ in range(rounds):
                results = ears.ring(money_jobs(self.app))
                assert not [name for name, said in results.items() if "failed" in said], results
                if not any(results.values()):
                    return True
        return False

    def close(self, slug: str) -> None:
        """The end of the campaign comes, the verdict with it."""
        self.travel_to(self.row(slug).closes_at + timedelta(seconds=1))
        self.work()

    # -- what is true ------------------------------------------------------------------------------

    def row(self, slug: str) -> Campaign:
        with self.app.app_context():
            return db.session.scalars(select(Campaign).where(Campaign.slug == slug)).one()

    def reward(self, slug: str) -> Reward:
        with self.app.app_context():
            return db.session.scalars(select(Reward).where(Reward.campaign_id == self.row(slug).id)).one()

    def pledge(self, gift: Gift) -> Pledge:
        with self.app.app_context():
            return db.session.scalars(select(Pledge).where(Pledge.public_id == gift.public_id)).one()

    def charges(self) -> list[dict[str, Any]]:
        """Charges that took money, by Stripe's own books."""
        return [one for one in self.stripe.control("state")["charges"] if one["status"] == "succeeded"]

    def check(self) -> Any:
        """`flask payments check`."""
        return self.app.test_cli_runner().invoke(args=["payments", "check", "--all"])

    def mails(self, gift: Gift) -> list[str]:
        """Subjects of the mails that this contributor got, oldest first."""
        return [mail.subject for mail in self.mailbox.fetch(gift.email)]


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]+)"', page)
    assert found, f"no {name} on the page"
    return found.group(1)


def _local(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def session_in(url: str) -> str:
    """The Session id in a return address."""
    return parse_qs(urlsplit(url).query)["session_id"][0]
