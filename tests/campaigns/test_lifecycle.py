"""The verbs of a campaign: who has it, what is frozen when, and what the clock does alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.campaigns import jobs, services
from app.campaigns.errors import AppealNotAllowed, CampaignMoveNotAllowed, NotReady, OpeningNotAllowed
from app.campaigns.models import Campaign
from app.campaigns.rules import CampaignState
from app.core import clock, texts
from app.core.database import db, transaction
from app.core.journal import JournalEntry
from app.core.outbox import OutboxMail
from app.payments.models import PaymentAccount
from tests.campaigns.conftest import Desk, an_account, fill
from tests.support.days import day_of

CONSENTS = {"accepts_terms": "y", "is_adult": "y", "has_rights": "y"}


def row(desk: Desk) -> Campaign:
    return db.session.scalars(db.select(Campaign).where(Campaign.slug == desk.slug)).one()


def act(desk: Desk, verb, **values: object) -> None:
    with desk.app.app_context(), transaction():
        verb(row(desk), at=clock.now(), **values)


def actions(desk: Desk) -> list[str]:
    with desk.app.app_context():
        entries = db.select(JournalEntry).where(JournalEntry.action.startswith("campaign.")).order_by(JournalEntry.id)
        return [entry.action.removeprefix("campaign.") for entry in db.session.scalars(entries)]


@pytest.fixture
def sent(desk: Desk) -> Desk:
    fill(desk)
    with desk.app.app_context():
        an_account(desk.holder.user_id)
    act(desk, services.submit, by=desk.holder.user_id)
    return desk


@pytest.fixture
def approved(sent: Desk) -> Desk:
    act(sent, services.approve, by=sent.stranger.user_id)
    return sent


def send(desk: Desk, **consents: str):
    return desk.holder.post(f"/mes-campagnes/{desk.slug}/envoyer", consents, page=desk.page("calendrier"))


def test_nothing_is_sent_before_it_is_ready(desk: Desk):
    answer = send(desk, **CONSENTS)
    assert answer.status_code == 422
    assert "Il manque encore des éléments" in answer.get_data(as_text=True)
    assert desk.read(lambda c: c.state) == "draft"
    with pytest.raises(NotReady):
        act(desk, services.submit, by=desk.holder.user_id)


@pytest.mark.parametrize("left_out", list(CONSENTS))
def test_every_consent_is_asked_and_none_is_ticked_in_advance(desk: Desk, left_out: str):
    fill(desk)
    with desk.app.app_context():
        an_account(desk.holder.user_id)
    form = desk.holder.get(desk.page("calendrier")).get_data(as_text=True).split('id="envoyer"')[1]
    assert "checked" not in form
    assert send(desk, **{k: v for k, v in CONSENTS.items() if k != left_out}).status_code == 422
    assert desk.read(lambda c: c.state) == "draft"


@pytest.mark.parametrize(("status", "expected"), [("new", 422), ("restricted", 422), ("pending", 303), ("active", 303)])
def test_the_payment_account_must_be_opened_before_sending(desk: Desk, status: str, expected: int):
    fill(desk)
    with desk.app.app_context():
        an_account(desk.holder.user_id, status)
    assert send(desk, **CONSENTS).status_code == expected


def test_a_second_click_on_send_sends_once(desk: Desk):
    fill(desk)
    with desk.app.app_context():
        an_account(desk.holder.user_id)
    page = desk.page("calendrier")
    token = desk.holder.get(page).get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]
    for _ in range(2):
        sent = desk.holder.client.post(f"/mes-campagnes/{desk.slug}/envoyer", data={**CONSENTS, "csrf_token": token})
        assert sent.status_code == 303
    assert actions(desk).count("submitted") == 1


def test_the_fee_and_the_reviewer_are_frozen_at_the_first_sending(sent: Desk):
    first = sent.read(lambda c: (c.organisation_id, c.fee_bps))
    act(sent, services.request_changes, by=sent.stranger.user_id)
    with sent.app.app_context(), transaction():
        texts.set_text("platform_fee_bps", "500", by=sent.stranger.user_id, at=clock.now())
    act(sent, services.submit, by=sent.holder.user_id)
    assert sent.read(lambda c: (c.organisation_id, c.fee_bps)) == first
    assert actions(sent)[-3:] == ["submitted", "request_changes", "resubmitted"]


def test_after_changes_were_asked_the_way_back_is_through_the_answers(sent: Desk):
    act(sent, services.request_changes, by=sent.stranger.user_id)
    answer = send(sent, **CONSENTS)
    assert answer.location.endswith(f"/mes-campagnes/{sent.slug}/relecture")
    assert sent.read(lambda c: c.state) == "changes_requested"


def test_the_desk_says_who_answers_and_by_when(sent: Desk):
    shown = sent.holder.get(f"/mes-campagnes/{sent.slug}").get_data(as_text=True)
    name = sent.read(lambda c: c.organisation.name)
    assert f"Chez {name}" in shown
    assert "Une première réponse au plus tard le" in shown
    with sent.app.app_context():
        mail = db.session.scalars(db.select(OutboxMail).where(OutboxMail.occasion.contains(":submitted:"))).one()
        assert name in mail.text


@pytest.mark.parametrize("days", [-1, 91, 4000])
def test_an_impossible_opening_day_is_refused_beside_the_field(approved: Desk, days: int):
    day = day_of(clock.real_now()) + timedelta(days=days)
    desk_page = f"/mes-campagnes/{approved.slug}"
    answer = approved.holder.post(f"{desk_page}/ouverture", {"opens_on": day.isoformat()}, page=desk_page)
    assert answer.status_code == 422
    assert "n’est pas possible" in answer.get_data(as_text=True)
    assert approved.read(lambda c: c.opens_at) is None
    with pytest.raises(OpeningNotAllowed):
        act(approved, services.choose_opening, opens_on=day, by=approved.holder.user_id)


def test_the_end_follows_the_opening_in_whole_paris_days(approved: Desk):
    day = day_of(clock.real_now()) + timedelta(days=10)
    act(approved, services.choose_opening, opens_on=day, by=approved.holder.user_id)
    opens, closes = approved.read(lambda c: (clock.paris_day(c.opens_at), clock.paris_day(c.closes_at)))
    assert (opens.date(), opens.hour, opens.minute) == (day, 0, 0)
    assert (closes.date(), closes.hour, closes.minute, closes.second) == (day + timedelta(days=45), 23, 59, 59)


def test_an_account_that_cannot_receive_delays_the_opening_and_is_said_once(approved: Desk):
    with approved.app.app_context(), transaction():
        db.session.execute(db.update(PaymentAccount).values(status="restricted"))
    act(approved, services.choose_opening, opens_on=day_of(clock.real_now()), by=approved.holder.user_id)
    with approved.app.app_context():
        for _ in range(3):
            assert jobs.open_due() == {}
    assert actions(approved).count("opening_delayed") == 1
    with approved.app.app_context():
        assert (
            len(db.session.scalars(db.select(OutboxMail).where(OutboxMail.occasion.contains(":delayed:"))).all()) == 1
        )
        with transaction():
            db.session.execute(db.update(PaymentAccount).values(status="active"))
        with transaction():  # it should have opened three days ago
            late = row(approved)
            late.opens_at -= timedelta(days=3)
            late.closes_at -= timedelta(days=3)
        assert jobs.open_due() == {"opened": 1}
    days = approved.read(lambda c: (clock.paris_day(c.closes_at).date() - clock.paris_day(c.opens_at).date()).days)
    assert days == 45  # the whole length is kept


def test_a_change_after_the_approval_is_read_again_before_the_opening(approved: Desk):
    act(approved, services.choose_opening, opens_on=day_of(clock.real_now()), by=approved.holder.user_id)
    with approved.app.app_context():
        with transaction():
            row(approved).goal_cents = 900_000  # behind the reviewers' back
        assert jobs.open_due() == {}
    assert approved.read(lambda c: c.state) == "approved"


def test_the_jobs_are_safe_to_run_twice_and_close_only_what_has_ended(live: Desk):
    with live.app.app_context():
        assert jobs.close_due() == {}
        with transaction():
            campaign = row(live)
            campaign.opens_at, campaign.closes_at = clock.now() - timedelta(days=46), clock.now()
        assert jobs.close_due() == {"closed": 1}
        assert jobs.close_due() == {}


def test_the_verdict_freezes_the_totals_once(live: Desk):
    act(live, services.close)
    with live.app.app_context(), transaction():
        services.add_to_total(row(live).id, 300_000, 12)
    act(live, services.conclude, succeeded=True)
    with live.app.app_context(), transaction():
        services.add_to_total(row(live).id, -50_000, -1)
    assert live.read(lambda c: (c.verdict_raised_cents, c.verdict_backers_count, c.raised_cents)) == (
        300_000,
        12,
        250_000,
    )
    with pytest.raises(CampaignMoveNotAllowed):
        act(live, services.conclude, succeeded=False)


def test_a_suspended_campaign_does_not_close_by_itself_and_is_lifted_where_it_stands(live: Desk):
    act(live, services.suspend, by=live.stranger.user_id)
    with live.app.app_context():
        with transaction():
            campaign = row(live)
            campaign.opens_at, campaign.closes_at = clock.now() - timedelta(days=46), clock.now()
        assert jobs.close_due() == {}
    act(live, services.lift, by=live.stranger.user_id)
    assert live.read(lambda c: c.state) == "closing"


def test_the_holder_withdraws_once_and_only_before_the_opening(sent: Desk):
    page = f"/mes-campagnes/{sent.slug}"
    assert sent.holder.post(f"{page}/retirer", page=page).status_code == 303
    assert sent.read(lambda c: c.state) == "withdrawn"
    assert sent.holder.post(f"{page}/retirer", page="/projets/nouveau").status_code == 409
    assert sent.holder.get(page).status_code == 200


def test_an_open_campaign_cannot_be_withdrawn(live: Desk):
    page = f"/mes-campagnes/{live.slug}"
    assert "Retirer cette campagne" not in live.holder.get(page).get_data(as_text=True)
    assert live.holder.post(f"{page}/retirer", page="/projets/nouveau").status_code == 409


def test_an_appeal_goes_to_another_organisation_once(sent: Desk):
    first = sent.read(lambda c: c.organisation_id)
    act(sent, services.refuse, by=sent.stranger.user_id)
    page = f"/mes-campagnes/{sent.slug}"
    assert sent.holder.post(f"{page}/recours", {"words": ""}, page=page).status_code == 422
    assert sent.holder.post(f"{page}/recours", {"words": "Nous avons changé de lieu."}, page=page).status_code == 303
    assert sent.read(lambda c: (c.state, c.organisation_id != first)) == ("submitted", True)
    act(sent, services.refuse, by=sent.stranger.user_id)
    with pytest.raises(AppealNotAllowed):
        act(sent, services.appeal, words="Encore", by=sent.holder.user_id)


def test_once_open_only_the_story_changes_and_the_page_says_so(live: Desk):
    assert live.save("histoire", story="Nouvelle histoire. " * 30, if_missed="Une fournée par mois.").status_code == 303
    assert "Modifiée le" in live.app.test_client().get(f"/campagnes/{live.slug}").get_data(as_text=True)
    assert live.holder.get(live.page("budget")).status_code == 303
    assert live.holder.post(live.page("budget"), {"goal": "1"}, page="/projets/nouveau").status_code == 409
    assert actions(live)[-1] == "edited"


@pytest.mark.parametrize("state", [state.value for state in CampaignState])
def test_the_desk_has_words_for_every_state(live: Desk, state: str):
    with live.app.app_context(), transaction():
        values = {"state": state, "refused_at": clock.now()}
        db.session.execute(db.update(Campaign).where(Campaign.slug == live.slug).values(**values))
    for path in (f"/mes-campagnes/{live.slug}", "/mes-campagnes"):
        assert live.holder.get(path).status_code == 200


def test_the_holder_says_that_everything_is_delivered(live: Desk):
    for verb in (services.close, lambda c, at: services.conclude(c, succeeded=True, at=at), services.settle):
        act(live, verb)
    page = f"/mes-campagnes/{live.slug}"
    assert live.holder.post(f"{page}/remises", page=page).status_code == 303
    assert live.read(lambda c: c.state) == "fulfilled"
