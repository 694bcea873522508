"""What a contributor may still do: see, change, take back, find again; and what others may see."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from app.pledges import queries
from app.pledges.keys import address_key
from app.pledges.rules import PledgeState
from fake_stripe import shopper
from tests.builders import a_user, post_form, sign_in
from tests.support.scene import Scene


def detached(scene: Scene) -> list[str]:
    orders = scene.stripe.control("orders")["orders"]
    return [one["path"] for one in orders if one["path"].endswith("/detach")]


def test_a_promise_is_taken_back_in_two_clicks_and_everything_goes_back(scene: Scene) -> None:
    slug = scene.campaign()
    gift = scene.give(slug, reward=str(scene.reward(slug).id))
    token = {"csrf_token": scene.token(gift)}
    assert gift.client.post(gift.path("/annuler"), data=token).status_code == 303
    assert scene.pledge(gift).state == PledgeState.WITHDRAWN
    assert (scene.row(slug).raised_cents, scene.row(slug).backers_count) == (0, 0)
    assert scene.reward(slug).stock_left == 10
    assert len(detached(scene)) == 1
    assert scene.mails(gift)[-1] == "Votre promesse est annulée"
    assert "4242" not in gift.client.get(gift.path()).get_data(as_text=True)  # the card is no longer kept: not shown
    again = gift.client.post(gift.path("/annuler"), data=token)
    assert again.status_code == 303
    assert "C’était déjà annulé" in gift.client.get(again.location).get_data(as_text=True)
    assert scene.mails(gift).count("Votre promesse est annulée") == 1
    assert scene.reward(slug).stock_left == 10


def test_after_the_end_a_promise_is_not_taken_back(scene: Scene) -> None:
    slug = scene.campaign()
    gift = scene.give(slug)
    token = scene.token(gift)
    scene.travel_to(scene.row(slug).closes_at)
    answer = gift.client.post(gift.path("/annuler"), data={"csrf_token": token})
    assert answer.status_code == 409
    assert scene.pledge(gift).state == PledgeState.AUTHORISED
    assert scene.row(slug).raised_cents == 25_00


def test_a_draft_is_given_up_and_its_page_is_closed(scene: Scene) -> None:
    slug = scene.campaign()
    gift = scene.promise(slug, reward=str(scene.reward(slug).id))
    scene.press(gift, "/annuler")
    assert scene.pledge(gift).state == PledgeState.ABANDONED
    assert scene.reward(slug).stock_left == 10
    with pytest.raises(shopper.PageRefused):
        scene.fill_card(gift)


def test_giving_up_a_draft_whose_card_was_just_given_keeps_the_promise(scene: Scene) -> None:
    slug = scene.campaign()
    gift = scene.promise(slug)
    scene.fill_card(gift)
    scene.press(gift, "/annuler")
    assert scene.pledge(gift).state == PledgeState.AUTHORISED
    assert scene.row(slug).raised_cents == 25_00


def test_the_amount_goes_down_freely_and_up_only_with_a_new_consent(scene: Scene) -> None:
    slug = scene.campaign()
    gift = scene.give(slug, cents=25_00)
    assert scene.press(gift, "/montant", amount="10").status_code == 303
    assert scene.row(slug).raised_cents == 10_00
    refused = scene.press(gift, "/montant", amount="50")
    assert refused.status_code == 422
    assert "cochez la case de l’accord" in refused.get_data(as_text=True)
    assert scene.row(slug).raised_cents == 10_00
    assert scene.press(gift, "/montant", amount="50", consents="y").status_code == 303
    assert scene.row(slug).raised_cents == 50_00
    assert scene.pledge(gift).amount_cents == 50_00
    subjects = scene.mails(gift)
    assert subjects.count("Le montant de votre promesse a changé") == 2


def test_the_amount_stays_above_the_reward(scene: Scene) -> None:
    slug = scene.campaign()
    gift = scene.give(slug, cents=30_00, reward=str(scene.reward(slug).id))
    assert scene.press(gift, "/montant", amount="24").status_code == 422
    assert scene.pledge(gift).amount_cents == 30_00


@pytest.mark.parametrize("amount", ["", "abc", "0", "9" * 40, "1e9", "-1"])
def test_a_bad_amount_changes_nothing(scene: Scene, amount: str) -> None:
    gift = scene.give(scene.campaign())
    assert scene.press(gift, "/montant", amount=amount).status_code == 422
    assert scene.pledge(gift).amount_cents == 25_00


def test_another_card_replaces_the_first_which_is_forgotten(scene: Scene) -> None:
    gift = scene.give(scene.campaign())
    first = scene.pledge(gift).payment_method
    page = scene.press(gift, "/carte").headers["Location"]
    scene.come_back(gift, shopper.complete_checkout(page, "5555555555554444"))
    scene.work(1)
    pledge = scene.pledge(gift)
    assert (pledge.state, pledge.card_brand, pledge.card_last4) == (PledgeState.AUTHORISED, "mastercard", "4444")
    assert [path for path in detached(scene) if str(first) in path]
    assert "Votre carte est remplacée" in scene.mails(gift)


def test_a_button_without_its_token_does_nothing(scene: Scene) -> None:
    gift = scene.give(scene.campaign())
    for end in ("/annuler", "/carte", "/montant", "/confirmer", "/renoncer"):
        assert gift.client.post(gift.path(end)).status_code in (303, 400, 422)
    assert scene.pledge(gift).state == PledgeState.AUTHORISED
    for end in ("/annuler", "/carte", "/montant", "/confirmer", "/renoncer"):
        assert gift.client.get(gift.path(end)).status_code == 405


def test_somebody_else_signed_in_gets_404_everywhere(scene: Scene) -> None:
    gift = scene.give(scene.campaign())
    with scene.app.app_context():
        other = sign_in(scene.app, a_user())
    for end in ("", "/merci", "/regler", "/retour"):
        assert other.get(f"/contributions/{gift.public_id}{end}").status_code == 404
    token = other.client.get("/compte").get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]
    for end in ("/annuler", "/carte", "/montant", "/confirmer", "/renoncer"):
        answer = other.client.post(f"/contributions/{gift.public_id}{end}", data={"csrf_token": token})
        assert answer.status_code == 404
    assert scene.pledge(gift).state == PledgeState.AUTHORISED


def test_an_account_with_the_same_proven_address_finds_a_guests_promise(scene: Scene) -> None:
    gift = scene.give(scene.campaign(), email="Lise@Exemple.fr")
    with scene.app.app_context():
        lise = sign_in(scene.app, a_user("Lise Roy", "lise@exemple.fr"))
    assert gift.public_id in lise.get("/contributions").get_data(as_text=True)
    assert lise.get(f"/contributions/{gift.public_id}").status_code == 200


def ask_for_link(client: FlaskClient, email: str) -> Any:
    return post_form(client, "/contributions/lien", {"email": email}, page="/contributions", follow_redirects=True)


def test_a_link_by_mail_gets_the_same_answer_for_known_and_unknown_addresses(scene: Scene) -> None:
    gift = scene.give(scene.campaign())
    scene.mailbox.fetch()
    scene.mailbox.clear()
    answers = [ask_for_link(scene.app.test_client(), one) for one in (gift.email, "inconnu@exemple.fr")]
    known, unknown = (answer.get_data(as_text=True).split("csrf_token")[0] for answer in answers)
    assert answers[0].status_code == answers[1].status_code == 200
    assert known == unknown
    mails = scene.mailbox.fetch()
    assert [mail.to for mail in mails] == [gift.email]
    link = next(one for one in mails[0].links if "/contributions?" in one)
    page = scene.app.test_client().get(link.removeprefix("http://127.0.0.1:8000")).get_data(as_text=True)
    assert gift.public_id in page


def test_links_are_not_sent_without_end_to_one_address(scene: Scene) -> None:
    gift = scene.give(scene.campaign())
    codes = [ask_for_link(scene.app.test_client(), gift.email).status_code for _ in range(6)]
    assert codes[-1] == 429


def test_a_forged_list_link_shows_nothing(scene: Scene) -> None:
    gift = scene.give(scene.campaign())
    with scene.app.app_context():
        good = address_key(gift.email)
    for key in (good[:-2], good.upper(), "x", "é" * 200):
        page = scene.app.test_client().get("/contributions", query_string={"cle": key}).get_data(as_text=True)
        assert gift.public_id not in page
        assert "plus valable" in page


def test_the_public_sees_no_name_of_the_anonymous_and_no_hidden_amount(scene: Scene) -> None:
    slug = scene.campaign()
    scene.give(slug, name="Ada Secrète", is_anonymous="y", message="Bravo")
    scene.give(slug, name="Bruno Visible", hides_amount="y")
    scene.promise(slug, name="Jamais Payée")
    with scene.app.app_context():
        shown, _nearby = queries.public_backers(scene.row(slug).id, 10)
    assert [(one.name, one.amount_cents, one.message) for one in shown] == [
        ("Bruno Visible", None, ""), ("", 25_00, "Bravo"),
    ]  # fmt: skip


def test_no_page_of_a_promise_is_kept_by_a_cache(scene: Scene) -> None:
    gift = scene.give(scene.campaign())
    assert gift.client.get(gift.path()).headers["Cache-Control"] == "no-store"
    assert gift.client.get("/contributions").headers["Cache-Control"] == "no-store"


def test_a_person_who_gives_twice_is_one_person(scene: Scene) -> None:
    slug = scene.campaign()
    first = scene.give(slug, email="lise@exemple.fr")
    scene.give(slug, email="lise@exemple.fr")
    assert scene.row(slug).backers_count == 1
    scene.press(first, "/annuler")
    assert (scene.row(slug).backers_count, scene.row(slug).raised_cents) == (1, 25_00)
