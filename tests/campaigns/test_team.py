"""The team: nobody joins without accepting, each role opens its own doors, leaving acts at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.accounts.models import User
from app.campaigns.models import Campaign, CampaignInvitation, CampaignMember
from app.campaigns.rules import CampaignState
from app.core.database import db, transaction
from app.core.journal import JournalEntry
from tests.builders import Visitor, post_form
from tests.campaigns.conftest import Desk
from tests.threads.conftest import Square, link_in
from tests.threads.conftest import square as square

__all__ = ["square"]


def invite(square: Square, email: str, role: str = "editor", by: Visitor | None = None):
    return (by or square.holder).post(
        square.page("equipe/inviter"), {"email": email, "role": role}, page=square.page("equipe")
    )


def link_for(square: Square, email: str) -> str:
    return link_in(square.mails(email)[-1].text, "/equipes/")


def roles(square: Square) -> dict[int, str]:
    def look() -> dict[int, str]:
        found = db.select(CampaignMember).where(
            CampaignMember.campaign_id == square.campaign_id, CampaignMember.ended_at.is_(None)
        )
        return {m.user_id: str(m.role) for m in db.session.scalars(found)}

    return square.read(look)  # type: ignore[return-value]  # what `look` gives


def test_an_invited_person_joins_by_accepting_and_nobody_else_can(square: Square):
    email = square.stranger.email
    for _click in range(2):
        assert invite(square, email).status_code == 303
    assert len(square.mails(email)) == 1, "a second click invites nobody twice"
    link = link_for(square, email)
    assert square.visitor.get(link).location.startswith("/connexion")
    assert "une autre adresse" in square.holder.get(link).get_data(as_text=True)
    assert post_form(square.holder.client, link, {}, page=square.page("equipe")).status_code == 303
    assert square.stranger.user_id not in roles(square)
    assert square.stranger.get(square.page("histoire")).status_code == 404
    for _click in range(2):
        page = link if _click == 0 else "/compte"
        assert post_form(square.stranger.client, link, {}, page=page).status_code == 303
    assert roles(square)[square.stranger.user_id] == "editor"
    assert square.stranger.get(square.page("histoire")).status_code == 200
    assert square.stranger.get(square.page("equipe")).status_code == 404
    assert square.visitor.get("/equipes/forged").status_code == 303
    assert square.holder.get("/equipes/forged").status_code == 404
    assert invite(square, email).status_code == 422


@pytest.mark.parametrize("ended", ["taken back", "too old"])
def test_an_invitation_ends(square: Square, ended: str):
    invite(square, square.stranger.email)
    link = link_for(square, square.stranger.email)
    token_page = link
    if ended == "taken back":
        number = square.read(lambda: db.session.scalars(db.select(CampaignInvitation.id)).one())
        square.holder.post(square.page(f"equipe/invitations/{number}/reprendre"), page=square.page("equipe"))
        token_page = "/compte"
    else:
        with square.app.app_context(), transaction():
            db.session.scalars(db.select(CampaignInvitation)).one().expires_at -= timedelta(days=15)
        token_page = "/compte"
    assert "n’est plus valable" in square.stranger.get(link).get_data(as_text=True)
    assert post_form(square.stranger.client, link, {}, page=token_page).status_code == 409
    assert square.stranger.user_id not in roles(square)


def test_a_manager_manages_the_team_but_not_the_holder_and_leaving_acts_at_once(square: Square):
    manager, editor = square.member("manager"), square.member("editor")
    members = square.read(lambda: {m.user_id: m.id for m in db.session.scalars(db.select(CampaignMember))})
    holder_seat = members[square.holder.user_id]
    page = square.page("equipe")
    manager.post(square.page(f"equipe/{holder_seat}/retirer"), page=page)
    manager.post(square.page(f"equipe/{holder_seat}/role"), {"role": "thanks"}, page=page)
    manager.post(square.page(f"equipe/{members[editor.user_id]}/role"), {"role": "holder"}, page=page)
    assert roles(square)[square.holder.user_id] == "holder"
    assert roles(square)[editor.user_id] == "editor"
    manager.post(square.page(f"equipe/{members[editor.user_id]}/role"), {"role": "thanks"}, page=page)
    assert editor.get(square.page("histoire")).status_code == 404
    assert editor.post(square.page(f"equipe/{members[manager.user_id]}/retirer"), page="/compte").status_code == 404
    left = editor.post(square.page(f"equipe/{members[editor.user_id]}/retirer"), page="/compte")
    assert left.location == "/mes-campagnes"
    assert editor.get(f"/mes-campagnes/{square.slug}").status_code == 404
    written = square.read(lambda: {e.action for e in db.session.scalars(db.select(JournalEntry))})
    assert {"campaign.member_role", "campaign.member_left"} <= written  # type: ignore[operator]  # a set of words
    assert invite(square, "x@example.org", role="holder").status_code == 422


def test_the_end_is_told_on_the_page_and_ends_the_campaign(square: Square):
    page = square.page("cloture")
    assert "quand l’argent est versé" in square.holder.get(page).get_data(as_text=True)
    assert square.holder.post(page, {"story": "Trop tôt"}, page=square.page("equipe")).status_code == 200
    square.move(CampaignState.SETTLED)
    assert square.holder.post(page, {"story": "  "}).status_code == 422
    assert square.holder.post(page, {"story": "Le four **cuit**."}).status_code == 303
    assert "<strong>cuit</strong>" in square.shown()
    assert square.stranger.get(page).status_code == 404
    assert square.holder.post(square.page("remises"), page=page).status_code == 303
    assert square.read(lambda: db.session.get_one(Campaign, square.campaign_id).state) == "fulfilled"
    assert square.holder.post(page, {"story": "Le four cuit toujours."}).status_code == 303


def test_an_old_campaign_starts_a_new_one_that_shares_nothing_with_it(live: Desk):
    old = f"/mes-campagnes/{live.slug}"
    made = [live.holder.post(f"{old}/dupliquer", page=old) for _click in range(2)]
    assert {answer.location for answer in made} == {made[0].location}
    slug = made[0].location.rpartition("/")[2]
    assert slug != live.slug
    with live.app.app_context():
        source, copy = (
            db.session.scalars(db.select(Campaign).where(Campaign.slug == s)).one() for s in (live.slug, slug)
        )
        assert copy.state == "draft"
        assert (copy.story_markdown, copy.goal_cents) == (source.story_markdown, source.goal_cents)
        assert [b.label for b in copy.budget_lines] == [b.label for b in source.budget_lines]
        assert copy.submitted_at is copy.opens_at is None
        names = [{str(r["name"]) for r in c.picture.renditions} for c in (source, copy)]
        assert names[1]
        assert not names[0] & names[1], "removing one photograph must not remove the other"
        assert copy.raised_cents == 0
        assert db.session.get_one(User, copy.owner_id).id == live.holder.user_id
    assert live.stranger.client.post(f"{old}/dupliquer").status_code == 404
    assert live.holder.client.get(f"/mes-campagnes/{slug}").status_code == 200
