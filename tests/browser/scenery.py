"""`python -m tests.browser.scenery WHAT …`: people and campaigns that a journey finds when it begins.

Run with the instance's own environment, beside its web and worker; everything goes through the
product's verbs and the hosted pages of the local Stripe. The last line printed is JSON.

    people                        the reviewers, coaches and holders of the demo
    coach KEY NAME ORGANISATION SECRET   one coach more, whose telephone gives codes
    draft HOLDER COMMUNE TITLE    a campaign ready to be sent, its payment account open
    live HOLDER COMMUNE TITLE     the same, approved by two people, open since a moment
    payout SLUG                   two treasurers let the money of a campaign that has ended well leave
    flexible HOLDER COMMUNE TITLE the same again, of the kind that charges at once and keeps what is raised
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from functools import partial

from app import create_app
from app.campaigns import queries as campaign_queries
from app.campaigns.jobs import open_due
from app.campaigns.rules import FundingKind
from app.core import clock
from app.core.database import db, transaction
from app.settlement import payout_queries
from app.treasury import services as treasury
from dev import pictures
from dev.seed import holders, reviewers
from dev.seed.people import PASSWORD, PEOPLE, Someone
from dev.seed.projects import BAKERY, DemoProject
from dev.seed.story import Story
from fake_stripe import shopper
from tests.support.days import day_of

DAYS = 5
GOAL_CENTS = 100_00


def people() -> object:
    Story().settle_people()
    return {"password": PASSWORD, "emails": {person.key: person.email for person in PEOPLE}}


def coach(key: str, name: str, organisation: str, secret: str) -> object:
    someone = Someone(key, "coach", name, organisation, factor=secret)
    Story().settle_people([someone])
    return {"email": someone.email}


def campaign(fate: str, holder: str, commune: str, title: str) -> object:
    """`fate`: draft, live or flexible."""
    project = replace(
        BAKERY, holder=holder, commune=commune, title=title, fate="live", days=DAYS, coached="", organisation="",
        goal_cents=GOAL_CENTS, optimum_cents=None, others=(), uses=(("La sole du four", GOAL_CENTS),),
        start=_days_from_today(), kind=FundingKind.FLEXIBLE if fate == "flexible" else FundingKind.ALL_OR_NOTHING,
    )  # fmt: skip
    made = holders.write(project, pictures.render(project.picture, 1))
    if fate != "draft":
        _open(made, project)
    return {"slug": made.campaign.slug, "title": title}


def payout(slug: str) -> object:
    first, second = holders.user("tresorerie1").id, holders.user("tresorerie2").id
    with transaction():
        payout_id = treasury.prepare_payout(campaign_queries.get_by_slug(slug), by=first, at=clock.now()).id
    with transaction():
        treasury.approve_payout(payout_queries.get_payout(payout_id), by=second, at=clock.now())
    return {"payout": payout_id}


def _open(made: holders.Made, project: DemoProject) -> None:
    holders.submit(made)
    reviewers.review(made)
    open_due()


def _days_from_today() -> int:
    """The demo counts its days from the real one; the travelled clock is ahead of it."""
    return (day_of(clock.now()) - day_of(clock.real_now())).days


def main() -> int:
    what, *given = sys.argv[1:]
    with create_app().app_context():
        told = {"people": people, "payout": payout, "coach": coach}.get(what, partial(campaign, what))(*given)
        shopper.close()
        db.session.remove()
        db.engine.dispose()
    sys.stdout.write(json.dumps(told) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
