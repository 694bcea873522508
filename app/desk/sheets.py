"""What leaves the desk as CSV or XLSX."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from app.core.clock import paris_day
from app.core.documents import Cell
from app.core.i18n import euros_exact
from app.desk.contributors import Contributor
from app.desk.queries import Parcel
from app.desk.words import DELIVERIES

CONTRIBUTOR_EUROS = (1,)


def contributors(people: Sequence[Contributor], words: dict[str, str]) -> tuple[list[str], list[list[Cell]]]:
    """`words`: the state of a contribution → its name on the page. Amounts in cents."""
    header = [
        _("Nom"), _("Montant"), _("État"), _("Contrepartie"), _("Remise"), _("Anonyme sur la page"), _("Message"),
        _("Date"), _("Remerciée"),
    ]  # fmt: skip
    rows: list[list[Cell]] = [
        [
            one.name, one.amount_cents, words.get(one.state, one.state), one.reward,
            str(DELIVERIES[one.delivery]) if one.delivery else "",  # type: ignore[index]  # its value is its name
            _("oui") if one.is_anonymous else _("non"), one.message, paris_day(one.at).date(),
            _("oui") if one.is_thanked else _("non"),
        ]
        for one in people
    ]  # fmt: skip
    return header, rows


def in_words(rows: list[list[Cell]], euros: tuple[int, ...]) -> list[list[Cell]]:
    """Cents as « 12,50 € », for files that know no formats."""
    return [
        [euros_exact(cell) if column in euros and isinstance(cell, int) else cell for column, cell in enumerate(row)]
        for row in rows
    ]


def parcels(found: Sequence[Parcel]) -> tuple[list[str], list[list[Cell]]]:
    header = [_("Nom"), _("Contrepartie"), _("État"), _("Note"), _("Adresse")]
    rows: list[list[Cell]] = [
        [p.name, p.reward, str(DELIVERIES[p.state]), p.note, ", ".join(p.lines)]  # type: ignore[index]  # as above
        for p in found
    ]
    return header, rows
