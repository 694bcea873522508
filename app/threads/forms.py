"""What people type here: news, questions, answers."""

from __future__ import annotations

import re
import secrets
from typing import Self

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectChoice, SelectField
from wtforms.validators import DataRequired, Length, Optional, Regexp, ValidationError

from app.campaigns.models import Campaign
from app.campaigns.picture_forms import WithPicture
from app.core.forms import BaseForm, EmailField, LineField, TextField
from app.core.i18n import euros
from app.threads.rules import Audience
from app.threads.words import AUDIENCES

NEWS_MAX = 10_000


class NewsForm(WithPicture, BaseForm):
    """`story`: the name under which the shared preview reads a text."""

    must_describe = True
    version = HiddenField()
    title = LineField(_l("Titre"), [DataRequired(_l("Donnez un titre."))], max_length=120)
    story = TextField(
        _l("Texte"), [DataRequired(_l("Écrivez quelques phrases."))], max_length=NEWS_MAX,
        description=_l(
            "Ce qui avance, ce qui a changé, ce qui vient. Une ligne vide fait un paragraphe, **gras** insiste."
        ),
    )  # fmt: skip
    audience = RadioField(
        _l("Pour qui ?"),
        choices=[SelectChoice(audience.value, words) for audience, words in AUDIENCES.items()],
        default=Audience.EVERYBODY.value,
    )
    reward = SelectField(_l("Quelle contrepartie ?"), coerce=int, validators=[Optional()], default=0)

    def prepare(self, campaign: Campaign) -> Self:
        """The rewards of this campaign; without any, that audience is not offered."""
        self.reward.choices = [SelectChoice(0, _("Choisissez…"))] + [
            SelectChoice(reward.id, f"{reward.title} — {euros(reward.amount_cents)}") for reward in campaign.rewards
        ]
        if not campaign.rewards:
            self.audience.choices = [c for c in self.audience.choices if c.value != Audience.REWARD.value]
        return self

    def validate_reward(self, field: SelectField) -> None:
        if self.audience.data == Audience.REWARD.value and not field.data:
            raise ValidationError(_("Choisissez la contrepartie."))


class QuestionForm(BaseForm):
    """A visitor's question. `form_key` is drawn when the form is shown: a second click finds the first question."""

    form_key = HiddenField("", [Regexp(r"[\w-]{16,64}\Z", re.ASCII, _l("Rechargez la page, puis recommencez."))])
    text = TextField(
        _l("Votre question"), [DataRequired(_l("Écrivez votre question."))], max_length=1000,
        description=_l(
            "Elle paraît avec la réponse de l’équipe sur la page de la campagne, sous le nom que vous donnez."
        ),
    )  # fmt: skip
    name = LineField(_l("Votre nom, ou un prénom"), [DataRequired(_l("Indiquez un nom."))], max_length=120)

    def prepare(self) -> Self:
        if not self.is_submitted():
            self.form_key.data = secrets.token_urlsafe(16)
        return self


class GuestQuestionForm(QuestionForm):
    email = EmailField(
        _l("Votre adresse e-mail"), [DataRequired(_l("Indiquez votre adresse e-mail.")), Length(max=254)],
        description=_l("Pour confirmer votre question et vous prévenir de la réponse. Elle ne paraît nulle part."),
    )  # fmt: skip


class AnswerForm(BaseForm):
    words = TextField(
        _l("Votre réponse"), [DataRequired(_l("Écrivez votre réponse."))], max_length=2000,
        description=_l("Elle paraît sous la question, sur la page de la campagne."),
    )  # fmt: skip


class DeclineForm(BaseForm):
    reason = TextField(
        _l("Pourquoi ne pas répondre ici ?"), [DataRequired(_l("Dites pourquoi en une phrase."))], max_length=500,
        description=_l("La personne le lit par courriel ; rien ne paraît sur la page."),
    )  # fmt: skip
