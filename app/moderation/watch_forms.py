"""What the public types to report a campaign, and what reviewers type about one on line."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField
from wtforms.validators import DataRequired, InputRequired

from app.core.forms import BaseForm, EmailField, LineField, TextField, choices_of
from app.moderation.watch_models import Outcome
from app.moderation.watch_words import CATEGORIES, OUTCOMES, SUSPENSIONS


class ReportForm(BaseForm):
    category = RadioField(
        _l("Ce que vous signalez"),
        choices=choices_of(CATEGORIES.items()),
        validators=[InputRequired(_l("Choisissez ce qui s’en approche le plus."))],
    )
    words = TextField(
        _l("Expliquez"),
        [DataRequired(_l("Dites ce qui ne va pas, et où sur la page."))],
        description=_l("Ce que vous avez vu, où sur la page, et pourquoi cela pose problème."),
        max_length=3000,
    )
    name = LineField(_l("Votre nom"), description=_l("Facultatif."), max_length=120)
    email = EmailField(
        _l("Votre adresse e-mail"),
        description=_l("Facultatif : pour recevoir la réponse. Le porteur ou la porteuse ne la verra pas."),
    )


class ReportAnswerForm(BaseForm):
    outcome = RadioField(
        _l("La suite"),
        choices=choices_of(OUTCOMES.items()),
        default=Outcome.KEPT.value,
        validators=[InputRequired(_l("Choisissez."))],
    )
    answer = TextField(
        _l("Réponse à la personne qui signale"), [DataRequired(_l("Écrivez une réponse."))], max_length=3000
    )
    statement = TextField(
        _l("Raisons, pour le porteur ou la porteuse"),
        description=_l(
            "Si une suite est donnée : ce qui ne va pas, la règle, ce qui est demandé. Jamais qui a signalé."
        ),
        max_length=3000,
    )


class SuspendForm(BaseForm):
    code = SelectField(_l("Raison"), choices=choices_of(SUSPENSIONS.items()))
    reason = TextField(
        _l("Expliquez au porteur ou à la porteuse"), [DataRequired(_l("Expliquez la raison."))], max_length=3000
    )


class LiftForm(BaseForm):
    reason = TextField(_l("Pourquoi la lever"), [DataRequired(_l("Expliquez la raison."))], max_length=3000)
