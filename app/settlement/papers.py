"""What the PDFs and the spreadsheets say: attestation of payment, statements of a year and of a campaign."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from app.campaigns.models import Campaign
from app.core.documents import Cell, Document, Table
from app.core.i18n import date_long, date_short, euros_exact
from app.pledges.models import Pledge
from app.settlement.statements import Paid, PassedOn

MOST_PDF_LINES = 300  # more belong into the spreadsheet


def attestation(pledge: Pledge, paid: Paid) -> Document:
    """One payment: who, how much, when, for what, and what went back of it."""
    facts = [
        (_("Contributeur"), pledge.name or pledge.email),
        (_("Campagne"), paid.campaign),
        (_("Porteur du projet"), pledge.campaign.owner.name),
        (_("Montant débité"), euros_exact(paid.amount_cents)),
        (_("Date du débit"), date_long(paid.paid_on)),
        (_("Contrepartie"), pledge.reward.title if pledge.reward else _("aucune")),
        (_("Référence"), paid.public_id),
    ]
    if paid.returned_cents:
        facts[5:5] = [
            (_("Rendu depuis"), euros_exact(paid.returned_cents)),
            (_("Reste versé"), euros_exact(paid.kept_cents)),
        ]
    notes = [_not_a_tax_receipt()]
    if paid.is_contested:
        notes.append(_("Ce débit est contesté auprès de la banque : il peut encore être annulé."))
    return Document(
        title=_("Attestation de paiement"),
        paragraphs=[_("Nous attestons que le paiement suivant a été reçu par carte bancaire, via Stripe.")],
        facts=facts,
        notes=notes,
        footer=paid.public_id,
    )


def _not_a_tax_receipt() -> str:
    return str(
        _(
            "Ce document atteste un paiement. Ce n’est pas un reçu fiscal : seul l’organisme bénéficiaire peut en "
            "établir un, s’il en a le droit."
        )
    )


def year_of(lines: Sequence[Paid], *, name: str, year: int) -> Document:
    """All payments of a person in a year."""
    rows = [
        (
            date_short(line.paid_on), line.campaign, euros_exact(line.amount_cents),
            euros_exact(line.returned_cents), euros_exact(line.kept_cents), line.public_id[:8],
        )
        for line in lines
    ]  # fmt: skip
    header = (_("Date"), _("Campagne"), _("Débité"), _("Rendu"), _("Reste versé"), _("Référence"))
    return Document(
        title=_("Mes paiements en %(year)s", year=year),
        facts=[
            (_("Contributeur"), name),
            (_("Paiements"), str(len(lines))),
            (_("Débité"), euros_exact(sum(line.amount_cents for line in lines))),
            (_("Rendu"), euros_exact(sum(line.returned_cents for line in lines))),
            (_("Reste versé"), euros_exact(sum(line.kept_cents for line in lines))),
        ],
        tables=[Table(title=_("Le détail"), header=header, rows=rows, numbers=(2, 3, 4))] if rows else [],
        notes=[_not_a_tax_receipt()],
        footer=str(year),
    )


YEAR_EUROS = (2, 3, 4)


def year_sheet(lines: Sequence[Paid]) -> tuple[list[str], list[list[Cell]]]:
    """(header, rows) of the same; amounts in cents, in the columns `YEAR_EUROS`."""
    header = [_("Date"), _("Campagne"), _("Débité"), _("Rendu"), _("Reste versé"), _("Référence")]
    rows: list[list[Cell]] = [
        [line.paid_on, line.campaign, line.amount_cents, line.returned_cents, line.kept_cents, line.public_id]
        for line in lines
    ]
    return header, rows


def of_campaign(campaign: Campaign, lines: Sequence[PassedOn]) -> Document:
    """What was collected for a campaign and where every cent of it is."""
    charged = sum(line.amount_cents for line in lines)
    gone = sum(line.returned_cents for line in lines)
    stripe, ours = sum(line.stripe_fee_cents for line in lines), sum(line.platform_fee_cents for line in lines)
    sent = sum(line.transferred_cents for line in lines)
    shown = lines[:MOST_PDF_LINES]
    rows = [
        (
            line.reference, date_short(line.charged_on), euros_exact(line.amount_cents),
            euros_exact(line.returned_cents), euros_exact(line.stripe_fee_cents), euros_exact(line.platform_fee_cents),
            euros_exact(line.transferred_cents), date_short(line.transferred_on) or _("à venir"),
        )
        for line in shown
    ]  # fmt: skip
    notes = [_("Les frais de Stripe et de la plateforme d’une contribution sont connus quand elle est versée.")]
    if len(lines) > len(shown):
        left = len(lines) - len(shown)
        notes.append(
            ngettext("%(num)s ligne de plus est dans le tableur.", "%(num)s lignes de plus sont dans le tableur.", left)
        )
    return Document(
        title=_("Relevé de la campagne « %(title)s »", title=campaign.title),
        facts=[
            (_("Réuni"), euros_exact(campaign.raised_cents)),
            (_("Débité"), euros_exact(charged)),
            (_("Rendu aux contributeurs"), euros_exact(gone)),
            (_("Frais de Stripe"), euros_exact(stripe)),
            (_("Frais de la plateforme"), euros_exact(ours)),
            (_("Versé au projet"), euros_exact(sent)),
        ],
        tables=[Table(title=_("Chaque contribution"), header=_campaign_header(), rows=rows, numbers=(2, 3, 4, 5, 6))]
        if rows
        else [],
        notes=notes,
        footer=campaign.title,
    )


def _campaign_header() -> list[str]:
    return [
        _("Référence"), _("Débitée le"), _("Montant"), _("Rendu"), _("Frais Stripe"), _("Frais plateforme"),
        _("Versé"), _("Versé le"),
    ]  # fmt: skip


CAMPAIGN_EUROS = (2, 3, 4, 5, 6)


def campaign_sheet(lines: Sequence[PassedOn]) -> tuple[list[str], list[list[Cell]]]:
    """(header, rows) of the same; amounts in cents, in the columns `CAMPAIGN_EUROS`."""
    rows: list[list[Cell]] = [
        [
            line.reference, line.charged_on, line.amount_cents, line.returned_cents, line.stripe_fee_cents,
            line.platform_fee_cents, line.transferred_cents, line.transferred_on,
        ]
        for line in lines
    ]  # fmt: skip
    return _campaign_header(), rows


def in_words(rows: Sequence[Sequence[Cell]], euros: Sequence[int]) -> list[list[Cell]]:
    """For CSV: cents as « 12,50 »."""
    return [
        [
            f"{cell // 100},{cell % 100:02d}" if column in euros and isinstance(cell, int) else cell
            for column, cell in enumerate(row)
        ]
        for row in rows
    ]
