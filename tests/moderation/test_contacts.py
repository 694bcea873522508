"""A telephone, an address or an account in common between who decides and who holds: said in words, never shown."""

from __future__ import annotations

from typing import Any

from app.campaigns.models import Campaign, CampaignMember
from app.core import clock, prints
from app.core.database import db, transaction
from app.moderation.models import InterestDeclaration, InterestStatement
from app.payments.models import PaymentAccount
from tests.moderation.world import World

PHONE, STREET = "06 12 34 56 78", "7 rue des Forges"
CONTACTS = {"names": "", "phone": "+33 6 12 34 56 78", "street": "7, rue des FORGES", "postcode": "21000"}


def account_of(world: World, user_id: int, *found: str) -> None:
    """As `payees.refresh` leaves it: see tests/payments/test_payees.py."""
    with transaction():
        db.session.add(
            PaymentAccount(
                user_id=user_id, psp_env="acct_of_a_test", status="active", stripe_account=f"acct_{user_id}",
                prints=prints.kept(found), created_at=clock.now(),
            )
        )  # fmt: skip


def declare(world: World, who: Any, **more: str) -> int:
    return who.post("/moderation/mes-interets", {**CONTACTS, **more}, page="/moderation/mes-interets").status_code


def propose(world: World, **more: str) -> Any:
    sent = {"no_interest": "y", **more}
    return world.first.post(f"{world.review_page}/proposer-approbation", sent, page="/compte")


def test_a_shared_household_asks_for_words_which_the_second_reads_and_nobody_sees_the_data(world: World):
    with world.app.app_context():
        account_of(world, world.holder.user_id, prints.of_phone(PHONE), prints.of_address(STREET, "21000"))
    world.ready_to_propose(world.first)
    assert declare(world, world.first) == 303
    page = world.first.get(world.review_page).get_data(as_text=True)
    assert "Un numéro de téléphone vous est commun" in page
    assert "Une adresse postale vous est commune" in page
    assert propose(world).status_code == 422
    answer = propose(world, words="Nous sommes voisins de palier.")
    assert answer.status_code == 303
    second = world.second.get(world.review_page).get_data(as_text=True)
    assert "téléphone commun avec une personne qui porte le projet" in second
    assert "voisins de palier" in second
    with world.app.app_context():
        said = db.session.scalars(db.select(InterestStatement)).one()
        kept = db.session.scalars(db.select(InterestDeclaration.prints)).one()
        assert said.hits == ["same_address", "same_phone"]
    for words in (page, second, kept, world.first.get("/moderation/mes-interets").get_data(as_text=True)):
        assert "612345678" not in words.replace(" ", "")
        assert "orges" not in words


def test_the_legal_name_of_the_account_that_receives_is_compared_with_the_reviewer(world: World):
    with world.app.app_context():
        account_of(world, world.holder.user_id, prints.of_name("ARBEY Solène"))
        account_of(world, world.second.user_id, prints.of_name("Association du Four"))
    world.do(world.first, "prendre")
    assert "au même nom que vous" in world.first.get(world.review_page).get_data(as_text=True)
    world.do(world.first, "rendre")
    world.do(world.second, "prendre")
    assert "au même nom" not in world.second.get(world.review_page).get_data(as_text=True)


def test_a_member_of_the_team_counts_too_even_once_gone_and_a_stranger_does_not(world: World):
    with world.app.app_context():
        account_of(world, world.elsewhere.user_id, prints.of_phone(PHONE))
    world.do(world.first, "prendre")
    declare(world, world.first)
    assert "téléphone vous est commun" not in world.first.get(world.review_page).get_data(as_text=True)
    with world.app.app_context(), transaction():
        campaign_id = db.session.scalars(db.select(Campaign.id).where(Campaign.slug == world.slug)).one()
        db.session.add(CampaignMember(campaign_id=campaign_id, user_id=world.elsewhere.user_id, ended_at=clock.now()))
    assert "téléphone vous est commun" in world.first.get(world.review_page).get_data(as_text=True)


def test_what_is_declared_stays_until_it_is_replaced_or_forgotten(world: World):
    empty = dict.fromkeys(("phone", "street", "postcode"), "")
    assert declare(world, world.first, postcode="") == 422, "half an address"
    assert declare(world, world.first, phone="abc") == 422
    assert declare(world, world.first) == 303

    def kept() -> str | None:
        with world.app.app_context():
            return db.session.scalars(db.select(InterestDeclaration.prints)).one()

    before = kept()
    assert before
    declare(world, world.first, **empty)
    assert kept() == before
    declare(world, world.first, **empty | {"phone": "03 80 00 00 00"})
    assert kept() not in {before, None}
    declare(world, world.first, **empty, forget="y")
    assert kept() is None
