"""Many at once want the last rewards: exactly as many as there are get one."""

from __future__ import annotations

import os
import time

from sqlalchemy import func, select

from app.campaigns.models import Reward
from app.core.database import db
from app.pledges.models import Pledge
from app.pledges.rules import HOLDS_STOCK
from tests.money.rush import rush
from tests.money.support import assert_books_equal
from tests.support.scene import Scene

BUYERS, REWARDS = map(int, os.environ.get("RUSH", "200,20").split(","))


def test_of_many_who_want_a_reward_at_once_exactly_as_many_get_one_as_there_are(scene: Scene) -> None:
    slug, started = scene.campaign(goal_cents=100_00, stock=REWARDS, account=False), time.monotonic()
    answers = rush(scene, slug, BUYERS)
    seconds = time.monotonic() - started
    print(f"\n{BUYERS} at once for {REWARDS} rewards: {dict(answers)} in {seconds:.1f} s")  # noqa: T201  (its product)
    assert answers == {303: REWARDS, 422: BUYERS - REWARDS}, "somebody got an error instead of an answer"
    with scene.app.app_context():
        reward = db.session.scalars(select(Reward)).one()
        assert (reward.stock_left, reward.chosen_count) == (0, REWARDS)
        keeping = select(func.count()).where(Pledge.reward_id == reward.id, Pledge.state.in_(HOLDS_STOCK))
        assert db.session.scalar(keeping) == REWARDS
        assert db.session.scalar(select(func.count()).select_from(Pledge)) == REWARDS
        db.session.rollback()
    assert_books_equal(scene)
