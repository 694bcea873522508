"""When no webhook arrives, the poller finds everything by itself."""

from __future__ import annotations

from sqlalchemy import select

from app.core import clock
from app.core.database import db
from app.payments import inbox, poller, runner
from app.payments.models import EventCursor, EventState, StripeEvent
from app.payments.outcomes import Declined
from tests.payments.conftest import Feature


def types() -> list[str]:
    found = db.session.scalars(select(StripeEvent.type).order_by(StripeEvent.created, StripeEvent.event_id))
    return list(found)


def test_everything_is_found_without_a_webhook(feature: Feature) -> None:
    intent, method = feature.intent()
    runner.run_now(feature.plan_confirm(intent, method))
    assert poller.poll() > 0
    inbox.handle_waiting()
    assert {"checkout.session.completed", "setup_intent.succeeded", "payment_intent.succeeded"} <= set(types())
    assert (1, "payment_intent", intent) in feature.rings
    rung = {kind for _, kind, _ in feature.rings}
    assert {"checkout.session", "setup_intent"} <= rung


def test_a_second_poll_finds_nothing_new(feature: Feature) -> None:
    feature.intent()
    assert poller.poll() > 0
    assert poller.poll() == 0
    assert poller.poll(is_deep=False) == 0


def test_more_events_than_fit_on_a_page_are_all_found(feature: Feature) -> None:
    intent, method = feature.intent("4000000000000341")
    for number in range(110):
        outcome = runner.run_now(feature.plan_confirm(intent, method, f"confirm:{number}"))
        assert isinstance(outcome, Declined)
    poller.poll()
    assert types().count("payment_intent.payment_failed") == 110


def test_the_cursor_stays_when_stripe_stops_answering_in_the_middle(feature: Feature) -> None:
    feature.intent()
    poller.poll()
    cursor = db.session.scalar(select(EventCursor.created))
    db.session.rollback()
    feature.travel(3600)
    feature.customer("cus:later")
    feature.saved_card(feature.customer("cus:later2"), key="cs:later")
    feature.stripe.kill()
    assert poller.poll_when_due() == ""
    assert db.session.scalar(select(EventCursor.created)) == cursor
    db.session.rollback()
    feature.stripe.restart()
    feature.stripe.control("clock", offset_seconds=clock.offset_seconds())
    assert poller.poll() > 0


def test_what_was_lost_for_twenty_nine_days_is_found_at_the_next_start(feature: Feature) -> None:
    poller.poll()
    intent, method = feature.intent()
    runner.run_now(feature.plan_confirm(intent, method))
    feature.travel(29 * 86_400)
    poller.poll()
    inbox.handle_waiting()
    assert (1, "payment_intent", intent) in feature.rings


def test_an_event_is_handled_while_another_worker_holds_it_only_after_its_lease(feature: Feature) -> None:
    feature.intent()
    poller.poll()
    for event_id in db.session.scalars(select(StripeEvent.event_id)).all():
        assert inbox._claim(event_id) is not None
    assert inbox.handle_waiting() == ""
    feature.travel(61)
    inbox.handle_waiting()
    assert set(db.session.scalars(select(StripeEvent.state))) == {EventState.DONE}
