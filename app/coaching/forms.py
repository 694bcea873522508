"""What coaches and holders type about a record."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, RadioField, SelectField
from wtforms.validators import DataRequired, InputRequired, Optional, ValidationError

from app.core import clock
from app.core.forms import BaseForm, EmailField, LineField, choices_of
from app.network.fields import CommuneField, CommuneMixin

DAY_WRONG = _l("Cette date n’est pas lisible : écrivez-la comme 2027-03-14.")


class DayField(DateField):
    """A day; the message is a sentence."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            self.data = None
            raise ValueError(str(DAY_WRONG)) from error


def has_come(_form: object, field: DateField) -> None:
    """What happened is counted on its day: that day is today in Paris, or before."""
    if field.data is not None and field.data > clock.paris_day(clock.now()).date():
        raise ValidationError(str(_l("Ce jour n’est pas encore venu.")))


class RecordForm(CommuneMixin, BaseForm):
    title = LineField(_l("Nom du projet"), [DataRequired(_l("Donnez un nom au projet."))], max_length=120)
    holder_name = LineField(
        _l("Personne accompagnée"), [DataRequired(_l("Écrivez le nom de la personne."))], max_length=120
    )
    holder_email = EmailField(
        _l("Son adresse e-mail"),
        description=_l("Facultative : le dossier peut exister avant son compte."),
    )
    invite = BooleanField(_l("Lui écrire que son dossier est ouvert et comment le lire"))
    commune = CommuneField(_l("Commune du projet"))
    organisation = SelectField(_l("Structure qui accompagne"), coerce=int)
    programme = SelectField(_l("Dispositif"))
    since = DayField(_l("Accompagnement commencé le"), [InputRequired(_l("Indiquez le jour."))])
    step = LineField(_l("Étape"), max_length=80, description=_l("Librement : où en est le projet ?"))
    next_action = LineField(_l("Prochaine action"), max_length=200)
    next_action_on = DayField(_l("Pour le"), [Optional()])


class ActionForm(BaseForm):
    text = LineField(_l("À faire"), [DataRequired(_l("Écrivez ce qui est à faire."))], max_length=300)
    owner = RadioField(
        _l("Par"),
        choices=choices_of([("holder", _l("la personne accompagnée")), ("coach", _l("nous"))]),
        default="holder",
        validators=[InputRequired(_l("Dites qui le fera."))],
    )
    due_on = DayField(_l("Pour le"), [Optional()])


class PathForm(BaseForm):
    step = LineField(_l("Étape actuelle"), max_length=80)
    next_action = LineField(_l("Prochaine action"), max_length=200)
    next_action_on = DayField(_l("Pour le"), [Optional()])


class MoveForm(BaseForm):
    state = SelectField(_l("Nouvel état"))
    reason = LineField(
        _l("Raison, et ce que vous proposez à la place"),
        description=_l("Demandée pour mettre en pause, clore ou ne pas retenir. La personne la lira."),
        max_length=200,
    )
    engagement_on = DayField(
        _l("Engagement signé le"),
        [Optional()],
        description=_l("Demandé pour engager l’accompagnement."),
    )

    def ask_holder(self) -> None:
        """A holder pauses or resumes: they answer to their team, not to themselves."""
        self.reason.label.text = _l("Pourquoi")
        self.reason.description = _l("Demandé pour mettre en pause. L’équipe de votre dossier lira cette phrase.")
