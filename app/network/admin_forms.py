"""What the administrator types."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, HiddenField, IntegerField, SelectField
from wtforms.validators import (
    URL,
    DataRequired,
    Email,
    InputRequired,
    NumberRange,
    Optional,
    StopValidation,
    ValidationError,
)

from app.accounts.models import SuspensionMotive
from app.accounts.words import MOTIVE_WORDS
from app.core.access import Role
from app.core.forms import BaseForm, BoxesField, LineField, TextField, choices_of
from app.network.fields import CommuneField, CommuneMixin
from app.network.models import OfferLevel
from app.network.services import HIGHEST_FEE_BPS
from app.network.words import LEVEL_WORDS, ROLE_WORDS, SECTOR_WORDS

ALIASES_MAX = 12


class EmailField(LineField):
    """An e-mail address, checked in form only."""

    def __init__(self, label: object, validators: Any = (), **kwargs: Any):
        wrong = _l("Cette adresse e-mail n’est pas complète : il manque par exemple le @.")
        super().__init__(label, [*validators, Email(message=wrong)], max_length=254, **kwargs)


class DayField(DateField):
    """A calendar day of this century: others are typing mistakes, and no clock can hold them."""

    def pre_validate(self, form: object) -> None:
        if self.data is not None and not 2000 <= self.data.year <= 2100:
            raise StopValidation(str(_l("Cette date n’est pas possible.")))


class VersionField(HiddenField):
    """The version that the form was opened with; nonsense counts as an old one."""

    @property
    def number(self) -> int:
        text = str(self.data or "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1


class OrganisationForm(CommuneMixin, BaseForm):
    name = LineField(_l("Nom"), [DataRequired(_l("Écrivez le nom de la structure."))], max_length=160)
    aliases = TextField(
        _l("Autres noms"),
        max_length=1_000,
        description=_l("Un par ligne : sigle, ancien nom, nom d’usage."),
    )
    commune = CommuneField(_l("Commune du siège"), required=False)
    contact_email = EmailField(_l("Adresse e-mail de contact"), [Optional()])
    website = LineField(
        _l("Site web"),
        [
            Optional(),
            URL(require_tld=True, message=_l("Écrivez l’adresse entière, par exemple https://exemple.fr.")),
        ],
        max_length=200,
    )
    to_confirm = BooleanField(_l("Afficher « à confirmer » à côté de son nom"))
    version = VersionField()

    def validate_website(self, field: LineField) -> None:
        if field.data and not field.data.startswith(("https://", "http://")):
            raise ValidationError(str(_l("L’adresse commence par https:// ou http://.")))

    def validate_aliases(self, field: TextField) -> None:
        if any(len(alias) > 160 for alias in self.alias_list) or len(self.alias_list) > ALIASES_MAX:
            raise ValidationError(str(_l("Douze autres noms au plus, de 160 caractères chacun.")))

    @property
    def alias_list(self) -> list[str]:
        return [line.strip() for line in (self.aliases.data or "").splitlines() if line.strip()]

    def values(self) -> dict[str, Any]:
        return {
            "name": self.name.data, "aliases": self.alias_list, "commune_code": self.commune.data,
            "contact_email": (self.contact_email.data or "").lower(), "website": self.website.data or "",
            "to_confirm": self.to_confirm.data,
        }  # fmt: skip


class PersonForm(BaseForm):
    """Asked by GET: it only searches."""

    class Meta(BaseForm.Meta):
        csrf = False

    email = EmailField(
        _l("Adresse e-mail exacte"), [DataRequired(_l("Écrivez l’adresse e-mail de la personne."))],
        description=_l("Celle de son compte, en entier : rien n’est proposé, par discrétion."),
    )  # fmt: skip


class RightForm(BaseForm):
    role = SelectField(_l("Droit"), choices=choices_of(ROLE_WORDS.items()))
    organisation = SelectField(_l("Structure"), coerce=int)
    starts_on = DayField(_l("À partir du"), [Optional()], description=_l("Vide : tout de suite."))
    ends_on = DayField(_l("Jusqu’au (inclus)"), [Optional()], description=_l("Vide : jusqu’à nouvel ordre."))

    @property
    def chosen_role(self) -> Role:
        return Role(self.role.data)


class SuspensionForm(BaseForm):
    motive = SelectField(
        _l("Pourquoi"),
        choices=choices_of([("", _l("— choisissez —")), *MOTIVE_WORDS.items()]),
        validators=[DataRequired(_l("Dites pourquoi : la personne le lira."))],
    )

    @property
    def chosen_motive(self) -> SuspensionMotive:
        return SuspensionMotive(self.motive.data)


def reason_field(label: object) -> LineField:
    return LineField(label, [DataRequired(_l("Dites pourquoi, en une phrase."))], max_length=300)


class TakesForm(BaseForm):
    """How much an organisation takes on."""

    capacity = IntegerField(
        _l("Dossiers suivis à la fois"),
        [Optional(), NumberRange(1, 100_000, _l("Écrivez un nombre à partir de 1, ou rien."))],
        description=_l("Vide : pas de limite connue."),
    )
    level = SelectField(
        _l("Niveau d’aide (Guid’Asso)"), choices=choices_of([("", _l("Non précisé")), *LEVEL_WORDS.items()])
    )
    sectors = BoxesField(
        _l("Domaines"), choices=choices_of(SECTOR_WORDS.items()),
        description=_l("Aucune case : tous. Dans son domaine, une structure spécialisée passe avant les autres."),
    )  # fmt: skip
    accepts = BooleanField(_l("Prend de nouvelles demandes"), default=True)
    to_confirm = BooleanField(_l("Afficher « à confirmer »"))

    def takes(self) -> dict[str, Any]:
        return {
            "capacity": self.capacity.data, "accepts": self.accepts.data, "to_confirm": self.to_confirm.data,
            "level": OfferLevel(self.level.data) if self.level.data else None, "sectors": self.sectors.data or None,
        }  # fmt: skip


class OfferForm(CommuneMixin, TakesForm):
    organisation = SelectField(_l("Structure"), coerce=int)
    programme = SelectField(_l("Dispositif"))
    territory = SelectField(_l("Territoire"), choices=[])
    commune = CommuneField(_l("Ou une seule commune"), required=False)
    starts_on = DayField(_l("Premier jour"), [InputRequired(_l("Choisissez le premier jour."))])
    ends_on = DayField(_l("Dernier jour (inclus)"), [Optional()], description=_l("Vide : jusqu’à nouvel ordre."))
    to_confirm = BooleanField(_l("Afficher « à confirmer »"))
    reason = reason_field(_l("Pourquoi ? Cette phrase reste avec l’offre."))

    @property
    def place(self) -> str:
        return str(self.commune.data or self.territory.data)


class EndOfferForm(BaseForm):
    last_day = DayField(_l("Dernier jour (inclus)"), [InputRequired(_l("Choisissez le dernier jour."))])
    reason = reason_field(_l("Pourquoi ?"))


class PercentField(LineField):
    """Reads « 4,5 » or « 4,5 % »; `bps` is the rate in basis points (450), None when unreadable."""

    @property
    def bps(self) -> int | None:
        match = re.fullmatch(r"(\d{1,2})(?:[.,](\d{1,2}))?\s*%?", (self.data or "").strip(), re.ASCII)
        return int(match[1]) * 100 + int((match[2] or "").ljust(2, "0")) if match else None


class FeeForm(BaseForm):
    percent = PercentField(
        _l("Frais, en pourcentage de la somme collectée"),
        [DataRequired(_l("Écrivez un nombre, par exemple 0 ou 4,5."))],
        description=_l("De 0 à 30, deux chiffres après la virgule au plus."),
    )
    version = VersionField()

    def validate_percent(self, field: PercentField) -> None:
        if field.bps is None or field.bps > HIGHEST_FEE_BPS:
            raise ValidationError(str(_l("Écrivez un nombre entre 0 et 30, par exemple 4,5.")))


class TextForm(BaseForm):
    value = TextField(_l("Texte"), max_length=2_000)
    version = VersionField()
