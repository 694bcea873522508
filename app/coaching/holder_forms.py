"""What the person coached types in their own record."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.validators import DataRequired, Optional

from app.coaching.forms import DayField
from app.coaching.once import OnceField
from app.core.forms import BaseForm, LineField, TextField


class OwnActionForm(BaseForm):
    text = LineField(_l("Ce que je vais faire"), [DataRequired(_l("Écrivez ce qui est à faire."))], max_length=300)
    due_on = DayField(_l("Pour le"), [Optional()])


class ObjectiveForm(BaseForm):
    text = LineField(_l("Un objectif"), [DataRequired(_l("Écrivez l’objectif."))], max_length=300)


class OwnTextForm(BaseForm):
    text = TextField(
        _l("Mon texte"), [DataRequired(_l("Écrivez quelque chose."))], max_length=8000,
        description=_l("Vous et l’équipe de votre dossier le lirez."),
    )  # fmt: skip
    name = OnceField()


class ObjectionForm(BaseForm):
    reader = SelectField(_l("Qui ne doit plus lire"), coerce=int)
    reason = LineField(
        _l("Pourquoi, si vous voulez le dire"), max_length=200,
        description=_l("La lecture est fermée tout de suite ; la personne qui répond du dossier est prévenue."),
    )  # fmt: skip
