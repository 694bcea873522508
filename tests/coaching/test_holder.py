"""« Mon accompagnement »: the holder reads in plain words, writes, objects, agrees; each only in their own record."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.coaching.models import ActionItem, Consent, RecordExclusion
from app.coaching.note_models import Note
from app.coaching.path_models import Objective
from app.core.database import db
from app.core.journal import JournalEntry
from app.core.outbox import OutboxMail
from app.core.text import public_id


def page(scene) -> str:
    return f"/accompagnement/dossiers/{scene.reference}"


def test_the_page_says_where_what_who_and_when_in_plain_words(scene):
    text = scene.holder.get(page(scene)).get_data(as_text=True)
    for words in (
        "Où j’en suis",
        "Ce que je fais",
        "Quand nous nous voyons",
        "Qui peut lire ce dossier",
        "Inès Verdelet",
    ):
        assert words in text
    assert "La personne la lira" not in text, "words for coaches"
    assert scene.holder.get("/mon-accompagnement").location.endswith(scene.reference)
    assert "Aucun dossier" in scene.stranger.get("/mon-accompagnement").get_data(as_text=True)
    assert "Où j’en suis" not in scene.referent.get(page(scene)).get_data(as_text=True)


@pytest.mark.parametrize("act", ["mes-actions", "mes-objectifs", "mes-textes", "oppositions", "accords"])
def test_nobody_else_writes_as_the_holder(scene, act):
    others = (scene.elsewhere, scene.admin, scene.stranger, scene.referent, scene.lead)
    for other in others:
        assert other.post(f"{page(scene)}/{act}", {"text": "x"}, page="/mon-compte").status_code == 404


def test_the_holder_writes_for_both_sides_once(app, scene):
    form = {"text": "J’ai vu le maire.", "name": public_id()}
    for _ in range(2):
        assert scene.holder.post(f"{page(scene)}/mes-textes", form, page=page(scene)).status_code == 303
    assert "J’ai vu le maire." in scene.referent.get(page(scene)).get_data(as_text=True)
    assert "J’ai vu le maire." in scene.holder.get(page(scene)).get_data(as_text=True)
    assert scene.holder.post(f"{page(scene)}/mes-textes", {"text": ""}, page=page(scene)).status_code == 422
    with app.app_context():
        note = db.session.scalars(select(Note)).one()
        assert (note.visibility, "maire" in note.sealed) == ("holder", False)


def test_actions_and_objectives_are_shared(app, scene):
    assert scene.holder.post(f"{page(scene)}/mes-actions", {"text": "Devis"}, page=page(scene)).status_code == 303
    assert scene.holder.post(f"{page(scene)}/mes-objectifs", {"text": "Ouvrir"}, page=page(scene)).status_code == 303
    with app.app_context():
        assert db.session.scalars(select(ActionItem)).one().owner == "holder"
        assert db.session.scalars(select(Objective)).one().owner == "holder"
    assert "Ouvrir" in scene.holder.get(page(scene)).get_data(as_text=True)


def test_an_objection_closes_the_record_at_once_and_the_referent_is_told_without_a_name(app, scene):
    form = {"reader": scene.colleague.user_id, "reason": "C’est mon voisin"}
    assert scene.colleague.get(page(scene)).status_code == 200
    for _ in range(1):
        assert scene.holder.post(f"{page(scene)}/oppositions", form, page=page(scene)).status_code == 303
    assert scene.colleague.get(page(scene)).status_code == 404
    assert "à votre demande" in scene.holder.get(page(scene)).get_data(as_text=True)
    again = scene.holder.post(f"{page(scene)}/oppositions", form, page=page(scene), follow_redirects=True)
    assert "C’est déjà fait" in again.get_data(as_text=True)
    team = scene.referent.get(f"{page(scene)}/equipe").get_data(as_text=True)
    assert "Lectures refusées par la personne" in team
    with app.app_context():
        mail = db.session.scalars(select(OutboxMail)).one()
        assert mail.to_address == scene.referent.email
        assert "voisin" not in mail.text
        colleague_id = db.session.scalars(select(RecordExclusion)).one().user_id
    back = f"{page(scene)}/oppositions/{colleague_id}/retirer"
    assert scene.referent.post(back, page="/mon-compte").status_code == 404
    assert scene.holder.post(back, page=page(scene)).status_code == 303
    assert scene.colleague.get(page(scene)).status_code == 200


def test_an_objection_to_the_referent_is_told_to_the_lead(app, scene):
    form = {"reader": scene.referent.user_id, "reason": ""}
    assert scene.holder.post(f"{page(scene)}/oppositions", form, page=page(scene)).status_code == 303
    assert scene.referent.get(page(scene)).status_code == 404
    assert scene.lead.get(page(scene)).status_code == 200
    with app.app_context():
        assert [m.to_address for m in db.session.scalars(select(OutboxMail))] == [scene.lead.email]


@pytest.mark.parametrize("who", ["stranger", "holder", "elsewhere"])
def test_only_a_reader_can_be_objected_to(scene, who):
    form = {"reader": getattr(scene, who).user_id, "reason": ""}
    assert scene.holder.post(f"{page(scene)}/oppositions", form, page=page(scene)).status_code == 422


def test_a_consent_keeps_the_version_of_its_words_and_is_withdrawn_not_deleted(app, scene):
    address, form = f"{page(scene)}/accords", {"purpose": "network_sharing"}
    for agrees in ("yes", "yes", "no", "no"):
        assert scene.holder.post(address, {**form, "agrees": agrees}).status_code == 303
    assert scene.holder.post(address, {**form, "agrees": "peut-être"}).status_code == 403
    assert scene.holder.post(address, {"purpose": "public_mention", "agrees": "yes"}).status_code == 422
    with app.app_context():
        consent = db.session.scalars(select(Consent)).one()
        assert (consent.text_version, consent.withdrawn_at is not None) == ("2026-11", True)
        acts = [e.action for e in db.session.scalars(select(JournalEntry).where(JournalEntry.action.like("%consent%")))]
        assert acts == ["record.consent_given", "record.consent_withdrawn"]
