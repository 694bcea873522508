"""What people type at the money desk."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField
from wtforms.validators import DataRequired, InputRequired, ValidationError

from app.core.forms import BaseForm, BetweenCents, EuroField, TextField, choices_of
from app.treasury.words import PROPOSABLE_REASONS, REFUND_REASON_WORDS

WORDS_MAX = 500
FIRST_DAY, LAST_DAY = date(2020, 1, 1), date(2100, 12, 31)


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
        choices=choices_of((one.value, REFUND_REASON_WORDS[one]) for one in PROPOSABLE_REASONS),
    )  # fmt: skip
    words = TextField(
        _l("Ce que la personne lira dans son courriel"),
        [DataRequired(_l("Écrivez une phrase à la personne."))],
        max_length=WORDS_MAX,
    )


class LedgerForm(BaseForm):
    """The days of which the ledger is asked, both included, and the kind of file."""

    since = DateField(_l("Du"), [InputRequired(_l("Indiquez le premier jour."))])
    until = DateField(_l("Au"), [InputRequired(_l("Indiquez le dernier jour."))])
    kind = RadioField(
        _l("Fichier"), [DataRequired(_l("Choisissez une sorte de fichier."))],
        choices=choices_of([("xlsx", _l("Excel (XLSX)")), ("csv", _l("CSV, pour tout tableur"))]),
    )  # fmt: skip

    def validate_until(self, field: DateField) -> None:
        since, until = self.since.data, field.data
        if since is None or until is None:
            return
        if not FIRST_DAY <= since <= until <= LAST_DAY:
            raise ValidationError(_("Le dernier jour vient après le premier, entre 2020 et 2100."))


class CancelForm(BaseForm):
    """Why a campaign is cancelled, as its holder will read it."""

    words = TextField(
        _l("La raison, telle que le porteur ou la porteuse la lira"),
        [DataRequired(_l("Écrivez la raison."))],
        max_length=WORDS_MAX,
    )
