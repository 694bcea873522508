"""What is typed to ask for coaching, and to send a request on."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField
from wtforms.validators import DataRequired, Length

from app.accounts.forms import is_a_name
from app.core.forms import BaseForm, EmailField, LineField
from app.network.forms import CommuneField, CommuneMixin, sector_field


class AskForm(CommuneMixin, BaseForm):
    name = LineField(
        _l("Votre nom"), [DataRequired(_l("Indiquez votre nom.")), is_a_name], max_length=120,
        render_kw={"autocomplete": "name"},
    )  # fmt: skip
    email = EmailField(
        _l("Votre adresse e-mail"), [DataRequired(_l("Indiquez votre adresse e-mail : la réponse y arrivera."))],
        render_kw={"autocomplete": "email"},
    )  # fmt: skip
    commune = CommuneField(
        _l("Votre commune"), description=_l("Celle du projet, ou la vôtre si elle n’est pas choisie.")
    )
    need = LineField(
        _l("Votre projet ou votre besoin, en une phrase"), [DataRequired(_l("Écrivez une phrase."))], max_length=120
    )
    programme = SelectField(_l("Ce que vous cherchez"))
    sector = sector_field()
    once = HiddenField(validators=[Length(max=60)])


class SendOnForm(BaseForm):
    organisation = SelectField(_l("Structure qui répondra"), coerce=int)
    reason = LineField(
        _l("Pourquoi"), [DataRequired(_l("Écrivez pourquoi : la personne qui a demandé le lira."))], max_length=200,
        description=_l("La personne qui a demandé lira cette phrase."),
    )  # fmt: skip
