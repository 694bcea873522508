"""What people type at the money desk."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.validators import DataRequired, InputRequired

from app.core.forms import BaseForm, BetweenCents, EuroField, TextField, choices_of
from app.treasury.words import PROPOSABLE, REASON_WORDS

WORDS_MAX = 500


class CloseTaskForm(BaseForm):
    """A task ends with words: the next person reads them."""

    words = TextField(
        _l("Ce que vous avez trouvé, et ce qui a été fait"),
        [DataRequired(_l("Écrivez ce que vous avez trouvé."))],
        max_length=2000,
    )


class RefundForm(BaseForm):
    """Who proposes a refund says how much, why, and what the contributor will read."""

    amount = EuroField(
        _l("Montant à rembourser"), [InputRequired(_l("Indiquez le montant à rembourser.")), BetweenCents(1)]
    )
    reason = RadioField(
        _l("Raison"), [DataRequired(_l("Choisissez une raison."))],
        choices=choices_of((one.value, REASON_WORDS[one]) for one in PROPOSABLE),
    )  # fmt: skip
    words = TextField(
        _l("Ce que la personne lira dans son courriel"),
        [DataRequired(_l("Écrivez une phrase à la personne."))],
        max_length=WORDS_MAX,
    )


class CancelForm(BaseForm):
    """Why a campaign is cancelled, as its holder will read it."""

    words = TextField(
        _l("La raison, telle que le porteur ou la porteuse la lira"),
        [DataRequired(_l("Écrivez la raison."))],
        max_length=WORDS_MAX,
    )
