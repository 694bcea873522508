"""What people type about drop-in days."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, IntegerField, RadioField, SelectField
from wtforms.validators import DataRequired, InputRequired, NumberRange, Optional, ValidationError

from app.core.forms import BaseForm, BoxesField, EmailField, LineField, TextField, choices_of
from app.dropins.rules import Mode
from app.dropins.words import MODE_WORDS, WEEKDAYS
from app.network.admin_forms import DayField, VersionField
from app.network.fields import CommuneField, CommuneMixin


class NearForm(CommuneMixin, BaseForm):
    """Asked by GET: the list has an address, nothing is kept."""

    class Meta(BaseForm.Meta):
        csrf = False

    commune = CommuneField(_l("Votre commune"), description=_l("Pour voir les plus proches d’abord."), required=False)


class PhoneField(LineField):
    """A telephone number as people write it; `data` keeps digits, spaces and a leading +."""

    def pre_validate(self, form: object) -> None:
        bare = re.sub(r"[\s.\-()]", "", self.data or "")
        if bare and not re.fullmatch(r"\+?[0-9]{9,15}", bare, re.ASCII):
            raise ValidationError(str(_l("Ce numéro n’est pas lisible : écrivez par exemple 03 81 00 00 00.")))


class BookForm(CommuneMixin, BaseForm):
    slot = RadioField(_l("Heure"), validators=[InputRequired(_l("Choisissez une heure."))])
    name = LineField(_l("Votre nom"), [DataRequired(_l("Écrivez votre nom."))], max_length=120)
    email = EmailField(
        _l("Votre adresse e-mail"),
        description=_l(
            "Pour recevoir la confirmation et le lien d’annulation. L’adresse ou le téléphone : l’un des deux suffit."
        ),
    )
    phone = PhoneField(_l("Ou votre téléphone"), max_length=40)
    commune = CommuneField(_l("Votre commune"))
    need = LineField(
        _l("En une phrase, de quoi voulez-vous parler ?"), [DataRequired(_l("Écrivez une phrase."))], max_length=200
    )
    mode = RadioField(_l("Comment ?"), validators=[InputRequired(_l("Choisissez comment."))])
    once = HiddenField()

    def validate_email(self, field: EmailField) -> None:
        if not field.data and not self.phone.data:
            raise ValidationError(
                str(_l("Donnez une adresse e-mail ou un numéro : il nous faut un moyen de vous joindre."))
            )

    @property
    def slot_at(self) -> datetime:
        return datetime.fromisoformat(str(self.slot.data))

    @property
    def chosen_mode(self) -> Mode:
        return Mode(self.mode.data)


class WelcomeForm(CommuneMixin, BaseForm):
    """Three fields for whoever comes in."""

    name = LineField(_l("Nom"), [DataRequired(_l("Écrivez le nom."))], max_length=120)
    commune = CommuneField(_l("Commune"))
    need = LineField(_l("Besoin"), [DataRequired(_l("Écrivez le besoin, en une phrase."))], max_length=200)
    once = HiddenField()


class HourField(LineField):
    """« 9:30 », « 9h30 » or « 9 h »; `minutes` after midnight, None when unreadable."""

    @property
    def minutes(self) -> int | None:
        found = re.fullmatch(r"(\d{1,2})\s*(?:[:hH]\s*(\d{2})?)?", (self.data or "").strip(), re.ASCII)
        if found is None or int(found[1]) > 24 or int(found[2] or 0) > 59:
            return None
        return int(found[1]) * 60 + int(found[2] or 0)

    def pre_validate(self, form: object) -> None:
        if self.data and self.minutes is None:
            raise ValidationError(str(_l("Écrivez l’heure comme 9:30.")))


def hour(label: object) -> HourField:
    return HourField(label, [DataRequired(_l("Écrivez l’heure comme 9:30."))], max_length=8)


class CancelForm(BaseForm):
    reason = LineField(
        _l("Pourquoi ? Les personnes inscrites le liront."), [DataRequired(_l("Dites pourquoi, en une phrase."))]
    )


class MoveForm(BaseForm):
    day = DayField(_l("Nouveau jour"), [InputRequired(_l("Choisissez le jour."))])
    starts = hour(_l("Début"))


class ExtraForm(MoveForm):
    day = DayField(_l("Jour"), [InputRequired(_l("Choisissez le jour."))])
    ends = hour(_l("Fin"))


class SeriesForm(CommuneMixin, BaseForm):
    organisation = SelectField(_l("Structure"), coerce=int)
    programme = SelectField(_l("Dispositif des dossiers ouverts là"))
    commune = CommuneField(_l("Commune"))
    place = LineField(_l("Lieu"), max_length=160, description=_l("Par exemple : maison des associations, salle 2."))
    address = LineField(_l("Adresse"), max_length=300)
    access_notes = TextField(
        _l("Accès"), max_length=500, description=_l("De plain-pied, ligne de bus, parking, sonnette.")
    )
    weekdays = BoxesField(
        _l("Jours de la semaine"), [InputRequired(_l("Choisissez au moins un jour."))], coerce=int,
        choices=choices_of(enumerate(WEEKDAYS)),
    )  # fmt: skip
    starts = hour(_l("Début"))
    ends = hour(_l("Fin"))
    slot_min = IntegerField(
        _l("Durée d’un rendez-vous, en minutes"),
        [InputRequired(), NumberRange(10, 240, _l("Entre 10 et 240 minutes."))],
    )
    seats = IntegerField(
        _l("Personnes reçues en même temps"), [InputRequired(), NumberRange(1, 10, _l("Entre 1 et 10."))], default=1
    )
    kept_free = IntegerField(
        _l("Derniers créneaux gardés sans rendez-vous"), [InputRequired(), NumberRange(0, 50, _l("Entre 0 et 50."))],
        default=0,
    )  # fmt: skip
    modes = BoxesField(
        _l("Possible"), [InputRequired(_l("Choisissez au moins une façon."))], choices=choices_of(MODE_WORDS.items())
    )
    first_on = DayField(_l("À partir du"), [Optional()], description=_l("Vide : dès maintenant."))
    last_on = DayField(_l("Jusqu’au (inclus)"), [Optional()], description=_l("Vide : jusqu’à nouvel ordre."))
    to_confirm = BooleanField(_l("Afficher « à confirmer »"))
    version = VersionField()

    def validate_last_on(self, field: DayField) -> None:
        if field.data and self.first_on.data and field.data < self.first_on.data:
            raise ValidationError(str(_l("Le dernier jour vient avant le premier.")))

    def values(self) -> dict[str, Any]:
        return {
            "commune_code": self.commune.data, "place": self.place.data or "", "address": self.address.data or "",
            "access_notes": self.access_notes.data or "", "weekdays": sorted(set(self.weekdays.data or [])),
            "starts_min": self.starts.minutes or 0, "ends_min": self.ends.minutes or 0, "slot_min": self.slot_min.data,
            "seats": self.seats.data, "kept_free": self.kept_free.data, "modes": sorted(set(self.modes.data or [])),
            "first_on": self.first_on.data, "last_on": self.last_on.data, "to_confirm": self.to_confirm.data,
        }  # fmt: skip
