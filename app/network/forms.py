"""What people type on the network's pages."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from app.core.forms import BaseForm, LineField, choices_of
from app.network.fields import CommuneField, CommuneMixin
from app.network.words import SECTOR_WORDS

__all__ = ["CommuneField", "CommuneMixin", "WhoHelpsForm", "sector_field"]


def sector_field() -> SelectField:
    """The project's field, never asked for with insistence."""
    choices = choices_of([("", _l("Je ne sais pas encore, ou un autre")), *SECTOR_WORDS.items()])
    return SelectField(
        _l("Domaine du projet"), choices=choices, default="",
        description=_l("Facultatif : certaines structures connaissent bien un domaine."),
    )  # fmt: skip


class WhoHelpsForm(CommuneMixin, BaseForm):
    """Asked by GET, so that the answer has an address; it changes nothing and needs no token."""

    class Meta(BaseForm.Meta):
        csrf = False

    commune = CommuneField(_l("Votre commune"), description=_l("Écrivez son nom, ou le code postal."))
    domaine = sector_field()
    quartier = LineField(_l("Votre quartier"), max_length=20)
