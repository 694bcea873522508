"""Papers to keep: what they say is what was charged, and only who may see it gets it."""

from __future__ import annotations

import csv
import io
import zipfile

from app.core.database import db
from app.pledges.keys import address_key
from app.settlement import papers, statements
from tests.builders import a_user, sign_in
from tests.support.scene import Scene


def paid_scene(scene: Scene, **more):
    slug = scene.campaign(goal_cents=100_00, **more)
    gift = scene.give(slug, cents=160_00, name="Ada =1+1")
    scene.close(slug)
    assert scene.pledge(gift).state == "paid"
    return slug, gift


def test_an_attestation_is_a_pdf_of_one_payment(scene):
    _slug, gift = paid_scene(scene)
    answer = gift.client.get(gift.path("/attestation.pdf"))
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert answer.get_data().startswith(b"%PDF")
    assert answer.headers["Cache-Control"] == "no-store"
    assert gift.email not in answer.headers["Content-Disposition"]


def test_there_is_no_attestation_before_the_charge(scene):
    gift = scene.give(scene.campaign())
    assert gift.client.get(gift.path("/attestation.pdf")).location.startswith(f"/contributions/{gift.public_id}")


def test_a_stranger_gets_no_attestation(scene):
    _slug, gift = paid_scene(scene)
    path = f"/contributions/{gift.public_id}/attestation.pdf"
    assert scene.app.test_client().get(path).status_code in (303, 404)
    refused = scene.app.test_client().get(path + "?cle=faux")
    assert refused.status_code == 303
    assert refused.location.startswith("/connexion?next=")


def test_the_attestation_says_who_what_and_how_much(scene):
    _slug, gift = paid_scene(scene)
    with scene.app.test_request_context():
        pledge = scene.pledge(gift)
        pledge = db.session.merge(pledge)
        said = dict(papers.attestation(pledge, statements.of_pledge(pledge.id)).facts)
    assert said["Montant débité"] == "160,00\xa0€"
    assert said["Contributeur"] == "Ada =1+1"
    assert said["Référence"] == gift.public_id


def test_the_payments_of_a_year_are_listed_for_their_address_only(scene):
    _slug, gift = paid_scene(scene)
    with scene.app.app_context():
        year, key = scene.pledge(gift).paid_at.year, address_key(gift.email)
        other = address_key("quelquun@exemple.fr")
    mine = scene.app.test_client().get(f"/contributions/annee/{year}?format=csv&cle={key}")
    rows = list(csv.reader(io.StringIO(mine.get_data(as_text=True).lstrip("\ufeff")), delimiter=";"))
    assert len(rows) == 2
    assert rows[1][2:5] == ["160,00", "0,00", "160,00"]
    nobody = scene.app.test_client().get(f"/contributions/annee/{year}?format=csv&cle={other}")
    assert nobody.get_data(as_text=True).count("\n") == 1
    unknown = scene.app.test_client().get(f"/contributions/annee/{year}?format=csv")
    assert unknown.location.startswith("/contributions")
    assert scene.app.test_client().get(f"/contributions/annee/{year}?format=exe&cle={key}").status_code == 404
    assert scene.app.test_client().get(f"/contributions/annee/1?cle={key}").status_code == 404
    pdf = scene.app.test_client().get(f"/contributions/annee/{year}?cle={key}")
    assert pdf.get_data().startswith(b"%PDF")


def test_the_holder_gets_the_statement_in_three_forms_and_the_sums_are_those_of_the_money_page(scene):
    slug, _gift = paid_scene(scene, fee_bps=500)
    holder = scene.holder(slug)
    for kind, start in (("pdf", b"%PDF"), ("xlsx", b"PK"), ("csv", b"\xef\xbb\xbf")):
        answer = holder.get(f"/mes-campagnes/{slug}/releve?format={kind}")
        assert answer.status_code == 200, answer.location
        assert answer.get_data().startswith(start)
    book = zipfile.ZipFile(io.BytesIO(holder.get(f"/mes-campagnes/{slug}/releve?format=xlsx").get_data()))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "<v>160</v>" in sheet
    assert holder.get(f"/mes-campagnes/{slug}/releve?format=doc").status_code == 404


def test_a_statement_of_thousands_of_lines_is_short_in_pdf_and_whole_in_the_sheet(scene):
    slug, _gift = paid_scene(scene)
    with scene.app.test_request_context():
        line = statements.of_campaign(scene.row(slug).id)[0]
        document = papers.of_campaign(db.session.merge(scene.row(slug)), [line] * 1000)
        assert len(document.tables[0].rows) == papers.MOST_PDF_LINES
        assert any("700" in note for note in document.notes)
        assert len(papers.campaign_sheet([line] * 1000)[1]) == 1000


def test_a_visitor_without_rights_gets_no_statement(scene):
    slug, _gift = paid_scene(scene)
    with scene.app.app_context():
        stranger = sign_in(scene.app, a_user())
    assert stranger.get(f"/mes-campagnes/{slug}/releve").status_code == 404
