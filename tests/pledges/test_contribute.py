"""The contribution form: what it shows, what it refuses, and what a second click does."""

from __future__ import annotations

import re
import threading
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.campaigns.rules import FundingKind
from app.core import clock, limits
from app.core.database import db, transaction
from app.payments.models import StripeOperation
from app.payments.outcomes import Rejected
from app.pledges.models import Pledge
from app.pledges.rules import CONSENT_VERSIONS, PledgeState
from app.pledges.stripe_handlers import on_customer
from tests.builders import a_user, sign_in
from tests.support.scene import Scene


def count(scene: Scene) -> int:
    with scene.app.app_context():
        return db.session.query(Pledge).count()


def send(scene: Scene, slug: str, **fields: Any) -> Any:
    client = scene.app.test_client()
    path, filled = scene.form(slug, client, **fields)
    return client.post(path, data={name: value for name, value in filled.items() if value is not None})


def test_the_page_says_that_nothing_is_charged_today_and_ticks_nothing(scene: Scene) -> None:
    page = scene.app.test_client().get(f"/campagnes/{scene.campaign()}/contribuer").get_data(as_text=True)
    assert "Rien n’est débité aujourd’hui" in page
    assert "seulement si la campagne a réuni au moins 100\u00a0€ à cette date" in page
    assert 'name="consent_charge"' in page
    assert "checked" not in page.split('name="consent_charge"')[1].split(">")[0]
    assert "checked" not in page.split('name="consent_terms"')[1].split(">")[0]


def test_a_reward_chosen_on_the_campaign_page_is_proposed_with_its_price(scene: Scene) -> None:
    slug = scene.campaign()
    page = scene.app.test_client().get(f"/campagnes/{slug}/contribuer?contrepartie={scene.reward(slug).id}")
    assert 'value="25"' in page.get_data(as_text=True)
    assert "data-total>25\u00a0€" in page.get_data(as_text=True)


def test_a_promise_keeps_the_version_of_the_consent(scene: Scene) -> None:
    pledge = scene.pledge(scene.promise(scene.campaign()))
    assert (pledge.state, pledge.consent_version) == (PledgeState.DRAFT, CONSENT_VERSIONS[FundingKind.ALL_OR_NOTHING])


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("amount", "", "Indiquez un montant."),
        ("amount", "0,99", "Le minimum est 1\u00a0€."),
        ("amount", "1000000", "Ce montant est trop grand"),
        ("amount", "douze", "Ce montant n’est pas lisible"),
        ("amount", "1.234", "Deux chiffres au plus après la virgule"),
        ("amount", "-5", "ne peut pas être négatif"),
        ("amount", "٢٥", "Ce montant n’est pas lisible"),
        ("email", "", "Indiquez votre adresse e-mail."),
        ("email", "pas une adresse", "Cette adresse n’est pas complète"),
        ("email", "a@b.fr\r\nBcc: x@y.fr", "Cette adresse n’est pas complète"),
        ("email", "=?utf-8?q?victime?=@exemple.fr", "Cette adresse n’est pas complète"),
        ("name", "", "Indiquez votre nom"),
        ("name", "é" * 121, "trop long"),
        ("message", "🥖" * 501, "trop long"),
        ("consent_charge", None, "Cochez cette case"),
        ("consent_terms", None, "Cochez cette case"),
        ("reward", "999999", "Choisissez une des réponses proposées"),
        ("reward", "'; DROP TABLE pledges", "contrepartie|choix"),
        ("form_key", "", "Rechargez la page"),
        ("form_key", "a" * 20 + "\0", "Rechargez la page"),
        ("form_key", "é" * 20, "Rechargez la page"),
    ],
)
def test_a_bad_field_is_said_in_words_keeps_the_rest_and_writes_nothing(
    scene: Scene, field: str, value: str | None, words: str
) -> None:
    slug = scene.campaign()
    answer = send(scene, slug, **({"message": "Bravo !"} | {field: value}))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert any(word in page for word in words.split("|"))
    if field != "message":
        assert "Bravo !" in page
    assert count(scene) == 0


def test_a_mistyped_provider_is_asked_about_once_and_then_taken_as_it_is(scene: Scene) -> None:
    slug = scene.campaign()
    first = send(scene, slug, email="A@gmial.com")
    page = first.get_data(as_text=True)
    assert first.status_code == 422
    assert "Vouliez-vous dire a@gmail.com" in page
    assert re.search(r'name="asked_email"[^>]*value="a@gmial.com"', page)
    assert count(scene) == 0
    other = send(scene, slug, email="b@gmial.com", asked_email="a@gmial.com")
    assert other.status_code == 422
    send(scene, slug, email="a@gmial.com", asked_email="a@gmial.com")
    assert count(scene) == 1


def test_html_in_a_message_is_shown_as_text_and_in_a_name_it_is_refused_as_for_accounts(scene: Scene) -> None:
    slug = scene.campaign()
    refused = send(scene, slug, name="<b>Ève</b>")
    assert refused.status_code == 422
    assert "Un nom ne contient ni adresse ni les signes" in refused.get_data(as_text=True)
    assert count(scene) == 0
    gift = scene.give(slug, message="<script>alert(1)</script>\u202eabc")
    page = gift.client.get(gift.path()).get_data(as_text=True)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_a_form_without_its_token_writes_nothing(scene: Scene) -> None:
    assert send(scene, scene.campaign(), csrf_token="faux").status_code in (400, 422)
    assert count(scene) == 0


def test_an_amount_below_the_chosen_reward_is_refused(scene: Scene) -> None:
    slug = scene.campaign()
    answer = send(scene, slug, reward=str(scene.reward(slug).id), amount="24,99")
    assert answer.status_code == 422
    assert "inférieur à celui de la contrepartie" in answer.get_data(as_text=True)
    assert scene.reward(slug).stock_left == 10


def test_the_second_click_meets_the_first_promise_and_its_card_page(scene: Scene) -> None:
    slug, client = scene.campaign(), scene.app.test_client()
    path, filled = scene.form(slug, client)
    places = {client.post(path, data=filled).headers["Location"] for _ in range(3)}
    assert len(places) == 1
    assert count(scene) == 1
    made = [one for one in scene.stripe.control("orders")["orders"] if one["path"] == "/v1/checkout/sessions"]
    assert len(made) == 1


def test_two_clicks_at_the_same_moment_make_one_promise(scene: Scene) -> None:
    slug, client = scene.campaign(stock=5), scene.app.test_client()
    path, filled = scene.form(slug, client, reward=str(scene.reward(slug).id))
    cookie = client.get_cookie("visite")
    assert cookie is not None
    places: list[str] = []

    def click() -> None:
        other = scene.app.test_client()
        other.set_cookie("visite", cookie.value)
        answer = other.post(path, data=filled)
        places.append(answer.headers.get("Location", f"{answer.status_code} without a place"))

    run_together([click] * 4)
    assert len(set(places)) == 1
    assert places[0].startswith(scene.stripe.url)
    assert count(scene) == 1
    assert scene.reward(slug).stock_left == 4


def run_together(work: list[Any]) -> None:
    threads = [threading.Thread(target=one) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_of_many_who_want_the_last_items_exactly_as_many_get_one(scene: Scene) -> None:
    slug = scene.campaign(stock=3)
    reward_id = str(scene.reward(slug).id)
    forms = []
    for _ in range(9):
        client = scene.app.test_client()
        forms.append((client, *scene.form(slug, client, reward=reward_id)))
    codes: list[int] = []

    def buy(client: Any, path: str, filled: dict[str, Any]) -> None:
        codes.append(client.post(path, data=filled).status_code)

    run_together([lambda form=form: buy(*form) for form in forms])
    assert sorted(codes) == [303] * 3 + [422] * 6
    assert scene.reward(slug).stock_left == 0
    assert scene.reward(slug).chosen_count == 3
    assert count(scene) == 3


def test_a_reward_of_another_campaign_cannot_be_chosen(scene: Scene) -> None:
    mine, other = scene.campaign(), scene.campaign()
    assert send(scene, mine, reward=str(scene.reward(other).id)).status_code == 422
    assert scene.reward(other).stock_left == 10


def test_after_the_end_no_promise_is_written_even_if_the_worker_is_late(scene: Scene) -> None:
    slug, client = scene.campaign(), scene.app.test_client()
    path, filled = scene.form(slug, client)
    scene.travel_to(scene.row(slug).closes_at)
    answer = client.post(path, data=filled)
    assert answer.status_code == 422
    assert "n’accepte plus" in client.get(path).get_data(as_text=True)
    assert count(scene) == 0


def test_a_campaign_that_is_not_public_does_not_exist_here(scene: Scene) -> None:
    client = scene.app.test_client()
    assert client.get("/campagnes/inconnue/contribuer").status_code == 404


def test_when_stripe_is_away_the_promise_is_kept_and_can_be_tried_again(scene: Scene) -> None:
    slug, client = scene.campaign(), scene.app.test_client()
    path, filled = scene.form(slug, client)
    scene.stripe.kill()
    try:
        answer = client.post(path, data=filled)
    finally:
        scene.stripe.restart()
    page = answer.get_data(as_text=True)
    assert answer.status_code == 503
    assert "Réessayer" in page
    assert count(scene) == 1
    again = next(part for part in page.split('action="') if "/carte" in part.split('"')[0]).split('"')[0]
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    scene.travel(minutes=6)
    moved = client.post(again.replace("&amp;", "&"), data={"csrf_token": token})
    assert moved.status_code == 303
    assert moved.headers["Location"].startswith(scene.stripe.url)
    assert count(scene) == 1


def test_a_machine_that_tries_cards_is_stopped_and_a_donor_is_not_held_back_by_successes(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(limits.LIMITS, "pledge_network", limits.Limit(3, 900))
    slug = scene.campaign()
    for _ in range(5):
        scene.give(slug)
    for _ in range(3):
        scene.promise(slug)
    answer = send(scene, slug)
    assert answer.status_code == 429
    assert "Retry-After" in answer.headers


def test_the_network_is_not_the_only_limit(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(limits.LIMITS, "pledge_session", limits.Limit(2, 900))
    slug, client = scene.campaign(), scene.app.test_client()
    for _ in range(2):
        scene.promise(slug, client=client)
    path, filled = scene.form(slug, client)
    assert client.post(path, data=filled).status_code == 429


def test_an_order_that_stripe_refuses_gives_the_reward_back_and_may_be_tried_again(scene: Scene) -> None:
    slug = scene.campaign()
    gift = scene.promise(slug, reward=str(scene.reward(slug).id))
    with scene.app.app_context():
        made = db.session.scalars(select(StripeOperation).where(StripeOperation.kind == "customer.create")).one()
        with transaction():
            refused = Rejected("email_invalid", "Invalid email address.", None)
            on_customer(db.session.get_one(StripeOperation, made.id), refused, clock.now())
    assert scene.pledge(gift).state == PledgeState.ABANDONED
    assert scene.reward(slug).stock_left == 10
    again = scene.press(gift, "/carte")
    assert again.headers["Location"].startswith(scene.stripe.url)
    assert scene.pledge(gift).state == PledgeState.DRAFT
    assert scene.reward(slug).stock_left == 9


def test_signed_in_visitors_find_their_address_filled_in(scene: Scene, app: Flask) -> None:
    slug = scene.campaign()
    with app.app_context():
        visitor = sign_in(app, a_user("Lise Roy", "lise@exemple.fr"))
    page = visitor.get(f"/campagnes/{slug}/contribuer").get_data(as_text=True)
    assert 'value="lise@exemple.fr"' in page
    assert 'value="Lise Roy"' in page
