"""The page everybody sees: what it says, how few statements it takes, and that a kept one is never stale."""

from __future__ import annotations

import html as pages
import re

import pytest
from flask.testing import FlaskClient

from app.campaigns import services
from app.campaigns.models import Campaign
from app.coaching import services as coaching
from app.core import clock
from app.core.database import db, transaction
from app.network.models import Organisation
from app.pledges.models import Pledge
from tests.builders import a_record, a_user
from tests.campaigns.conftest import Desk, statements


def page(client: FlaskClient, slug: str, **kwargs: object) -> str:
    answer = client.get(f"/campagnes/{slug}", **kwargs)
    assert answer.status_code == 200
    return pages.unescape(answer.get_data(as_text=True))


@pytest.fixture
def visitor(live: Desk) -> FlaskClient:
    return live.app.test_client()


def change(live: Desk, **values: object) -> None:
    """Something of the row, as a verb would: the page gets a new version."""
    campaign_id = live.read(lambda c: c.id)
    with live.app.app_context(), transaction():
        db.session.execute(db.update(Campaign).where(Campaign.id == campaign_id).values(**values))
        services.touch(campaign_id)


def test_the_page_says_what_a_giver_needs_in_its_order(live: Desk, visitor: FlaskClient):
    shown = page(visitor, live.slug)
    order = [
        "<h1>Le four du village</h1>", "Le four, porte ouverte.", "promis sur", "Contribuer", "Mâlain, Côte-d’Or",
        "Pourquoi ce projet", "Où va l’argent", "La sole", "Les autres financements", "À quel besoin il répond",
        "Qui porte le projet", "Camille Fontbelle", "Si l’objectif n’est pas atteint",
    ]  # fmt: skip
    places = [shown.index(words, shown.index("<h1>")) for words in order]
    assert places == sorted(places)
    assert "srcset" in shown


def test_a_script_in_any_text_is_shown_as_text(live: Desk, visitor: FlaskClient):
    evil = '<script>alert("x")</script><img src=x onerror=alert(1)>'
    for name in ("title", "tagline", "if_missed"):
        change(live, **{name: f"{name} {evil}"[:120]})
    live.save("histoire", story=f"{evil}\n\n[ici](javascript:alert(1)) ![x](http://ailleurs/x.png)\n" + "a" * 300)
    raw = visitor.get(f"/campagnes/{live.slug}").get_data(as_text=True)
    body = raw.split("<main", 1)[1]
    assert "<script" not in body
    assert "onerror=" not in re.sub(r"&lt;.*?&gt;", "", body)
    assert 'href="javascript' not in body
    assert "ailleurs/x.png" not in re.findall(r'src="([^"]+)"', body)


def test_the_first_view_takes_seven_statements_and_the_next_one(live: Desk, visitor: FlaskClient):
    with live.app.app_context():
        referent = a_user()
        record_id = a_record(referent=referent).id
    link(live, record_id)
    change(live, backers_count=1)
    with statements() as seen:
        page(visitor, live.slug)
    assert len(seen) <= 7, seen
    with statements() as seen:
        page(live.app.test_client(), live.slug)
    assert len(seen) == 1, seen
    change(live, raised_cents=100)
    with statements() as seen:
        page(visitor, live.slug)
    assert len(seen) <= 7, seen


def link(live: Desk, record_id: int) -> None:
    from app.coaching.models import CoachingRecord

    with live.app.app_context(), transaction():
        campaign = db.session.scalars(db.select(Campaign).where(Campaign.slug == live.slug)).one()
        record = db.session.get_one(CoachingRecord, record_id)
        services.link_record(campaign, record, by=live.stranger.user_id, at=record.created_at)


def test_accompanied_by_shows_only_with_consent_and_leaves_with_it(live: Desk, visitor: FlaskClient):
    from app.coaching.models import CoachingRecord

    with live.app.app_context():
        record = a_record("Camille Fontbelle", live.holder.email, referent=a_user())
        record_id, reference, name = record.id, record.reference, record.organisation.name
    link(live, record_id)
    assert "Accompagné par" not in page(visitor, live.slug)
    mention = f"/accompagnement/dossiers/{reference}/mention"
    assert live.holder.post(mention, {"agrees": "yes"}, page=f"/accompagnement/dossiers/{reference}").status_code == 303
    assert f"Accompagné par {name}" in re.sub(r"<[^>]+>|\s+", " ", page(visitor, live.slug)).replace("  ", " ")
    assert live.holder.post(mention, {"agrees": "no"}, page=f"/accompagnement/dossiers/{reference}").status_code == 303
    assert "Accompagné par" not in page(visitor, live.slug)
    with live.app.app_context():
        assert isinstance(db.session.get_one(CoachingRecord, record_id), CoachingRecord)
        assert coaching.MENTION_VERSION
        assert db.session.scalar(db.select(Organisation.name).where(Organisation.name == name))


def test_a_pledge_shows_at_the_very_next_view(live: Desk, visitor: FlaskClient):
    assert "0\u00a0€" in page(visitor, live.slug)
    campaign_id = live.read(lambda c: c.id)
    with live.app.app_context(), transaction():
        services.add_to_total(campaign_id, 123_400, 1)
    assert "1\u202f234\u00a0€" in page(visitor, live.slug)


def test_a_browser_that_has_the_page_is_answered_304_until_something_changes(live: Desk, visitor: FlaskClient):
    etag = visitor.get(f"/campagnes/{live.slug}").headers["ETag"]
    with statements() as seen:
        again = visitor.get(f"/campagnes/{live.slug}", headers={"If-None-Match": etag})
    assert again.status_code == 304
    assert again.get_data() == b""
    assert len(seen) == 1
    change(live, tagline="Autre phrase")
    fresh = visitor.get(f"/campagnes/{live.slug}", headers={"If-None-Match": etag})
    assert fresh.status_code == 200
    assert "Autre phrase" in fresh.get_data(as_text=True)


def test_the_page_carries_no_token_so_that_one_serves_all(live: Desk, visitor: FlaskClient):
    answer = visitor.get(f"/campagnes/{live.slug}")
    assert "csrf_token" not in answer.get_data(as_text=True)
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" in answer.headers["Vary"]


def test_a_kept_page_never_carries_a_name_a_message_or_an_address_of_somebody(live: Desk, visitor: FlaskClient):
    signed_in = live.holder.get(f"/campagnes/{live.slug}")
    assert "ETag" not in signed_in.headers
    assert signed_in.headers["Cache-Control"] == "no-store"
    visitor.get(f"/campagnes/{live.slug}?utm=secret-de-quelqu-un")
    with visitor.session_transaction() as session:
        session["_flashes"] = [("info", "Un message pour moi")]
    assert "Un message pour moi" in page(visitor, live.slug)
    shown = page(live.app.test_client(), live.slug)
    for private in ("secret-de-quelqu-un", "Un message pour moi", "Se déconnecter"):
        assert private not in shown


def test_each_language_has_its_own_page(live: Desk, visitor: FlaskClient):
    page(visitor, live.slug)
    english = live.app.test_client()
    english.set_cookie("langue", "en")
    assert '<html lang="en-GB">' in page(english, live.slug)
    assert '<html lang="fr">' in page(visitor, live.slug)


def test_a_missed_goal_tells_what_was_promised_on_the_day_of_the_verdict(live: Desk, visitor: FlaskClient):
    """Every promise was let go, so that the total of today is nothing."""
    with live.app.app_context(), transaction():
        row = db.session.scalars(db.select(Campaign)).one()
        row.state, row.goal_cents, row.raised_cents, row.backers_count = "failed", 500_000, 0, 0
        row.verdict_raised_cents, row.verdict_backers_count, row.verdict_at = 325_000, 94, clock.now()
        row.page_version += 1
    shown = re.sub(r"<[^>]+>|\s+", " ", page(visitor, f"{live.slug}?de=la-presse"))  # with a query: never kept
    for words in ("3\u202f250\u00a0€", "promis sur 5\u202f000\u00a0€", "65\u00a0%", "94", "Résultat prononcé le"):
        assert " ".join(words.split()) in " ".join(shown.split()), words
    assert "vous pouvez changer d’avis" not in shown
    cards = visitor.get("/campagnes?etat=arretees").get_data(as_text=True)
    assert "65\u00a0%" in cards
    assert "3\u202f250\u00a0€ promis" in cards


def test_after_the_end_nobody_is_invited_to_give(live: Desk, visitor: FlaskClient):
    for state, words in {
        "closing": "La collecte est terminée", "failed": "personne n’a été débité", "suspended": "Campagne suspendue",
        "cancelled": "a été annulée", "succeeded": "Objectif atteint", "settled": "Objectif atteint",
    }.items():  # fmt: skip
        change(live, state=state, verdict_raised_cents=300_000)
        shown = page(visitor, live.slug)
        assert words in shown, state
        assert f"/campagnes/{live.slug}/contribuer" not in shown


def test_after_the_verdict_the_page_says_what_is_paid_and_what_is_being_repaired(live: Desk, visitor: FlaskClient):
    change(live, state="succeeded", verdict_raised_cents=300_000)
    campaign_id, at = live.read(lambda c: (c.id, c.created_at))
    with live.app.app_context(), transaction():
        for number, (state, cents) in enumerate((("paid", 250_000), ("needs_card", 50_000))):
            db.session.add(
                Pledge(
                    public_id=f"p{number}",
                    form_key=f"f{number}",
                    campaign_id=campaign_id,
                    state=state,
                    email=f"{number}@exemple.invalid",
                    amount_cents=cents,
                    consent_version="1",
                    created_at=at,
                )
            )
    shown = page(visitor, live.slug)
    assert "2\u202f500\u00a0€ ont été débités" in shown
    assert "500\u00a0€ sont en cours de réparation" in shown


def test_what_was_withdrawn_or_never_sent_is_no_page(live: Desk, visitor: FlaskClient):
    page(visitor, live.slug)
    change(live, state="withdrawn")
    assert visitor.get(f"/campagnes/{live.slug}").status_code == 404


def test_the_risk_is_said_in_plain_words_before_anybody_gives(live: Desk):
    """An obligation of participatory funding: on the page, and once more where one promises."""
    visitor = live.app.test_client()
    for path in (f"/campagnes/{live.slug}", f"/campagnes/{live.slug}/contribuer"):
        assert "Un projet peut prendre du retard ou échouer" in visitor.get(path).get_data(as_text=True)
