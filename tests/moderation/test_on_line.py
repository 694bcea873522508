"""A campaign on line: suspended by one, confirmed by a second, lifted by two or by the clock; reported by anybody."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.campaigns.models import Campaign
from app.campaigns.rules import CampaignState
from app.core import clock
from app.core.database import db, transaction
from app.core.outbox import OutboxMail
from app.moderation.figures import of_year
from app.moderation.jobs import tell, watch
from app.moderation.models import Decision
from app.moderation.watch_models import AbuseReport, Suspension
from app.pledges.models import Pledge
from app.pledges.rules import PledgeState
from app.settlement.jobs import follow_verdicts, give_verdicts
from tests.builders import post_form
from tests.moderation.world import REFUSAL, World

GIVEN = {"code": "serious_report", "reason": "Le devis montré est celui d’un autre projet."}


@pytest.fixture
def live(world: World) -> World:
    """The campaign on line, with two promises."""
    with world.app.app_context():
        at = clock.now()
        world.change(
            state="live", approved_at=at - timedelta(days=3), opens_at=at - timedelta(days=2),
            closes_at=at + timedelta(days=20), raised_cents=5000, backers_count=2,
        )  # fmt: skip
        with transaction():
            campaign_id = db.session.scalars(db.select(Campaign.id)).one()
            db.session.add_all(
                Pledge(
                    public_id=f"p{n}", form_key=f"f{n}", campaign_id=campaign_id, name="N", amount_cents=2500,
                    email=f"don{n}@example.org", state=PledgeState.AUTHORISED, consent_version="1", created_at=at,
                )
                for n in range(2)
            )  # fmt: skip
    return world


def act(world: World, who, action: str, **data: object) -> int:
    return who.post(f"/moderation/en-ligne/{world.slug}/{action}", data, page="/compte").status_code


def run(world: World, job) -> dict[str, int]:
    with world.app.app_context():
        return dict(job())


def later(world: World, **delta: int) -> None:
    """Everything of the suspension and the campaign's end lies further back."""
    gap = timedelta(**delta)
    with world.app.app_context(), transaction():
        for row in db.session.scalars(db.select(Suspension)):
            row.suspended_at -= gap
        for campaign in db.session.scalars(db.select(Campaign)):
            campaign.opens_at -= gap
            campaign.closes_at -= gap


def test_a_suspension_takes_one_person_then_a_second_and_everybody_is_told(live: World):
    assert act(live, live.first, "suspendre", **{**GIVEN, "reason": " "}) == 422
    assert act(live, live.first, "suspendre", **GIVEN) == 303
    assert live.state() is CampaignState.SUSPENDED
    assert act(live, live.first, "suspendre", **GIVEN) == 409
    assert act(live, live.first, "confirmer") == 403, "the same person"
    assert act(live, live.second, "confirmer") == 303
    assert act(live, live.second, "confirmer") == 303, "a second click"
    assert run(live, tell) == {"told": 2}
    assert run(live, tell) == {"told": 0}
    assert live.mails("don0@example.org") == ["La campagne est suspendue pendant une vérification"]
    with live.app.app_context():
        text = db.session.scalars(db.select(OutboxMail.text).where(OutboxMail.to_address == "don1@example.org")).one()
        assert "rien n’est débité" in text.replace("\u00a0", " ")
        kinds = list(db.session.scalars(db.select(Decision.kind).order_by(Decision.id)))
    assert kinds == ["suspended", "suspension_confirmed"]
    assert "celui d’un autre projet" in live.holder.get(live.holder_page).get_data(as_text=True)
    public = live.app.test_client().get(f"/campagnes/{live.slug}").get_data(as_text=True)
    assert "Campagne suspendue" in public
    assert "Contribuer" not in public.split("<main")[1].split("</main>")[0]


def test_nobody_confirms_and_the_clock_lifts_it_with_a_notice(live: World):
    act(live, live.first, "suspendre", **GIVEN)
    run(live, tell)
    assert run(live, watch) == {}
    later(live, days=6)
    assert run(live, watch) == {"lifted": 1}
    assert run(live, watch) == {}
    assert live.state() is CampaignState.LIVE
    assert "La suspension de votre campagne est levée" in live.mails("camille@example.org")
    assert run(live, tell) == {"told": 2}
    assert live.mails("don0@example.org")[-1] == "La suspension de la campagne est levée"


def test_two_persons_lift_it_and_after_its_end_it_closes(live: World):
    act(live, live.first, "suspendre", **GIVEN)
    act(live, live.second, "confirmer")
    assert act(live, live.second, "lever/confirmer") == 409, "nothing proposed"
    assert act(live, live.first, "lever", reason="Le bon devis est là.") == 303
    assert act(live, live.first, "lever/confirmer") == 403
    later(live, days=25)
    assert act(live, live.second, "lever/confirmer") == 303
    assert live.state() is CampaignState.CLOSING
    with live.app.app_context():
        give_verdicts()
    assert live.state() is CampaignState.FAILED


def test_fourteen_days_after_its_end_it_is_cancelled_and_promises_are_released(live: World):
    act(live, live.first, "suspendre", **GIVEN)
    act(live, live.second, "confirmer")
    later(live, days=33)
    assert run(live, watch) == {}
    later(live, days=2)
    assert run(live, watch) == {"cancelled": 1}
    assert live.state() is CampaignState.CANCELLED
    with live.app.app_context():
        follow_verdicts()
    with live.app.app_context():
        assert set(db.session.scalars(db.select(Pledge.state))) == {PledgeState.RELEASED}
        campaign = db.session.scalars(db.select(Campaign)).one()
        assert (campaign.raised_cents, campaign.backers_count) == (0, 0)
        last = db.session.scalars(db.select(Decision).order_by(Decision.id.desc())).first()
        assert (last.kind, last.first_id, last.motive) == ("cancelled", None, GIVEN["reason"])


def test_who_gave_or_stands_near_cannot_suspend_and_a_stranger_finds_nothing(live: World):
    with live.app.app_context(), transaction():
        db.session.execute(db.update(Pledge).where(Pledge.public_id == "p0").values(user_id=live.first.user_id))
    assert act(live, live.first, "suspendre", **GIVEN) == 403
    assert act(live, live.elsewhere, "suspendre", **GIVEN) == 404
    assert act(live, live.holder, "suspendre", **GIVEN) == 404
    assert live.state() is CampaignState.LIVE


def test_anybody_reports_without_account_and_reads_the_answer_at_the_address_given(live: World):
    visitor, page = live.app.test_client(), f"/campagnes/{live.slug}/signaler"
    assert post_form(visitor, page, {"category": "money", "words": ""}).status_code == 422
    given = {"category": "money", "words": "Ce devis n’est pas le leur <b>.", "email": "vigie@example.org"}
    made = post_form(visitor, page, given)
    assert made.status_code == 303
    status = made.location
    assert "Ce devis n’est pas le leur &lt;b&gt;." in visitor.get(status).get_data(as_text=True)
    assert live.slug not in live.elsewhere.get("/moderation/en-ligne").get_data(as_text=True)
    assert "Le four du village" in live.first.get("/moderation/en-ligne").get_data(as_text=True)
    with live.app.app_context():
        number = db.session.scalars(db.select(AbuseReport.id)).one()
    door = f"/moderation/signalements/{number}"
    assert live.elsewhere.get(door).status_code == 404
    assert live.holder.get(door).status_code == 404
    assert "vigie@example.org" not in live.first.get(door).get_data(as_text=True)
    answer = {"outcome": "upheld", "answer": "Vous avez raison.", "statement": ""}
    assert live.first.post(door, answer).status_code == 422
    assert live.first.post(door, {**answer, "statement": "Montrez votre propre devis."}).status_code == 303
    assert live.first.post(door, {**answer, "statement": "Encore."}, page="/compte").status_code == 409
    assert "Vous avez raison." in visitor.get(status).get_data(as_text=True)
    assert live.mails("vigie@example.org") == ["Votre signalement est bien arrivé", "La réponse à votre signalement"]
    holder = live.holder.get(live.holder_page).get_data(as_text=True)
    assert "Montrez votre propre devis." in holder
    assert "vigie" not in holder


def test_a_draft_cannot_be_reported_and_a_campaign_never_takes_the_name_of_a_page(world: World):
    assert world.app.test_client().get(f"/campagnes/{world.slug}/signaler").status_code == 404
    from app.accounts.models import User
    from app.campaigns import services

    with world.app.app_context(), transaction():
        user = db.session.get_one(User, world.holder.user_id)
        made = services.start_campaign(by=user, title="Phrases", commune_code="21373", at=clock.now())
        assert made.slug.startswith("phrases-")


def test_the_yearly_figures_count_what_was_decided_and_name_nobody(live: World):
    visitor = live.app.test_client()
    act(live, live.first, "suspendre", **GIVEN)
    post_form(visitor, f"/campagnes/{live.slug}/signaler", {"category": "hate", "words": "Là."})
    text = visitor.get("/comment-nous-relisons?annee=2026").get_data(as_text=True)
    assert "Signalements du public" in text
    assert "Campagnes suspendues" in text
    assert "<b>0</b><span>campagne refusée</span>" in text, "none is not said in the plural"
    for name in ("Solène", "Camille", "four du village"):
        assert name not in text
    for odd in ("", "?annee=abc", "?annee=99999", "?annee=²²²²", "?annee=1850"):
        assert visitor.get(f"/comment-nous-relisons{odd}").status_code == 200
    with live.app.app_context():
        found = of_year(clock.paris_day(clock.now()).year)
    assert (found.suspended, found.reports, found.median_days) == (1, 1, None)


def test_a_decision_counts_with_its_motive_and_its_days(world: World):
    world.do(world.first, "prendre")
    world.do(world.first, "proposer-refus", **REFUSAL)
    assert world.decide(world.second) == 303
    with world.app.app_context():
        found = of_year(clock.paris_day(clock.now()).year)
    assert (found.refused, found.refused_by_motive, found.median_days) == (1, (("too_early", 1),), 0.0)
