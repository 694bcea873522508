"""The total of a campaign and the stock of a reward under many hands."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
from flask import Flask

from app.campaigns import services
from app.campaigns.errors import StockExhausted
from app.campaigns.models import Campaign, Reward
from app.core.database import db, transaction
from tests.builders import a_campaign, a_user


@pytest.fixture
def ids(app: Flask) -> tuple[int, int]:
    """(campaign, reward) of a live campaign with three items left."""
    with app.app_context():
        campaign = a_campaign(a_user(), state="live", reward_stock=3)
        return campaign.id, campaign.rewards[0].id


def read(campaign_id: int) -> tuple[int, int, int]:
    row = db.session.execute(
        db.select(Campaign.raised_cents, Campaign.backers_count, Campaign.page_version).where(
            Campaign.id == campaign_id
        )
    ).one()
    return tuple(row)


def test_a_total_goes_up_and_down_and_the_page_gets_a_new_version_each_time(app: Flask, ids: tuple[int, int]):
    with app.app_context():
        with transaction():
            campaign = db.session.get_one(Campaign, ids[0])
            version = campaign.page_version
            services.add_to_total(ids[0], 2_500, 1)
            assert campaign.raised_cents == 2_500  # a row already loaded is not left behind
            services.add_to_total(ids[0], -500, 0)
        assert read(ids[0]) == (2_000, 1, version + 2)


def test_the_holder_saving_meanwhile_undoes_no_pledge(app: Flask, ids: tuple[int, int]):
    with app.app_context():
        with transaction():
            campaign = db.session.get_one(Campaign, ids[0])
            services.add_to_total(ids[0], 1_000, 1)
            campaign.tagline = "Changée"
            services.add_to_total(ids[0], 1_000, 1)
        assert read(ids[0])[:2] == (2_000, 2)


def test_the_last_item_is_given_once_and_comes_back_once(app: Flask, ids: tuple[int, int]):
    with app.app_context():
        for _ in range(3):
            with transaction():
                services.take_stock(ids[1])
        with pytest.raises(StockExhausted), transaction():
            services.take_stock(ids[1])
        for _ in range(3):
            with transaction():
                services.give_back_stock(ids[1])
        with pytest.raises(StockExhausted), transaction():
            services.give_back_stock(ids[1])
        reward = db.session.get_one(Reward, ids[1])
        assert (reward.stock_left, reward.chosen_count) == (3, 0)


def test_an_unlimited_reward_never_runs_out(app: Flask):
    with app.app_context():
        reward_id = a_campaign(a_user(), state="live", reward_stock=None).rewards[0].id
        for _ in range(5):
            with transaction():
                services.take_stock(reward_id)
        reward = db.session.get_one(Reward, reward_id)
        assert (reward.stock_left, reward.chosen_count) == (None, 5)


def test_ten_buyers_at_once_of_three_items_take_three(app: Flask, ids: tuple[int, int]):
    told: Counter[str] = Counter()
    start = threading.Barrier(10)

    def buy() -> None:
        with app.app_context():
            start.wait()
            try:
                with transaction():
                    services.take_stock(ids[1])
                    services.add_to_total(ids[0], 2_500, 1)
                told["taken"] += 1
            except StockExhausted:
                told["refused"] += 1
            finally:
                db.session.remove()

    buyers = [threading.Thread(target=buy) for _ in range(10)]
    for buyer in buyers:
        buyer.start()
    for buyer in buyers:
        buyer.join()
    assert told == {"taken": 3, "refused": 7}
    with app.app_context():
        assert read(ids[0])[:2] == (7_500, 3)
        assert db.session.get_one(Reward, ids[1]).stock_left == 0
