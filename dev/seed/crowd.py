"""Contributors of the demo: each promise through the verb, Stripe's card page and the sync."""

from __future__ import annotations

import random
from itertools import accumulate

from app.accounts.models import User
from app.campaigns.models import Reward
from app.core import clock
from app.core.database import db, transaction
from app.payments import runner
from app.pledges.models import Pledge
from app.pledges.services import make_pledge
from app.settlement.sync import sync_gift
from dev.seed.holders import Made, user
from dev.seed.people import FIRST_NAMES, LAST_NAMES, MESSAGES
from fake_stripe import shopper

USUAL_EUROS = (5, 8, 10, 10, 12, 15, 15, 20, 20, 25, 25, 30, 40, 50, 60, 100, 120)


def amounts_cents(made: Made, share: float) -> list[int]:
    """As many amounts as pledges, in whole euros, that add up to the project's reach."""
    project, dice = made.project, random.Random(made.project.title)
    count = max(3, round(project.pledges * share))
    drawn = [dice.choice(USUAL_EUROS) for _ in range(count)]
    target = project.goal_cents // 100 * project.reach_percent // 100
    scaled = [max(2, round(value * target / sum(drawn))) for value in drawn]
    scaled[0] = max(2, scaled[0] + target - sum(scaled))
    return [value * 100 for value in scaled]


def pledge_of_the_day(made: Made, day: int, *, share: float, base: str) -> None:
    """Strong first and last days, quiet ones between, as campaigns really go."""
    project, amounts = made.project, amounts_cents(made, share)
    last = min(project.days, -project.start)
    weights = [3.0 if n < 3 else 2.0 if n > project.days - 4 else 1.0 for n in range(last + 1)]
    until = list(accumulate(weights))[day - project.start] / sum(weights)
    while made.pledged < round(until * len(amounts)):
        _one(made, amounts[made.pledged], base)
        made.pledged += 1


def _one(made: Made, amount_cents: int, base: str) -> None:
    dice = random.Random(f"{made.project.title}-{made.pledged}")
    first, last = dice.choice(FIRST_NAMES), dice.choice(LAST_NAMES)
    rewards = [r for r in made.campaign.rewards if r.amount_cents <= amount_cents and r.stock_left != 0]
    reward_id = dice.choice(rewards).id if rewards and dice.random() < 0.6 else None
    citizen_id = user("citoyenne").id if made.pledged == 1 else None
    with transaction():
        citizen = db.session.get_one(User, citizen_id) if citizen_id else None
        pledge = make_pledge(
            made.campaign,
            reward=db.session.get_one(Reward, reward_id) if reward_id else None,
            amount_cents=amount_cents,
            email=citizen.email if citizen else f"contribution{made.campaign_id}.{made.pledged}@demo.example.org",
            name=citizen.name if citizen else f"{first} {last}",
            is_anonymous=dice.random() < 0.15,
            hides_amount=dice.random() < 0.2,
            message=dice.choice(MESSAGES),
            user=citizen,
            locale="fr",
            at=clock.now(),
        )
        pledge_id = pledge.id
    runner.run_chain(Pledge.__tablename__, pledge_id)
    url = db.session.get_one(Pledge, pledge_id).checkout_url
    assert url, "the fake Stripe gave no card page"
    db.session.rollback()
    shopper.complete_checkout(url, card=made.project.cards.get(made.pledged, shopper.GOOD_CARD), name=f"{first} {last}")
    sync_gift(pledge_id)
