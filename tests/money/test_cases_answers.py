"""Cases 30, 56 and 58: instants at the edge, answers of a newer Stripe, amounts and names at their limits."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import stripe
from sqlalchemy import func, select, update

from app.campaigns.rules import CampaignState
from app.core import clock
from app.core.clock import PARIS, ClockOffset
from app.core.database import db, transaction
from app.core.journal import JournalEntry
from app.payments.client import Pace
from app.payments.gateway import Gateway
from app.pledges.rules import PledgeState
from tests.money.support import assert_books_equal, assert_paid_once, due, other_gateway, ring, together, wait
from tests.support.scene import Gift, Scene

SPRING, AUTUMN, NEW_YEAR = date(2027, 3, 28), date(2027, 10, 31), date(2027, 12, 31)


@pytest.fixture
def _far_from_paris(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A server in New York: its wall clock must not matter."""
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("day", [SPRING, AUTUMN, NEW_YEAR], ids=["spring", "autumn", "leap second"])
@pytest.mark.usefixtures("_far_from_paris")
def test_case_30_the_verdict_comes_once_at_the_right_instant(scene: Scene, day: date) -> None:
    """The last second of the day in Paris, also on a day of 23 or 25 hours; and when a second comes twice."""
    end = datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=PARIS).astimezone(UTC)
    scene.travel_to(datetime(day.year, day.month, day.day, 12, tzinfo=UTC) - timedelta(days=30))
    slug = scene.campaign(goal_cents=100_00, account=False)
    assert scene.row(slug).closes_at == end
    gift = scene.give(slug, cents=100_00)
    scene.travel_to(end - timedelta(seconds=20))
    scene.work(1)
    assert scene.row(slug).state == CampaignState.LIVE
    late = scene.app.test_client()
    path, fields = scene.form(slug, late)  # the page was open when the end came
    scene.travel_to(end)
    assert late.post(path, data=fields).status_code == 422
    scene.work(1)
    together(*[lambda: ring(scene, "verdicts")] * 2)
    verdict = scene.row(slug).verdict_at
    assert verdict is not None
    assert end <= verdict
    with scene.app.app_context():
        with transaction():  # the last second again, as a clock does that is put right
            db.session.execute(update(ClockOffset).values(seconds=ClockOffset.seconds - 2))
        clock.forget()
    scene.work(1)
    assert late.post(path, data=fields).status_code in (404, 422)
    assert (scene.row(slug).verdict_at, scene.row(slug).verdict_raised_cents) == (verdict, 100_00)
    with scene.app.app_context():
        moves = select(func.count()).where(JournalEntry.action.in_(("campaign.succeed", "campaign.fail")))
        assert db.session.scalar(moves) == 1
    wait(scene, 2)
    assert_paid_once(scene, [gift])
    assert_books_equal(scene)


class Newer(stripe.RequestsClient):
    """The wire to a Stripe whose answers have changed: `change(object)` for each object inside each answer."""

    def __init__(self, change: Callable[[dict[str, Any]], None]) -> None:
        super().__init__(timeout=(5, 20))
        self._change = change

    def request(self, method: str, url: str, headers: Any, post_data: Any = None, **more: Any) -> Any:
        text, status, answer_headers = super().request(method, url, headers, post_data, **more)
        answer = json.loads(text)
        self._walk(answer)
        return json.dumps(answer), status, answer_headers

    def _walk(self, thing: Any) -> None:
        if isinstance(thing, list):
            for one in thing:
                self._walk(one)
        elif isinstance(thing, dict):
            for one in list(thing.values()):
                self._walk(one)
            if isinstance(thing.get("object"), str):
                self._change(thing)


@contextmanager
def newer_stripe(scene: Scene, change: Callable[[dict[str, Any]], None]) -> Iterator[None]:
    transport = Newer(change)
    try:
        with other_gateway(scene, Gateway(scene.stripe.key, scene.stripe.url, Pace(0), transport)):
            yield
    finally:
        transport.close()


OPTIONAL = {
    "payment_method": ("billing_details", "created", "livemode"), "charge": ("payment_method_details", "outcome"),
    "balance_transaction": ("fee_details", "exchange_rate"), "checkout.session": ("custom_text", "locale"),
    "event": ("request", "pending_webhooks"), "transfer": ("description", "reversals"),
}  # fmt: skip


def add_and_leave_out(thing: dict[str, Any]) -> None:
    """New fields everywhere, optional ones gone, new words where a list of words is open."""
    thing["a_new_field"] = {"of": ["a", {"new": "kind"}], "amount": 1}
    for name in OPTIONAL.get(thing["object"], ()):
        thing.pop(name, None)
    card = thing.get("card")
    if isinstance(card, dict):
        card["brand"] = "a brand that is new and whose name is very long indeed"
        card.pop("exp_month", None)
        card.pop("exp_year", None)
    if thing["object"] == "balance_transaction":
        thing["type"] = thing["reporting_category"] = "a_new_kind"


def test_case_56_new_fields_new_words_and_missing_ones_are_borne_from_the_card_to_the_holder(scene: Scene) -> None:
    with newer_stripe(scene, add_and_leave_out):
        slug = scene.campaign(goal_cents=100_00)
        gift = scene.give(slug, cents=100_00)
        scene.close(slug)
        assert_paid_once(scene, [gift])
        scene.travel(days=7, minutes=5)
        scene.approve_payout(slug)
        scene.work(2)
        assert scene.row(slug).state == CampaignState.SETTLED
    assert_books_equal(scene)


def unknown(name: str, value: str) -> Callable[[dict[str, Any]], None]:
    """A state that nobody here has heard of."""

    def change(thing: dict[str, Any]) -> None:
        if thing["object"] == name:
            thing["status"] = value

    return change


def test_case_56_a_state_that_nobody_knows_is_waited_out_and_believed_by_no_one(scene: Scene) -> None:
    given = scene.promise(scene.campaign(goal_cents=100_00, account=False), cents=100_00)
    scene.fill_card(given)
    with newer_stripe(scene, unknown("checkout.session", "considered")):
        assert scene.come_back(given, given.back).status_code == 200
        assert scene.pledge(given).state == PledgeState.DRAFT
    scene.come_back(given, given.back)
    assert scene.pledge(given).state == PledgeState.AUTHORISED
    _, gifts = due(scene, 1)
    with newer_stripe(scene, unknown("payment_intent", "contemplated")):
        scene.work(2)
        wait(scene, 2)
        assert scene.pledge(gifts[0]).state == PledgeState.CHARGING
    wait(scene, 2)
    assert_paid_once(scene, [*gifts, *([given] if scene.pledge(given).state == PledgeState.PAID else [])])
    assert_books_equal(scene)


NAMES = ["Zoé 🌱🥖 d’Avallon", "\u202eשלום عالم", "𝔄𝔟𝔠 ﷽ ｆｕｌｌ", "ẞ" * 120, "a\u0301\u0302" * 40]


def test_case_58_amounts_and_names_at_their_limits_arrive_to_the_cent(scene: Scene) -> None:
    slug = scene.campaign(goal_cents=100_00, fee_bps=333)
    amounts = [1_00, 999_999_99, 1_01, 33_33, 12_34]
    gifts: list[Gift] = []
    for cents, name in zip(amounts, NAMES, strict=True):
        gifts.append(scene.give(slug, cents=cents, name=name, message="🎉" * 250 + "é" * 250))
    scene.close(slug)
    assert_paid_once(scene, gifts)
    assert sorted(one["amount"] for one in scene.charges()) == sorted(amounts)
    assert all(len(value) <= 500 for one in scene.charges() for value in one["metadata"].values())
    assert not [one for one in scene.stripe.control("orders")["orders"] if one["status"] >= 400]
    scene.travel(days=7, minutes=5)
    scene.approve_payout(slug)
    scene.work(2)
    fees = sum(one["fee"] for one in scene.stripe.control("state")["balance_transactions"] if one["type"] == "charge")
    ours = (sum(amounts) * 333 + 5_000) // 10_000
    assert sum(one["amount"] for one in scene.stripe.control("state")["transfers"]) == sum(amounts) - fees - ours
    assert_books_equal(scene)


@pytest.mark.parametrize("amount", ["0,99", "1000000,00", "0", "-5"])
def test_case_58_what_stripe_would_refuse_is_refused_by_our_own_form(scene: Scene, amount: str) -> None:
    client = scene.app.test_client()
    path, fields = scene.form(scene.campaign(account=False), client, amount=amount)
    assert client.post(path, data=fields).status_code == 422
    assert scene.stripe.control("orders")["orders"] == []


def test_case_58_a_charge_in_a_currency_without_cents_is_never_read_as_euros(scene: Scene) -> None:
    """10 000 yen are "10000" as well, and no 100 €."""
    _, gifts = due(scene, 1)

    def in_yen(thing: dict[str, Any]) -> None:
        if "currency" in thing:
            thing["currency"] = "jpy"

    with newer_stripe(scene, in_yen):
        scene.work(2)
        wait(scene, 1)
        assert scene.pledge(gifts[0]).state == PledgeState.CHARGING
    wait(scene, 2)
    assert_paid_once(scene, gifts)
    assert_books_equal(scene)
