"""Papers to keep: the attestation of one payment, one's payments of a year, the statement of a campaign."""

from __future__ import annotations

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.campaigns import queries as campaign_queries
from app.campaigns.models import Campaign
from app.core import clock
from app.core.access import allow, anyone, viewer
from app.core.documents import CSV, PDF, XLSX, Cell, as_csv, as_xlsx, download, pdf
from app.core.errors import NotFound
from app.core.text import slugify
from app.pledges.keys import address_of
from app.pledges.policy import Visit
from app.pledges.visits import back_to, fresh, visit
from app.settlement import papers, policy, statements
from app.settlement.views import bp as bp  # the blueprint of views.py with the routes of both files

KINDS = ("pdf", "csv", "xlsx")


@bp.get("/contributions/<public_id>/attestation.pdf")
@allow(policy.may_repair, subject=visit)
def attestation(at_door: Visit) -> ResponseReturnValue:
    """Of one payment; before the charge, the page of the promise says why there is none."""
    pledge = fresh(at_door.pledge.id)
    paid = statements.of_pledge(pledge.id)
    if paid is None:
        return redirect(back_to(at_door), 303)
    name = f"attestation-{pledge.public_id[:8]}.pdf"
    return download(pdf(papers.attestation(pledge, paid)), name, PDF)


@bp.get("/contributions/annee/<int:year>")
@allow(anyone)
def of_year(year: int) -> ResponseReturnValue:
    """By account, or by the link mailed to an address, like the list that leads here: `?format=` pdf, csv or xlsx."""
    who, key, kind = viewer(), request.args.get("cle", "")[:500], request.args.get("format", "pdf")
    address = who.email if who.is_signed_in else (address_of(key) if key else None)
    if address is None:  # the list says how to get a new link
        return redirect(url_for("pledges.mine", cle=key or None), 303)
    if kind not in KINDS or not 2020 <= year <= clock.now().year + 1:
        raise NotFound
    lines = statements.of_contributor(who.user_id, address, year)
    name = _("paiements-%(year)s", year=year)
    if kind == "pdf":
        document = papers.year_of(lines, name=who.name or address, year=year)
        return download(pdf(document), f"{name}.pdf", PDF)
    header, rows = papers.year_sheet(lines)
    return _sheet(kind, name, header, rows, papers.YEAR_EUROS)


@bp.get("/mes-campagnes/<slug>/releve")
@allow(policy.may_see_money, subject=campaign_queries.get_by_slug)
def statement(campaign: Campaign) -> ResponseReturnValue:
    """Every cent of a campaign, for its team: `?format=` pdf, csv or xlsx."""
    kind = request.args.get("format", "pdf")
    if kind not in KINDS:
        raise NotFound
    lines = statements.of_campaign(campaign.id)
    name = slugify(_("relevé %(title)s", title=campaign.title))
    if kind == "pdf":
        return download(pdf(papers.of_campaign(campaign, lines)), f"{name}.pdf", PDF)
    header, rows = papers.campaign_sheet(lines)
    return _sheet(kind, name, header, rows, papers.CAMPAIGN_EUROS)


def _sheet(kind: str, name: str, header: list[str], rows: list[list[Cell]], euros: tuple[int, ...]) -> Response:
    if kind == "xlsx":
        return download(as_xlsx(header, rows, sheet=name, euros=euros), f"{name}.xlsx", XLSX)
    return download(as_csv(header, papers.in_words(rows, euros)), f"{name}.csv", CSV)
