"""Offers: who answers for what, where, and until when."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core import clock
from app.core.access import allow, viewer
from app.core.database import transaction
from app.core.errors import DomainError
from app.core.forms import choices_of
from app.network import areas, policy, queries, services
from app.network.admin_forms import EndOfferForm, OfferForm, TakesForm
from app.network.models import Offer
from app.network.views import bp
from app.network.words import LEVEL_WORDS


@bp.get("/administration/offres")
@allow(policy.administers)
def offers() -> ResponseReturnValue:
    return render_template(
        "network/offers.html",
        offers=queries.offers(),
        levels=LEVEL_WORDS,
        today=clock.paris_day(clock.now()).date(),
    )


def _offer_form() -> OfferForm:
    form = OfferForm(data={"starts_on": clock.paris_day(clock.now()).date()})
    form.organisation.choices = choices_of((o.id, o.name) for o in queries.organisations() if not o.is_fallback)
    form.programme.choices = choices_of((p.code, p.name) for p in queries.programmes())
    region, epcis = queries.large_territories()
    form.territory.choices = {
        _("Région"): {t.code: t.name for t in region},
        _("Départements"): {d.code: d.name for d in queries.departements()},
        _("Quartiers et territoires du réseau"): {t.code: t.name for t in areas.own_areas()},
        _("Intercommunalités"): {t.code: t.name for t in epcis},
    }
    return form


@bp.route("/administration/offres/nouvelle", methods=["GET", "POST"])
@allow(policy.administers)
def new_offer() -> ResponseReturnValue:
    form = _offer_form()
    if form.validate_on_submit():
        try:
            with transaction():
                _add(form)
        except DomainError as error:
            form.territory.errors = [str(error)]
        else:
            flash(_("L’offre est ajoutée : les nouvelles demandes y vont dès maintenant."), "success")
            return redirect(url_for("network.offers"), 303)
    status = 422 if form.is_submitted() and not form.is_searching else 200
    return render_template("network/offer_new.html", form=form), status


def _add(form: OfferForm) -> None:
    services.add_offer(
        organisation_id=form.organisation.data,
        programme_id=queries.get_programme(form.programme.data).id,
        territory_code=form.place,
        starts_on=form.starts_on.data,
        ends_on=form.ends_on.data,
        **form.takes(),
        reason=form.reason.data or "",
        by=viewer().user_id or 0,
        at=clock.now(),
    )


@bp.route("/administration/offres/<int(max=2147483647):offer_id>", methods=["GET", "POST"])
@allow(policy.administers, subject=queries.get_offer)
def end_offer(offer: Offer) -> ResponseReturnValue:
    """Show one offer, and end it: nothing is deleted, past decisions keep their reason."""
    key, today = offer.id, clock.paris_day(clock.now()).date()
    form = EndOfferForm(data={"last_day": max(offer.ends_on or today, offer.starts_on)})
    if form.validate_on_submit():
        try:
            with transaction():
                services.end_offer(
                    queries.get_offer(key), last_day=form.last_day.data, reason=form.reason.data or "",
                    by=viewer().user_id or 0, at=clock.now(),
                )  # fmt: skip
        except DomainError as error:
            form.last_day.errors = [str(error)]
        else:
            flash(_("La fin de l’offre est enregistrée."), "success")
            return redirect(url_for("network.offers"), 303)
    return _offer_page(key, form), 422 if form.is_submitted() else 200


def _offer_page(key: int, form: EndOfferForm, takes: TakesForm | None = None) -> str:
    offer, today = queries.get_offer(key), clock.paris_day(clock.now()).date()
    takes = takes or TakesForm(formdata=None, obj=offer, data={"level": offer.level or ""})
    return render_template(
        "network/offer.html", offer=offer, form=form, takes=takes.apart("prend"), today=today, levels=LEVEL_WORDS
    )


@bp.post("/administration/offres/<int:offer_id>/reglages")
@allow(policy.administers, subject=queries.get_offer)
def change_offer(offer: Offer) -> ResponseReturnValue:
    key, form = offer.id, TakesForm()
    if not form.validate_on_submit():
        return _offer_page(key, EndOfferForm(formdata=None), form), 422
    with transaction():
        services.change_offer(queries.get_offer(key), by=viewer().user_id or 0, at=clock.now(), **form.takes())
    flash(_("C’est enregistré : les nouvelles demandes en tiennent compte dès maintenant."), "success")
    return redirect(url_for("network.end_offer", offer_id=key), 303)
