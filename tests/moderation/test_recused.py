"""Who stepped aside, holds or is near the project neither decides nor reads, whatever rights they have."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.campaigns.models import Campaign
from app.core.access import Role, Viewer
from app.moderation import policy
from app.moderation.models import Review, ReviewPhase
from app.moderation.queries import Case
from app.moderation.watch_queries import Watch
from tests.moderation.world import World

ME = 1
IDS = st.frozensets(st.integers(1, 3))
PLACES = st.sampled_from([1, 2])
RIGHTS = st.frozensets(st.tuples(st.sampled_from(list(Role)), PLACES), max_size=6)
CASES = st.builds(
    lambda here, second, phase, team, near, coach, recused, earlier: Case(
        Campaign(organisation_id=here, slug="le-four"), Review(phase=phase, second_organisation_id=second),
        team | {9}, near, coach, recused, earlier,
    ),
    PLACES, PLACES | st.none(), st.sampled_from(list(ReviewPhase)), IDS, IDS, IDS, IDS, IDS,
)  # fmt: skip


@given(RIGHTS, CASES)
def test_no_right_opens_a_review_to_who_is_near_or_stepped_aside(rights, case):
    me = Viewer(ME, rights=rights, second_factor_ok=True)
    is_out = ME in case.team_ids | case.near_ids | case.recused_ids
    reviews_here = bool(me.organisation_ids(Role.MODERATOR, Role.ORGANISATION_LEAD) & case.organisation_ids)
    assert policy.may_review(me, case) is (reviews_here and not is_out)
    if is_out:
        assert not policy.may_work(me, case)
        assert not policy.may_advise(me, case)
        assert not policy.may_watch(me, Watch(case, None, None))
    if policy.may_work(me, case):
        assert policy.may_review(me, case)


def test_every_address_of_the_review_is_closed_to_who_stepped_aside_and_no_list_names_it(world: World):
    world.do(world.second, "prendre")
    assert world.do(world.second, "deport", reason="Ma sœur porte ce projet.") == 303
    rules = [rule for rule in world.app.url_map.iter_rules() if rule.rule.startswith("/moderation/<slug>")]
    assert len(rules) > 15
    for rule in rules:
        if rule.arguments == {"slug"}:
            address = rule.rule.replace("<slug>", world.slug)
            if "GET" in (rule.methods or ()):
                assert world.second.get(address).status_code == 404, address
            if "POST" in (rule.methods or ()):
                assert world.second.post(address, {"reason": "Encore."}, page="/compte").status_code == 404, address
    for page in ("/moderation", "/moderation/en-ligne", "/moderation/signalements", "/bilan"):
        assert world.slug not in world.second.get(page).get_data(as_text=True), page
    assert world.slug in world.first.get("/moderation").get_data(as_text=True)
