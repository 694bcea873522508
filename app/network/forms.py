"""What people type on the network's pages."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.forms import BaseForm, LineField
from app.network.fields import CommuneField, CommuneMixin

__all__ = ["CommuneField", "CommuneMixin", "WhoHelpsForm"]


class WhoHelpsForm(CommuneMixin, BaseForm):
    """Asked by GET, so that the answer has an address; it changes nothing and needs no token."""

    class Meta(BaseForm.Meta):
        csrf = False

    commune = CommuneField(_l("Votre commune"), description=_l("Écrivez son nom, ou le code postal."))
    quartier = LineField(_l("Votre quartier"), max_length=20)
