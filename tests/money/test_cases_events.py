"""Cases 17 to 23: Stripe's notifications come twice, in any order, too early, too late or never."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import permutations

import pytest
from sqlalchemy import func, select

from app.campaigns.rules import FundingKind
from app.core.database import db
from app.core.journal import JournalEntry
from app.payments import inbox, poller
from app.payments.models import EventState
from app.pledges.rules import PledgeState
from fake_stripe import shopper
from tests.money import back
from tests.money.bells import about, deliver, handle, happened, send, served, stored
from tests.money.calls import CONFIRM, TRANSFER, Kind, campaign_only, fill_in_form
from tests.money.moments import Moment
from tests.money.support import (
    assert_books_equal,
    due,
    fault,
    inside,
    orders,
    together,
    until_true,
    wait,
    was_played,
    work_without,
)
from tests.support.databases import Database
from tests.support.scene import ALWAYS_3DS, FAILS_LATER, Gift, Scene

pytestmark = pytest.mark.usefixtures("secret_file")
AUTHORISED, PAID = "pledge.authorised", "pledge.paid"


def times(scene: Scene, gift: Gift, action: str) -> int:
    """How often this has happened to the promise, by the journal."""
    with scene.app.app_context():
        asked = select(func.count()).where(
            JournalEntry.action == action, JournalEntry.subject_id == scene.pledge(gift).id
        )
        return int(db.session.scalar(asked) or 0)


def card_given(scene: Scene) -> Gift:
    """The card page is filled in; nobody has told us."""
    gift = scene.promise(scene.campaign(goal_cents=100_00, account=False), cents=100_00)
    scene.fill_card(gift)
    assert scene.pledge(gift).state == PledgeState.DRAFT
    return gift


def agreed_at_the_bank(scene: Scene) -> Gift:
    """The contributor has told the bank yes and closed the tab: paid at Stripe, and nobody has told us."""
    _, [gift] = due(scene, 1, card=ALWAYS_3DS)
    scene.work(2)
    gift.back = shopper.authenticate_payment(scene.press(gift, "/confirmer").headers["Location"])
    assert scene.pledge(gift).state == PledgeState.NEEDS_ACTION
    assert len(scene.charges()) == 1
    return gift


def paid_at_once(scene: Scene) -> Gift:
    """A gift of a flexible campaign, paid with the bank's agreement; nobody has told us."""
    slug = scene.campaign(goal_cents=100_00, account=False, kind=FundingKind.FLEXIBLE)
    gift = scene.promise(slug, cents=100_00)
    scene.fill_card(gift, ALWAYS_3DS)
    assert scene.pledge(gift).state == PledgeState.DRAFT
    assert len(scene.charges()) == 1
    return gift


def paid_at_once_and_partly_given_back(scene: Scene) -> Gift:
    """And then somebody gave back a part of it in Stripe's own dashboard."""
    gift = paid_at_once(scene)
    intent = scene.charges()[0]["payment_intent"]
    back.dashboard(scene).v1.refunds.create({"payment_intent": intent, "amount": 30_00})
    return gift


@pytest.mark.parametrize(
    ("story", "action", "subject"),
    [
        (card_given, AUTHORISED, "Votre promesse est enregistrée"),
        (agreed_at_the_bank, PAID, "Reçu"),
        (paid_at_once, PAID, "Reçu"),
    ],
)
def test_case_17_the_notification_and_the_visitor_come_back_at_the_same_moment(
    scene: Scene, story: Callable[[Scene], Gift], action: str, subject: str
) -> None:
    gift = story(scene)
    events = about(happened(scene), gift.public_id)

    def ring() -> None:
        deliver(scene, *events)
        handle(scene)

    together(
        lambda: scene.come_back(gift, gift.back),
        ring,
        ring,
        inside(scene, lambda: (poller.poll(), inbox.handle_waiting())),
    )
    assert times(scene, gift, action) == 1
    assert len([one for one in scene.mails(gift) if one.startswith(subject)]) == 1
    assert_books_equal(scene)


@pytest.mark.parametrize("kind", [CONFIRM, TRANSFER], ids=str)
def test_case_18_the_notification_arrives_while_our_own_answer_is_still_on_its_way(scene: Scene, kind: Kind) -> None:
    story = kind.before(scene)
    fault(scene, kind.path, "delay", phase="after", seconds=0.6)
    asking = threading.Thread(target=lambda: (kind.order(story), shopper.close()))
    asking.start()
    until_true(lambda: bool(orders(scene, kind.path.rpartition("*")[2])))
    deliver(scene, *happened(scene))
    handle(scene)
    asking.join()
    handle(scene)
    wait(scene, 2)
    kind.after(story)
    assert_books_equal(scene)


def test_case_18_the_notification_of_a_page_whose_answer_was_lost_is_found_by_its_marks(scene: Scene) -> None:
    story = campaign_only(scene)
    fault(scene, "/v1/checkout/sessions", "drop", phase="after")
    fill_in_form(story)
    assert was_played(scene)
    [gift] = story.gifts
    assert scene.pledge(gift).checkout_session is None
    [session] = scene.stripe.control("state")["sessions"]
    shopper.complete_checkout(session["url"])
    deliver(scene, *happened(scene))
    handle(scene)
    assert scene.pledge(gift).state == PledgeState.AUTHORISED
    scene.close(story.slug)
    wait(scene, 2)
    assert scene.pledge(gift).state == PledgeState.PAID
    assert_books_equal(scene)


def test_case_19_the_same_event_ten_times_at_once_is_one_row_and_one_effect(scene: Scene) -> None:
    gift = card_given(scene)
    [event] = happened(scene, "checkout.session.completed")
    statuses: list[int] = []
    together(*[lambda: statuses.append(send(scene, event))] * 10)
    assert statuses == [200] * 10
    together(*[lambda: handle(scene)] * 3)
    assert [(one.event_id, one.state) for one in stored(scene)] == [(event["id"], EventState.DONE)]
    assert times(scene, gift, AUTHORISED) == 1
    assert len(scene.mails(gift)) == 1
    assert_books_equal(scene)


@pytest.mark.parametrize(
    ("story", "types", "end", "step"),
    [
        (
            agreed_at_the_bank,
            "checkout.session.completed payment_intent.payment_failed payment_intent.requires_action "
            "payment_intent.succeeded setup_intent.succeeded",
            PledgeState.PAID,
            1,
        ),
        (
            paid_at_once_and_partly_given_back,
            "charge.refunded checkout.session.completed payment_intent.requires_action payment_intent.succeeded "
            "refund.created",
            PledgeState.PART_REFUNDED,
            3,
        ),
    ],
)
def test_case_20_five_events_in_all_their_orders_lead_to_one_state(
    scene: Scene, database: Database, story: Callable[[Scene], Gift], types: str, end: PledgeState, step: int
) -> None:
    """All 120 orders (every third of the second story), each on a fresh copy; in every fifth the worker looks
    after each notification. PostgreSQL copies more slowly: there every seventh of these.
    """
    gift = story(scene)
    wanted = types.split()
    events = [one for one in happened(scene) if one["type"] in wanted]
    assert sorted(one["type"] for one in events) == wanted
    moment = Moment(scene, database)
    step *= 1 if database.url.startswith("sqlite") else 7
    for number, order in enumerate(list(permutations(events))[::step]):
        moment.back()
        for event in order:
            deliver(scene, event)
            if number % 5 == 0:
                handle(scene)
        handle(scene)
        assert scene.pledge(gift).state == end, [one["type"] for one in order]
        assert times(scene, gift, PAID) == 1
    assert len([subject for subject in scene.mails(gift) if subject.startswith("Reçu")]) == 1
    assert_books_equal(scene)


def test_case_21_a_refusal_that_is_told_after_the_success_changes_nothing(scene: Scene) -> None:
    _, [gift] = due(scene, 1, card=FAILS_LATER)
    work_without(scene, "events", "poll")
    assert scene.pledge(gift).state == PledgeState.NEEDS_CARD
    back = shopper.complete_checkout(scene.press(gift, "/carte").headers["Location"])
    scene.come_back(gift, back)
    assert scene.pledge(gift).state == PledgeState.PAID
    told = scene.mails(gift)
    [success] = happened(scene, "payment_intent.succeeded")
    [refusal] = happened(scene, "payment_intent.payment_failed")
    for event in (success, refusal, success):
        deliver(scene, event)
        handle(scene)
    assert scene.pledge(gift).state == PledgeState.PAID
    assert scene.mails(gift) == told
    assert_books_equal(scene)


def test_case_22_when_every_notification_is_lost_the_poller_finds_all_within_minutes(scene: Scene) -> None:
    scene.stripe.control("webhooks", mode="drop")
    with served(scene) as url:
        made = scene.app.test_cli_runner().invoke(args=["payments", "register-webhook", url])
        assert made.exit_code == 0, made.output
        agreed = agreed_at_the_bank(scene)
        given = card_given(scene)
        wait(scene, 2, minutes=1)
    assert scene.pledge(given).state == PledgeState.AUTHORISED
    assert scene.pledge(agreed).state == PledgeState.PAID
    assert {one.source for one in stored(scene)} == {"poll"}
    assert_books_equal(scene)


@pytest.mark.parametrize("days", [29, 31])
def test_case_23_what_was_lost_for_a_month_is_found_at_the_next_start(scene: Scene, days: int) -> None:
    """Stripe lists events for 30 days. After that the look at what is still open finds the same."""
    agreed = agreed_at_the_bank(scene)
    given = card_given(scene)
    scene.travel(days=days)
    assert bool(happened(scene)) is (days == 29)
    wait(scene, 2)
    assert scene.pledge(agreed).state == PledgeState.PAID
    assert scene.pledge(given).state in (PledgeState.AUTHORISED, PledgeState.DUE, PledgeState.PAID)
    assert_books_equal(scene)
