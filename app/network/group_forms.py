"""What the administrator types about consortia, areas and programmes."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField
from wtforms.validators import DataRequired, InputRequired, Optional, ValidationError

from app.core.forms import BaseForm, LineField, TextField, choices_of
from app.network.admin_forms import DayField, VersionField, reason_field
from app.network.area_rules import MOST_PARTS, AreaLine, is_code
from app.network.communes import match_communes
from app.network.models import ConsortiumKind, TerritoryKind
from app.network.words import AREA_WORDS, CONSORTIUM_WORDS

NO_ONE = 0


class PeriodForm(BaseForm):
    starts_on = DayField(_l("Premier jour"), [Optional()], description=_l("Vide : il n’est pas connu."))
    ends_on = DayField(_l("Dernier jour (inclus)"), [Optional()], description=_l("Vide : jusqu’à nouvel ordre."))

    def validate_ends_on(self, field: DayField) -> None:
        if field.data and self.starts_on.data and field.data < self.starts_on.data:
            raise ValidationError(str(_l("Le dernier jour vient avant le premier.")))

    def days(self) -> dict[str, date | None]:
        return {"starts_on": self.starts_on.data, "ends_on": self.ends_on.data}


class ConsortiumForm(PeriodForm):
    name = LineField(_l("Nom"), [DataRequired(_l("Écrivez le nom du groupement."))], max_length=160)
    kind = SelectField(_l("Nature"), choices=choices_of(CONSORTIUM_WORDS.items()))
    lead = SelectField(_l("Mandataire"), coerce=int, description=_l("La structure qui rend compte pour toutes."))
    source = LineField(_l("D’où viennent ces dates ?"), max_length=300)
    version = VersionField()

    def values(self) -> dict[str, Any]:
        return {
            "kind": ConsortiumKind(self.kind.data), "source": self.source.data or "",
            "lead_organisation_id": self.lead.data or None, **self.days(),
        }  # fmt: skip


class MemberForm(PeriodForm):
    organisation = SelectField(_l("Structure"), coerce=int)
    source = LineField(_l("D’où viennent ces dates ?"), max_length=300)


class EndMembershipForm(BaseForm):
    last_day = DayField(_l("Dernier jour (inclus)"), [InputRequired(_l("Choisissez le dernier jour."))])


class AreaForm(PeriodForm):
    code = LineField(
        _l("Code"), [DataRequired(_l("Donnez un code."))], max_length=20,
        description=_l("Lettres, chiffres et tirets. Pour un QPV, son code officiel."),
    )  # fmt: skip
    kind = SelectField(_l("Type"), choices=choices_of(AREA_WORDS.items()))
    name = LineField(_l("Nom"), [DataRequired(_l("Écrivez le nom du territoire."))], max_length=160)
    places = TextField(
        _l("Lieux qui le composent"), [DataRequired(_l("Écrivez au moins un lieu."))], max_length=40_000,
        description=_l("Un par ligne : nom de commune, ou code de commune, d’intercommunalité ou de département."),
    )  # fmt: skip

    def validate_code(self, field: LineField) -> None:
        field.data = (field.data or "").upper()
        if not is_code(field.data):
            raise ValidationError(str(_l("Deux à vingt lettres, chiffres ou tirets.")))

    def validate_places(self, field: TextField) -> None:
        self.parts = tuple(self._code_of(line) for line in (field.data or "").splitlines() if line.strip())
        if len(self.parts) > MOST_PARTS:
            raise ValidationError(str(_l("Trop de lieux : passez par un fichier.")))

    def _code_of(self, line: str) -> str:
        """A code as it is; a name must mean one commune."""
        words = line.split(" — ")[0].strip() if line[:1].isdigit() else line.strip()
        if words[:1].isdigit():
            return words.split()[0].upper()
        found = match_communes(words)
        if len(found) == 1:
            return found[0].code
        if not found:
            raise ValidationError(str(_("Aucune commune de la région ne s’appelle « %(name)s ».", name=words[:80])))
        some = ", ".join(f"{c.code} {c.label}" for c in found[:6])
        raise ValidationError(
            str(
                _(
                    "Plusieurs communes s’appellent « %(name)s » : écrivez le code. %(some)s.",
                    name=words[:80],
                    some=some,
                )
            )
        )

    @property
    def line(self) -> AreaLine:
        return AreaLine(
            self.code.data or "", TerritoryKind(self.kind.data).value, self.name.data or "", self.parts, **self.days()
        )


class AreaFileForm(BaseForm):
    file = FileField(_l("Fichier CSV"), [FileRequired(_l("Choisissez un fichier."))])


class StepsForm(BaseForm):
    steps = TextField(
        _l("Étapes"), [DataRequired(_l("Écrivez au moins une étape, une par ligne."))], max_length=2_000,
        description=_l("Une par ligne, dans l’ordre proposé. Chacun peut en sauter une ou y revenir."),
    )  # fmt: skip
    reason = reason_field(_l("Pourquoi ce changement ?"))
    version = VersionField()

    @property
    def lines(self) -> list[str]:
        return [" ".join(line.split()) for line in (self.steps.data or "").splitlines() if line.strip()]

    def validate_steps(self, field: TextField) -> None:
        if len(self.lines) > 20 or any(len(line) > 80 for line in self.lines):
            raise ValidationError(str(_l("Vingt étapes au plus, de 80 caractères chacune.")))
