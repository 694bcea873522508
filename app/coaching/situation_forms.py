"""What is asked about a situation. Nothing is obligatory: what is not answered stays as it was."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired

from app.coaching.forms import DayField
from app.coaching.situation_rules import FACTS, Moment
from app.coaching.situation_words import (
    EDUCATION_WORDS,
    EMPLOYMENT_WORDS,
    FACT_TITLES,
    HOUSEHOLD_WORDS,
    MOMENT_WORDS,
    SAID_WORDS,
)
from app.core.forms import BaseForm, choices_of


class FactsMixin:
    """The questions, in the order in which they are asked."""

    employment = SelectField(FACT_TITLES["employment"], choices=choices_of(EMPLOYMENT_WORDS.items()), default="unknown")
    on_social_minimum = SelectField(
        FACT_TITLES["on_social_minimum"], choices=choices_of(SAID_WORDS.items()), default="unknown",
        description=_l("Oui ou non : jamais lequel."),
    )  # fmt: skip
    lives_in_qpv = SelectField(FACT_TITLES["lives_in_qpv"], choices=choices_of(SAID_WORDS.items()), default="unknown")

    @property
    def facts(self) -> dict[str, str]:
        """Column → code, of the questions that this form asks."""
        return {name: str(getattr(self, name).data or "") for name in FACTS if getattr(self, name, None)}


class SituationForm(FactsMixin, BaseForm):
    person = SelectField(_l("Personne"), coerce=int)
    moment = RadioField(
        _l("Moment"), choices=choices_of(MOMENT_WORDS.items()), default=Moment.ENTRY.value,
        validators=[InputRequired(_l("Choisissez un moment."))],
    )  # fmt: skip
    happened_on = DayField(_l("Le"), [InputRequired(_l("Indiquez le jour."))])
    education = SelectField(FACT_TITLES["education"], choices=choices_of(EDUCATION_WORDS.items()), default="")
    household = SelectField(FACT_TITLES["household"], choices=choices_of(HOUSEHOLD_WORDS.items()), default="")
