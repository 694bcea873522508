"""The seven steps of the holder's form: which form, what it shows of the row, and which verb it calls."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, FieldList

from app.campaigns import drafting
from app.campaigns.errors import Overtaken
from app.campaigns.forms import (
    PictureForm,
    ProjectForm,
    RewardForm,
    StepForm,
    StoryForm,
    ValuesForm,
)
from app.campaigns.models import Campaign, Reward
from app.campaigns.money_forms import BudgetForm, CalendarForm
from app.campaigns.readiness import Line
from app.campaigns.rules import AddedValue, BudgetSide, FundingKind, Postage, RewardNature
from app.core.i18n import date_long, euros

Values = dict[str, Any]
Save = Callable[[Campaign, Any, int, datetime], object]


@dataclass(frozen=True)
class Step:
    """`read`: the row's values by field name; `save`: calls the verb with a valid form."""

    code: str
    label: object
    form: type[StepForm]
    read: Callable[[Campaign], Values]
    save: Save | None = None


def _read_project(c: Campaign) -> Values:
    said = c.identity
    return {
        "title": c.title, "tagline": c.tagline, "commune": c.commune_code, "theme": c.theme,
        "holder_kind": said.kind, "legal_name": said.name, "legal_form": said.form, "registration": said.number,
        "representative": said.representative,
    }  # fmt: skip


def _save_project(c: Campaign, form: ProjectForm, by: int, at: datetime) -> None:
    drafting.save_project(
        c, title=form.title.data, tagline=form.tagline.data or "", commune_code=str(form.commune.data),
        theme=form.theme.data or "", identity=form.identity, by=by, at=at,
    )  # fmt: skip


def _save_story(c: Campaign, form: StoryForm, by: int, at: datetime) -> None:
    drafting.save_story(c, story_markdown=form.story.data or "", if_missed=form.if_missed.data or "", by=by, at=at)


def _read_picture(c: Campaign) -> Values:
    return {"alternative": c.picture.alternative if c.picture else ""}


def _read_values(c: Campaign) -> Values:
    return {value.value: next((v.argument for v in c.values if v.value == value), "") for value in AddedValue}


def _save_values(c: Campaign, form: ValuesForm, by: int, at: datetime) -> None:
    drafting.save_values(c, arguments={value: form[value.value].data or "" for value in AddedValue}, by=by, at=at)


def _read_budget(c: Campaign) -> Values:
    def lines(side: BudgetSide) -> list[Values]:
        return [{"label": b.label, "amount": b.amount_cents or None} for b in c.budget_lines if b.side == side]

    return {
        "kind": str(c.kind), "goal": c.goal_cents, "optimum": c.optimum_cents,
        "uses": lines(BudgetSide.USE), "resources": lines(BudgetSide.RESOURCE),
    }  # fmt: skip


def typed_lines(field: Any) -> list[tuple[str, int]]:
    """(words, cents) of the lines that hold something."""
    found = ((entry.form.label.data or "", entry.form.amount.data or 0) for entry in field.entries)
    return [(label, cents) for label, cents in found if label or cents]


def _save_budget(c: Campaign, form: BudgetForm, by: int, at: datetime) -> None:
    drafting.save_budget(
        c, kind=FundingKind(form.kind.data), goal_cents=form.goal.data, optimum_cents=form.optimum.data,
        uses=typed_lines(form.uses), resources=typed_lines(form.resources), by=by, at=at,
    )  # fmt: skip


def read_reward(reward: Reward) -> Values:
    return {
        "title": reward.title, "description": reward.description, "nature": str(reward.nature),
        "amount": reward.amount_cents, "stock": reward.stock_total,
        "delivery": f"{reward.delivery_month:%Y-%m}" if reward.delivery_month else "",
        "postage": str(reward.postage or ""), "postage_words": reward.postage_words or "",
    }  # fmt: skip


def reward_values(form: RewardForm) -> Values:
    """The keywords of `drafting.add_reward` and `change_reward`."""
    return {
        "title": form.title.data, "description": form.description.data or "",
        "nature": RewardNature(form.nature.data), "amount_cents": form.amount.data, "stock": form.stock.data,
        "delivery_month": form.delivery_month, "postage": Postage(form.postage.data) if form.postage.data else None,
        "postage_words": form.postage_words.data or "",
    }  # fmt: skip


def _read_calendar(c: Campaign) -> Values:
    return {"duration_days": c.duration_days, "earliest_start_on": c.earliest_start_on}


def _save_calendar(c: Campaign, form: CalendarForm, by: int, at: datetime) -> None:
    drafting.save_calendar(
        c, duration_days=form.duration_days.data, earliest_start_on=form.earliest_start_on.data, by=by, at=at
    )


STEPS = (
    Step("projet", _l("Le projet"), ProjectForm, _read_project, _save_project),
    Step(
        "histoire", _l("L’histoire"), StoryForm,
        lambda c: {"story": c.story_markdown, "if_missed": c.if_missed}, _save_story,
    ),
    Step("image", _l("L’image"), PictureForm, _read_picture),
    Step("valeur-ajoutee", _l("La valeur ajoutée"), ValuesForm, _read_values, _save_values),
    Step("budget", _l("L’argent"), BudgetForm, _read_budget, _save_budget),
    Step("contreparties", _l("Les contreparties"), RewardForm, lambda c: {}),
    Step("calendrier", _l("Calendrier et envoi"), CalendarForm, _read_calendar, _save_calendar),
)  # fmt: skip
CODES = tuple(step.code for step in STEPS)
BY_CODE = {step.code: step for step in STEPS}


def number(code: str) -> int:
    """1 to 7."""
    return CODES.index(code) + 1


def following(code: str) -> str:
    """The step after this one; the last follows itself."""
    return CODES[min(number(code), len(CODES) - 1)]


def progress(lines: list[Line]) -> dict[str, bool]:
    """Step → nothing is missing there, not even what is only advised."""
    open_steps = {line.step for line in lines if not line.is_done}
    return {code: code not in open_steps for code in CODES}


def fingerprint(values: Values) -> str:
    """A short name of what a form was filled with: equal as long as nobody saved something else."""
    return hashlib.sha256(repr(sorted(values.items())).encode()).hexdigest()[:16]


def check_fresh(values: Values, given: str | None, *own: StepForm) -> None:
    """`values`: what the row holds now. Errors: Overtaken when the form was filled with something else.

    `own`: what this very tab has just sent. When the row already holds one of these, nobody else wrote it:
    the autosave of a tab does not stand in the way of its own button.
    """
    if given != fingerprint(values) and not any(_holds(values, form) for form in own):
        raise Overtaken


def _holds(values: Values, form: StepForm) -> bool:
    return all(_bare(value) == _bare(form[name]) for name, value in values.items())


def _bare(value: Any) -> Any:
    """A value of the row or a field of the form, in the one shape in which they can be compared."""
    if isinstance(value, FieldList):
        return typed_lines(value)
    if isinstance(value, Field):
        value = value.data
    if isinstance(value, list):
        return [(line["label"] or "", line["amount"] or 0) for line in value]
    return "" if value is None else value


@dataclass(frozen=True)
class Difference:
    """The same field, as saved by somebody else and as typed here."""

    label: str
    theirs: str
    mine: str


def differences(theirs: StepForm, mine: StepForm) -> list[Difference]:
    """Field by field, what the second saver would overwrite."""
    pairs = [(_words(field), _words(mine[field.name]), field.label.text) for field in theirs if _is_shown(field)]
    return [Difference(str(label), old, new) for old, new, label in pairs if old != new]


def _is_shown(field: Any) -> bool:
    return field.type not in {"HiddenField", "CSRFTokenField", "FileField"}


def _words(field: Any) -> str:
    """A field's value as a person reads it."""
    if isinstance(field, FieldList):
        lines = ((label or _("(sans intitulé)"), euros(cents)) for label, cents in typed_lines(field))
        return "\n".join(_("%(label)s : %(value)s", label=label, value=value) for label, value in lines)
    if field.type == "CommuneField":
        return str(field.text)
    if field.type == "EuroField":
        return euros(field.data)
    if field.type == "DateField":
        return date_long(field.data)
    if field.type in {"SelectField", "RadioField"}:
        return next((str(c.label) for c in field.choices if c.value == field.data and c.value), "")
    return "" if field.data is None else str(field.data)
