"""What figures are asked of: days, an organisation, a programme. Asked by GET: it only reads."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField
from wtforms.validators import InputRequired, ValidationError

from app.core.forms import BaseForm, choices_of
from app.network.models import Organisation, Programme

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)


class ScopeForm(BaseForm):
    class Meta(BaseForm.Meta):
        csrf = False

    du = DateField(_l("Du"), [InputRequired(_l("Indiquez le premier jour."))])
    au = DateField(_l("Au (inclus)"), [InputRequired(_l("Indiquez le dernier jour."))])
    structure = SelectField(_l("Structure"), default="")
    dispositif = SelectField(_l("Dispositif"), default="")

    def offer(self, organisations: list[Organisation], programmes: list[Programme]) -> ScopeForm:
        self.structure.choices = choices_of(
            [("", _("Tout le réseau")), *((one.slug, one.name) for one in organisations)]
        )
        self.dispositif.choices = choices_of(
            [("", _("Tous les dispositifs")), *((one.code, one.name) for one in programmes)]
        )
        return self

    def validate_au(self, field: DateField) -> None:
        first, last = self.du.data, field.data
        if first is not None and last is not None and not FIRST_DAY <= first <= last <= LAST_DAY:
            raise ValidationError(_("Le dernier jour vient après le premier, entre 2000 et 2100."))
