"""A card that ends before it may be charged is asked about once, two weeks before the end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.core.database import db, transaction
from app.pledges import rules
from app.pledges.models import Pledge
from app.pledges.rules import PledgeState
from fake_stripe import shopper
from tests.support.scene import Gift, Scene

SUBJECT = "Votre carte expire avant la fin de la campagne"


def told(scene: Scene, gift: Gift) -> int:
    return scene.mails(gift).count(SUBJECT)


def card_ending(scene: Scene, gift: Gift, exp: str) -> None:
    with scene.app.app_context(), transaction():
        pledge_id = scene.pledge(gift).id
        db.session.get_one(Pledge, pledge_id).card_exp = exp


def last_month(scene: Scene, slug: str) -> str:
    """The month in which a charge of this campaign may be made for the last time."""
    return (scene.row(slug).closes_at + timedelta(days=7)).strftime("%Y-%m")


def month_before(month: str) -> str:
    year, number = (int(part) for part in month.split("-"))
    return f"{year - (number == 1):04d}-{12 if number == 1 else number - 1:02d}"


def to_days_before_the_end(scene: Scene, slug: str, days: int) -> None:
    scene.travel_to(scene.row(slug).closes_at - timedelta(days=days))
    scene.work(2)


def test_the_owner_of_an_ending_card_is_asked_once_two_weeks_before(scene: Scene) -> None:
    slug = scene.campaign()
    ending, lasting = scene.give(slug), scene.give(slug)
    last = last_month(scene, slug)
    card_ending(scene, ending, month_before(last))
    card_ending(scene, lasting, last)  # good until the end of that very month
    to_days_before_the_end(scene, slug, 15)
    assert (told(scene, ending), told(scene, lasting)) == (0, 0)
    to_days_before_the_end(scene, slug, 14)
    assert (told(scene, ending), told(scene, lasting)) == (1, 0)
    to_days_before_the_end(scene, slug, 3)
    assert told(scene, ending) == 1
    link = scene.mailbox.last(ending.email).links[0].removeprefix("http://127.0.0.1:8000")
    orders = scene.stripe.control("orders")["orders"]
    page = scene.app.test_client().get(link)
    assert page.status_code == 200
    assert scene.stripe.control("orders")["orders"] == orders, "a machine that opens links changes nothing"


def test_a_worker_that_comes_late_asks_at_once_and_a_card_just_given_is_left_alone(scene: Scene) -> None:
    slug = scene.campaign()
    early = scene.give(slug)
    scene.travel_to(scene.row(slug).closes_at - timedelta(days=5))
    late = scene.give(slug)
    for gift in (early, late):
        card_ending(scene, gift, month_before(last_month(scene, slug)))
    scene.work(2)
    assert (told(scene, early), told(scene, late)) == (1, 0)


@pytest.mark.parametrize("is_better", [True, False])
def test_after_another_card_only_one_that_ends_too_early_as_well_is_asked_about(scene: Scene, is_better: bool) -> None:
    slug = scene.campaign()
    gift = scene.give(slug)
    card_ending(scene, gift, month_before(last_month(scene, slug)))
    to_days_before_the_end(scene, slug, 14)
    scene.come_back(gift, shopper.complete_checkout(scene.press(gift, "/carte").headers["Location"]))
    if not is_better:
        card_ending(scene, gift, month_before(last_month(scene, slug)))
    scene.work(2)
    assert told(scene, gift) == (1 if is_better else 2)


def test_who_took_the_promise_back_is_not_asked(scene: Scene) -> None:
    slug = scene.campaign()
    gift = scene.give(slug)
    card_ending(scene, gift, month_before(last_month(scene, slug)))
    scene.press(gift, "/annuler")
    to_days_before_the_end(scene, slug, 10)
    assert told(scene, gift) == 0


def test_a_card_renewed_by_its_bank_is_known_by_the_event_alone(scene: Scene) -> None:
    slug = scene.campaign()
    gift = scene.give(slug)
    card_ending(scene, gift, month_before(last_month(scene, slug)))
    method = scene.pledge(gift).payment_method
    scene.stripe.control("payment_methods", id=method, exp="2039-05")
    scene.work(2)
    assert scene.pledge(gift).card_exp == "2039-05"
    to_days_before_the_end(scene, slug, 14)
    assert told(scene, gift) == 0


def test_an_event_about_the_card_before_does_not_touch_the_card_of_today(scene: Scene) -> None:
    slug = scene.campaign()
    gift = scene.give(slug)
    old = scene.pledge(gift).payment_method
    scene.come_back(gift, shopper.complete_checkout(scene.press(gift, "/carte").headers["Location"]))
    before = scene.pledge(gift).card_exp
    scene.stripe.control("payment_methods", id=old, exp="2040-01")
    scene.work(2)
    assert scene.pledge(gift).card_exp == before
    assert scene.pledge(gift).state == PledgeState.AUTHORISED
    with scene.app.app_context():
        assert db.session.scalar(select(Pledge.payment_method)) != old


@pytest.mark.parametrize(("exp", "is_over"), [("2027-02", True), ("2027-03", False), ("2027-04", False), ("", False)])
def test_a_card_is_good_until_the_end_of_its_month(exp: str, is_over: bool) -> None:
    assert rules.expires_before(exp, datetime(2027, 3, 31, 21, tzinfo=UTC)) is is_over
