"""Who receives the money and who approved, on the campaign’s page: stored facts, and nothing about coaching."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.campaigns.models import Campaign
from app.campaigns.rules import CampaignState
from app.core import clock
from app.core.database import db, transaction
from app.payments.models import PaymentAccount
from tests.accounts.people import words
from tests.builders import a_campaign, a_user, an_organisation, fallback
from tests.campaigns.conftest import an_account


def a_page(app, client, status: str = "active", *, by_network: bool = False) -> str:
    with app.app_context():
        owner = a_user("Louise Aubrac")
        owner_id, slug = owner.id, a_campaign(owner, state=CampaignState.LIVE).slug
        an_account(owner_id, status)
        reader_id, at = (fallback() if by_network else an_organisation()).id, clock.now()
        with transaction():
            campaign = db.session.scalars(select(Campaign).where(Campaign.slug == slug)).one()
            campaign.organisation_id, campaign.approved_at = reader_id, at
            db.session.scalars(select(PaymentAccount)).one().checked_at = at
        network_name = fallback().name
    page = words(client.get(f"/campagnes/{slug}"))
    assert network_name not in page
    return page


def test_who_receives_who_approved_and_since_when_stripe_knows_them(app, client):
    page = a_page(app, client)
    assert "Reçoit l’argent Louise Aubrac" in page
    assert "Relue et approuvée par Pôle d’Économie Solidaire 21, le " in page
    assert "Identité vérifiée par Stripe" in page
    assert "Cela ne dit rien de la réussite du projet." in page
    assert "Accompagné par" not in page


@pytest.mark.parametrize("status", ["new", "pending", "restricted"])
def test_an_account_that_stripe_does_not_vouch_for_has_no_badge(app, client, status):
    assert "Identité vérifiée" not in a_page(app, client, status)


def test_when_the_network_itself_approved_the_day_stands_alone(app, client):
    page = a_page(app, client, by_network=True)
    assert "Relue et approuvée " in page
    assert "Relue et approuvée par" not in page


def test_an_account_at_another_stripe_account_vouches_for_nobody(app, client):
    with app.app_context():
        owner = a_user()
        owner_id, slug = owner.id, a_campaign(owner, state=CampaignState.LIVE).slug
        an_account(owner_id)
        with transaction():
            found = db.session.scalars(select(PaymentAccount)).one()
            found.psp_env, found.checked_at = "acct_of_before", clock.now()
    assert "Identité vérifiée" not in words(client.get(f"/campagnes/{slug}"))
