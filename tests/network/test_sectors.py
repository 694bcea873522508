"""A project's field: who knows it answers first on the same territory, and the sentence says so."""

from __future__ import annotations

from datetime import date

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.campaigns.words import THEMES
from app.coaching.models import Project
from app.coaching.request_models import CoachingRequest
from app.core import clock
from app.core.access import Role
from app.core.database import db, transaction
from app.network import queries, services
from app.network.models import Offer
from app.network.routing import route
from app.network.rules import Candidate, decided_by, in_order
from app.network.sector_rules import Fit, Sector, fit
from tests.builders import a_user, give, sign_in

LONS, DAY = "39300", date(2026, 11, 20)
SECTORS = st.none() | st.lists(st.sampled_from([one.value for one in Sector]), max_size=3)


@given(SECTORS, st.sampled_from(["", *Sector]))
def test_an_offer_for_everybody_is_never_before_who_knows_nor_after_who_keeps_to_something_else(sectors, asked):
    found = fit(sectors, asked)
    assert (found == Fit.FOR_EVERYBODY) is (not sectors)
    assert (found == Fit.KNOWS_IT) is bool(sectors and asked in sectors)


@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from(list(Fit)), st.integers(1, 4)), min_size=1, max_size=6))
def test_the_territory_stays_first_and_the_sector_comes_next(offers):
    ordered = in_order(Candidate(level, f"N{number}", number, sector=found) for level, found, number in offers)
    assert [(c.level, c.sector) for c in ordered] == sorted((c.level, c.sector) for c in ordered)
    if decided_by(ordered) == "sector":
        near = [c.sector for c in ordered if c.level == ordered[0].level]
        assert near.count(ordered[0].sector) == 1


def test_of_three_neighbours_the_one_that_knows_culture_answers_for_culture_only(ctx: None):
    admin_id = a_user("Admin").id
    with transaction():
        services.change_offer(
            _offer("cluster-jura"), capacity=None, accepts=True, level=None, to_confirm=False, sectors=["culture"],
            by=admin_id, at=clock.now(),
        )  # fmt: skip
    known = route("pulsactions", LONS, DAY, sector="culture")
    assert known.organisation.slug == "cluster-jura"
    assert "celle qui connaît ce domaine (Culture)" in known.reason
    assert '"sector": "culture"' in known.why.kept(), "said again in the language of whoever reads"
    for sector in ("", "food"):
        found = route("pulsactions", LONS, DAY, sector=sector)
        assert found.organisation.slug == "aldess"
        assert "Culture" not in found.reason
    assert [one.slug for one in found.others][-1] == "cluster-jura", "still offered: one may choose it"
    with transaction():
        for offer in db.session.scalars(db.select(Offer).where(Offer.territory_code == "39")):
            offer.sectors = ["culture"] if offer.organisation.slug == "cluster-jura" else ["food"]
    assert route("pulsactions", LONS, DAY, sector="energy").organisation.slug, "nobody keeps to it: somebody answers"


def _offer(slug: str) -> Offer:
    organisation_id = queries.get_organisation(slug).id
    return next(
        o for o in queries.offers(organisation_id=organisation_id)
        if o.programme.code == "pulsactions" and o.territory_code == "39"
    )  # fmt: skip


def test_the_field_is_chosen_by_the_administrator_asked_of_the_visitor_and_kept_with_the_project(app: Flask):
    with app.app_context():
        admin = sign_in(app, give(a_user(), Role.PLATFORM_ADMIN, None))
        offer_id = _offer("cluster-jura").id
    page = f"/administration/offres/{offer_id}"
    wrong = admin.post(f"{page}/reglages", {"sectors": ["magic"], "accepts": "y", "level": ""}, page=page)
    assert wrong.status_code == 422
    done = admin.post(f"{page}/reglages", {"sectors": ["culture", "food"], "accepts": "y", "level": ""}, page=page)
    assert done.status_code == 303
    client = app.test_client()
    text = client.get(f"/qui-peut-m-aider?commune={LONS}&commune_text=&domaine=culture").get_data(as_text=True)
    assert "celle qui connaît ce domaine (Culture)" in text
    assert "domaine=culture" in text, "the choice goes on to the request"
    assert client.get(f"/qui-peut-m-aider?commune={LONS}&commune_text=&domaine=magic").status_code == 422
    ask = client.get(f"/accompagnement/demander?programme=pulsactions&commune={LONS}&domaine=culture")
    assert '<option selected value="culture">' in ask.get_data(as_text=True)
    with app.app_context():
        visitor = sign_in(app, a_user())
    visitor.post("/accompagnement/demander", {
        "name": "Ada Morel", "email": "ada@example.org", "commune": LONS, "commune_text": "", "need": "Un festival",
        "programme": "pulsactions", "sector": "culture", "once": "a-form",
    })  # fmt: skip
    with app.app_context():
        request = db.session.scalars(db.select(CoachingRequest)).one()
        assert request.record.organisation.slug == "cluster-jura"
        assert db.session.get_one(Project, request.record.project_id).themes == ["culture"]


def test_a_campaign_calls_the_same_fields_its_themes():
    assert set(THEMES) == set(Sector)
