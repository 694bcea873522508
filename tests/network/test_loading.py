"""The reference data: complete, printable, loaded as often as one likes without undoing anybody's work."""

from __future__ import annotations

import json
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core.database import db, transaction
from app.network import queries
from app.network.communes import DATA
from app.network.loading import REGION_CODE, counts, load
from app.network.models import Offer, Organisation, Programme, Territory, TerritoryKind

EXPECTED = {
    "region": 1, "departement": 8, "epci": 116, "commune": 3685, "organisation": 14, "programme": 5, "offer": 20,
    "qpv": 1, "custom": 2, "consortium": 5,
}  # fmt: skip


@pytest.mark.usefixtures("ctx")
def test_the_whole_region_is_there():
    assert counts() == EXPECTED
    in_region = db.session.scalar(select(func.sum(Territory.population)).where(Territory.kind == TerritoryKind.COMMUNE))
    assert in_region == db.session.get_one(Territory, REGION_CODE).population == 2_802_670


@pytest.mark.usefixtures("ctx")
def test_every_commune_knows_its_departement_its_epci_and_its_point():
    communes = db.session.scalars(select(Territory).where(Territory.kind == TerritoryKind.COMMUNE)).all()
    codes = set(db.session.scalars(select(Territory.code).where(Territory.kind != TerritoryKind.COMMUNE)))
    assert {c.departement_code for c in communes} | {c.epci_code for c in communes} <= codes
    assert all(c.postal_codes and c.longitude and c.latitude for c in communes)


def test_loading_again_changes_nothing_and_says_the_same(app: Flask):
    first = app.test_cli_runner().invoke(args=["network", "load"])
    second = app.test_cli_runner().invoke(args=["network", "load"])
    assert first.exit_code == second.exit_code == 0, first.output
    assert first.output == second.output
    assert "  3685 communes" in second.output


@pytest.mark.usefixtures("ctx")
def test_loading_again_keeps_what_the_administrator_changed():
    with transaction():
        pes = queries.get_organisation("pes-21")
        pes.name, pes.aliases, pes.contact_email, pes.is_active = "Pôle 21", ["P 21"], "a@exemple.fr", False
        offer = db.session.scalars(select(Offer).where(Offer.organisation_id == pes.id)).first()
        offer.ends_on, offer.ended_reason, offer_id = date(2026, 1, 31), "Convention finie", offer.id
        gone = db.session.scalars(select(Offer).where(Offer.territory_code == "71")).first()
        db.session.delete(gone)
        queries.get_programme("dla").steps = ["Une seule étape"]
    with transaction():
        load()
    pes = queries.get_organisation("pes-21")
    assert (pes.name, pes.aliases, pes.contact_email, pes.is_active) == (
        "Pôle 21",
        ["P 21"],
        "a@exemple.fr",
        False,
    )
    assert queries.get_offer(offer_id).ended_reason == "Convention finie"
    assert queries.get_programme("dla").steps == ["Une seule étape"]
    assert counts()["offer"] == EXPECTED["offer"] - 1, "an offer that was taken away does not come back"


@pytest.mark.usefixtures("ctx")
def test_loading_again_repairs_a_place_and_leaves_a_place_of_the_network_alone():
    with transaction():
        db.session.get_one(Territory, "21231").name = "Dijjon"
        db.session.add(
            Territory(code="AUXOIS", kind=TerritoryKind.CUSTOM, name="Auxois", search_name="auxois", postal_codes=[])
        )
    with transaction():
        load()
    assert queries.get_commune("21231").name == "Dijon"
    assert db.session.get_one(Territory, "AUXOIS").name == "Auxois"


@pytest.mark.usefixtures("ctx")
def test_one_organisation_is_the_fallback_and_a_second_one_is_refused_by_the_database():
    assert queries.find_fallback().name == "Réseau Graine d’Actions"
    with pytest.raises(Exception, match=r"(?i)unique"), transaction():
        db.session.add(Organisation(slug="autre", name="Autre", is_fallback=True))


@pytest.mark.usefixtures("ctx")
def test_names_are_printed_with_the_curved_apostrophe():
    assert db.session.get_one(Territory, "21").name == "Côte-d’Or"
    assert not db.session.scalar(select(func.count()).where(Territory.name.contains("'")))


@pytest.mark.usefixtures("ctx")
def test_programmes_carry_their_steps_and_only_the_campaign_is_no_coaching():
    programmes = db.session.scalars(select(Programme)).all()
    assert {p.code for p in programmes if not p.is_coaching} == {"campaign"}
    assert [len(p.steps) for p in sorted(programmes, key=lambda p: p.code)] == [8, 4, 5, 3, 9]


def test_the_organisations_file_has_no_quotation_and_no_unnamed_structure():
    text = (DATA / "organisations-bfc.json").read_text("utf-8")
    assert "quotes" not in text
    assert "nivernaise" not in text
    assert json.loads(text)["about"]["licence"]
