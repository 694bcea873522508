"""One contribution from the click to the transfer: nothing left out, in order, and nothing personal in addresses."""

from __future__ import annotations

import re

import pytest

from app.core.database import db
from app.pledges.models import Pledge
from app.settlement.models import RefundReason
from app.treasury import queries, services, timeline
from app.treasury.timeline_words import FACT_WORDS, WHAT_WORDS
from tests.money.support import fault, heal, wait
from tests.support.scene import FAILS_LATER, Scene
from tests.treasury.support import collected, press, treasurer


def moments(scene: Scene, public_id: str, kind: str = "") -> list[timeline.Moment]:
    with scene.app.app_context():
        pledge = db.session.query(Pledge).filter_by(public_id=public_id).one()
        return timeline.moments(pledge, timeline.money_of(pledge), kind)


def only_pledge(scene: Scene) -> str:
    with scene.app.app_context():
        return db.session.query(Pledge).one().public_id


def a_long_story(scene: Scene) -> str:
    """Promised, charged, half of it given back by two persons, the rest passed on."""
    from app.core import clock
    from app.core.database import transaction

    slug = collected(scene)
    public_id = only_pledge(scene)
    first, second = scene.treasurers()
    with scene.app.app_context():
        with transaction():
            reference = services.propose_refund(
                queries.pledge_case(public_id).thing, reason=RefundReason.GOODWILL, amount_cents=40_00, words="Pardon.",
                by=first, at=clock.now(),
            ).reference  # fmt: skip
        with transaction():
            services.approve_refund(queries.refund_case(reference).thing, by=second, at=clock.now())
    scene.work()
    scene.approve_payout(slug)
    scene.travel(days=8)
    scene.work()
    return public_id


def test_every_step_call_event_booking_and_mail_is_there_in_the_order_of_time(scene: Scene) -> None:
    found = moments(scene, a_long_story(scene))
    whats = [one.what for one in found]
    assert [one.at for one in found] == sorted(one.at for one in found)
    milestones = [
        "pledge.made", "pledge.authorised", "pledge.due", "pledge.charging", "pledge.paid", "refund.proposed",
        "refund.approved", "refund.succeeded", "transfer.prepared", "transfer.done",
    ]  # fmt: skip
    assert [one for one in whats if one in milestones] == milestones
    assert {"booking.charge", "booking.refund", "booking.transfer"} <= set(whats)
    assert {"confirmed", "succeeded", "paid"} <= {one.what for one in found if one.kind == "mail"}
    calls = [dict(one.facts)["call"] for one in found if one.what == "call.done"]
    assert [one for one in calls if one != "customer.create"] == [
        "session.create", "intent.create", "intent.confirm", "refund.create", "transfer.create",
    ]  # fmt: skip
    assert all(dict(one.facts).get("request") for one in found if one.what == "call.done")
    assert "payment_intent.succeeded" in whats
    entries = [dict(one.facts) for one in found if one.kind == "booking"]
    assert all(
        sum(cents for name, cents in entry.items() if name.startswith("account ")) == 0 for entry in entries
    )  # fmt: skip
    assert {one.what for one in found if one.kind in ("journal", "attempt", "call", "booking")} <= set(WHAT_WORDS)
    unsaid = {name for one in found for name, _ in one.facts} - set(FACT_WORDS) - {"call"}
    assert {name for name in unsaid if not name.startswith("account ")} == set(), "facts without words"


def test_a_call_without_an_answer_shows_its_tries_and_its_error(scene: Scene) -> None:
    slug = collected(scene)
    scene.approve_payout(slug)
    scene.travel(days=8)
    fault(scene, "/v1/transfers", "drop", phase="after", times=0)
    wait(scene, rounds=2)
    public_id, who = only_pledge(scene), treasurer(scene)
    open_calls = [one for one in moments(scene, public_id, "call") if one.what in ("call.unknown", "call.look_up")]
    assert len(open_calls) == 1
    facts = dict(open_calls[0].facts)
    assert facts["tries"] >= 1
    assert facts["error"]
    page = who.get("/tresorerie/listes/appels").get_data(as_text=True)
    assert "verser" in page
    heal(scene)
    operation = re.search(r'action="(/tresorerie/appels/\d+)"', page)
    assert operation
    orders = len([one for one in scene.stripe.control("orders")["orders"] if one["path"] == "/v1/transfers"])
    assert press(who, operation.group(1)) == 303
    assert "Tous les appels à Stripe ont reçu leur réponse" in who.get("/tresorerie").get_data(as_text=True)
    after = [one for one in scene.stripe.control("orders")["orders"] if one["path"] == "/v1/transfers"]
    assert len(after) == orders, "it was looked up, not sent again"
    assert len(scene.stripe.control("state")["transfers"]) == 1


def test_a_refused_card_shows_each_try_with_its_reason(scene: Scene) -> None:
    slug = scene.campaign(goal_cents=100_00)
    gift = scene.give(slug, card=FAILS_LATER, cents=100_00)
    scene.close(slug)
    tries = moments(scene, gift.public_id, "attempt")
    assert [one.what for one in tries] == ["attempt.started", "attempt.declined"]
    assert dict(tries[1].facts)["code"] == "card_declined"


@pytest.mark.parametrize("kind", [*timeline.KINDS, "", "inconnue"])
def test_each_kind_can_be_read_alone(scene: Scene, kind: str) -> None:
    slug = collected(scene)
    scene.approve_payout(slug)
    who = treasurer(scene)
    page = who.get(f"/tresorerie/contributions/{only_pledge(scene)}?montrer={kind}")
    assert page.status_code == 200
    if kind in timeline.KINDS:
        assert {one.kind for one in moments(scene, only_pledge(scene), kind)} <= {kind}


def test_the_words_of_a_mail_and_the_parameters_of_a_call_are_not_shown(scene: Scene) -> None:
    slug = scene.campaign()
    gift = scene.give(slug, name="Zéphyrine Unique", message="Un mot très personnel.")
    who = treasurer(scene)
    page = who.get(f"/tresorerie/contributions/{gift.public_id}").get_data(as_text=True)
    assert "Zéphyrine Unique" in page, "who it is from is on this page alone"
    story = page.split("Du premier clic")[1]
    assert gift.email not in story
    assert "Rien n’est débité aujourd’hui" not in story
    assert "return_url" not in story
    links = re.findall(r'(?:href|action)="([^"]*)"', page)
    assert not [link for link in links if "@" in link or "personnel" in link]
