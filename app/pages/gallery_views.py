"""The gallery of components, only in development."""

from __future__ import annotations

from datetime import timedelta

from flask import current_app, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, FileField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from app.core import clock
from app.core.access import allow, anyone
from app.core.errors import NotFound
from app.core.forms import BaseForm, EmailField, EuroField, LineField, TextField
from app.network import queries as network_queries
from app.pages.views import bp


class GalleryForm(BaseForm):
    """One field of each kind."""

    title = LineField("Titre", [InputRequired("Donnez un titre.")], description="En une ligne.")
    email = EmailField("Adresse e-mail", [InputRequired("Indiquez une adresse.")])
    commune = LineField("Commune", [InputRequired("Choisissez une commune.")])
    story = TextField("Histoire", [InputRequired("Racontez le projet.")])
    amount = EuroField("Montant", [InputRequired("Indiquez un montant.")])
    kind = RadioField(
        "Nature",
        [InputRequired("Choisissez.")],
        choices=[SelectChoice("a", "Remerciement"), SelectChoice("b", "Prévente")],
    )
    theme = SelectField("Thème", choices=[SelectChoice("food", "Alimentation"), SelectChoice("nature", "Nature")])
    picture = FileField("Photographie")
    terms = BooleanField("J’ai lu les règles.", [InputRequired("Cochez cette case.")])


@bp.get("/dev/galerie")
@allow(anyone)
def gallery() -> ResponseReturnValue:
    if current_app.config["SETTINGS"].env != "development":
        raise NotFound
    wrong = GalleryForm(formdata=None)
    wrong.validate()
    region = network_queries.map_data()
    departements = [
        {**d, "count": n, "url": url_for("campaigns.catalogue", territoire=d["code"])}
        for n, d in enumerate(region.departements)
    ]
    return render_template(
        "components/gallery.html",
        now=clock.now(),
        later=clock.now() + timedelta(days=12),
        form=GalleryForm(formdata=None),
        wrong=wrong,
        departements=departements,
    )
