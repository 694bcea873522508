"""What reviewers and holders type during a review."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField
from wtforms.validators import DataRequired, InputRequired, Optional, ValidationError

from app.core import prints
from app.core.forms import BaseForm, LineField, TextField, choices_of
from app.dropins.forms import PhoneField
from app.moderation.models import Review
from app.moderation.point_services import Words
from app.moderation.rules import Answer, ChangeReason, OpinionVerdict
from app.moderation.words import ANSWERS, FIELDS, ITEMS, REASONS, REFUSALS, VERDICTS

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


class CoachForm(BaseForm):
    """The coach's own opinion: advice, in two texts."""

    verdict = RadioField(
        _l("Le projet est"),
        choices=choices_of(VERDICTS.items()),
        default=OpinionVerdict.READY.value,
        validators=[InputRequired(_l("Choisissez."))],
    )
    to_holder = TextField(
        _l("Pour le porteur ou la porteuse"),
        [DataRequired(_l("Écrivez quelques mots à la personne que vous accompagnez."))],
        description=_l("La personne le lira. D’abord ce qui est bien, puis ce qui reste à faire."),
        max_length=2000,
    )
    to_reviewers = TextField(
        _l("Pour l’équipe qui relit"),
        [DataRequired(_l("Écrivez quelques mots à l’équipe qui relit."))],
        description=_l("Seules les personnes qui relisent le liront. Rien de vos notes n’est transmis."),
        max_length=2000,
    )


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


class OpenRecordForm(BaseForm):
    """For a campaign that came without a record; choices are filled by the view."""

    programme = SelectField(_l("Dispositif"))
    organisation = SelectField(_l("Structure"), coerce=int)
    referent = SelectField(_l("Référent ou référente"), coerce=int)


class StatementForm(BaseForm):
    """What each of both persons says about their links; `words` when the platform has found one."""

    no_interest = BooleanField(NO_INTEREST, [InputRequired(_l("Confirmez-le pour proposer."))])
    words = LineField(
        _l("Si un lien est signalé ci-dessus : pourquoi il n’influence pas votre avis"),
        description=_l("La deuxième personne le lira."),
        max_length=500,
    )


class ApprovalForm(StatementForm):
    pass


class DecisionForm(StatementForm):
    no_interest = BooleanField(NO_INTEREST, [InputRequired(_l("Confirmez-le pour décider."))])


class SendBackForm(BaseForm):
    words = TextField(_l("Pourquoi, en quelques mots"), max_length=1000)


class FlagForm(BaseForm):
    reason = LineField(
        _l("Ce qui demande une lecture croisée"),
        description=_l("Vide : le signal est retiré. La deuxième personne viendra d’une autre structure."),
        max_length=300,
    )


class InterestsForm(BaseForm):
    names = TextField(
        _l("Structures, mandats, proches : un nom par ligne"),
        description=_l("Laissez vide si vous n’avez rien à déclarer. Vous seul·e lisez cette liste."),
        max_length=3000,
    )

    phone = PhoneField(_l("Votre téléphone"), description=_l("Facultatif."), max_length=40)
    street = LineField(_l("Votre adresse : numéro et rue"), description=_l("Facultatif."), max_length=160)
    postcode = LineField(_l("Code postal"), max_length=12)
    forget = BooleanField(_l("Oublier le téléphone et l’adresse donnés auparavant"))

    def validate_postcode(self, field: LineField) -> None:
        if bool(field.data) != bool(self.street.data):
            raise ValidationError(str(_l("Donnez la rue et le code postal, ou aucun des deux.")))

    def contacts(self) -> str:
        """Fingerprints of what was typed; the words themselves go nowhere."""
        address = prints.of_address(self.street.data or "", self.postcode.data or "")
        return prints.kept([prints.of_phone(self.phone.data or ""), address])

    @property
    def lines(self) -> list[str]:
        return [line.strip()[:160] for line in (self.names.data or "").splitlines() if line.strip()][:60]


class PhraseForm(BaseForm):
    title = LineField(_l("Nom de la phrase"), [DataRequired(_l("Donnez-lui un nom court."))], max_length=80)
    text = TextField(
        _l("La phrase"),
        [DataRequired(_l("Écrivez la phrase."))],
        description=_l("D’abord ce qui est bien, puis ce qu’il faut changer, puis la suite."),
        max_length=2000,
    )


class RefusalForm(StatementForm):
    code = SelectField(_l("Raison"), choices=choices_of(REFUSALS.items()))
    reason = TextField(_l("En vos mots"), [DataRequired(_l("Expliquez la raison avec vos mots."))], max_length=3000)
    alternative = TextField(
        _l("Ce que vous proposez à la place"),
        [DataRequired(_l("Proposez une autre piste : c’est ce que la personne gardera."))],
        description=_l("Une autre aide, une autre structure, un autre moment."),
        max_length=3000,
    )


class RecusalForm(BaseForm):
    reason = LineField(
        _l("Pourquoi vous vous déportez"),
        [DataRequired(_l("Une phrase suffit : lien familial, mandat, travail commun…"))],
        max_length=300,
    )


class ChecklistForm(BaseForm):
    """One choice and two lines of words a point, of every version: a review shows the points of its own."""

    def answers(self) -> dict[str, Answer]:
        return {code: Answer(self[code].data) for code in ITEMS if self[code].data}

    def words(self) -> dict[str, Words]:
        """Of the points whose lines were on the page that was sent."""
        return {
            code: Words(self[f"{code}_inside"].data or "", self[f"{code}_to_holder"].data or "")
            for code in ITEMS
            if self[f"{code}_inside"].raw_data or self[f"{code}_to_holder"].raw_data
        }

    def has_words(self, code: str) -> bool:
        """True when something is typed or wrong there: the two lines are then shown open."""
        lines = (self[f"{code}_inside"], self[f"{code}_to_holder"])
        return any(line.data or line.errors for line in lines)


def checklist_data(review: Review, notes: Mapping[str, Words]) -> dict[str, str]:
    """What a review keeps, under the names of the form."""
    inside = {f"{code}_inside": note.inside for code, note in notes.items()}
    return {**review.checklist, **inside, **{f"{code}_to_holder": note.to_holder for code, note in notes.items()}}


for _code, (_group, _sentence) in ITEMS.items():
    setattr(
        ChecklistForm,
        _code,
        RadioField(_sentence, choices=choices_of(ANSWERS.items()), validators=[Optional()]),
    )
    setattr(ChecklistForm, f"{_code}_inside", LineField(_l("Pour l’équipe qui relit"), max_length=300))
    setattr(ChecklistForm, f"{_code}_to_holder", LineField(_l("Pour le porteur ou la porteuse"), max_length=300))
