"""How fast promises are written: beside pgbench doing the same inserts, and all on one campaign beside many."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from statistics import median

from sqlalchemy import func, select

from app.campaigns.models import Campaign, Reward
from app.campaigns.rules import CampaignState
from app.core import clock
from app.core.database import db, transaction
from app.pledges import queries, services
from app.pledges.counter import counter
from app.pledges.forms import PledgeForm
from app.pledges.views import _make
from bench.postgres import Postgres, postgres
from bench.registry import Figure, Ground, measure
from tests.builders import a_campaign, a_user

ROUNDS, ROUND_SECONDS = 3, 4
CAMPAIGNS, THREADS, A_ROUND = 200, 8, 400
STOCK = 1_000_000
CONSENTS = {"consent_charge": "y", "consent_terms": "y"}
_numbers = count(1)

# What a promise writes, as plain SQL: the lock of its campaign, its reward, itself, journal, planned call.
SAME_INSERTS = """
BEGIN;
SELECT id, state, closes_at FROM campaigns WHERE id = {campaign} FOR UPDATE;
UPDATE rewards SET stock_left = stock_left - 1, chosen_count = chosen_count + 1 WHERE id = {reward};
UPDATE campaigns SET page_version = page_version + 1 WHERE id = {campaign};
INSERT INTO pledges (public_id, form_key, campaign_id, reward_id, email, name, is_anonymous, hides_amount, message,
 locale, amount_cents, refunded_cents, state, consent_version, created_at, session_number, session_expires_at,
 card_brand, card_last4, card_exp, attempts_count, last_decline, version)
 VALUES (md5(random()::text), md5(random()::text), {campaign}, {reward}, 'banc@exemple.fr', 'Camille Banc', false,
 false, '', 'fr', 2500, 0, 'draft', '2026-11', now(), 1, now(), '', '', '', 0, '', 1);
INSERT INTO journal (at, action, subject_kind, subject_id, data)
 VALUES (now(), 'pledge.made', 'pledges', 1, '{{"amount_cents": 2500, "consent": "2026-11"}}');
INSERT INTO stripe_operations (kind, subject_kind, subject_id, target, params, idempotency_key, psp_env, state,
 created_at, due_at, tries, renewals, error_code, request_id)
 VALUES ('customer.create', 'pledges', 1, '', '{{"email": "banc@exemple.fr", "name": "Camille Banc", "metadata":
 {{"pledge": "0123456789abcdef0123", "env": "0123456789", "op": "0123456789:cus:0123456789abcdef0123:1",
 "subject": "pledges:123456"}}}}', md5(random()::text), 'acct_banc', 'planned', now(), now(), 0, 0, '', '');
COMMIT;
"""


@dataclass(frozen=True)
class Place:
    campaign_id: int
    slug: str
    reward_id: int


def places(number: int) -> list[Place]:
    """So many live campaigns with a reward that never runs out. Inside an app context."""
    owner = a_user()
    owner_id, found = owner.id, []
    for _ in range(number):
        made = a_campaign(db.session.get_one(type(owner), owner_id), state=CampaignState.LIVE, reward_stock=STOCK)
        reward_id = db.session.scalars(select(Reward.id).where(Reward.campaign_id == made.id)).one()
        found.append(Place(made.id, made.slug, reward_id))
    db.session.rollback()
    return found


def promise(server: Postgres, place: Place) -> int:
    """One sent form, from its validation to the commit; returns the id of the pledge.

    What is left out: the HTTP server, the count of tries, and the calls to Stripe, which come after the commit.
    """
    fields = {
        "form_key": f"banc-{next(_numbers):020d}", "reward": str(place.reward_id), "amount": "25",
        "email": f"banc{next(_numbers)}@exemple.fr", "name": "Camille Banc", **CONSENTS,
    }  # fmt: skip
    with server.app.test_request_context(f"/campagnes/{place.slug}/contribuer", method="POST", data=fields):
        form = PledgeForm().prepare(counter(place.slug))
        assert form.validate_on_submit(), form.errors
        assert queries.find_by_form_key(str(form.form_key.data)) is None
        return _make(place.campaign_id, form)


@measure("pledges", goals="7")
def pledges(ground: Ground) -> Iterator[Figure]:
    """One visitor after the other beside one client of pgbench, in turns."""
    with postgres(ground.folder) as server:
        with server.app.app_context():
            place = places(1)[0]
        script = SAME_INSERTS.format(campaign=place.campaign_id, reward=place.reward_id)
        for _ in range(100):  # what is built once is built
            promise(server, place)
        shares, ours, theirs = [], [], []
        for _ in range(ROUNDS):
            theirs.append(server.transactions_per_second(script, clients=1, seconds=ROUND_SECONDS))
            ours.append(_per_second(lambda: promise(server, place)))
            shares.append(ours[-1] / theirs[-1])
    note = f"{median(ours):.0f} a second beside {median(theirs):.0f}"
    what = "form validated, promise committed / pgbench with the same inserts"
    yield Figure("7", what, median(shares), "×", note=note, spread=tuple(shares), at_least=0.10)


def _per_second(do: Callable[[], object]) -> float:
    began, done = time.perf_counter(), 0
    while time.perf_counter() - began < ROUND_SECONDS:
        do()
        done += 1
    return done / (time.perf_counter() - began)


@measure("hot_row", goals="8")
def hot_row(ground: Ground) -> Iterator[Figure]:
    """The last evening of one campaign beside the same crowd at many: promised and, with the card, counted."""
    with postgres(ground.folder) as server:
        with server.app.app_context():
            everywhere = places(CAMPAIGNS)
        crowd(server, everywhere[:THREADS])
        ratios, hot = [], []
        for turn in range(ROUNDS):
            pair = {"hot": everywhere[:1], "spread": everywhere}
            order = sorted(pair, reverse=bool(turn % 2))
            rates = {name: A_ROUND / crowd(server, [*pair[name]] * (A_ROUND // len(pair[name]) + 1)) for name in order}
            ratios.append(rates["hot"] / rates["spread"])
            hot.append(rates["hot"])
        with server.app.app_context():
            wrong = _wrong_totals()
    note = f"{median(hot):.0f} a second on one, {THREADS} threads"
    what = f"promises on one campaign / spread over {CAMPAIGNS}"
    yield Figure("8", what, median(ratios), "×", note=note, spread=tuple(ratios), at_least=0.60)
    yield Figure("8", "campaigns whose stored total is wrong afterwards", wrong, at_most=0)


def crowd(server: Postgres, where: Sequence[Place]) -> float:
    """A_ROUND promises (or one for each place when there are fewer) by several threads; seconds."""
    waiting, guard, wrong = iter(where[:A_ROUND]), threading.Lock(), []

    def visit() -> None:
        try:
            while True:
                with guard:
                    place = next(waiting, None)
                if place is None:
                    return
                pledge_id = promise(server, place)
                with server.app.app_context():
                    give_card(pledge_id)
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=visit) for _ in range(THREADS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong, wrong[0]
    return time.perf_counter() - began


def give_card(pledge_id: int) -> None:
    """The card is known: the promise counts from now on, as after the way back from Stripe's page."""
    with transaction():
        pledge = queries.get(pledge_id)
        queries.lock_campaign(pledge.campaign_id)
        db.session.refresh(pledge)
        method = f"pm_banc{pledge_id}"
        services.authorise(pledge, payment_method=method, brand="visa", last4="4242", exp="2034-12", at=clock.now())


def _wrong_totals() -> int:
    ids = db.session.scalars(select(Campaign.id).where(Campaign.state == CampaignState.LIVE)).all()
    stored = db.session.execute(
        select(Campaign.id, Campaign.raised_cents, Campaign.backers_count).where(Campaign.id.in_(ids))
    ).all()
    sums = select(Reward.campaign_id, func.sum(Reward.stock_left)).group_by(Reward.campaign_id)
    left = dict(db.session.execute(sums).tuples().all())
    return sum(
        queries.totals(campaign_id) != (cents, persons) or left[campaign_id] != STOCK - persons
        for campaign_id, cents, persons in stored
    )
