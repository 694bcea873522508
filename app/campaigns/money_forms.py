"""Two steps of a campaign: its money (the kind, the goal, the budget) and its calendar."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Self

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    FieldList,
    Form,
    FormField,
    IntegerField,
    RadioField,
    SelectChoice,
    ValidationError,
)
from wtforms.validators import NumberRange, Optional

from app.campaigns.forms import StepForm
from app.campaigns.models import Campaign
from app.campaigns.rules import (
    MAX_BUDGET_LINES,
    MAX_DAYS,
    MAX_GOAL_CENTS,
    MIN_DAYS,
    MIN_GOAL_CENTS,
    FundingKind,
)
from app.campaigns.words import KINDS, kind_notes
from app.core import clock
from app.core.forms import BetweenCents, EuroField, LineField
from app.core.money import MAX_CENTS


class LineForm(Form):
    """One line of the budget; both fields empty: the line disappears."""

    label = LineField(_l("Intitulé"), max_length=120)
    amount = EuroField(_l("Montant"), [BetweenCents(1, MAX_CENTS)])


class LineList(FieldList):
    """A list whose indices come from the browser: anything that is not a short number is ignored."""

    def _extract_indices(self, prefix: str, formdata: Any) -> Any:
        offset = len(prefix) + 1
        for name in formdata:
            index = name[offset:].split("-", 1)[0] if name.startswith(f"{prefix}-") else ""
            if index.isascii() and index.isdigit() and len(index) <= 4:
                yield int(index)


class BudgetForm(StepForm):
    """`kind_notes`: what each kind means, to be shown beside its choice; `kind_is_locked` once it was sent."""

    kind = RadioField(
        _l("Et si l’objectif n’est pas atteint ?"),
        choices=[SelectChoice(kind.value, words) for kind, words in KINDS.items()],
        default=FundingKind.ALL_OR_NOTHING.value,
        description=_l("Ce choix ne change plus une fois la campagne envoyée en relecture."),
    )
    goal = EuroField(
        _l("Votre objectif"), [BetweenCents(MIN_GOAL_CENTS, MAX_GOAL_CENTS)],
        description=_l(
            "« Tout ou rien » : la somme sans laquelle le projet ne se fait pas ; au-dessous, personne n’est débité. "
            "« Garde ce qui est réuni » : la somme que vous visez."
        ),
    )  # fmt: skip
    optimum = EuroField(
        _l("Et si tout va bien (facultatif)"), [BetweenCents(MIN_GOAL_CENTS, MAX_GOAL_CENTS)],
        description=_l("Une somme plus haute, qui permettrait d’aller plus loin. Elle ne décide de rien."),
    )  # fmt: skip
    uses = LineList(FormField(LineForm), label=_l("Ce que l’argent paie"), min_entries=3, max_entries=MAX_BUDGET_LINES)
    resources = LineList(
        FormField(LineForm), label=_l("Les autres financements"), min_entries=1, max_entries=MAX_BUDGET_LINES
    )

    kind_is_locked = False
    kind_notes: dict[str, str] = {}

    def prepare(self, campaign: Campaign) -> Self:
        self.kind_notes = kind_notes(current_app.config["SETTINGS"].hold_days)
        self.kind_is_locked = campaign.submitted_at is not None
        return self

    def validate_optimum(self, field: Any) -> None:
        if field.data is not None and self.goal.data is not None and field.data < self.goal.data:
            raise ValidationError(_("Cette somme est au moins égale à l’objectif."))


class CalendarForm(StepForm):
    duration_days = IntegerField(
        _l("Combien de jours dure la campagne ?"),
        [Optional(), NumberRange(MIN_DAYS, max(MAX_DAYS.values()), _l("Entre %(min)s et %(max)s jours."))],
    )
    earliest_start_on = DateField(
        _l("Pas avant le (facultatif)"), [Optional()],
        description=_l("Après l’approbation, vous choisirez vous-même le jour d’ouverture."),
    )  # fmt: skip

    most_days = max(MAX_DAYS.values())
    kept_on: date | None = None  # said earlier: time may have passed over it, and it is no reproach then

    def prepare(self, campaign: Campaign) -> Self:
        self.kept_on = campaign.earliest_start_on
        self.most_days = MAX_DAYS[FundingKind(campaign.kind)]
        self.duration_days.flags.max = self.most_days
        self.duration_days.description = (
            _(
                "De %(least)s à %(most)s jours : les cartes sont débitées au fil de la campagne, l’argent ne doit pas "
                "attendre plus longtemps.",
                least=MIN_DAYS,
                most=self.most_days,
            )
            if campaign.kind == FundingKind.FLEXIBLE
            else _(
                "De %(least)s à %(most)s jours. Un à deux mois suffisent presque toujours.",
                least=MIN_DAYS,
                most=self.most_days,
            )
        )
        return self

    def validate_duration_days(self, field: Any) -> None:
        if field.data is not None and field.data > self.most_days:
            raise ValidationError(_("Entre %(min)s et %(max)s jours.", min=MIN_DAYS, max=self.most_days))

    def validate_earliest_start_on(self, field: Any) -> None:
        today = clock.paris_day(clock.now()).date()
        if field.data is None or field.data == self.kept_on:
            return
        if field.data < today:
            raise ValidationError(_("Ce jour est passé : choisissez aujourd’hui ou plus tard, ou laissez vide."))
        if field.data > today + timedelta(days=366):
            raise ValidationError(_("Choisissez un jour dans l’année qui vient."))
