"""What people type on the pages of everybody."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange, Optional

from app.core.forms import BaseForm, BetweenCents, EuroField

MOST_CONTRIBUTIONS = 100_000


class FeeForm(BaseForm):
    """The example of the fees page: a question, nothing is changed, so it is asked by GET without token."""

    class Meta(BaseForm.Meta):
        csrf = False

    montant = EuroField(
        _l("Montant réuni"), [InputRequired(_l("Indiquez un montant.")), BetweenCents(100_00, 500_000_00)]
    )
    contributions = IntegerField(
        _l("Nombre de contributions"),
        [Optional(), NumberRange(1, MOST_CONTRIBUTIONS, _l("Entre 1 et 100 000 contributions."))],
        render_kw={"inputmode": "numeric"},
    )
