"""The kinds of order that we give to Stripe, each as a story in three parts: everything before the order,
the order, and everything after it. A case puts its fault between the first part and the second.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from app.campaigns.rules import CampaignState, FundingKind
from app.pledges.rules import PledgeState
from tests.money import back
from tests.money.support import assert_paid_once, due
from tests.support.scene import ALWAYS_3DS, Gift, Scene


@dataclass
class Story:
    """A campaign and its contributors, just before the order (and then after it)."""

    scene: Scene
    slug: str
    gifts: list[Gift] = field(default_factory=list)


@dataclass(frozen=True)
class Kind:
    """`path`: the order at Stripe, as a pattern of its faults."""

    name: str
    path: str
    before: Callable[[Scene], Story]
    order: Callable[[Story], None]
    after: Callable[[Story], None]

    def __str__(self) -> str:
        return self.name


# -- a promise on its way to the card page ------------------------------------------------------


def campaign_only(scene: Scene) -> Story:
    return Story(scene, scene.campaign(goal_cents=100_00, account=False))


def fill_in_form(story: Story) -> None:
    """The visitor sends our form, and is sent on to Stripe, or told to come again in a moment."""
    scene = story.scene
    client = scene.app.test_client()
    path, fields = scene.form(story.slug, client, amount="100")
    answer = client.post(path, data=fields)
    assert answer.status_code in (303, 503), answer.status
    story.gifts.append(scene.gift_of(fields["form_key"], client, answer.headers.get("Location", "")))


def open_card_page(scene: Scene, gift: Gift) -> None:
    """« Continuer », when the first click came to nothing."""
    if not gift.checkout.startswith(scene.stripe.url):
        gift.checkout = scene.press(gift, "/carte").headers["Location"]


def give_card_and_collect(story: Story) -> None:
    """The card; the end of the campaign; the charge."""
    scene = story.scene
    for gift in story.gifts:
        open_card_page(scene, gift)
        scene.fill_card(gift)
        scene.come_back(gift, gift.back)
        assert scene.pledge(gift).state == PledgeState.AUTHORISED
    scene.close(story.slug)
    assert_paid_once(scene, story.gifts)


# -- a charge -----------------------------------------------------------------------------------


def promises_due(scene: Scene) -> Story:
    return Story(scene, *due(scene, 2))


def collect(story: Story) -> None:
    story.scene.work(1)


def all_are_paid(story: Story) -> None:
    assert_paid_once(story.scene, story.gifts)


# -- the end of a promise whose bank was never answered ------------------------------------------


def window_over(scene: Scene) -> Story:
    """One contributor was asked for by the bank and never came: the last hour of the repair window."""
    slug, gifts = due(scene, 1, card=ALWAYS_3DS)
    scene.work(2)
    assert scene.pledge(gifts[0]).state == PledgeState.NEEDS_ACTION
    scene.travel(hours=167, minutes=55)
    scene.work(1)
    scene.travel(minutes=6)
    return Story(scene, slug, gifts)


def all_are_dropped(story: Story) -> None:
    scene = story.scene
    assert {scene.pledge(gift).state for gift in story.gifts} == {PledgeState.DROPPED}
    assert scene.charges() == []


# -- the way to the holder ----------------------------------------------------------------------


def hold_over(scene: Scene) -> Story:
    """Two charges of a holder who may receive; the hold is over and two persons have let the money leave."""
    slug = scene.campaign(goal_cents=100_00, fee_bps=500)
    gifts = [scene.give(slug, cents=100_00 + n) for n in range(2)]
    scene.close(slug)
    assert len(scene.charges()) == len(gifts)
    scene.travel(days=7, minutes=5)
    scene.approve_payout(slug)
    return Story(scene, slug, gifts)


def pay_out(story: Story) -> None:
    story.scene.work(2)  # the first round plans them


def all_has_arrived(story: Story) -> None:
    scene = story.scene
    sent = scene.stripe.control("state")["transfers"]
    assert sorted(one["source_transaction"] for one in sent) == sorted(one["id"] for one in scene.charges())
    assert scene.row(story.slug).state == CampaignState.SETTLED


# -- money that goes back ------------------------------------------------------------------------


def refund_asked(scene: Scene) -> Story:
    """Written down, approved, and not sent yet."""
    slug, gifts = back.collected(scene, 100_00, account=False)
    back.ask_back(scene, gifts[0])
    return Story(scene, slug, gifts)


def share_asked_back(scene: Scene) -> Story:
    """The same when the holder has the money already: their share comes back first."""
    slug, gifts = back.passed_on(scene, 100_00)
    back.ask_back(scene, gifts[0])
    return Story(scene, slug, gifts)


def all_is_given_back(story: Story) -> None:
    scene = story.scene
    assert {scene.pledge(gift).state for gift in story.gifts} == {PledgeState.REFUNDED}
    assert [one["amount"] for one in back.made_refunds(scene)] == [100_00]
    assert all(one["amount_reversed"] == one["amount"] for one in back.transfers(scene))


# -- a gift charged at once ----------------------------------------------------------------------


def flexible_campaign(scene: Scene) -> Story:
    return Story(scene, scene.campaign(goal_cents=100_00, account=False, kind=FundingKind.FLEXIBLE))


def give_card_and_pay(story: Story) -> None:
    scene = story.scene
    for gift in story.gifts:
        open_card_page(scene, gift)
        scene.fill_card(gift)
        scene.come_back(gift, gift.back)
        assert scene.pledge(gift).state == PledgeState.PAID
    assert len(scene.charges()) == len(story.gifts)


CUSTOMER = Kind("customer", "/v1/customers", campaign_only, fill_in_form, give_card_and_collect)
SESSION = Kind("setup session", "/v1/checkout/sessions", campaign_only, fill_in_form, give_card_and_collect)
INTENT = Kind("intent", "/v1/payment_intents", promises_due, collect, all_are_paid)
CONFIRM = Kind("confirm", "/v1/payment_intents/*/confirm", promises_due, collect, all_are_paid)
CANCEL = Kind("cancel", "/v1/payment_intents/*/cancel", window_over, collect, all_are_dropped)
TRANSFER = Kind("transfer", "/v1/transfers", hold_over, pay_out, all_has_arrived)
REFUND = Kind("refund", "/v1/refunds", refund_asked, pay_out, all_is_given_back)
REVERSAL = Kind("reversal", "/v1/transfers/*/reversals", share_asked_back, pay_out, all_is_given_back)
PAYMENT = Kind("payment session", "/v1/checkout/sessions", flexible_campaign, fill_in_form, give_card_and_pay)

CREATIONS = [CUSTOMER, SESSION, PAYMENT, INTENT, TRANSFER, REFUND, REVERSAL]
MONEY = [INTENT, CONFIRM, TRANSFER, REFUND, REVERSAL]  # of which nothing may ever happen twice
EVERY = [CUSTOMER, SESSION, PAYMENT, CANCEL, *MONEY]
