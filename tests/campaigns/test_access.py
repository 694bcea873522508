"""Who may open what: a foreign draft does not exist, and an id of the address is only believed when it is ours."""

from __future__ import annotations

import pytest

from app.campaigns.models import Campaign
from app.core.access import Role
from app.core.database import db, transaction
from tests.builders import a_campaign, a_user, an_organisation, give, sign_in
from tests.campaigns.conftest import Desk

PRIVATE = (
    "",
    "/projet",
    "/histoire",
    "/image",
    "/valeur-ajoutee",
    "/budget",
    "/contreparties",
    "/calendrier",
    "/apercu",
)
POSTS = ("/envoyer", "/ouverture", "/retirer", "/remises", "/recours", "/apercu-texte", "/projet", "/contreparties")


@pytest.mark.parametrize("page", PRIVATE)
def test_a_foreign_draft_answers_like_one_that_does_not_exist(desk: Desk, page: str):
    assert desk.holder.get(f"/mes-campagnes/{desk.slug}{page}").status_code == 200
    foreign, unknown = (desk.stranger.get(f"/mes-campagnes/{slug}{page}") for slug in (desk.slug, "nulle-part"))
    assert (foreign.status_code, unknown.status_code) == (404, 404)
    visitor = desk.app.test_client().get(f"/mes-campagnes/{desk.slug}{page}")
    assert visitor.status_code == 303
    assert "/connexion" in visitor.location


@pytest.mark.parametrize("page", POSTS)
def test_nobody_else_may_send_anything(desk: Desk, page: str):
    before = desk.read(lambda c: (c.state, c.version))
    answer = desk.stranger.post(f"/mes-campagnes/{desk.slug}{page}", {"title": "x"}, page="/projets/nouveau")
    assert answer.status_code == 404
    assert desk.read(lambda c: (c.state, c.version)) == before


@pytest.mark.parametrize("page", ["/envoyer", "/ouverture", "/retirer", "/remises", "/recours"])
def test_a_button_without_its_token_does_nothing(desk: Desk, page: str):
    before = desk.read(lambda c: (c.state, c.version))
    assert desk.holder.client.post(f"/mes-campagnes/{desk.slug}{page}").status_code in {403, 422}
    assert desk.read(lambda c: (c.state, c.version)) == before


def test_a_draft_has_no_public_page(desk: Desk):
    for who in (desk.holder, desk.stranger):
        assert who.get(f"/campagnes/{desk.slug}").status_code == 404


def test_the_reviewing_organisation_sees_the_page_once_sent_through_its_own_door_and_no_other(app):
    with app.app_context():
        owner = a_user()
        slug = a_campaign(owner, state="submitted").slug
        ours = sign_in(app, give(a_user(), Role.MODERATOR, an_organisation()))
        theirs = sign_in(app, give(a_user(), Role.MODERATOR, an_organisation("active-71")))
        admin = sign_in(app, give(a_user(), Role.PLATFORM_ADMIN))
    page = f"/moderation/{slug}/page"
    assert [who.get(page).status_code for who in (ours, theirs, admin)] == [200, 404, 404]
    assert ours.get(f"/mes-campagnes/{slug}/apercu").status_code == 404
    assert ours.get(f"/mes-campagnes/{slug}").status_code == 404


def test_the_preview_link_opens_without_account_and_cannot_be_guessed(desk: Desk):
    html = desk.holder.get(f"/mes-campagnes/{desk.slug}").get_data(as_text=True)
    path = "/apercu/" + html.split("/apercu/", 1)[1].split('"', 1)[0]
    visitor = desk.app.test_client()
    shown = visitor.get(path)
    assert shown.status_code == 200
    assert "noindex" in shown.headers["X-Robots-Tag"]
    for forged in (path[:-1], path + "x", "/apercu/1", "/apercu/é", "/apercu/" + "x" * 5000):
        assert visitor.get(forged).status_code == 404


@pytest.mark.parametrize("reward_id", ["0", "999999", "-1", "abc", "1e3", "9" * 40, "%00"])
def test_an_id_that_is_unknown_or_no_number_is_a_404(desk: Desk, reward_id: str):
    assert desk.holder.get(desk.page(f"contreparties/{reward_id}")).status_code == 404


def test_a_reward_of_another_campaign_is_a_404(desk: Desk):
    with desk.app.app_context():
        other = a_campaign(db.session.get_one(Campaign, desk.read(lambda c: c.id)).owner)
        reward_id, slug = other.rewards[0].id, other.slug
    assert desk.holder.get(f"/mes-campagnes/{slug}/contreparties/{reward_id}").status_code == 200
    assert desk.holder.get(desk.page(f"contreparties/{reward_id}")).status_code == 404


@pytest.mark.parametrize("slug", ["x" * 3000, "%00", "..", "é", "<script>", "0", "a'b"])
def test_a_nonsense_address_is_a_404(desk: Desk, slug: str):
    for path in (f"/campagnes/{slug}", f"/mes-campagnes/{slug}"):
        assert desk.holder.get(path).status_code in {308, 404}


@pytest.mark.parametrize("path", ["/campagnes?territoire=%00", "/projets/nouveau?dossier=%00", "/campagnes?%00=1"])
def test_a_nul_in_an_address_leads_nowhere(desk: Desk, path: str):
    assert desk.holder.get(path).status_code == 404


@pytest.mark.parametrize("reference", ["2026-21-9999", "x", "é" * 300, "'"])
def test_an_unknown_record_in_the_address_is_a_404(desk: Desk, reference: str):
    assert desk.holder.get(f"/projets/nouveau?dossier={reference}").status_code == 404


def test_what_is_in_review_cannot_be_changed(desk: Desk):
    with desk.app.app_context(), transaction():
        db.session.execute(db.update(Campaign).where(Campaign.slug == desk.slug).values(state="submitted"))
    assert desk.holder.get(desk.page("histoire")).status_code == 303
    refused = desk.holder.post(desk.page("histoire"), {"story": "x"}, page="/projets/nouveau")
    assert refused.status_code == 409
    assert desk.read(lambda c: c.story_markdown) == ""
