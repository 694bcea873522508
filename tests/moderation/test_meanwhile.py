"""What changes between two acts of a review: a flag after the proposal, a right in two organisations, the last day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.accounts.models import User
from app.campaigns.rules import CampaignState
from app.coaching import member_services
from app.coaching.levels import MemberRole
from app.coaching.models import CoachingRecord
from app.core import clock
from app.core.access import Role
from app.core.database import db, transaction
from app.moderation import suspension_services, watch_queries
from app.network.models import Organisation
from tests.builders import Visitor, a_user, an_organisation, fallback, give, sign_in
from tests.moderation.world import REFUSAL, World


def refused(world: World) -> None:
    assert world.do(world.first, "prendre") == 303
    assert world.do(world.first, "proposer-refus", **REFUSAL) == 303
    assert world.decide(world.second) == 303
    assert world.state() is CampaignState.REFUSED


def appeal(world: World) -> int:
    desk = f"/mes-campagnes/{world.slug}"
    return world.holder.post(f"{desk}/recours", {"words": "Le bail est signé."}, page="/compte").status_code


def reader_of(world: World, *organisations: Organisation) -> Visitor:
    """Inside an app context."""
    user = a_user()
    for organisation in organisations:
        user = give(user, Role.MODERATOR, organisation)
    return sign_in(world.app, user)


def test_a_flag_raised_after_the_proposal_asks_for_another_organisation_all_the_same(world: World):
    world.propose(world.first)
    assert world.do(world.first, "vigilance", reason="Un doute sur le bail.") == 303
    assert world.decide(world.second) == 409, "what was proposed is taken back"
    assert world.do(world.first, "proposer-approbation", no_interest="y") == 303
    assert world.decide(world.second) == 403
    assert world.state() is CampaignState.SUBMITTED
    assert world.decide(world.elsewhere) == 303
    assert world.state() is CampaignState.APPROVED


def test_a_holder_who_joins_the_house_after_the_proposal_needs_another_one_to_decide(world: World):
    world.propose(world.first)
    world.also(world.holder, Role.COMMUNICATOR)
    assert world.decide(world.second, words="Une collègue depuis hier.") == 403
    assert world.state() is CampaignState.SUBMITTED


def test_who_coaches_the_record_since_their_proposal_does_not_count_as_the_first_of_two(world: World):
    world.propose(world.first)
    with world.app.app_context(), transaction():
        record = db.session.scalars(db.select(CoachingRecord).where(CoachingRecord.reference == world.reference)).one()
        first = db.session.get_one(User, world.first.user_id)
        role = MemberRole.CO_COACH
        member_services.add_member(record, first, role=role, by=world.referent.user_id, at=clock.now())
    assert world.decide(world.second) == 409
    assert world.state() is CampaignState.SUBMITTED
    assert world.do(world.second, "renvoyer", words="Vous accompagnez ce projet.") == 303
    assert world.do(world.first, "proposer-approbation", no_interest="y") == 403


def test_nobody_of_the_house_that_refused_decides_the_appeal_by_a_right_elsewhere(world: World):
    refused(world)
    assert appeal(world) == 303
    with world.app.app_context():
        both = reader_of(world, fallback(), an_organisation())
        pure, other = reader_of(world, fallback()), reader_of(world, fallback())
    assert world.do(both, "prendre") == 403
    assert world.do(pure, "prendre") == 303
    assert world.do(pure, "proposer-refus", **REFUSAL) == 303
    assert world.mails(both.email) == []
    assert world.decide(both, words="Aucun lien.") == 403
    assert world.decide(other) == 303


@pytest.mark.parametrize(("seconds", "is_taken"), [(0, True), (1, False)])
def test_an_appeal_is_taken_until_the_end_of_the_day_that_its_holder_reads(
    world: World, monkeypatch: pytest.MonkeyPatch, seconds: int, is_taken: bool
):
    refused(world)
    # half past midnight in Paris, and the hour changes within the thirty days
    world.change(refused_at=datetime(2026, 9, 30, 22, 30, tzinfo=UTC))
    last = datetime(2026, 10, 31, 22, 59, 59, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: last + timedelta(seconds=seconds))
    page = world.holder.get(f"/mes-campagnes/{world.slug}").get_data(as_text=True)
    assert ("jusqu’au 31 octobre 2026" in page.replace("\u00a0", " ")) is is_taken
    assert appeal(world) == (303 if is_taken else 422)


def test_who_stepped_aside_or_carries_it_does_not_meet_its_suspension_in_the_list(world: World):
    world.do(world.second, "deport", reason="Ma sœur porte ce projet.")
    with world.app.app_context():
        now = clock.now()
    ends = {"approved_at": now, "opens_at": now, "closes_at": now + timedelta(days=20)}
    world.change(state=CampaignState.LIVE, **ends)
    with world.app.app_context(), transaction():
        watch, by = watch_queries.get_watch(world.slug), world.first.user_id
        suspension_services.suspend(watch, code="identity", reason="Un doute.", by=by, at=clock.now())
    holder = world.also(world.holder, Role.MODERATOR)
    shown = [who.get("/moderation/en-ligne").get_data(as_text=True) for who in (world.referent, world.second, holder)]
    assert [world.slug in page for page in shown] == [True, False, False]
