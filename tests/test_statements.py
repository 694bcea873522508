"""Pages read the database in a few statements, and in no more when there is more to show."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from app.campaigns.models import Campaign
from app.core.database import db
from tests.support.crowd import gather
from tests.support.statements import PAGES, count, statements

FEW, MANY = 2, 15  # more than a page of the catalogue


def test_every_page_keeps_to_its_statements_however_much_there_is_to_show(app: Flask) -> None:
    with app.app_context():
        few = gather(FEW, seed=1)
    for_few = {page.name: count(app, few, page) for page in PAGES}
    with app.app_context():
        many = gather(MANY, seed=2)
    for_many = {page.name: count(app, many, page) for page in PAGES}

    too_many = {page.name: for_few[page.name] for page in PAGES if len(for_few[page.name]) > page.most}
    grown = {name: sent for name, sent in for_many.items() if len(sent) > len(for_few[name])}

    assert too_many == {}, "these pages send more statements than allowed"
    assert grown == {}, "these pages send more statements when there is more to show"


def test_a_kept_campaign_page_asks_only_whether_it_is_still_fresh(app: Flask) -> None:
    with app.app_context():
        crowd = gather(FEW)
    visitor, address = app.test_client(), f"/campagnes/{crowd.slug}"
    etag = visitor.get(address).headers["ETag"]
    with statements(app) as for_another_visitor:
        assert app.test_client().get(address).status_code == 200
    with statements(app) as for_the_same:
        assert visitor.get(address, headers={"If-None-Match": etag}).status_code == 304
    assert len(for_another_visitor) == len(for_the_same) == 1


def test_a_query_for_each_line_would_be_seen(app: Flask) -> None:
    with app.app_context():
        crowd = gather(FEW)
        slugs = [crowd.slug, *crowd.other_slugs]
        with statements(app) as sent:
            for campaign in db.session.scalars(select(Campaign).where(Campaign.slug.in_(slugs))):
                assert campaign.commune
    assert len(sent) == 1 + len(slugs)
