"""The commune of a form, with script (a code) and without (words, then a choice)."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from wtforms.validators import DataRequired

from app.core.database import db
from app.core.forms import BaseForm, LineField
from app.network.forms import CommuneField, CommuneMixin
from app.network.models import Territory

DIJON, CHENOVE = "21231", "21166"


class PlaceForm(CommuneMixin, BaseForm):
    class Meta(BaseForm.Meta):
        csrf = False

    title = LineField("Titre", [DataRequired("Écrivez un titre.")])
    commune = CommuneField("Commune")


class FreeForm(BaseForm):
    """Without the mixin, and not required."""

    class Meta(BaseForm.Meta):
        csrf = False

    commune = CommuneField("Commune", required=False)


@pytest.fixture(autouse=True)
def inside_a_request(app: Flask):
    with app.test_request_context("/"):
        yield
        db.session.remove()


def filled(form: type[BaseForm] = PlaceForm, **sent: object) -> PlaceForm:
    return form(MultiDict({"title": "Le four", **sent}))


def test_the_code_chosen_with_script_is_taken():
    form = filled(commune=DIJON, commune_text="Dijon (Côte-d’Or)")
    assert form.validate()
    assert (form.commune.data, form.commune.commune.name) == (DIJON, "Dijon")


def test_words_that_mean_one_commune_are_enough():
    form = filled(commune="", commune_text="chenove")
    assert form.validate()
    assert form.commune.data == CHENOVE
    assert form.commune.text == "Chenôve (Côte-d’Or)"


def test_homonyms_come_back_as_choices_and_a_choice_is_taken():
    form = filled(commune="", commune_text="Bussières")
    assert not form.validate()
    assert len(form.commune.matches) == 4
    assert form.commune.data is None
    assert "choisissez" in form.commune.errors[0]
    chosen = form.commune.matches[2].code
    again = PlaceForm(MultiDict([("title", "x"), ("commune", chosen), ("commune", ""), ("commune_text", "Bussières")]))
    assert again.validate()
    assert again.commune.data == chosen


def test_every_homonym_can_be_chosen_without_script():
    codes = db.session.scalars(select(Territory.code).where(Territory.is_homonym)).all()
    assert len({*db.session.scalars(select(Territory.name).where(Territory.is_homonym))}) >= 88
    for code in codes:
        name = db.session.get_one(Territory, code).name
        asked = filled(commune="", commune_text=name)
        assert code in {c.code for c in asked.commune.matches}, name
        chosen = filled(commune=code, commune_text=name)
        assert chosen.validate()
        assert chosen.commune.data == code


def test_a_postal_code_offers_its_communes_and_does_not_decide():
    form = filled(commune="", commune_text="21340")
    assert not form.validate()
    assert len(form.commune.matches) == 10
    chosen = form.commune.matches[-1].code
    assert filled(commune=chosen, commune_text="21340").validate()


def test_changed_words_win_over_an_older_code():
    form = filled(commune=DIJON, commune_text="Chenôve")
    assert form.validate()
    assert form.commune.data == CHENOVE


def test_a_code_that_is_not_among_the_matches_is_not_believed():
    form = filled(commune=DIJON, commune_text="Bussières")
    assert not form.validate()
    assert form.commune.data is None


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "Écrivez le nom"),
        ({"commune_text": "   "}, "Écrivez le nom"),
        ({"commune_text": "Strasbourg"}, "Aucune commune"),
        ({"commune_text": "<script>alert(1)</script>"}, "Aucune commune"),
        ({"commune_text": "\u202e🌻"}, "Aucune commune"),
        ({"commune_text": "é" * 1_000_000}, "Aucune commune"),
        ({"commune": "99999"}, "Écrivez le nom"),
        ({"commune": "\x00", "commune_text": "\x00"}, "Écrivez le nom"),
        ({"commune": "x" * 100_000}, "Écrivez le nom"),
        ({"commune_text": "Paris"}, "Plusieurs"),  # Paris-l’Hôpital and Damparis are in the region
        ({"commune_text": "monial"}, "Est-ce bien"),
        ({"commune_text": "21000"}, "Est-ce bien"),
        ({"commune_text": "saint"}, "Trop de communes"),
    ],
)
def test_what_cannot_be_a_commune_gets_a_sentence(sent: dict[str, str], words: str):
    form = filled(**sent)
    assert not form.validate()
    assert form.commune.errors[0].startswith(words)
    assert len(form.commune.text) <= 240, "what comes back is what was typed, within reason"


def test_the_search_button_is_no_attempt_to_save():
    form = filled(title="", commune="", commune_text="Dijon", commune_search="1")
    assert not form.validate()
    assert form.is_searching
    assert not form.errors, "nothing is wrong yet"
    assert form.commune.text == "Dijon (Côte-d’Or)"
    assert form.commune.data == DIJON


def test_the_search_button_pressed_by_enter_with_a_chosen_commune_saves():
    form = filled(commune=DIJON, commune_text="Dijon (Côte-d’Or)", commune_search="1")
    assert form.validate()


def test_a_form_without_the_mixin_does_not_save_on_a_search_either():
    form = filled(FreeForm, commune="", commune_text="Dijon", commune_search="1")
    assert not form.validate()
    assert form.commune.data == DIJON


def test_an_optional_commune_may_stay_empty_but_not_wrong():
    assert filled(FreeForm, commune="", commune_text="").validate()
    assert not filled(FreeForm, commune="", commune_text="Atlantide").validate()


def test_an_edited_form_shows_the_stored_commune():
    form = PlaceForm(data={"title": "x", "commune": DIJON})
    assert form.commune.text == "Dijon (Côte-d’Or)"
