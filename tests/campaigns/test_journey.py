"""From « Déposer un projet » to a campaign on line, as a holder does it."""

from __future__ import annotations

from datetime import timedelta

from app.campaigns import jobs, services
from app.campaigns.models import Campaign
from app.core import clock
from app.core.database import db, transaction
from app.core.outbox import OutboxMail
from tests.campaigns.conftest import Desk, an_account, fill
from tests.support.days import day_of

CONSENTS = {"accepts_terms": "y", "is_adult": "y", "has_rights": "y"}


def test_a_draft_is_filled_sent_approved_opened_and_closed(desk: Desk):
    fill(desk)
    with desk.app.app_context():
        an_account(desk.holder.user_id)
    sent = desk.holder.post(f"/mes-campagnes/{desk.slug}/envoyer", CONSENTS, page=desk.page("calendrier"))
    assert sent.status_code == 303
    assert desk.read(lambda c: c.state) == "submitted"
    assert desk.read(lambda c: c.organisation.name if c.organisation else None)
    assert desk.read(lambda c: c.terms_version)
    with desk.app.app_context():
        (mail,) = db.session.scalars(db.select(OutboxMail))
        assert mail.subject == "Votre campagne est bien arrivée"
        assert f"Qui vous répond\u00a0: {campaign(desk).organisation.name}, parce que" in mail.text
        with transaction():
            services.approve(campaign(desk), by=desk.stranger.user_id, at=clock.now())
    approved = desk.holder.get(f"/mes-campagnes/{desk.slug}")
    assert approved.status_code == 200
    opens = approved.get_data(as_text=True).split('name="opens_on"')[0].rsplit("<input", 1)[1]
    assert ' max="20' in opens  # a bound of the calendar, not a count of characters
    assert "caractères au plus" not in approved.get_data(as_text=True)
    today = day_of(clock.real_now()).isoformat()
    chosen = desk.holder.post(
        f"/mes-campagnes/{desk.slug}/ouverture", {"opens_on": today}, page=f"/mes-campagnes/{desk.slug}"
    )
    assert chosen.status_code == 303
    with desk.app.app_context():
        assert jobs.open_due() == {"opened": 1}
        assert jobs.open_due() == {}
    public = desk.stranger.get(f"/campagnes/{desk.slug}").get_data(as_text=True)
    assert "Le four du village" in public
    assert "Contribuer" in public
    with desk.app.app_context(), transaction():
        found = campaign(desk)
        found.opens_at, found.closes_at = clock.now() - timedelta(days=45), clock.now() - timedelta(seconds=1)
        services.touch(found.id)
    assert "Contribuer</a>" not in desk.stranger.get(f"/campagnes/{desk.slug}").get_data(as_text=True)
    with desk.app.app_context():
        assert jobs.close_due() == {"closed": 1}
    assert desk.read(lambda c: c.state) == "closing"


def campaign(desk: Desk) -> Campaign:
    return db.session.scalars(db.select(Campaign).where(Campaign.slug == desk.slug)).one()
