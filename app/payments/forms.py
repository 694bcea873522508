"""The one button of this room."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectChoice

from app.core.forms import BaseForm


class OpenAccountForm(BaseForm):
    """Who will receive the money, as Stripe asks it. Left out: a person."""

    entity_type = RadioField(
        _l("Qui recevra l’argent ?"),
        choices=[
            SelectChoice("individual", _l("Une personne")),
            SelectChoice("non_profit", _l("Une association")),
            SelectChoice("company", _l("Une entreprise ou une coopérative")),
            SelectChoice("government_entity", _l("Une collectivité")),
        ],
        default="individual",
    )
