"""That somebody is coached is itself private: of those who review, who also coaches finds and links a record."""

from __future__ import annotations

import pytest

from app.accounts.models import User
from app.campaigns.models import Campaign
from app.coaching import member_services
from app.coaching.models import CoachingRecord
from app.core import clock
from app.core.access import Role
from app.core.database import db, transaction
from app.core.journal import JournalEntry
from tests.builders import Visitor, a_record, a_user, an_organisation, give
from tests.moderation.world import World

SEARCH, ASK_A_COLLEAGUE = "Chercher un autre dossier", "Seules les personnes qui accompagnent voient les dossiers."


def read(world: World, who: Visitor, search: str = "") -> str:
    return who.get(f"{world.review_page}{search}").get_data(as_text=True)


def finds(world: World, who: Visitor) -> list[bool]:
    """By the holder, by a word of the title, by the reference."""
    searches = ("", "?q=FOUR", f"?q={world.reference.lower()}")
    return [f'name="reference" value="{world.reference}"' in read(world, who, search) for search in searches]


def links(world: World) -> int:
    """How many times the journal says that the campaign was linked."""
    with world.app.app_context():
        return db.session.query(JournalEntry).filter_by(action="campaign.record_linked").count()


@pytest.fixture
def taken(world: World) -> World:
    assert world.do(world.first, "prendre") == 303
    return world


def test_who_only_reviews_finds_and_links_no_record_and_reads_whom_to_ask(taken: World):
    text = read(taken, taken.first)
    assert ASK_A_COLLEAGUE in text
    assert SEARCH not in text
    assert "Ouvrir un dossier" in text
    assert "Il n’y a pas de dossier" in text
    assert finds(taken, taken.first) == [False, False, False]
    assert taken.do(taken.first, "dossier", reference=taken.reference) == 404
    assert taken.do(taken.first, "dossier", reference="XX-0000-0000") == 404, "the same answer as for none"
    assert links(taken) == 0


@pytest.mark.parametrize("role", [Role.COACH, Role.ORGANISATION_LEAD])
def test_who_reviews_and_coaches_finds_it_and_a_second_click_links_it_once(taken: World, role: Role):
    both = taken.also(taken.first, role)
    assert ASK_A_COLLEAGUE not in read(taken, both)
    assert finds(taken, both) == [True, True, True]
    for _ in range(2):
        assert taken.do(both, "dossier", reference=taken.reference) == 303
    assert links(taken) == 1
    assert "Inès Verdelet" in read(taken, both)


@pytest.mark.parametrize("kind", ["objection", "recusal"])
def test_a_record_that_is_closed_to_a_coach_is_neither_found_nor_linked(taken: World, kind: str):
    both = taken.also(taken.first, Role.COACH)
    with taken.app.app_context(), transaction():
        record = db.session.scalars(db.select(CoachingRecord)).one()
        member_services.exclude(record, both.user_id, kind=kind, by=None, at=clock.now(), reason="Une amie.")
    assert finds(taken, both) == [False, False, False]
    assert taken.do(both, "dossier", reference=taken.reference) == 404
    assert links(taken) == 0


def test_a_coach_links_no_campaign_to_the_record_about_themselves(taken: World):
    both = taken.also(taken.first, Role.COACH)
    with taken.app.app_context():
        mine = a_record("Solène Arbey", both.email, referent=db.session.get_one(User, taken.referent.user_id)).reference
    assert f'name="reference" value="{mine}"' not in read(taken, both, "?q=four")
    assert taken.do(both, "dossier", reference=mine) == 404
    assert links(taken) == 0


def test_a_record_of_another_organisation_is_neither_found_nor_linked_even_by_who_coaches_here(taken: World):
    both = taken.also(taken.first, Role.COACH)
    with taken.app.app_context():
        there = an_organisation("active-71")
        coach = give(a_user(), Role.COACH, there)
        foreign = a_record(referent=coach, organisation=an_organisation("active-71"), title="Ailleurs").reference
    assert "Ailleurs" not in read(taken, both) + read(taken, both, "?q=ailleurs")
    assert taken.do(both, "dossier", reference=foreign) == 404
    # Coaching there and reviewing here is not enough: who reviews here would learn of it.
    split = taken.also(taken.second, Role.COACH, "active-71")
    taken.do(both, "rendre")
    assert taken.do(split, "prendre") == 303
    assert "Ailleurs" not in read(taken, split) + read(taken, split, "?q=ailleurs")
    assert taken.do(split, "dossier", reference=foreign) == 404
    assert links(taken) == 0


def test_once_a_coach_has_linked_it_the_reviewers_read_who_coaches_and_no_title(taken: World):
    with taken.app.app_context(), transaction():
        record = db.session.scalars(db.select(CoachingRecord)).one()
        record.project.title = "Un nom qui reste entre nous"
    assert taken.link() == 303
    text = read(taken, taken.first)
    assert taken.reference in text
    assert "Inès Verdelet" in text
    assert "entre nous" not in text
    assert ASK_A_COLLEAGUE not in text
    with taken.app.app_context():
        assert db.session.scalars(db.select(Campaign)).one().coaching_record.reference == taken.reference
