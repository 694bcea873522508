"""Consortia with dates, steps with versions, areas of the network: data that people change and history keeps."""

from __future__ import annotations

import io
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import clock
from app.core.database import db, transaction
from app.network import area_services, areas, consortium_queries, consortium_services, programme_queries, queries
from app.network.area_rules import AreaLine, read_lines
from app.network.errors import (
    AlreadyMember,
    AreaCodeTaken,
    AreaIsEmpty,
    BadPeriod,
    LeadIsNoMember,
    MembershipEnded,
    UnknownPlaces,
)
from app.network.models import Consortium, ConsortiumMember, OfferLevel, Programme, Territory
from app.network.routing import route, table
from app.network.rules import Candidate, decided_by, in_order
from tests.builders import Visitor, a_record, a_user
from tests.network.support import actions, page_of
from tests.network.test_routing import BESANCON, DAY, DIJON, LONS, NEVERS, add

CHENOVE = "21166"


@pytest.fixture
def by(ctx: None) -> int:
    return a_user("Admin").id


def an_area(by: int, *parts: str, code: str = "Z-ESSAI", kind: str = "custom", **days: date) -> None:
    with transaction():
        area_services.save_area(AreaLine(code, kind, "L'essai", parts, **days), by=by, at=clock.now())


def test_an_area_of_the_network_is_nearer_than_the_departement_and_farther_than_the_epci(by: int):
    an_area(by, CHENOVE, DIJON)
    add(by, territory="Z-ESSAI")
    found = route("campaign", CHENOVE, DAY)
    assert (found.organisation.slug, found.is_fallback) == ("coopilote", False)
    assert "sur ce territoire (L’essai)" in found.reason
    add(by, slug="urscop", territory="242100410")  # Dijon Métropole
    assert route("campaign", CHENOVE, DAY).organisation.slug == "urscop"
    assert route("campaign", "21617", DAY).organisation.slug != "coopilote"


def test_a_former_region_answers_where_no_departement_does(by: int):
    add(by, territory="Z-BOURGOGNE")
    assert route("campaign", NEVERS, DAY).organisation.slug == "coopilote"
    assert route("campaign", DIJON, DAY).organisation.slug == "pes-21"
    assert route("campaign", BESANCON, DAY).is_fallback
    known = table(DAY)
    nevers = next(place for place in known.communes if place[0] == NEVERS)
    assert [c.organisation_name for c in known.answers("campaign", nevers)] == ["Coopilote"]


def test_a_quarter_counts_only_for_whoever_says_to_live_there(by: int):
    add(by, territory="Q-CHENOVE-LE-MAIL")
    assert route("campaign", CHENOVE, DAY).organisation.slug == "pes-21"
    inside = route("campaign", CHENOVE, DAY, qpv="Q-CHENOVE-LE-MAIL")
    assert inside.organisation.slug == "coopilote"
    assert "dans votre quartier (Le Mail (Chenôve))" in inside.reason
    assert route("campaign", DIJON, DAY, qpv="Q-CHENOVE-LE-MAIL").organisation.slug == "pes-21"


def test_an_area_counts_on_its_days_only(by: int):
    an_area(by, NEVERS, starts_on=DAY, ends_on=DAY)
    add(by, territory="Z-ESSAI")
    assert route("campaign", NEVERS, DAY).organisation.slug == "coopilote"
    assert route("campaign", NEVERS, date(2026, 12, 2)).is_fallback


def test_of_two_areas_worth_the_same_the_older_offer_gives_the_reason(by: int):
    for code, name in (("Z-ZED", "Le Haut Morvan"), ("Z-ALPHA", "Le Bas Morvan")):
        with transaction():
            area_services.save_area(AreaLine(code, "custom", name, (NEVERS,)), by=by, at=clock.now())
        add(by, territory=code)
    assert "Le Haut Morvan" in route("campaign", NEVERS, DAY).reason


def test_an_area_cannot_take_the_place_of_an_official_one(by: int):
    for line, error in [
        (AreaLine(DIJON, "custom", "Dijon", (CHENOVE,)), AreaCodeTaken),
        (AreaLine("Z-VIDE", "custom", "Vide", ()), AreaIsEmpty),
        (AreaLine("Z-NULLE", "custom", "Nulle part", ("75056",)), UnknownPlaces),
        (AreaLine("Z-ENVERS", "custom", "Envers", (DIJON,), DAY, date(2026, 1, 1)), BadPeriod),
    ]:
        with pytest.raises(error), transaction():
            area_services.save_area(line, by=by, at=clock.now())
    assert queries.get_commune(DIJON).name == "Dijon"
    with pytest.raises(Exception, match="existe pas"):
        areas.get_area(DIJON)


def test_a_full_organisation_gets_no_new_request_and_one_with_more_room_goes_first(by: int):
    offers = [o for o in queries.offers() if o.territory_code == "39" and o.programme.code == "pulsactions"]
    with transaction():
        for offer in offers:
            db.session.merge(offer).capacity = 1
    assert route("pulsactions", LONS, DAY).organisation.name == "ALDESS"
    record = a_record("H", "h@example.org", referent=a_user("Coach"))
    with transaction():
        record.organisation_id = queries.get_organisation("aldess").id
        record.programme_id = queries.get_programme("pulsactions").id
    found = route("pulsactions", LONS, DAY)
    assert found.organisation.name == "BGE Franche-Comté", "ALDESS follows one already"
    assert "alphabétique" in found.reason, "two others are equally free"
    with transaction():
        for offer in queries.offers(organisation_id=found.organisation.id):
            offer.accepts = False
    found = route("pulsactions", LONS, DAY)
    assert found.organisation.name == "Cluster Jura"
    assert "le plus de place" in found.reason


def test_of_two_neighbours_the_more_specialised_one_answers():
    a, b = Candidate(4, "A", 1), Candidate(4, "B", 2, help="specialist")
    assert [c.organisation_id for c in in_order([a, b])] == [2, 1]
    assert decided_by(in_order([a, b])) == "help"
    assert decided_by([b]) == ""
    assert decided_by(in_order([a, Candidate(4, "C", 3), b])) == "help"
    assert decided_by(in_order([a, Candidate(4, "C", 3)])) == "alphabet"
    assert decided_by(in_order([Candidate(4, "A", 1, load=3, capacity=4), Candidate(4, "C", 3, capacity=9)])) == "room"


@pytest.mark.usefixtures("ctx")
def test_the_groups_of_the_sources_keep_their_contradicting_dates():
    pes = queries.get_organisation("pes-21")
    groups = {m.consortium.slug: m for m in consortium_queries.memberships_of(pes.id)}
    assert groups["grais"].ends_on == date(2018, 12, 31)
    assert consortium_queries.get_consortium("grais").starts_on == date(2015, 1, 1)
    regional = consortium_queries.get_consortium("groupement-ess-regional")
    assert regional.lead_organisation.slug == "bge-franche-comte"
    assert len(consortium_queries.organisation_ids_of(regional.id, date(2020, 6, 1))) == 8
    assert consortium_queries.organisation_ids_of(regional.id, date(2023, 1, 1)) == frozenset()
    lead = frozenset({regional.lead_organisation_id})
    assert len(consortium_queries.led_by(lead, date(2022, 12, 31))) == 8
    assert consortium_queries.led_by(lead, date(2023, 1, 1)) == frozenset()
    assert consortium_queries.led_by(frozenset({pes.id}), date(2020, 6, 1)) == frozenset()


def test_a_membership_is_ended_once_and_its_twin_is_refused(by: int):
    group, urscop = consortium_queries.get_consortium("grais"), queries.get_organisation("urscop").id
    about = {"organisation_id": urscop, "source": "", "by": by, "at": clock.now()}
    with transaction():
        member = consortium_services.add_member(group, starts_on=None, ends_on=None, **about)
        key = member.id
    with pytest.raises(AlreadyMember), transaction():
        consortium_services.add_member(group, starts_on=DAY, ends_on=None, **about)
    with transaction():
        member = db.session.get_one(ConsortiumMember, key)
        consortium_services.end_membership(member, last_day=DAY, by=by, at=clock.now())
    with pytest.raises(MembershipEnded), transaction():
        consortium_services.end_membership(member, last_day=DAY, by=by, at=clock.now())
    with transaction():
        consortium_services.add_member(group, starts_on=date(2026, 12, 2), ends_on=None, **about)


def test_the_lead_must_be_a_member(by: int):
    group = consortium_queries.get_consortium("generateur-bfc")
    about = {
        "name": "G",
        "kind": group.kind,
        "source": "",
        "starts_on": None,
        "ends_on": None,
        "version": group.version,
    }
    urscop = queries.get_organisation("urscop").id
    with pytest.raises(LeadIsNoMember), transaction():
        consortium_services.change_consortium(
            group, lead_organisation_id=urscop, on=DAY, by=by, at=clock.now(), **about
        )


def test_the_administrator_founds_a_group_lets_members_in_and_names_the_lead(app: Flask, admin: Visitor):
    made = admin.post("/administration/groupements/nouveau", {"name": "Trio", "kind": "thematic", "lead": "0"})
    assert made.status_code == 303
    with app.app_context():
        urscop = queries.get_organisation("urscop").id
    wrong = {"organisation": urscop, "starts_on": "2026-02-01", "ends_on": "2026-01-01"}
    assert admin.post("/administration/groupements/trio/membres", wrong).status_code == 422
    assert admin.post("/administration/groupements/trio/membres", {"organisation": urscop}).status_code == 303
    assert admin.post("/administration/groupements/trio/membres", {"organisation": urscop}).status_code == 422
    named = {"name": "Trio", "kind": "thematic", "lead": urscop, "version": "1"}
    assert admin.post("/administration/groupements/trio", named).status_code == 303
    assert admin.post("/administration/groupements/trio", named).status_code == 409, "somebody saved since"
    assert "mandataire" in page_of(admin, "/administration/structures/urscop")
    with app.app_context():
        member = db.session.scalars(select(ConsortiumMember.id).join(Consortium).where(Consortium.slug == "trio")).one()
    path = f"/administration/groupements/trio/membres/{member}/fin"
    assert admin.post(path, {"last_day": ""}).status_code == 422
    assert admin.post(path, {"last_day": "2026-12-31"}).status_code == 303
    assert admin.post(path, {"last_day": "2027-12-31"}).status_code == 409, "an end is history"
    assert {"consortium.founded", "consortium.joined", "consortium.changed", "consortium.left"} <= set(actions(app))
    page_of(admin, "/administration/journal")


def test_new_steps_are_a_new_version_and_an_open_record_keeps_its_own(app: Flask, admin: Visitor):
    with app.app_context():
        record = a_record("H", "h@example.org", referent=a_user("Coach"))
        key, version = record.programme_id, record.template_version
        code, before = record.programme.code, list(record.programme.steps)
    path = f"/administration/dispositifs/{code}"
    new = {"steps": "Accueil\n\n Et  ensuite", "reason": "Plus court", "version": str(version)}
    assert admin.post(path, {**new, "steps": "\n".join(before)}).status_code == 422, "nothing changed"
    assert admin.post(path, new).status_code == 303
    assert admin.post(path, {**new, "steps": "Autre"}).status_code == 409, "from an old version"
    with app.app_context():
        assert db.session.get_one(Programme, key).steps == ["Accueil", "Et ensuite"]
        assert programme_queries.steps_of(key, version) == tuple(before)
        assert programme_queries.steps_of(key, version + 1) == ("Accueil", "Et ensuite")
    assert "Plus court" not in page_of(admin, "/administration/dispositifs")
    assert before[-1] in page_of(admin, path)


def file_of(text: str) -> dict[str, object]:
    return {"file": (io.BytesIO(text.encode()), "zones.csv")}


def send(admin: Visitor, text: str):
    return admin.post("/administration/territoires/fichier", file_of(text))


def test_a_file_of_areas_is_taken_whole_or_not_at_all(app: Flask, admin: Visitor):
    titles = "Code;Type;Nom;Lieux;Du;Au\n"
    good = titles + "QN02101M;qpv;Le Mail;21166;2024-01-01;\nZ-AUXOIS;zone;Auxois;21501 21373;;\n"
    assert send(admin, "\ufeff" + good).status_code == 303
    with app.app_context():
        assert {a.code for a in areas.own_areas()} >= {"QN02101M", "Z-AUXOIS"}
        assert [t.name for t in areas.parts_of("Z-AUXOIS")] == ["Mâlain", "Pouilly-en-Auxois"]
    again = titles + "Z-AUXOIS;zone;Auxois;21501;;\nZ-NEUF;zone;Neuf;99999;;\n"
    refused = send(admin, again)
    assert refused.status_code == 422
    assert "99999" in refused.get_data(as_text=True)
    with app.app_context():
        assert len(areas.parts_of("Z-AUXOIS")) == 2, "all or none"
    for wrong, words in [
        ("", "première ligne"), (titles, "aucun territoire"), (titles + "a b;zone;x;21231;;", "Ligne 2"),
        (titles + "Z-A;lac;x;21231;;", "type"), (titles + "Z-A;zone;x;21231;demain;", "date"),
        (titles + "Z-A;zone;x;21231;;\nz-a;zone;x;21231;;", "déjà plus haut"), (titles + 'Z-A;zone;"x', "guillemet"),
        (titles + "21231;zone;Dijon;21166;;", "officiel"),
    ]:  # fmt: skip
        answer = send(admin, wrong)
        assert answer.status_code == 422, wrong
        assert words in answer.get_data(as_text=True), wrong
    assert "area.drawn" in actions(app)


def test_lines_read_alone_say_what_is_wrong():
    good, wrong = read_lines(
        [{"code": "z-1", "type": "Zone", "nom": "A", "lieux": "21231, 21231 21"}, {}, {"code": "?"}]
    )
    assert [(a.code, a.kind, a.parts) for a in good] == [("Z-1", "custom", ("21231", "21"))]
    assert [(b.number, b.why) for b in wrong] == [(4, "code")]


def test_an_area_is_drawn_by_hand_with_names_and_homonyms_are_asked(app: Flask, admin: Visitor):
    drawn = {"code": "z-pays", "kind": "custom", "name": "Pays", "places": "Bussières\nDijon"}
    asked = admin.post("/administration/territoires/nouveau", drawn)
    assert asked.status_code == 422
    assert "89058" in asked.get_data(as_text=True)
    fine = admin.post("/administration/territoires/nouveau", {**drawn, "places": "89058\ndijon\n39 — Jura"})
    assert fine.status_code == 303
    assert admin.post("/administration/territoires/nouveau", {**drawn, "places": "21231"}).status_code == 422
    assert "89058 — Bussières" in page_of(admin, "/administration/territoires/Z-PAYS")
    changed = {**drawn, "code": "Z-AUTRE", "name": "Pays neuf", "places": "21231 — Dijon"}
    assert admin.post("/administration/territoires/Z-PAYS", changed).status_code == 303
    with app.app_context():
        assert db.session.get(Territory, "Z-AUTRE") is None, "the code stays"
        assert [t.code for t in areas.parts_of("Z-PAYS")] == ["21231"]
    assert admin.get("/administration/territoires/21231").status_code == 404


def test_an_offer_says_how_much_it_takes(app: Flask, admin: Visitor):
    with app.app_context():
        key = queries.offers(organisation_id=queries.get_organisation("pes-21").id)[0].id
    path = f"/administration/offres/{key}/reglages"
    assert admin.post(path, {"capacity": "0"}).status_code == 422
    assert admin.post(path, {"capacity": "12", "level": "specialist"}).status_code == 303
    with app.app_context():
        offer = queries.get_offer(key)
        assert (offer.capacity, offer.level, offer.accepts) == (12, OfferLevel.SPECIALIST, False)
    assert "Accompagnement spécialiste" in page_of(admin, "/administration/offres")
    page_of(admin, f"/administration/offres/{key}")


def test_an_organisation_is_found_by_an_old_name_without_accents(admin: Visitor):
    page = page_of(admin, "/administration/structures?q=pesad")
    assert "Pôle d’Économie Solidaire 21" in page
    assert "Coopilote" not in page
    assert "Pôle d’Économie Solidaire 21" in page_of(admin, "/administration/structures?q=economie%20pole")
    assert "Aucune structure ne porte ce nom" in page_of(admin, "/administration/structures?q=zzz")


def test_the_quarters_of_a_town_are_offered_and_no_others(client):
    page = client.get("/qui-peut-m-aider?commune=21166").get_data(as_text=True)
    assert "Le Mail (Chenôve)" in page
    assert 'name="quartier"' not in client.get("/qui-peut-m-aider?commune=39300").get_data(as_text=True)
    assert client.get("/qui-peut-m-aider?commune=21166&quartier=Q-CHENOVE-LE-MAIL").status_code == 200
    assert client.get("/qui-peut-m-aider?commune=21166&quartier=%27x").status_code == 200
