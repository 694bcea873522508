"""The desk's first page: the curve from its numbers, what to do today, both tied to the day of the campaign."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.campaigns.models import Campaign
from app.campaigns.rules import CampaignState
from app.core import clock
from app.core.database import db, transaction
from app.desk import jobs
from app.desk.curve_rules import Band, Point, by_day, forecast
from app.desk.models import Curve
from app.desk.todo_rules import MOST, Facts, todo
from tests.threads.conftest import Square, a_pledge
from tests.threads.conftest import square as square

FIRST = date(2027, 3, 1)


def day(number: int) -> date:
    return FIRST + timedelta(days=number - 1)


def test_the_curve_has_a_point_each_day_and_loses_no_cent():
    points = by_day([(day(3), 2500), (day(1), 1000), (day(3), 1), (day(0), 7)], FIRST, day(4))
    assert points == [Point(day(1), 1007), Point(day(2), 1007), Point(day(3), 3508), Point(day(4), 3508)]


def test_a_forecast_lies_between_two_paces_and_is_silent_when_nobody_knows():
    points = by_day([(day(n), 1000) for n in range(1, 11)], FIRST, day(10))
    assert forecast(points, 10, day(20)) == Band(day(20), 20_000, 20_000)
    slow = by_day([(day(1), 9000), (day(2), 1000)], FIRST, day(10))
    assert forecast(slow, 5, day(20)) == Band(day(20), 10_000, 20_000)
    assert forecast(points[:2], 10, day(20)) is None
    assert forecast(points, 4, day(20)) is None
    assert forecast(points, 10, day(10)) is None


QUIET = Facts(CampaignState.LIVE, 15, 15, 30, 10, 0, 2, 0, 0, False)


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({}, []),
        ({"day": 1, "days_left": 29, "percent": 0}, ["close_circle"]),
        ({"day": 5, "days_left": 25, "percent": 5}, ["second_circle", "ask_coach"]),
        ({"percent": 52}, ["half_way"]),
        ({"percent": 100}, ["reached"]),
        ({"days_left": 6}, ["last_week"]),
        ({"days_left": 2}, ["last_hours"]),
        ({"days_left": 0, "waiting_questions": 2}, ["answer", "last_day"]),
        ({"days_since_news": 7, "unthanked": 3}, ["write_news", "thank"]),
        ({"state": CampaignState.SUCCEEDED, "to_deliver": 4, "days_left": -3}, ["deliver"]),
        ({"state": CampaignState.SETTLED, "days_since_news": 14}, ["tell_what_follows", "close_out"]),
        ({"state": CampaignState.FULFILLED, "has_closing_words": True}, []),
        ({"state": CampaignState.FAILED, "days_left": -1}, []),
    ],
)
def test_today_s_list_follows_the_day(change, codes):
    assert todo(replace(QUIET, **change)) == codes


def test_today_s_list_is_short_whatever_happens():
    worst = replace(QUIET, day=8, days_left=0, percent=3, waiting_questions=9, days_since_news=30, unthanked=9)
    assert len(todo(worst)) <= MOST


def desk(square: Square) -> str:
    return square.holder.get(f"/mes-campagnes/{square.slug}").get_data(as_text=True)


def test_the_worker_draws_the_curve_in_both_languages_once_for_each_change(square: Square):
    assert "Le dessin se prépare" in desk(square)
    with square.app.app_context():
        with transaction():
            campaign = db.session.get_one(Campaign, square.campaign_id)
            campaign.opens_at = clock.now() - timedelta(days=9)
            campaign.raised_cents = 17_500
        for n in range(5):
            a_pledge(square.campaign_id, f"don{n}@example.org", authorised_at=clock.now() - timedelta(days=n))
        assert jobs.draw_curves() == 1
        assert jobs.draw_curves() == 0
        first = dict(db.session.scalars(db.select(Curve)).one().names)
    shown = desk(square)
    svg = re.search(r"<svg [^>]*chart.*?</svg>", shown, re.S)
    assert svg is not None
    for part in ("stroke-goal", "fill-band", "stroke-line"):
        assert part in svg.group(), part
    assert not re.search(r"style=|#0[0-9a-f]{5}|https?://(?!www\.w3\.org)|<script|role=", svg.group())
    assert "Les chiffres, jour par jour" in shown
    english = square.app.test_client()
    english.set_cookie("session", square.holder.client.get_cookie("session").value)
    english.set_cookie("langue", "en")
    assert "chart" in english.get(f"/mes-campagnes/{square.slug}").get_data(as_text=True)
    with square.app.app_context():
        later = clock.now() - timedelta(minutes=5)
        with transaction():
            db.session.scalars(db.select(Curve)).one().drawn_at = later
        assert jobs.draw_curves() == 0, "nothing has changed"
        with transaction():
            db.session.scalars(db.select(Curve)).one().drawn_at = later
            db.session.get_one(Campaign, square.campaign_id).raised_cents += 500
        assert jobs.draw_curves() == 1
        assert db.session.scalars(db.select(Curve)).one().names != first


def test_what_waits_is_on_the_desk_and_hidden_from_whom_it_is_not_for(square: Square):
    shown = desk(square)
    assert "Remercier 2 personnes" in shown.replace("\u00a0", " ")
    editor = square.member("editor").get(f"/mes-campagnes/{square.slug}").get_data(as_text=True)
    assert "Remercier" not in editor
    assert "/argent" not in editor
    assert "/contributeurs" not in editor
