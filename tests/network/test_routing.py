"""Who answers: the same answer every time, everywhere, with its reason."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select

from app.core import clock
from app.core.database import db, transaction
from app.core.errors import NotFound
from app.network import queries, services
from app.network.errors import BadPeriod, FallbackStays, NobodyAnswers, OfferOverlaps, UnknownProgramme
from app.network.models import Offer, Organisation
from app.network.routing import route, route_all, table
from app.network.rules import Candidate, in_order
from tests.builders import a_user

DAY = date(2026, 12, 1)
NEVERS, VESOUL, BESANCON, DIJON, LONS, BELFORT = "58194", "70550", "25056", "21231", "39300", "90010"


@pytest.mark.usefixtures("ctx")
@pytest.mark.parametrize(
    ("commune", "slug"),
    [
        (DIJON, "pes-21"), ("71270", "active-71"), ("89024", "fdfr-89"), (LONS, "aldess"), (BELFORT, "mife-mdef-90"),
        (NEVERS, None), (VESOUL, None), (BESANCON, None),
    ],
)  # fmt: skip
def test_a_campaign_goes_to_the_operator_of_its_departement_or_to_the_network(commune: str, slug: str | None):
    found = route("campaign", commune, DAY)
    assert found.reason.startswith("parce qu")
    assert found.is_fallback is (slug is None)
    assert found.organisation.slug == (slug or "reseau-graine-d-actions")


@pytest.mark.usefixtures("ctx")
def test_every_commune_and_programme_leads_somewhere_in_few_statements():
    reads: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            reads.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    known = table(DAY)
    answers = {(place[0], code): known.answers(code, place) for place in known.communes for code, _ in known.programmes}
    assert len(answers) == 3685 * 5
    event.remove(db.engine, "before_cursor_execute", note)
    assert len(reads) == 5
    assert known.fallback is not None
    by_programme = Counter(code for (_, code), found in answers.items() if found)
    assert by_programme == {
        "campaign": 698 + 563 + 423 + 492 + 101,  # 21, 71, 89, 39, 90
        "pulsactions": 3685 - 309,  # all but the Nièvre
        "dla": 698,
        "generateur": 698 + 563 + 423 + 492,
        "crdva": 23,  # Dijon Métropole
    }
    shared = {code for code, found in answers.items() if len(found) > 1}
    assert {programme for _, programme in shared} == {"pulsactions"}
    assert len(shared) == 492  # three structures in the Jura


@pytest.mark.usefixtures("ctx")
def test_the_table_and_a_single_route_agree():
    known = table(DAY)
    for place in known.communes[::97]:
        for code, found in route_all(queries.get_commune(place[0]), DAY).items():
            expected = known.answers(code, place)
            assert found.is_fallback is (not expected)
            if expected:
                assert found.organisation.id == expected[0].organisation_id


@pytest.mark.usefixtures("ctx")
def test_where_several_answer_the_alphabet_decides_and_the_sentence_says_so():
    found = route("pulsactions", LONS, DAY)
    assert found.organisation.name == "ALDESS"
    assert [o.name for o in found.others] == ["BGE Franche-Comté", "Cluster Jura"]
    assert "ordre alphabétique" in found.reason
    assert "vous pouvez en choisir une autre" in found.reason
    assert found.to_confirm


def test_a_more_precise_territory_wins_and_accents_do_not_disturb_the_order():
    found = in_order(
        [
            Candidate(2, "Aube", 1),
            Candidate(0, "Zoé", 2),
            Candidate(2, "École", 3),
            Candidate(2, "Eau", 4),
            Candidate(3, "A", 2),
        ]
    )
    assert [c.organisation_id for c in found] == [2, 1, 4, 3]


@pytest.fixture
def by(ctx: None) -> int:
    return a_user("Admin").id


def add(by: int, slug: str = "coopilote", territory: str = DIJON, **changes: object) -> int:
    organisation_id = queries.get_organisation(slug).id
    programme_id = queries.get_programme("campaign").id
    given = {"starts_on": DAY, "ends_on": None, "to_confirm": False, "reason": "Convention"} | changes
    with transaction():
        return services.add_offer(
            organisation_id=organisation_id, programme_id=programme_id, territory_code=territory,
            by=by, at=clock.now(), **given,
        ).id  # fmt: skip


def test_an_offer_for_one_commune_wins_there_on_its_days_only(by: int):
    add(by, ends_on=DAY + timedelta(days=9))
    assert route("campaign", DIJON, DAY - timedelta(days=1)).organisation.slug == "pes-21"
    assert route("campaign", DIJON, DAY).organisation.slug == "coopilote"
    assert route("campaign", DIJON, DAY + timedelta(days=9)).organisation.slug == "coopilote"
    assert route("campaign", DIJON, DAY + timedelta(days=10)).organisation.slug == "pes-21"
    assert "dans la commune (Dijon)" in route("campaign", DIJON, DAY).reason
    assert route("campaign", "21166", DAY).organisation.slug == "pes-21"


def test_a_region_wide_offer_answers_where_nobody_nearer_does(by: int):
    add(by, territory="R27")
    assert route("campaign", NEVERS, DAY).organisation.slug == "coopilote"
    assert route("campaign", DIJON, DAY).organisation.slug == "pes-21"


def test_a_closed_organisation_answers_nowhere(by: int):
    with transaction():
        queries.get_organisation("pes-21").is_active = False
    assert route("campaign", DIJON, DAY).is_fallback


def test_twin_offers_are_refused_and_later_ones_are_not(by: int):
    add(by, ends_on=DAY)
    with pytest.raises(OfferOverlaps):
        add(by, starts_on=DAY - timedelta(days=3), ends_on=None)
    add(by, starts_on=DAY + timedelta(days=1))
    with pytest.raises(BadPeriod):
        add(by, territory="21166", ends_on=DAY - timedelta(days=1))
    with pytest.raises(FallbackStays):
        add(by, slug="reseau-graine-d-actions")


@pytest.mark.usefixtures("ctx")
def test_nonsense_is_refused():
    with pytest.raises(UnknownProgramme):
        route("loterie", DIJON, DAY)
    with pytest.raises(NotFound):
        route("campaign", "99999", DAY)


@pytest.mark.usefixtures("ctx")
def test_without_fallback_the_refusal_is_a_sentence():
    with transaction():
        db.session.scalars(select(Organisation).where(Organisation.is_fallback)).one().is_fallback = False
    with pytest.raises(NobodyAnswers):
        route("campaign", NEVERS, DAY)


def test_the_check_command_counts_warns_and_fails(app: Flask):
    run = app.test_cli_runner()
    fine = run.invoke(args=["network", "check"])
    assert fine.exit_code == 0
    assert "3685 communes × 5 dispositifs = 18425 réponses vérifiées" in fine.output
    assert "À regarder" not in fine.output
    with app.app_context(), transaction():
        twin = db.session.scalars(select(Offer).where(Offer.territory_code == "90")).first()
        db.session.add(
            Offer(
                organisation_id=twin.organisation_id,
                programme_id=twin.programme_id,
                territory_code="90",
                starts_on=DAY,
            )
        )
        db.session.scalars(select(Organisation).where(Organisation.is_fallback)).one().is_fallback = False
    broken = run.invoke(args=["network", "check"])
    assert broken.exit_code == 1
    assert "À regarder" in broken.output
    assert "sans réponse" in broken.output


@pytest.mark.usefixtures("ctx")
def test_the_coverage_shows_full_shared_partial_and_hole():
    cells = queries.coverage(DAY)
    assert cells["campaign", "21"].state == "full"
    assert cells["pulsactions", "39"].state == "shared"
    assert cells["crdva", "21"].state == "partial"
    assert cells["campaign", "58"].state == "hole"
    assert cells["pulsactions", "25"].to_confirm
