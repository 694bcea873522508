"""What is typed about the path: objectives, steps, outcomes, follow-ups, the closing."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DecimalField, IntegerField, RadioField, SelectField
from wtforms.validators import DataRequired, InputRequired, NumberRange, Optional

from app.coaching.forms import DayField, has_come
from app.coaching.path_rules import OTHER_RESULTS, OutcomeKind, StepState
from app.coaching.path_words import (
    ALIVE_WORDS,
    OBJECTIVE_WORDS,
    OUTCOME_WORDS,
    OWNER_WORDS,
    STEP_WORDS,
)
from app.coaching.situation_forms import FactsMixin
from app.coaching.situation_rules import FACTS
from app.core.forms import BaseForm, LineField, TextField, choices_of

MOST_JOBS = 9999
NO_RESULT = ""
COUNT = [Optional(), NumberRange(0, MOST_JOBS, _l("Écrivez un nombre entre 0 et 9999."))]


class FullTimeField(DecimalField):
    """« 1,5 » full-time equivalents; `hundredths` is 150."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata([valuelist[0].replace(",", ".")] if valuelist and valuelist[0] else [])
        except ValueError as error:
            raise ValueError(str(_l("Ce nombre n’est pas lisible : écrivez par exemple 1,5."))) from error

    @property
    def hundredths(self) -> int:
        return round(self.data * 100) if self.data is not None else 0


class ObjectiveForm(BaseForm):
    text = LineField(_l("Objectif"), [DataRequired(_l("Écrivez l’objectif."))], max_length=300)
    owner = SelectField(_l("Porté par"), choices=choices_of(OWNER_WORDS.items()))
    due_on = DayField(_l("Pour le"), [Optional()])


class ObjectiveStatusForm(BaseForm):
    status = SelectField(_l("État"), choices=choices_of(OBJECTIVE_WORDS.items()))
    reason = LineField(_l("Pourquoi, si en pause ou laissé de côté"), max_length=200)


class StepForm(BaseForm):
    step = LineField(_l("Étape"), [DataRequired(_l("Nommez l’étape."))], max_length=80)
    state = SelectField(_l("Où en est-elle ?"), choices=choices_of(STEP_WORDS.items()))

    @property
    def step_state(self) -> StepState:
        return StepState(self.state.data)


class OutcomeForm(BaseForm):
    kind = SelectField(_l("Ce qui a abouti"), choices=choices_of(OUTCOME_WORDS.items()))
    happened_on = DayField(_l("Le"), [InputRequired(_l("Indiquez le jour.")), has_come])
    legal_form = LineField(_l("Statut juridique, s’il y en a un"), max_length=60)
    siret = LineField(_l("Numéro SIRET"), max_length=20)
    jobs_created = IntegerField(_l("Emplois créés"), COUNT, default=0)
    fte_created = FullTimeField(_l("en équivalent temps plein"), COUNT)
    jobs_consolidated = IntegerField(_l("Emplois consolidés"), COUNT, default=0)
    fte_consolidated = FullTimeField(_l("en équivalent temps plein (consolidés)"), COUNT)

    @property
    def outcome_kind(self) -> OutcomeKind:
        return OutcomeKind(self.kind.data)


class FollowUpForm(BaseForm):
    alive = RadioField(
        _l("L’activité existe-t-elle toujours ?"),
        choices=choices_of(ALIVE_WORDS.items()),
        validators=[InputRequired(_l("Choisissez une réponse."))],
    )
    fte = FullTimeField(_l("Emplois aujourd’hui, en équivalent temps plein"), COUNT)
    comment = TextField(_l("Des nouvelles, en quelques mots"), max_length=500)


class CloseForm(FactsMixin, BaseForm):
    result = RadioField(
        _l("Ce que devient la personne"),
        choices=choices_of(
            [
                (NO_RESULT, _l("Le chemin est fait, ou les résultats sont déjà notés")),
                *((k.value, OUTCOME_WORDS[k]) for k in OTHER_RESULTS),
            ]
        ),
        default=NO_RESULT,
    )
    reason = LineField(
        _l("Quelques mots pour la personne"),
        [DataRequired(_l("Écrivez une phrase : la personne la lira."))],
        description=_l("Elle les lira dans le message d’au revoir."),
        max_length=200,
    )
    drop_actions = BooleanField(_l("Laisser de côté les actions encore ouvertes"))

    def without_situation(self) -> CloseForm:
        """For who may not write what is confidential, and for a record of several people."""
        for name in FACTS:
            if name in self:
                del self[name]
        return self

    @property
    def outcome_kind(self) -> OutcomeKind | None:
        return OutcomeKind(self.result.data) if self.result.data else None


class ReasonForm(BaseForm):
    reason = LineField(_l("Pourquoi"), [DataRequired(_l("Écrivez pourquoi."))], max_length=200)
