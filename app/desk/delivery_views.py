"""Rewards to deliver: the list, many marked at once, addresses asked and given, the packing list."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.campaigns import queries as campaign_queries
from app.campaigns.models import Campaign
from app.core import clock
from app.core.access import allow, viewer
from app.core.database import transaction
from app.core.errors import DomainError, NotAllowed
from app.core.forms import EmptyForm
from app.desk import policy, queries, services, sheets
from app.desk.forms import AddressForm, MarkForm
from app.desk.rules import ADDRESS_TIME, KEEP_AFTER_RECEIVED, DeliveryState
from app.desk.views import bp as bp  # one blueprint, the routes of both files
from app.desk.views import sheet, ticked
from app.desk.words import DELIVERIES
from app.pledges.policy import Visit
from app.pledges.visits import back_to, fresh, visit

LIST = "/mes-campagnes/<slug>/remises-a-faire"


def _filters() -> dict[str, object]:
    state, reward = request.args.get("etat", ""), request.args.get("contrepartie", "")
    is_number = reward.isascii() and reward.isdigit() and len(reward) < 10
    return {"state": state if state in set(DeliveryState) else "", "reward_id": int(reward) if is_number else None}


@bp.get(LIST)
@allow(policy.may_thank, subject=campaign_queries.get_by_slug)
def deliveries(campaign: Campaign) -> ResponseReturnValue:
    filters = _filters()
    found = queries.parcels(campaign.id, **filters)  # type: ignore[arg-type]  # its own names
    return render_template(
        "desk/deliveries.html", campaign=campaign, found=found, counts=queries.delivery_counts(campaign.id),
        words=DELIVERIES, form=MarkForm(formdata=None), filters=filters, rewards=campaign.rewards,
        may_ask=campaign.state in ADDRESS_TIME, kept_days=KEEP_AFTER_RECEIVED.days,
    )  # fmt: skip


@bp.post(f"{LIST}/marquer")
@allow(policy.may_thank, subject=campaign_queries.get_by_slug)
def mark(campaign: Campaign) -> ResponseReturnValue:
    """The state of every ticked delivery, or their addresses asked (`ask`)."""
    slug, campaign_id, by, at = campaign.slug, campaign.id, viewer().user_id or 0, clock.now()
    form = MarkForm()
    if not form.validate():
        raise NotAllowed
    try:
        with transaction():
            campaign = campaign_queries.get(campaign_id)
            pledges = queries.pledges_to_deliver(campaign_id, ticked())
            if "ask" in request.form:
                number = services.ask_addresses(campaign, pledges, by=by, at=at)
                words = ngettext("Une personne reçoit un courriel.", "%(num)s personnes reçoivent un courriel.", number)
            else:
                state, note = DeliveryState(form.state.data), form.note.data or ""
                number = services.mark(campaign, pledges, state, note=note, by=by, at=at)
                words = ngettext("Une remise est à jour.", "%(num)s remises sont à jour.", number)
        flash(words if number else _("Rien à changer : c’était déjà fait."), "success" if number else "info")
    except DomainError as refusal:
        flash(str(refusal), "error")
    return redirect(url_for("desk.deliveries", slug=slug, etat=request.args.get("etat") or None), 303)


@bp.get(f"{LIST}/colis")
@allow(policy.may_thank, subject=campaign_queries.get_by_slug)
def packing(campaign: Campaign) -> ResponseReturnValue:
    """To print: one line a parcel, with its address."""
    found = queries.parcels(campaign.id, **_filters(), open_addresses=True)  # type: ignore[arg-type]  # its own names
    return render_template("desk/packing.html", campaign=campaign, found=found, words=DELIVERIES)


@bp.get(f"{LIST}/export")
@allow(policy.may_thank, subject=campaign_queries.get_by_slug)
def deliveries_export(campaign: Campaign) -> ResponseReturnValue:
    found = queries.parcels(campaign.id, **_filters(), open_addresses=True)  # type: ignore[arg-type]  # its own names
    header, rows = sheets.parcels(found)
    return sheet(_("remises %(title)s", title=campaign.title), header, rows)


@bp.route("/contributions/<public_id>/adresse", methods=["GET", "POST"])
@allow(policy.may_give_address, subject=visit)
def address(at_door: Visit) -> ResponseReturnValue:
    """The contributor gives the address that was asked for, or corrects it while nothing has left."""
    pledge = at_door.pledge
    pledge_id, user_id, delivery = pledge.id, viewer().user_id, queries.find_delivery(pledge.id)
    form = AddressForm(data={"name": pledge.name})
    is_wanted = services.wants_address(delivery)
    if is_wanted and form.validate_on_submit():
        lines = {f.name: f.data or "" for f in form if f.name != "csrf_token"}
        with transaction():
            services.give_address(fresh(pledge_id), lines, by=user_id, at=clock.now())
        flash(_("Merci, votre adresse est enregistrée. L’équipe du projet peut préparer l’envoi."), "success")
        return redirect(back_to(at_door), 303)
    if not is_wanted and request.method == "POST" and EmptyForm().validate_on_submit():
        return redirect(back_to(at_door), 303)
    return render_template(
        "desk/address.html", pledge=pledge, key=at_door.key, form=form, is_wanted=is_wanted,
        is_given=delivery is not None and bool(delivery.address_sealed), days=KEEP_AFTER_RECEIVED.days,
    ), 422 if form.errors else 200  # fmt: skip
