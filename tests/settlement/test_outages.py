"""The window of repair does not run while our worker or Stripe is down."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.database import db, transaction
from app.core.jobs import WorkerBeat, beat
from app.payments import outages, poller
from app.payments.outages import Outage
from app.pledges import queries as pledges
from app.pledges.models import Pledge
from app.pledges.rules import REPAIRABLE, PledgeState
from app.settlement import jobs
from app.settlement.queries import ids_to_drop
from tests.builders import a_campaign, a_user
from tests.support.scene import FAILS_LATER, Gift, Scene

WEEK = timedelta(hours=168)


def refused(scene: Scene) -> Gift:
    """A promise whose card was refused a moment ago, in a campaign that has succeeded without it."""
    slug = scene.campaign(goal_cents=100_00)
    scene.give(slug, cents=100_00)
    gift = scene.give(slug, card=FAILS_LATER)
    scene.close(slug)
    assert scene.pledge(gift).state == PledgeState.NEEDS_CARD
    return gift


def worker_was_away(scene: Scene, **since: float) -> None:
    """The last beat is as old as this, in real time; then the worker starts again."""
    with scene.app.app_context():
        with transaction():
            db.session.get_one(WorkerBeat, "worker").at = clock.real_now() - timedelta(**since)
        beat()


def window(scene: Scene, gift: Gift) -> timedelta:
    with scene.app.app_context():
        pledge = scene.pledge(gift)
        end = pledges.window_end(pledge)
        assert end is not None
        assert pledge.first_declined_at is not None
        return end - pledge.first_declined_at


def rows(scene: Scene) -> list[Outage]:
    with scene.app.app_context():
        return list(db.session.scalars(select(Outage).order_by(Outage.id)))


def to_hours_after_refusal(scene: Scene, gift: Gift, hours: float) -> None:
    first = scene.pledge(gift).first_declined_at
    assert first is not None
    scene.travel_to(first + timedelta(hours=hours))


def test_the_window_is_a_week_when_nothing_was_down(scene: Scene) -> None:
    gift = refused(scene)
    scene.travel(days=6)  # the development clock moves, no outage
    scene.work(1)
    assert window(scene, gift) == WEEK
    assert rows(scene) == []


def test_hours_without_a_worker_are_given_back_to_everybody(scene: Scene) -> None:
    gift = refused(scene)
    worker_was_away(scene, hours=10)
    assert abs(window(scene, gift) - WEEK - timedelta(hours=10)) < timedelta(minutes=1)
    to_hours_after_refusal(scene, gift, 168 + 9)
    scene.work()
    assert scene.pledge(gift).state in REPAIRABLE, "a week has passed, but not a week with a worker"
    page = gift.client.get(gift.path("/regler")).get_data(as_text=True)
    assert "Donner une autre carte" in page
    assert scene.press(gift, "/carte").headers["Location"].startswith(scene.stripe.url)
    to_hours_after_refusal(scene, gift, 168 + 10.1)
    scene.work()
    assert scene.pledge(gift).state == PledgeState.DROPPED


def test_reminders_wait_like_the_window(scene: Scene) -> None:
    gift = refused(scene)
    worker_was_away(scene, hours=10)
    to_hours_after_refusal(scene, gift, 49)
    scene.work(1)
    assert not any("Rappel" in subject for subject in scene.mails(gift))
    to_hours_after_refusal(scene, gift, 58.5)
    scene.work(1)
    assert sum("Rappel" in subject for subject in scene.mails(gift)) == 1


def test_a_restart_within_five_minutes_is_no_outage(scene: Scene) -> None:
    gift = refused(scene)
    worker_was_away(scene, minutes=4)
    assert window(scene, gift) == WEEK
    assert rows(scene) == []


def test_who_was_refused_after_the_outage_gains_nothing_from_it(scene: Scene) -> None:
    slug = scene.campaign(goal_cents=100_00)
    scene.give(slug, cents=100_00)
    gift = scene.give(slug, card=FAILS_LATER)
    scene.work(1)
    worker_was_away(scene, hours=10)
    scene.close(slug)
    assert window(scene, gift) == WEEK


def test_while_the_worker_is_still_away_the_page_already_counts_it(scene: Scene) -> None:
    gift = refused(scene)
    with scene.app.app_context(), transaction():
        db.session.get_one(WorkerBeat, "worker").at = clock.real_now() - timedelta(hours=3)
    assert window(scene, gift) > WEEK + timedelta(hours=2, minutes=59)


@pytest.mark.parametrize(("minutes", "counts"), [(40, True), (4, False)])
def test_a_silence_of_stripe_counts_from_five_minutes_on(scene: Scene, minutes: int, counts: bool) -> None:
    gift = refused(scene)
    scene.stripe.kill()
    with scene.app.app_context():
        poller.poll_when_due()
        poller.poll_when_due()
        with transaction():  # it began earlier
            (open_one,) = db.session.scalars(select(Outage))
            open_one.began_at -= timedelta(minutes=minutes)
    assert (window(scene, gift) > WEEK) is counts, "an outage under way counts as well"
    scene.stripe.restart()
    scene.travel(seconds=1)
    with scene.app.app_context():
        poller.poll_when_due()
    found = [(one.kind, round(one.lost_seconds / 60)) for one in rows(scene)]
    assert found == ([("stripe", minutes)] if counts else [])
    assert abs(window(scene, gift) - WEEK - timedelta(minutes=minutes if counts else 0)) < timedelta(minutes=1)


def test_stripe_that_asks_to_slow_down_is_not_down(scene: Scene) -> None:
    refused(scene)
    scene.stripe.control("faults", path="/v1/events", action="status", status=429, times=0)
    with scene.app.app_context():
        poller.poll_when_due()
    assert rows(scene) == []


def test_time_without_both_is_counted_once(scene: Scene) -> None:
    gift = refused(scene)
    scene.stripe.kill()
    with scene.app.app_context():
        poller.poll_when_due()
        with transaction():
            (open_one,) = db.session.scalars(select(Outage))
            open_one.began_at -= timedelta(hours=5)
    worker_was_away(scene, hours=4)
    scene.stripe.restart()
    scene.travel(seconds=1)
    with scene.app.app_context():
        poller.poll_when_due()
    assert abs(window(scene, gift) - WEEK - timedelta(hours=5)) < timedelta(minutes=1)


@pytest.mark.usefixtures("ctx")
@pytest.mark.parametrize("seed", range(4))
def test_the_query_of_the_job_agrees_with_the_window_of_the_page(seed: int) -> None:
    dice, at = random.Random(seed), clock.now()
    campaign_id = a_campaign(a_user()).id
    with transaction():
        for _ in range(dice.randrange(4)):
            noted_at = at - timedelta(hours=dice.randrange(400))
            db.session.add(
                Outage(
                    kind="worker",
                    began_at=at,
                    ended_at=at,
                    lost_seconds=dice.randrange(3600, 90_000),
                    noted_at=noted_at,
                )
            )
        for number in range(40):
            db.session.add(repairable(campaign_id, number, at - timedelta(hours=dice.randrange(400))))
    over = {
        one.id
        for one in db.session.scalars(select(Pledge))
        if one.first_declined_at and one.first_declined_at + WEEK + outages.lost_since(one.first_declined_at) <= at
    }
    assert set(ids_to_drop(at, 168)) == over


def repairable(campaign_id: int, number: int, first_declined_at: datetime) -> Pledge:
    return Pledge(
        public_id=f"p{number}", form_key=f"f{number}", campaign_id=campaign_id, email="a@exemple.fr",
        amount_cents=10_00, state=PledgeState.NEEDS_CARD, consent_version="1", created_at=first_declined_at,
        first_declined_at=first_declined_at,
    )  # fmt: skip


def test_the_drop_and_a_page_opened_in_the_same_second_use_one_value(scene: Scene) -> None:
    gift = refused(scene)
    to_hours_after_refusal(scene, gift, 167.9)
    with scene.app.app_context():
        jobs.drop_overdue()
    assert scene.pledge(gift).state in REPAIRABLE
    to_hours_after_refusal(scene, gift, 168)
    page = gift.client.get(gift.path("/regler")).get_data(as_text=True)
    assert "Donner une autre carte" not in page
    with scene.app.app_context():
        jobs.drop_overdue()
    assert scene.pledge(gift).state == PledgeState.DROPPED


# -- a worker that cron rings ----------------------------------------------------------------------


def cron(scene: Scene, *, minutes_ago: float = 0, every: int = 15) -> None:
    """`flask worker --once` now, the turn before being this old, in real time."""
    with scene.app.app_context():
        known = db.session.get(WorkerBeat, "worker")
        if known is not None and minutes_ago:
            with transaction():
                db.session.get_one(WorkerBeat, "worker").at = clock.real_now() - timedelta(minutes=minutes_ago)
        db.session.rollback()
    answer = scene.app.test_cli_runner().invoke(args=["worker", "--once", "--every", str(every)])
    assert answer.exit_code == 0, answer.output


def test_the_time_between_two_turns_of_cron_is_no_outage(scene: Scene) -> None:
    gift = refused(scene)
    cron(scene)
    for _ in range(2):
        cron(scene, minutes_ago=16)
    assert rows(scene) == []
    with scene.app.app_context(), transaction():
        db.session.get_one(WorkerBeat, "worker").at = clock.real_now() - timedelta(minutes=14)
    assert window(scene, gift) == WEEK, "between two turns nothing is lost either"
    assert gift.client.get("/health").get_json()["worker"] >= 14 * 60
    assert gift.client.get("/health").status_code == 200


def test_a_cron_that_stood_still_for_a_day_is_an_outage(scene: Scene) -> None:
    gift = refused(scene)
    cron(scene)
    cron(scene, minutes_ago=24 * 60)
    assert [(one.kind, round(one.lost_seconds / 3600)) for one in rows(scene)] == [("worker", 24)]
    assert window(scene, gift) > WEEK + timedelta(hours=23)


def test_a_worker_that_runs_all_the_time_again_is_measured_by_the_minute_again(scene: Scene) -> None:
    gift = refused(scene)
    cron(scene)
    worker_was_away(scene, minutes=16)  # its first beat after cron: cron had promised as much
    assert rows(scene) == []
    worker_was_away(scene, minutes=16)
    assert len(rows(scene)) == 1
    assert window(scene, gift) > WEEK
