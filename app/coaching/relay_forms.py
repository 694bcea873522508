"""What is typed when a record, or a person, is passed on."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, SelectMultipleField
from wtforms.validators import DataRequired, InputRequired, Optional

from app.coaching.forms import DayField
from app.coaching.levels import MemberRole
from app.coaching.words import READER_WORDS
from app.core.forms import BaseForm, EmailField, LineField, TextField, choices_of

OUTSIDE = 0
WORDS = [DataRequired(_l("Écrivez une phrase."))]


class MemberForm(BaseForm):
    email = EmailField(_l("Adresse e-mail de son compte"), [DataRequired(_l("Écrivez son adresse."))])
    role = SelectField(
        _l("Son rôle"), choices=choices_of((role.value, READER_WORDS[role.value]) for role in MemberRole)
    )
    reason = LineField(_l("Pourquoi cette personne"), WORDS, max_length=200)
    can_see_restricted = BooleanField(_l("Peut lire les notes confidentielles"))


class ReferForm(BaseForm):
    organisation = SelectField(_l("Vers"), coerce=int)
    to_name = LineField(_l("Nom du partenaire, hors du réseau"), max_length=160)
    need = LineField(
        _l("Ce dont la personne a besoin"), WORDS, max_length=300,
        description=_l("La structure qui reçoit lit ces mots, le nom du projet et celui de la personne. Rien d’autre."),
    )  # fmt: skip
    consent_on = DayField(
        _l("La personne a donné son accord le"), [InputRequired(_l("Sans son accord, rien n’est transmis."))]
    )


class TransferForm(BaseForm):
    referent = SelectField(_l("Nouvelle structure et référent·e"))  # « structure-personne »: some work for several
    summary = TextField(
        _l("Où nous en sommes"),
        [DataRequired(_l("Écrivez un résumé : c’est tout ce qui passe, avec ce que la personne lit déjà."))],
        description=_l("La personne accompagnée le lit aussi. Les notes d’équipe et confidentielles restent ici."),
        max_length=4000,
    )


class HandOverForm(BaseForm):
    """One sentence for each record chosen: fields `words-<id>` are read by the view."""

    to_user = SelectField(_l("À qui"), coerce=int)
    records = SelectMultipleField(_l("Dossiers"), coerce=int)


class SuccessionForm(BaseForm):
    """The records of who left: chosen ones, or all of the list. What may still be given, the verb decides."""

    to_user = SelectField(_l("À qui"), coerce=int)
    words = LineField(_l("La phrase de passage"), WORDS, max_length=300)
    everything = BooleanField(_l("Tous ceux de cette liste"))
    records = SelectMultipleField(_l("Dossiers"), coerce=int, choices=[], validate_choice=False)


class AbsenceForm(BaseForm):
    covered_by = SelectField(_l("Qui vous remplace"), coerce=int)
    starts_on = DayField(_l("Du"), [InputRequired(_l("Indiquez le jour."))])
    ends_on = DayField(_l("Au"), [InputRequired(_l("Indiquez le jour."))])


class AnswerForm(BaseForm):
    reason = LineField(_l("Pourquoi, si vous ne pouvez pas"), [Optional()], max_length=300)


class RedirectForm(BaseForm):
    """Somebody else is better placed."""

    organisation = SelectField(_l("Structure mieux placée"), coerce=int)
    reason = LineField(_l("Pourquoi celle-ci"), WORDS, max_length=300)
    consent_on = DayField(
        _l("La personne a donné son accord le"), [InputRequired(_l("Sans son accord, rien n’est transmis."))]
    )
