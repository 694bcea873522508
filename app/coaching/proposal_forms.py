"""The answer to a proposed outcome."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.validators import Optional

from app.coaching.forms import DayField, has_come
from app.coaching.path_rules import OutcomeKind
from app.coaching.path_words import OUTCOME_WORDS
from app.core.forms import BaseForm, choices_of


class ProposalForm(BaseForm):
    kind = SelectField(
        _l("Ce que le projet est devenu"), choices=choices_of(OUTCOME_WORDS.items()),
        default=OutcomeKind.STRUCTURE_CREATED.value,
    )  # fmt: skip
    happened_on = DayField(_l("Le"), [Optional(), has_come])
