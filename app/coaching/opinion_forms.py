"""What is asked of a colleague, and what they answer."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField
from wtforms.validators import DataRequired, Optional

from app.coaching.forms import DayField
from app.coaching.once import OnceField
from app.core.forms import BaseForm, TextField, choices_of


class OpinionForm(BaseForm):
    colleague = SelectField(_l("À qui"), coerce=int)
    question = TextField(
        _l("Votre question"), [DataRequired(_l("Écrivez votre question."))], max_length=4000,
        description=_l("Sans nommer personne : un cas se comprend sans nom."),
    )  # fmt: skip
    shares = RadioField(
        _l("Ce que votre collègue voit"),
        choices=choices_of(
            [
                ("no", _l("la question, le dispositif, le département et l’étape")),
                ("yes", _l("le dossier aussi, comme expert ou experte, jusqu’à sa réponse")),
            ]
        ),
        default="no",
    )
    due_on = DayField(_l("Souhaité pour le"), [Optional()])
    name = OnceField()


class AnswerForm(BaseForm):
    text = TextField(_l("Votre avis"), [DataRequired(_l("Écrivez votre avis."))], max_length=8000)
