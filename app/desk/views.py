"""Contributors: look, choose, write, export."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.campaigns import queries as campaign_queries
from app.campaigns.models import Campaign
from app.core import clock, limits
from app.core.access import allow, viewer
from app.core.database import transaction
from app.core.documents import CSV, XLSX, as_csv, as_xlsx, download
from app.core.errors import NotFound
from app.core.text import slugify
from app.desk import contributors, policy, queries, services, sheets
from app.desk.contributors import Contributor, Segment
from app.desk.errors import NobodyChosen
from app.desk.forms import MessageForm
from app.desk.rules import A_PAGE
from app.desk.words import DELIVERIES, SEGMENTS, THANKED
from app.desk.words import PLEDGES as STATES

bp = Blueprint("desk", __name__)
MOST_CHOSEN = 500


@bp.after_request
def keep_private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/mes-campagnes/<slug>/contributeurs")
@allow(policy.may_thank, subject=campaign_queries.get_by_slug)
def people(campaign: Campaign) -> ResponseReturnValue:
    segment = Segment.read(request.args)
    found = contributors.of_campaign(campaign.id, segment)
    number = max(1, request.args.get("page", 1, int) if len(request.args.get("page", "")) < 6 else 1)
    pages = max(1, -(-len(found) // A_PAGE))
    number = min(number, pages)
    return render_template(
        "desk/people.html", campaign=campaign, segment=segment, found=found, number=number, pages=pages,
        shown=found[(number - 1) * A_PAGE : number * A_PAGE], segments=SEGMENTS, thanked=THANKED, states=STATES,
        deliveries=DELIVERIES, rewards=campaign.rewards,
    )  # fmt: skip


@bp.get("/mes-campagnes/<slug>/contributeurs/export")
@allow(policy.may_thank, subject=campaign_queries.get_by_slug)
def export(campaign: Campaign) -> ResponseReturnValue:
    """The segment of the page as a sheet: `?format=` csv or xlsx."""
    found = contributors.of_campaign(campaign.id, Segment.read(request.args))
    header, rows = sheets.contributors(found, {name: str(words) for name, words in STATES.items()})
    return sheet(_("contributions %(title)s", title=campaign.title), header, rows, sheets.CONTRIBUTOR_EUROS)


def sheet(title: str, header: list[str], rows: Any, euros: tuple[int, ...] = ()) -> Response:
    """Errors: NotFound for an unknown format."""
    name, kind = slugify(title), request.args.get("format", "csv")
    if kind == "xlsx":
        return download(as_xlsx(header, rows, sheet=name, euros=euros), f"{name}.xlsx", XLSX)
    if kind != "csv":
        raise NotFound
    return download(as_csv(header, sheets.in_words(rows, euros)), f"{name}.csv", CSV)


@bp.route("/mes-campagnes/<slug>/contributeurs/ecrire", methods=["GET", "POST"])
@allow(policy.may_thank, subject=campaign_queries.get_by_slug)
def write(campaign: Campaign) -> ResponseReturnValue:
    """To the contributions ticked on the list (`p`), or to all of a segment (`tous`)."""
    chosen, form = _chosen(campaign), MessageForm().prepare()
    slug, campaign_id, by = campaign.slug, campaign.id, viewer().user_id or 0
    persons = queries.count_persons([one.pledge_id for one in chosen])
    if queries.is_form_known(str(form.form_key.data or "")):  # a second click: of « not thanked yet » nobody is left
        flash(_("Ce message est déjà parti."), "info")
        return redirect(url_for("desk.people", slug=slug), 303)
    if not chosen and (form.subject.data or form.text.data):
        raise NobodyChosen  # others were faster: a page that gives the words back
    if not chosen:
        flash(_("Choisissez au moins une personne."), "warning")
        segment: dict[str, Any] = dict(Segment.read(request.values).args)
        return redirect(url_for("desk.people", slug=slug, **segment), 303)
    if form.validate_on_submit():
        limits.check("messages_account", str(by))
        limits.hit("messages_account", str(by))
        with transaction():
            services.write_message(
                campaign_queries.get(campaign_id), chosen, subject=form.subject.data, text=form.text.data or "",
                is_thanks=form.is_thanks.data, form_key=str(form.form_key.data), by=by, at=clock.now(),
            )  # fmt: skip
        flash(_sent_words(persons), "success")
        return redirect(url_for("desk.people", slug=slug), 303)
    return render_template(
        "desk/write.html", campaign=campaign, form=form, chosen=chosen, segment=Segment.read(request.values),
        takes_all="tous" in request.values, persons=persons,
    ), 422 if form.errors else 200  # fmt: skip


def _sent_words(number: int) -> str:
    return str(ngettext("Votre message part à une personne.", "Votre message part à %(num)s personnes.", number))


def _chosen(campaign: Campaign) -> list[Contributor]:
    """Ids of other campaigns, and made-up ones, are not found."""
    if "tous" in request.values:
        return contributors.of_campaign(campaign.id, Segment.read(request.values))
    return contributors.of_campaign(campaign.id, ids=ticked())


def ticked() -> list[int]:
    """The ids of the boxes ticked on a list."""
    typed = request.values.getlist("p")[:MOST_CHOSEN]
    return [int(one) for one in typed if one.isascii() and one.isdigit() and len(one) < 10]
