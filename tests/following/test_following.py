"""Follow, say yes, be reminded once, stop; nobody hears from us who has not said yes."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.accounts import services as account_services
from app.campaigns.models import Campaign
from app.core import clock
from app.core.clock import PARIS
from app.core.database import db, transaction
from app.following import jobs, keys, queries, rules, services
from app.following.models import Follow, Reader
from app.threads.models import News
from tests.builders import a_campaign, a_user, post_form, sign_in
from tests.support.mailbox import Mailbox

EMAIL = "lectrice@example.org"


@pytest.fixture
def slug(app: Flask) -> str:
    """Opened an hour ago, for 30 days."""
    with app.app_context():
        return a_campaign(a_user(), state="live", at=clock.now() - timedelta(hours=1)).slug


def ask(client: FlaskClient, slug: str, email: str = EMAIL):
    return post_form(client, f"/campagnes/{slug}/suivre", {"email": email})


def link_in(mail_text: str, path: str) -> str:
    return re.search(rf"http://127\.0\.0\.1:8000(/{path}/\S+)", mail_text).group(1)


def say_yes(app: Flask, mailbox: Mailbox, slug: str, email: str = EMAIL) -> FlaskClient:
    client = app.test_client()
    assert ask(client, slug, email).status_code == 200
    path = link_in(mailbox.last(email).text, "suivre")
    assert post_form(client, path, {}).status_code == 303
    return client


def follows(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Follow).where(Follow.confirmed_at.is_not(None)))


def travel_to(app: Flask, at: datetime) -> None:
    with app.app_context(), transaction():
        clock.set_offset(int((at - clock.real_now()).total_seconds()))


def closes_at(app: Flask, slug: str) -> datetime:
    with app.app_context():
        return db.session.scalars(select(Campaign.closes_at).where(Campaign.slug == slug)).one()


def ring(app: Flask, job) -> str:
    with app.app_context():
        return job()


def test_an_address_follows_only_after_its_own_yes(app, mailbox, slug):
    client = app.test_client()
    assert "Regardez vos courriels" in ask(client, slug).get_data(as_text=True)
    assert follows(app) == 0
    path = link_in(mailbox.last(EMAIL).text, "suivre")
    assert EMAIL in client.get(path).get_data(as_text=True)
    assert follows(app) == 0, "a filter that opens links must not say yes"
    for _click in range(2):
        assert post_form(client, path, {}).status_code == 303
    assert follows(app) == 1


def test_known_and_unknown_addresses_get_the_same_answer(app, mailbox, slug):
    say_yes(app, mailbox, slug)
    pages = [ask(app.test_client(), slug, email).get_data(as_text=True) for email in (EMAIL, "autre@example.org")]
    bare = [re.sub(r'value="[^"]*"', "", page) for page in pages]
    assert bare[0] == bare[1]
    mailbox.clear()
    assert mailbox.fetch(EMAIL) == []


def test_a_signed_in_address_is_proved_and_another_one_is_not(app, mailbox, slug):
    with app.app_context():
        visitor = sign_in(app, a_user("Ada", "ada@example.org"))
    assert ask(visitor.client, slug, "ada@example.org").status_code == 303
    assert follows(app) == 1
    assert ask(visitor.client, slug, "victime@example.org").status_code == 200
    assert follows(app) == 1


@pytest.mark.parametrize("email", ["", "nom", "a@b", "x" * 300 + "@example.org", "a@example.org\nBcc: b@example.org"])
def test_what_is_no_address_is_answered_on_the_field(app, slug, email):
    answer = ask(app.test_client(), slug, email)
    assert answer.status_code == 422
    with app.app_context():
        assert db.session.scalars(select(Reader)).all() == []


@pytest.mark.parametrize(("state", "status"), [("draft", 404), ("failed", 409), ("cancelled", 409), ("settled", 200)])
def test_only_what_lives_or_succeeded_is_followed(app, state, status):
    with app.app_context():
        slug = a_campaign(a_user(), state=state).slug
    client = app.test_client()
    if client.get(f"/campagnes/{slug}/suivre").status_code == 404:
        assert status == 404
    else:
        assert ask(client, slug).status_code == status


def test_the_reminder_comes_once_within_the_last_two_days(app, mailbox, slug):
    say_yes(app, mailbox, slug)
    end = closes_at(app, slug)
    travel_to(app, end - timedelta(hours=49))
    assert ring(app, jobs.remind_ending) == ""
    travel_to(app, end - timedelta(hours=47))
    mailbox.clear()
    assert ring(app, jobs.remind_ending) == "1 reminded"
    assert ring(app, jobs.remind_ending) == ""
    mail = mailbox.last(EMAIL)
    assert "se termine bientôt" in mail.subject
    assert "ne-plus-suivre" in mail.text
    assert "ne-plus-suivre" in mail.html


def test_who_said_yes_in_the_last_two_days_is_not_reminded_of_it(app, mailbox, slug):
    travel_to(app, closes_at(app, slug) - timedelta(hours=20))
    say_yes(app, mailbox, slug)
    assert ring(app, jobs.remind_ending) == ""


def test_who_wants_no_reminder_gets_none(app, mailbox, slug):
    say_yes(app, mailbox, slug)
    with app.app_context():
        key = keys.reader_key(queries.find_reader(EMAIL).public_id)
    page = f"/mes-courriels/{key}"
    client = app.test_client()
    assert post_form(client, page, {"digest": "y"}).status_code == 303
    shown = client.get(page).get_data(as_text=True)
    ticked = {
        name: "checked" in re.search(rf'<input[^>]*name="{name}"[^>]*>', shown)[0] for name in ("reminders", "digest")
    }
    assert ticked == {"reminders": False, "digest": True}
    travel_to(app, closes_at(app, slug) - timedelta(hours=40))
    assert ring(app, jobs.remind_ending) == ""
    with app.app_context():
        assert db.session.scalars(queries.refusing_news()).all() == [EMAIL]
        assert queries.news_readers(db.session.scalars(select(Campaign.id)).one(), "", 9) == []


def test_one_link_stops_everything_about_the_campaign_and_only_its_button_does(app, mailbox, slug):
    say_yes(app, mailbox, slug)
    with app.app_context():
        follow = db.session.scalars(select(Follow)).one()
        path = f"/ne-plus-suivre/{keys.leave_key(follow.reader.public_id, follow.campaign_id)}"
    client = app.test_client()
    assert client.get(path).status_code == 200
    assert follows(app) == 1
    token_page = path
    assert "Vous ne suivez pas" in post_form(client, path, {}, page=token_page).get_data(as_text=True)
    assert follows(app) == 0
    assert "Vous ne suivez pas" in client.get(path).get_data(as_text=True)
    with app.app_context():
        assert db.session.scalars(select(Reader)).all() == [], "nothing is followed: the address is forgotten"


def test_the_button_of_a_mail_program_needs_no_token(app, mailbox, slug):
    say_yes(app, mailbox, slug)
    with app.app_context():
        follow = db.session.scalars(select(Follow)).one()
        reader = follow.reader.public_id
        leave, choose = keys.leave_key(reader, follow.campaign_id), keys.reader_key(reader)
    client, click = app.test_client(), {"List-Unsubscribe": "One-Click"}
    assert client.post(f"/mes-courriels/{choose}", data=click).status_code == 204
    with app.app_context():
        assert not queries.get_reader(reader).wants_digest
    assert client.post(f"/ne-plus-suivre/{leave}", data=click).status_code == 200
    assert follows(app) == 0
    assert client.post(f"/ne-plus-suivre/{leave}x", data=click).status_code == 410


def test_a_key_of_one_door_opens_no_other_and_a_forged_one_none(app, mailbox, slug):
    say_yes(app, mailbox, slug)
    with app.app_context():
        follow = db.session.scalars(select(Follow)).one()
        leave = keys.leave_key(follow.reader.public_id, follow.campaign_id)
    client = app.test_client()
    for path in (f"/mes-courriels/{leave}", f"/suivre/{leave}", f"/ne-plus-suivre/{leave}x", "/mes-courriels/abc"):
        assert client.get(path).status_code == 410, path


def test_the_week_is_summed_up_once_from_thursday_on(app, mailbox, slug):
    say_yes(app, mailbox, slug)
    today = clock.real_now().astimezone(PARIS)
    thursday = (today + timedelta(days=(3 - today.weekday()) % 7 + 7)).replace(hour=7, minute=59)
    travel_to(app, thursday)
    assert ring(app, jobs.weekly_digest) == ""
    travel_to(app, thursday + timedelta(minutes=5))
    mailbox.clear()
    assert ring(app, jobs.weekly_digest) == "1 summed up"
    assert ring(app, jobs.weekly_digest) == ""
    mail = mailbox.last(EMAIL)
    assert "Le four du village" in mail.text
    assert "mes-courriels" in mail.html
    travel_to(app, thursday + timedelta(days=7, minutes=5))
    assert ring(app, jobs.weekly_digest) == "1 summed up"


def test_followers_read_the_news_and_the_summary_names_them(app, mailbox, slug):
    say_yes(app, mailbox, slug)
    with app.app_context():
        campaign = db.session.scalars(select(Campaign)).one()
        assert [one.email for one in queries.news_readers(campaign.id, "", 9)] == [EMAIL]
        with transaction():
            common = {"campaign_id": campaign.id, "author_id": campaign.owner_id, "created_at": clock.now()}
            shown = {"published_at": clock.now(), "mailed_at": clock.now()}
            db.session.add(News(title="La sole est posée", **common, **shown))
            db.session.add(News(title="Pour les donateurs", audience="contributors", **common, **shown))
            db.session.add(News(title="Un brouillon", **common))
        assert queries.news_titles([campaign.id], clock.now()) == {campaign.id: ["La sole est posée"]}


def test_a_campaign_that_is_long_over_is_not_told_about(app, mailbox, slug):
    say_yes(app, mailbox, slug)
    with app.app_context(), transaction():
        long_ago = clock.now() - timedelta(days=30)
        db.session.execute(db.update(Campaign).values(state="settled", verdict_at=long_ago))
    today = clock.real_now().astimezone(PARIS)
    travel_to(app, (today + timedelta(days=(3 - today.weekday()) % 7 + 7)).replace(hour=9))
    assert ring(app, jobs.weekly_digest) == ""


def test_an_address_that_never_said_yes_is_forgotten_and_its_link_is_too_old(app, mailbox, slug):
    client = app.test_client()
    ask(client, slug)
    path = link_in(mailbox.last(EMAIL).text, "suivre")
    travel_to(app, clock.real_now() + timedelta(days=8))
    assert ring(app, jobs.forget_unconfirmed) == "1 forgotten"
    with app.app_context():
        assert db.session.scalars(select(Reader)).all() == []
    assert client.get(path).status_code == 410


def test_closing_an_account_forgets_what_it_followed(app, mailbox, slug):
    with app.app_context():
        user_id = a_user("Ada", "ada@example.org").id
        campaign_id = db.session.scalars(select(Campaign.id)).one()
        with transaction():
            campaign = db.session.get_one(Campaign, campaign_id)
            services.follow(campaign, email="ada@example.org", is_proved=True, locale="fr", at=clock.now())
        with transaction():
            user = account_services.db.session.get_one(account_services.User, user_id)
            account_services.close_account(user, by=user_id, at=clock.now())
        assert db.session.scalars(select(Reader)).all() == []


def test_rules_of_the_clock():
    paris = datetime(2027, 3, 4, 7, 59, tzinfo=PARIS)  # a Thursday
    assert not rules.is_digest_time(paris)
    assert rules.is_digest_time(paris + timedelta(minutes=1))
    assert rules.is_digest_time(paris + timedelta(days=2))
    assert not rules.is_digest_time(paris + timedelta(days=3))
    assert rules.week_of(datetime(2027, 1, 1, tzinfo=PARIS)) == "2026-W53"
    end = datetime(2027, 3, 31, 22, tzinfo=UTC)
    assert not rules.is_worth_a_reminder(None, end, end - timedelta(hours=1))
    assert not rules.is_worth_a_reminder(end - timedelta(days=9), end, end)
