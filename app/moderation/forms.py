"""What reviewers and holders type during a review."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField
from wtforms.validators import DataRequired, InputRequired, Optional

from app.core.forms import BaseForm, LineField, TextField, choices_of
from app.moderation.rules import CHECKLIST, Answer, ChangeReason
from app.moderation.words import ANSWERS, FIELDS, ITEMS, REASONS, REFUSALS

NO_INTEREST = _l("Je n’ai aucun lien d’intérêt avec ce projet ni avec les personnes qui le portent.")


class ChangeForm(BaseForm):
    field = SelectField(_l("Sur quoi ?"), choices=choices_of(FIELDS.items()))
    reason = RadioField(
        _l("C’est"),
        choices=choices_of(REASONS.items()),
        default=ChangeReason.INCOMPLETE.value,
        validators=[InputRequired(_l("Choisissez."))],
    )
    text = TextField(
        _l("Votre demande"),
        [DataRequired(_l("Dites ce qu’il faut changer, et pourquoi."))],
        description=_l("D’abord ce qui est bien, puis ce qu’il faut changer."),
        max_length=2000,
    )


class AnswerForm(BaseForm):
    answer = TextField(_l("Votre réponse"), [DataRequired(_l("Écrivez votre réponse."))], max_length=2000)


class OpinionForm(BaseForm):
    opinion = TextField(
        _l("Avis de la personne qui accompagne"),
        description=_l("Prêt, prêt sous réserve, pas encore : et pourquoi."),
        max_length=2000,
    )
    waived = LineField(_l("Ou : pourquoi s’en passer"), max_length=300)

    def validate(self, extra_validators: object = None) -> bool:
        if not super().validate(extra_validators):
            return False
        if not self.opinion.data and not self.waived.data:
            self.opinion.errors = [str(_l("Écrivez l’avis, ou dites pourquoi vous vous en passez."))]
            return False
        return True


class RecordSearchForm(BaseForm):
    class Meta(BaseForm.Meta):
        csrf = False  # a search changes nothing

    q = LineField(_l("Référence ou nom du projet"), max_length=120)


class NoRecordForm(BaseForm):
    reason = LineField(
        _l("Pourquoi il n’y a pas de dossier"),
        [DataRequired(_l("Dites pourquoi : accompagné ailleurs, équipe expérimentée, demande en attente…"))],
        max_length=300,
    )


class ApprovalForm(BaseForm):
    no_interest = BooleanField(NO_INTEREST, [InputRequired(_l("Confirmez-le pour proposer."))])


class RefusalForm(BaseForm):
    code = SelectField(_l("Raison"), choices=choices_of(REFUSALS.items()))
    reason = TextField(_l("En vos mots"), [DataRequired(_l("Expliquez la raison avec vos mots."))], max_length=3000)
    alternative = TextField(
        _l("Ce que vous proposez à la place"),
        [DataRequired(_l("Proposez une autre piste : c’est ce que la personne gardera."))],
        description=_l("Une autre aide, une autre structure, un autre moment."),
        max_length=3000,
    )
    no_interest = BooleanField(NO_INTEREST, [InputRequired(_l("Confirmez-le pour proposer."))])


class RecusalForm(BaseForm):
    reason = LineField(
        _l("Pourquoi vous vous déportez"),
        [DataRequired(_l("Une phrase suffit : lien familial, mandat, travail commun…"))],
        max_length=300,
    )


class ChecklistForm(BaseForm):
    """One choice a line; made from the checklist so that a new line needs no form code."""

    def answers(self) -> dict[str, Answer]:
        return {code: Answer(self[code].data) for code in CHECKLIST if self[code].data}


for _code, _blocking in CHECKLIST.items():
    setattr(
        ChecklistForm,
        _code,
        RadioField(
            ITEMS[_code][1],
            choices=choices_of(ANSWERS.items()),
            validators=[Optional()],
        ),
    )
