"""What changed since the reviewers last read, field by field; amounts and lists as a person reads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from app.campaigns.identity_rules import Identity
from app.campaigns.identity_words import POSTAGE
from app.campaigns.identity_words import lines as identity_lines
from app.campaigns.rules import BudgetSide
from app.campaigns.words import KINDS, NATURES, THEMES, VALUES
from app.core.differences import Piece, compare
from app.core.i18n import date_long, euros, month_long
from app.moderation.words import FIELDS


@dataclass(frozen=True)
class Change:
    """One field that is not as it was."""

    field: str
    label: str
    pieces: tuple[Piece, ...]


def changes(before: dict[str, Any], now: dict[str, Any]) -> list[Change]:
    """The fields that differ, in the order of the form; both as `campaigns.snapshots.content_of` gives them."""
    texts = ((field, as_text(field, before.get(field)), as_text(field, now.get(field))) for field in FIELDS)
    return [Change(field, str(FIELDS[field]), compare(old, new)) for field, old, new in texts if old != new]


def as_text(field: str, value: Any) -> str:
    """A field's kept value as a person reads it: lists become one line each."""
    if not value:
        return ""
    reader = READERS.get(field)
    return str(value) if reader is None else "\n".join(line for line in reader(value) if line)


def _theme(value: str) -> list[str]:
    return [str(THEMES.get(value, value))]  # type: ignore[call-overload]  # an unknown theme stands for itself


def _holder(value: list[str]) -> list[str]:
    return [_("%(label)s : %(value)s", label=name, value=said) for name, said in identity_lines(Identity(*value))]


def _picture(value: list[str]) -> list[str]:
    name, words = value
    return [_("Fichier : %(name)s", name=name), _("Texte de remplacement : %(words)s", words=words)]


def _values(value: list[list[str]]) -> list[str]:
    return [_("%(label)s : %(value)s", label=VALUES[name], value=words) for name, words in value]  # type: ignore[index]  # codes as kept


def _goal(value: list[Any]) -> list[str]:
    kind, goal, optimum = value
    return [
        str(KINDS[kind]),
        _("Objectif : %(amount)s", amount=euros(goal)) if goal else "",
        _("Si tout va bien : %(amount)s", amount=euros(optimum)) if optimum else "",
    ]


def _budget(value: list[list[Any]]) -> list[str]:
    uses, resources = _("Dépense"), _("Ressource")
    return [
        f"{uses if side == BudgetSide.USE else resources} · {label} · {euros(cents)}" for side, label, cents in value
    ]


def _rewards(value: list[list[Any]]) -> list[str]:
    lines = []
    for title, description, nature, cents, stock, month, *postage in value:
        limit = ngettext("%(num)d exemplaire", "%(num)d exemplaires", stock) if stock is not None else _("sans limite")
        parts = [euros(cents), title, description, str(NATURES[nature]), limit]
        parts.append(month_long(date.fromisoformat(month)) if month else "")
        parts += [str(POSTAGE[postage[0]]), postage[1]] if postage else []
        lines.append(" · ".join(part for part in parts if part))
    return lines


def _calendar(value: list[Any]) -> list[str]:
    days, earliest = value
    return [
        ngettext("%(num)d jour", "%(num)d jours", days) if days else "",
        _("Au plus tôt le %(day)s", day=date_long(date.fromisoformat(earliest))) if earliest else "",
    ]


READERS: dict[str, Any] = {
    "theme": _theme, "holder": _holder, "picture": _picture, "values": _values, "goal": _goal, "budget": _budget,
    "rewards": _rewards, "calendar": _calendar,
}  # fmt: skip
