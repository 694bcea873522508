"""Who holds the campaign in law, as a part of the first step: what is typed becomes an `Identity`."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectChoice
from wtforms.validators import Optional, ValidationError

from app.campaigns.identity_rules import BESIDE_THE_KIND, HolderKind, Identity, fitting, is_number
from app.campaigns.identity_words import KIND_NOTES, KINDS
from app.core.forms import LineField
from app.core.registration import compact, is_siret

NAMES = dict(zip(BESIDE_THE_KIND, ("legal_name", "legal_form", "registration", "representative"), strict=True))


class RegistrationField(LineField):
    """A SIREN or an RNA, without the spaces and dots that people type."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata(valuelist)
        if self.data:
            self.data = compact(self.data)


class WithIdentity:
    """Nothing is required here: a draft may lack all of it, and the readiness list says what is missing."""

    holder_kind = RadioField(
        _l("Qui porte la campagne, légalement ?"),
        [Optional()],
        choices=[SelectChoice(kind.value, words) for kind, words in KINDS.items()],
        description=_l("C’est avec cette personne ou cette structure que les personnes qui contribuent s’engagent."),
    )
    kind_notes = KIND_NOTES
    legal_name = LineField(
        _l("Nom légal"), max_length=160,
        description=_l("Prénom et nom pour une personne ; le nom déclaré pour une structure. Il paraît sur la page."),
    )  # fmt: skip
    legal_form = LineField(
        _l("Forme juridique"), max_length=60,
        description=_l("Par exemple : SARL, SCIC, entreprise individuelle, commune."),
    )  # fmt: skip
    registration = RegistrationField(
        _l("Numéro SIREN ou RNA"),
        max_length=20,
        description=_l("SIREN : neuf chiffres, les premiers du SIRET. RNA, pour une association : W et neuf chiffres."),
    )
    representative = LineField(
        _l("Représentée par"),
        max_length=120,
        description=_l(
            "Prénom, nom et fonction de qui engage la structure. Par exemple : Camille Fontbelle, trésorière."
        ),
    )

    @property
    def identity(self) -> Identity:
        said = {name: getattr(self, field).data or "" for name, field in NAMES.items()}
        return Identity(kind=self.holder_kind.data or "", **said)

    def keep_fitting(self) -> None:
        """What the chosen kind has not leaves the form: it is neither shown, checked nor kept."""
        kept = fitting(self.identity)
        for name, field in NAMES.items():
            if not getattr(kept, name):
                getattr(self, field).data = ""

    def validate_registration(self, field: RegistrationField) -> None:
        number, kind = field.data or "", self.holder_kind.data or ""
        if not number or is_number(kind, number):
            return
        if is_siret(number):
            raise ValidationError(_("C’est un numéro SIRET : donnez ses neuf premiers chiffres, le SIREN."))
        if kind == HolderKind.COMPANY:
            raise ValidationError(_("Ce numéro SIREN n’est pas juste : neuf chiffres, sans faute de frappe."))
        raise ValidationError(
            _("Ce numéro n’est pas juste : un SIREN a neuf chiffres, un RNA la lettre W et neuf chiffres.")
        )
