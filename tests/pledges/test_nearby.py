"""Where those who give live: derived from a postcode that is not kept, and shown only for eleven persons and more."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app.campaigns.models import Campaign
from app.core import clock
from app.core.database import db, transaction
from app.network.postcodes import area_of, is_postcode
from app.pledges.backers import public_backers
from app.pledges.models import Pledge
from app.pledges.rules import PledgeState
from tests.builders import a_campaign, a_user
from tests.support.scene import Scene

DIJON, LYON = "21000", "69001"


@pytest.mark.parametrize("text", ["", "2100", "210000", "abcde", "21 000", "00000", "96000", "99999", "２１０００"])
def test_what_is_no_postcode(text):
    assert not is_postcode(text)


def test_a_postcode_tells_its_departement_and_where_it_is_alone_its_intercommunality(ctx):
    departement, epci = area_of(DIJON)
    assert departement == "21"
    assert len(epci) == 9
    assert area_of(LYON) == ("69", "")
    assert area_of("97400") == ("974", "")
    assert area_of("") == ("", "")


def give(campaign_id: int, count: int, departement: str | None, *, epci: str | None = None, start: int = 0) -> None:
    with transaction():
        for number in range(start, start + count):
            db.session.add(
                Pledge(
                    public_id=f"p{number}", form_key=f"f{number}", campaign_id=campaign_id, amount_cents=500,
                    email=f"p{number}@example.org", state=PledgeState.AUTHORISED, consent_version="1",
                    created_at=clock.now(), departement_code=departement, epci_code=epci,
                )
            )  # fmt: skip
        row = db.session.get_one(Campaign, campaign_id)
        row.backers_count, row.page_version = start + count, row.page_version + 1


def test_ten_persons_are_too_few_and_eleven_are_enough(app: Flask):
    with app.app_context():
        campaign = a_campaign(a_user(), state="live")
        campaign_id, slug = campaign.id, campaign.slug
        epci = db.session.scalar(db.text("select epci_code from territories where code = '21373'"))
        give(campaign_id, 10, "21", epci=epci)
        assert public_backers(campaign_id, 10, "21", epci)[1] is None
        assert "code postal" not in app.test_client().get(f"/campagnes/{slug}").get_data(as_text=True)
        give(campaign_id, 1, "69", start=10)
        give(campaign_id, 5, None, start=11)
        found = public_backers(campaign_id, 16, "21", epci)[1]
    assert (found.known, found.in_departement, found.in_epci) == (11, 10, 10)
    page = app.test_client().get(f"/campagnes/{slug}").get_data(as_text=True)
    assert "10 des 11 personnes" in page
    assert "90\u00a0%" in page


def test_the_form_keeps_no_postcode(scene: Scene, app: Flask):
    slug = scene.campaign()
    client = app.test_client()
    path, fields = scene.form(slug, client, postcode="21 000")
    assert client.post(path, data=fields).status_code == 303
    with app.app_context():
        pledge = db.session.scalars(select(Pledge)).one()
        assert pledge.departement_code == "21"
        assert not any("21000" in str(value) for value in vars(pledge).values())
    path, fields = scene.form(slug, client, postcode="Dijon")
    answer = client.post(path, data=fields)
    assert answer.status_code == 422
    assert "cinq chiffres" in answer.get_data(as_text=True)
