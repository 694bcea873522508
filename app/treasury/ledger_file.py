"""The ledger as a sheet for an accountant: one line an entry, debit and credit apart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from app.campaigns.models import Campaign
from app.core.clock import PARIS, paris_day
from app.core.database import db
from app.core.documents import Cell
from app.payments import ledger, ledger_lines
from app.treasury.words import ACCOUNT_WORDS, BOOKING_WORDS

EUROS = (7, 8)


def header() -> list[str]:
    return [
        _("N° du fait"), _("Jour (Paris)"), _("Heure (Paris)"), _("Nature"), _("Identifiant"), _("Compte"),
        _("Nom du compte"), _("Débit"), _("Crédit"), _("Sceau"),
    ]  # fmt: skip


def rows(first: date, last: date) -> Iterator[list[Cell]]:
    """The facts from the day `first` to the day `last`, both in Paris; cents in the columns `EUROS`."""
    slugs: dict[str, str] = {}
    for line in ledger_lines.between(_midnight(first), _midnight(last + timedelta(days=1))):
        moment = paris_day(line.at)
        yield [
            line.number, moment.date(), moment.strftime("%H:%M:%S"),
            str(BOOKING_WORDS.get(line.kind, line.kind)), line.stripe_id, line.account, _name(line.account, slugs),
            line.cents if line.cents > 0 else None, -line.cents if line.cents < 0 else None, line.seal,
        ]  # fmt: skip


def in_words(found: Iterator[list[Cell]]) -> Iterator[list[Cell]]:
    """Amounts as French spreadsheets read them: « 1234,50 »."""
    for row in found:
        yield [
            f"{cell // 100},{cell % 100:02d}" if number in EUROS and isinstance(cell, int) else cell
            for number, cell in enumerate(row)
        ]


def _midnight(day: date) -> datetime:
    """The first instant of a day in Paris."""
    return datetime(day.year, day.month, day.day, tzinfo=PARIS)


def _name(account: str, slugs: dict[str, str]) -> str:
    """Words for an account; never a person's name."""
    if account in ACCOUNT_WORDS:
        return str(ACCOUNT_WORDS[account])
    prefix = ledger.of_campaign(0)[:-1]
    if not account.startswith(prefix):
        return str(_("Dette de porteur ou porteuse"))
    if account not in slugs:
        slugs[account] = str(
            db.session.scalar(select(Campaign.slug).where(Campaign.id == int(account.removeprefix(prefix)))) or ""
        )
        db.session.rollback()
    return slugs[account]
