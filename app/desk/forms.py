"""What the team and contributors type here."""

from __future__ import annotations

import re
import secrets
from typing import Self

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectChoice, SelectField
from wtforms.validators import DataRequired, Regexp

from app.core.forms import BaseForm, LineField, TextField
from app.desk.words import DELIVERIES


class MessageForm(BaseForm):
    form_key = HiddenField("", [Regexp(r"[\w-]{16,64}\Z", re.ASCII, _l("Rechargez la page, puis recommencez."))])
    subject = LineField(_l("Objet"), [DataRequired(_l("Donnez un objet."))], max_length=150)
    text = TextField(
        _l("Votre message"), [DataRequired(_l("Écrivez quelques mots."))], max_length=3000,
        description=_l("Envoyé séparément à chaque personne. Les réponses arrivent à l’adresse de votre compte."),
    )  # fmt: skip
    is_thanks = BooleanField(_l("C’est un remerciement : noter ces personnes comme remerciées"), default=True)

    def prepare(self) -> Self:
        if not self.is_submitted():
            self.form_key.data = secrets.token_urlsafe(16)
        return self


class MarkForm(BaseForm):
    state = SelectField(
        _l("Noter comme"), choices=[SelectChoice(state.value, words) for state, words in DELIVERIES.items()]
    )
    note = LineField(_l("Une note pour l’équipe (facultatif)"), max_length=200)


class AddressForm(BaseForm):
    name = LineField(_l("Nom sur la boîte aux lettres"), [DataRequired(_l("Indiquez un nom."))], max_length=120)
    street = LineField(_l("Numéro et rue"), [DataRequired(_l("Indiquez la rue ou le lieu-dit."))], max_length=160)
    more = LineField(_l("Complément (facultatif)"), max_length=160)
    postcode = LineField(_l("Code postal"), [DataRequired(_l("Indiquez le code postal."))], max_length=12)
    town = LineField(_l("Commune"), [DataRequired(_l("Indiquez la commune."))], max_length=120)
    country = LineField(_l("Pays, s’il n’est pas la France"), max_length=80)
