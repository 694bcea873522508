"""The pages of everybody: what they promise is what the settings and the rules say."""

from __future__ import annotations

import dataclasses
import re
from datetime import datetime, timedelta

import pytest

from app import create_app
from app.accounts.queries import get_user
from app.campaigns.rules import CampaignState
from app.core import clock
from app.core.database import db, transaction
from app.core.jobs import WorkerBeat
from app.core.texts import DEFAULTS, set_text
from app.pages.rules import FeeExample, card_fees_cents
from tests.accounts.people import words
from tests.builders import a_campaign, a_user, fallback, post_form, sign_in

PAGES = [
    "/", "/comment-ca-marche", "/aide", "/regles", "/frais", "/mentions-legales", "/confidentialite", "/accessibilite",
    "/qui-sommes-nous", "/contrat-type", "/jamais-debite-deux-fois",
]  # fmt: skip


def set_texts(app, **values):
    with app.app_context():
        admin = a_user().id
        with transaction():
            for key, value in values.items():
                set_text(key, value, by=admin, at=clock.now())


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_one_title_and_every_link_of_ours_leads_somewhere(client, path, language):
    client.set_cookie("langue", language)
    html = client.get(path).get_data(as_text=True)
    assert f'<html lang="{language}' in html
    assert len(re.findall(r"<h1[ >]", html)) == 1
    for link in set(re.findall(r'href="(/[^"#?]*)', html)):
        if not link.startswith("/static/"):
            assert client.get(link).status_code in {200, 303}, link


@pytest.mark.parametrize("path", PAGES)
def test_no_page_asks_another_host_for_anything(client, path):
    html = client.get(path).get_data(as_text=True)
    assert not re.findall(r'(?:src|srcset|action|poster)="(?:https?:)?//', html)
    assert not re.findall(r'<link (?!rel="canonical")[^>]*href="(?:https?:)?//', html)


def test_the_home_page_shows_what_needs_a_hand_and_counts_what_is_real(client, app):
    empty = words(client.get("/"))
    assert "Aucune campagne n’est ouverte" in empty
    assert "Jusqu’ici" not in empty
    with app.app_context():
        owner = a_user()
        for n in range(4):
            a_campaign(owner, state=CampaignState.LIVE, title=f"Projet numéro {n}")
            db.session.refresh(owner)
        a_campaign(owner, state=CampaignState.DRAFT, title="Un brouillon secret")
    page = words(client.get("/"))
    assert page.count("Projet numéro") == 3
    assert "Un brouillon secret" not in page
    assert "Côte-d’Or : 4 campagnes" in client.get("/").get_data(as_text=True).replace("\u00a0", " ")


def test_the_home_page_names_the_organisations_but_not_the_queue_behind_them(client, app):
    page = words(client.get("/"))
    assert "Pôle d’Économie Solidaire 21" in page
    with app.app_context():
        assert f"{fallback().name} " not in page.split("Qui accompagne")[-1]


def test_what_only_the_operator_knows_is_said_to_be_missing(client):
    page = words(client.get("/mentions-legales"))
    assert page.count("à renseigner par l’exploitant") >= 9


def test_what_the_operator_fills_in_is_shown_and_never_as_html(client, app):
    filled = {key: f"Valeur de {key}" for key in DEFAULTS if key not in {"platform_fee_bps", "announcement"}}
    set_texts(app, **{**filled, "publisher_name": "<script>alert(1)</script>"})
    html = client.get("/mentions-legales").get_data(as_text=True)
    assert "à renseigner" not in html
    assert "<script>alert" not in html
    for key in filled.keys() - {"publisher_name", "announcement"}:
        assert f"Valeur de {key}" in html, key


def test_what_becomes_of_the_money_if_the_platform_stops_is_said_and_nobody_is_invented(client, app):
    stop = client.get("/regles").get_data(as_text=True).partition('id="arret"')[2].partition("<h2")[0]
    assert "aucune carte n’est débitée" in stop
    assert "personne n’est désigné" in stop
    set_texts(app, wind_down_partner="L’association des suites, contrat du 3 mars")
    stop = client.get("/regles").get_data(as_text=True).partition('id="arret"')[2].partition("<h2")[0]
    assert "L’association des suites, contrat du 3 mars" in stop
    assert "personne n’est désigné" not in stop


def test_the_promised_days_are_those_of_the_settings(settings):
    app = create_app(dataclasses.replace(settings, hold_days=11, repair_hours=100))
    page = words(app.test_client().get("/regles"))
    assert "au moins 11 jours" in page
    assert "valable 5 jours" in page


@pytest.mark.parametrize(
    ("typed", "count", "received"),
    [("5000", "100", "4 900 €"), ("1 000,50", "1", "985,24 €"), ("100", "", "98 €"), ("100", "100000", "73 €")],
)
def test_the_example_of_the_fees_is_right_to_the_cent(client, typed, count, received):
    page = words(client.get("/frais", query_string={"montant": typed, "contributions": count}))
    assert f"Reçu par le projet {received}" in page


def test_the_example_uses_the_rate_that_is_really_in_force(client, app):
    set_texts(app, platform_fee_bps="450")
    page = words(client.get("/frais?montant=1000&contributions=10"))
    assert "4,5 % du total encaissé" in page
    assert "Plateforme − 45 €" in page
    assert "Reçu par le projet 937,50 €" in page


def test_the_parts_of_a_collection_always_add_up():
    for cents in (10_000, 12_345, 99_999, 50_000_000):
        for count in (1, 3, 7, 100):
            example = FeeExample(cents, count, card_fees_cents(cents, count), cents // 20)
            assert example.received_cents + example.stripe_cents + example.platform_cents == cents


@pytest.mark.parametrize(
    "query",
    ["montant=", "montant=abc", "montant=-5", "montant=1", "montant=1e9", "montant=<b>", "montant=5000&contributions=0",
     "montant=5000&contributions=-1", "montant=5000&contributions=x", "montant=5000&contributions=99999999999999"],
)  # fmt: skip
def test_a_question_about_fees_that_makes_no_sense_is_answered_in_words(client, query):
    answer = client.get(f"/frais?{query}")
    assert answer.status_code == 422
    assert "corriger" in words(answer)
    assert b"<b>" not in answer.data.replace(b"<b>1", b"")


def test_a_visitor_chooses_english_and_comes_back_to_the_same_page(client):
    answer = client.post("/langue", data={"language": "en", "next": "/frais?montant=200"})
    assert (answer.status_code, answer.location) == (303, "/frais?montant=200")
    assert '<html lang="en' in client.get("/").get_data(as_text=True)
    client.post("/langue", data={"language": "fr", "next": "/"})
    assert '<html lang="fr">' in client.get("/").get_data(as_text=True)


@pytest.mark.parametrize("target", ["https://mal.example", "//mal.example", "/\\mal", "", None])
def test_the_language_switch_leads_nowhere_else(client, target):
    assert client.post("/langue", data={"language": "en", "next": target or ""}).location == "/"


@pytest.mark.parametrize("language", ["", "de", "<script>", "../../etc", "x" * 5000])
def test_an_unknown_language_changes_nothing(client, language):
    answer = client.post("/langue", data={"language": language})
    assert answer.status_code == 303
    assert "langue=" not in "".join(answer.headers.getlist("Set-Cookie"))


def test_a_forged_language_cookie_is_french(client):
    client.set_cookie("langue", "xx")
    assert '<html lang="fr">' in client.get("/").get_data(as_text=True)


def test_the_choice_of_a_person_is_kept_for_their_mails(app):
    with app.app_context():
        visitor = sign_in(app, a_user())
    assert post_form(visitor.client, "/langue", {"language": "en"}, page="/compte").status_code == 303
    assert visitor.client.post("/langue", data={"language": "fr"}).status_code == 303
    with app.app_context():
        assert get_user(visitor.user_id).locale == "en", "without the token nothing is written"


def beat(app, seconds_ago):
    with app.app_context(), transaction():
        db.session.merge(WorkerBeat(name="worker", at=clock.real_now() - timedelta(seconds=seconds_ago)))


@pytest.mark.parametrize(("seconds", "status"), [(1, 200), (59, 200), (61, 503), (86_400, 503)])
def test_the_site_is_well_while_its_worker_was_seen_this_minute(app, client, seconds, status):
    beat(app, seconds)
    answer = client.get("/health")
    assert answer.status_code == status
    found = answer.get_json()
    assert set(found) == {"web", "database", "worker"}
    assert found["web"] == found["database"] == "ok"
    assert seconds <= found["worker"] < seconds + 5
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_worker_that_was_never_seen_is_not_well(client):
    answer = client.get("/health")
    assert answer.status_code == 503
    assert answer.get_json()["worker"] is None


def test_robots_are_kept_out_of_what_is_not_public(client):
    rules = client.get("/robots.txt")
    assert rules.content_type.startswith("text/plain")
    assert "Disallow: /moderation" in rules.get_data(as_text=True)
    assert "Disallow: /campagnes" not in rules.get_data(as_text=True)


def test_the_old_address_of_the_icon_leads_to_it(client):
    answer = client.get("/favicon.ico")
    assert answer.status_code == 302
    assert answer.location.startswith("/static/dist/favicon")


def test_a_security_contact_is_there_once_the_operator_gave_one(client, app):
    assert client.get("/.well-known/security.txt").status_code == 404
    set_texts(app, contact_email="securite@exemple.fr")
    answer = client.get("/.well-known/security.txt")
    assert answer.content_type.startswith("text/plain")
    lines = dict(line.split(": ", 1) for line in answer.get_data(as_text=True).splitlines())
    assert lines["Contact"] == "mailto:securite@exemple.fr"
    assert datetime.fromisoformat(lines["Expires"]) > clock.real_now() + timedelta(days=300)
    assert lines["Canonical"] == "http://127.0.0.1:8000/.well-known/security.txt"


def test_the_gallery_is_for_development_only(client, settings):
    assert client.get("/dev/galerie").status_code == 404
    there = create_app(dataclasses.replace(settings, env="development")).test_client()
    page = there.get("/dev/galerie")
    assert page.status_code == 200
    assert "Formulaire refusé" in words(page)


def test_a_complaint_and_the_payment_partner_are_said_only_when_the_operator_gave_them(client, app):
    about = words(client.get("/qui-sommes-nous"))
    assert about.count("à renseigner par l’exploitant") == 7
    assert 'href="https://www.orias.fr"' in client.get("/qui-sommes-nous").get_data(as_text=True)
    set_texts(
        app, complaints_contact="reclamation@asso.example", complaints_delay="réponse sous 20 jours",
        payment_partner="Société de paiement", payment_licence="agrément n° 12", publisher_form="association",
        contract_law="droit français, tribunal de Dijon",
    )  # fmt: skip
    legal = words(client.get("/mentions-legales"))
    assert "À qui écrire reclamation@asso.example" in legal
    assert "Délai de réponse réponse sous 20 jours" in legal
    about = words(client.get("/qui-sommes-nous"))
    assert "Société de paiement Son agrément agrément n° 12" in about
    assert "Forme juridique association" in about
    assert "tribunal : droit français, tribunal de Dijon" in words(client.get("/contrat-type"))


def test_the_new_pages_are_in_the_footer_and_the_contract_is_linked_before_paying(client, app):
    with app.app_context():
        slug = a_campaign(a_user(), state=CampaignState.LIVE).slug
    html = client.get(f"/campagnes/{slug}/contribuer").get_data(as_text=True)
    assert html.partition('<footer class="foot"')[0].count('href="/contrat-type"') == 1
    for path in ("/qui-sommes-nous", "/contrat-type", "/jamais-debite-deux-fois"):
        assert f'href="{path}"' in html.partition('<footer class="foot"')[2]
        assert path in client.get("/sitemap.xml").get_data(as_text=True)
    for path in ("/regles", "/securite", "/frais"):
        main = client.get(path).get_data(as_text=True).partition('<footer class="foot"')[0]
        assert 'href="/jamais-debite-deux-fois"' in main
