"""Who may decide about a campaign's money: an independent copy of the rule, and everybody tried at every button."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from app.accounts.models import User
from app.campaigns.models import Campaign, CampaignMember
from app.core import clock
from app.core.access import Role
from app.core.database import db, transaction
from app.moderation.models import Review, ReviewPhase
from app.network.models import Right
from app.network.services import end_right
from app.pledges.models import Pledge
from app.settlement.models import RefundReason
from app.treasury import queries, services
from tests.builders import Visitor, a_record, a_user, an_organisation, fallback, give, sign_in, with_second_factor
from tests.support.scene import Scene
from tests.treasury.support import collected, press

PREPARES = frozenset({"treasurer", "other_treasurer", "coach_treasurer"})
APPROVES = PREPARES | {"lead"}
SEES_DESK = PREPARES | {
    "holder_treasurer", "team_treasurer", "former_team_treasurer", "referent_treasurer", "proposer_treasurer",
    "decider_treasurer", "contributor_treasurer",
}  # fmt: skip
PEOPLE = (
    *sorted(SEES_DESK), "lead", "lead_elsewhere", "lead_who_decided", "without_factor", "ended", "stranger", "nobody",
)  # fmt: skip


@dataclass
class World:
    scene: Scene
    slug: str
    public_id: str
    payout_id: int
    refund: str
    cancellation_id: int
    people: dict[str, Visitor]


@pytest.fixture
def world(scene: Scene) -> World:
    """A campaign that has succeeded, with a payout, a refund and a cancellation that wait, and all kinds of people."""
    slug = collected(scene, 100_00, 60_00)
    with scene.app.app_context():
        ids = {name: a_user(name).id for name in PEOPLE if name != "nobody"}
        _give_rights(ids)
        _tie(slug, ids)
        people = {}
        for name, user_id in ids.items():
            user = db.session.get_one(User, user_id)
            if name != "without_factor":
                with_second_factor(user)
            people[name] = sign_in(scene.app, db.session.get_one(User, user_id), proved=name != "without_factor")
        people["nobody"] = Visitor(scene.app.test_client(), 0, "")
        public_id = db.session.query(Pledge).filter_by(user_id=ids["contributor_treasurer"]).one().public_id
    payout_id, refund, cancellation_id = _proposals(scene, slug, public_id)
    return World(scene, slug, public_id, payout_id, refund, cancellation_id, people)


def _give_rights(ids: dict[str, int]) -> None:
    for name, user_id in ids.items():
        user = db.session.get_one(User, user_id)
        if name.endswith("treasurer") or name in ("without_factor", "ended"):
            give(user, Role.TREASURER)
        elif name.startswith("lead"):
            give(user, Role.ORGANISATION_LEAD, an_organisation("active-71" if "elsewhere" in name else "pes-21"))
    with transaction():
        right = db.session.query(Right).filter_by(user_id=ids["ended"]).one()
        end_right(right, by=None, at=clock.now())


def _tie(slug: str, ids: dict[str, int]) -> None:
    """Everybody who has something to do with this campaign."""
    record_id = a_record("Porteuse", "p@exemple.fr", referent=db.session.get_one(User, ids["referent_treasurer"])).id
    campaign_id = db.session.query(Campaign).filter_by(slug=slug).one().id
    with transaction():
        campaign = db.session.get_one(Campaign, campaign_id)
        campaign.owner_id, campaign.coaching_record_id = ids["holder_treasurer"], record_id
        campaign.organisation_id = an_organisation().id
        former = CampaignMember(user_id=ids["former_team_treasurer"], role="manager", ended_at=clock.now())
        campaign.members += [CampaignMember(user_id=ids["team_treasurer"], role="manager"), former]
        for proposer, decider in (("proposer_treasurer", "decider_treasurer"), ("stranger", "lead_who_decided")):
            db.session.add(
                Review(
                    campaign_id=campaign_id, organisation_id=an_organisation().id, checklist_version=1,
                    phase=ReviewPhase.DECIDED, proposal="approve", proposed_by_id=ids[proposer],
                    decided_by_id=ids[decider], created_at=clock.now(),
                )
            )  # fmt: skip
        first = db.session.query(Pledge).filter_by(campaign_id=campaign_id).order_by(Pledge.id).first()
        first.user_id = ids["contributor_treasurer"]


def _proposals(scene: Scene, slug: str, public_id: str) -> tuple[int, str, int]:
    """All three, by somebody who is in no row of the table."""
    by, _ = scene.treasurers()
    with scene.app.app_context():
        with transaction():
            case = queries.campaign_case(slug)
            payout_id = services.prepare_payout(case.campaign, by=by, at=clock.now()).id
        with transaction():
            refund = services.propose_refund(
                queries.pledge_case(public_id).thing, reason=RefundReason.GOODWILL, amount_cents=10_00,
                words="Pardon.", by=by, at=clock.now(),
            ).reference  # fmt: skip
        with transaction():
            cancellation_id = services.propose_cancellation(
                queries.campaign_case(slug).campaign, words="Trop de doutes.", by=by, at=clock.now()
            ).id
    return payout_id, refund, cancellation_id


def token_page(who: str) -> str:
    return "/connexion" if who == "nobody" else "/compte"


def tried(world: World, path: str, **data: object) -> dict[str, int]:
    """Who → the status of pressing this button."""
    return {name: press(one, path, token_page(name), **data) for name, one in world.people.items()}


def may(found: dict[str, int]) -> set[str]:
    """Those who were let in; others were sent to sign in, to the second factor, or told that nothing is there."""
    assert found.pop("nobody") == 303
    assert found.pop("without_factor") == 303
    assert set(found.values()) <= {303, 422, 403, 404}
    return {name for name, status in found.items() if status in (303, 422)}


def test_only_treasurers_see_the_desk_and_no_one_without_a_factor(world: World) -> None:
    for path in ("/tresorerie", f"/tresorerie/campagnes/{world.slug}", f"/tresorerie/contributions/{world.public_id}"):
        answers = {name: one.get(path) for name, one in world.people.items()}
        assert {name for name, answer in answers.items() if answer.status_code == 200} == SEES_DESK, path
        assert answers["without_factor"].location.startswith("/compte/double-verification?next="), path
        assert answers["nobody"].location.startswith("/connexion?next="), path


def test_who_has_an_interest_prepares_nothing(world: World) -> None:
    neutral = PREPARES | {"contributor_treasurer"}
    assert may(tried(world, f"/tresorerie/campagnes/{world.slug}/preparer")) == neutral
    assert may(tried(world, f"/tresorerie/campagnes/{world.slug}/annuler", words="Non.")) == neutral
    # one's own contribution is an interest in its refund, and in nothing else
    assert may(tried(world, f"/tresorerie/contributions/{world.public_id}/rembourser")) == PREPARES


@pytest.mark.parametrize("end", ["approuver", "arreter"])
def test_who_has_an_interest_approves_and_stops_no_payout(world: World, end: str) -> None:
    neutral = APPROVES | {"contributor_treasurer"}
    assert may(tried(world, f"/tresorerie/versements/{world.payout_id}/{end}")) == neutral


@pytest.mark.parametrize("end", ["approuver", "abandonner"])
def test_who_has_an_interest_decides_no_refund_and_no_cancellation(world: World, end: str) -> None:
    assert may(tried(world, f"/tresorerie/remboursements/{world.refund}/{end}")) == APPROVES
    neutral = APPROVES | {"contributor_treasurer"}
    assert may(tried(world, f"/tresorerie/annulations/{world.cancellation_id}/{end}")) == neutral


def test_a_lead_sees_what_waits_for_them_and_nothing_else(world: World) -> None:
    here, elsewhere = world.people["lead"], world.people["lead_elsewhere"]
    mine = here.get("/tresorerie/approbations").get_data(as_text=True)
    title = world.scene.row(world.slug).title
    assert mine.count(title) >= 3
    assert title not in elsewhere.get("/tresorerie/approbations").get_data(as_text=True)
    for path in (
        f"/tresorerie/versements/{world.payout_id}", f"/tresorerie/remboursements/{world.refund}",
        f"/tresorerie/annulations/{world.cancellation_id}",
    ):  # fmt: skip
        assert here.get(path).status_code == 200
        assert elsewhere.get(path).status_code == 404
        assert world.people["lead_who_decided"].get(path).status_code == 404
        assert "@" not in here.get(path).get_data(as_text=True).split("<main")[1].split("</main")[0]
    for path in (
        "/tresorerie", "/tresorerie/listes/taches", f"/tresorerie/campagnes/{world.slug}",
        f"/tresorerie/contributions/{world.public_id}",
    ):  # fmt: skip
        assert here.get(path).status_code in (403, 404), path


def test_a_code_given_long_ago_moves_no_money(world: World) -> None:
    with world.scene.app.app_context():
        old = sign_in(world.scene.app, db.session.get_one(User, world.people["treasurer"].user_id), proved=True)
        from app.accounts.models import AccountSession

        with transaction():
            for session in db.session.query(AccountSession).filter_by(user_id=old.user_id):
                assert session.second_factor_at is not None
                session.second_factor_at = session.second_factor_at.replace(year=2020)
    answer = old.post(f"/tresorerie/versements/{world.payout_id}/approuver", {}, page="/compte")
    assert answer.location.startswith("/compte/verification")
    typed = old.post(
        f"/tresorerie/contributions/{world.public_id}/rembourser",
        {"amount": "5", "reason": "goodwill", "words": "Une phrase longue à écrire."}, page="/compte",
    )  # fmt: skip
    assert typed.status_code == 422
    assert "Une phrase longue à écrire." in typed.get_data(as_text=True), "what was typed stays"
    assert "Donner un code" in typed.get_data(as_text=True)
    with world.scene.app.app_context():
        assert queries.payout_case(world.payout_id).thing.state == "prepared"


def test_the_second_person_is_asked_by_mail_and_nobody_with_an_interest_is(world: World) -> None:
    asked = {name for name, one in world.people.items() if one.email and _was_asked(world, one)}
    assert {"treasurer", "other_treasurer", "lead"} <= asked
    assert asked & {"holder_treasurer", "decider_treasurer", "referent_treasurer", "lead_elsewhere", "ended"} == set()


def _was_asked(world: World, one: Visitor) -> bool:
    from app.core.outbox import OutboxMail

    with world.scene.app.app_context():
        return bool(
            db.session.query(OutboxMail)
            .filter(OutboxMail.to_address == one.email, OutboxMail.occasion.startswith("treasury:"))
            .count()
        )


def test_an_interest_that_comes_up_between_the_page_and_the_click_counts(world: World) -> None:
    from app.treasury.errors import HasInterest

    by = world.people["referent_treasurer"].user_id
    with world.scene.app.app_context(), transaction():
        payout = queries.payout_case(world.payout_id).thing
        with pytest.raises(HasInterest):
            services.approve_payout(payout, by=by, at=clock.now())


def test_the_fallback_organisation_has_its_lead_too(world: World) -> None:
    with world.scene.app.app_context():
        campaign_id = world.scene.row(world.slug).id
        with transaction():
            db.session.get_one(Campaign, campaign_id).organisation_id = fallback().id
    assert press(world.people["lead"], f"/tresorerie/versements/{world.payout_id}/approuver", "/compte") == 404
