"""Stripe's way in (the webhook) and the holder's way out (the hosted onboarding) and back."""

from __future__ import annotations

from urllib.parse import urlsplit

import structlog
from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.exceptions import RequestEntityTooLarge

from app.core import clock
from app.core.access import allow, viewer
from app.core.database import transaction
from app.core.links import external_url
from app.payments import environment, inbox, opening, payees, policy
from app.payments.client import gateway
from app.payments.errors import BadNotification, GatewayRefused, GatewayUnavailable
from app.payments.forms import OpenAccountForm

bp = Blueprint("payments", __name__)
log = structlog.get_logger()
MAX_NOTIFICATION_BYTES = 1024 * 1024


@bp.post("/stripe/webhook")
@allow(policy.may_notify)
def webhook() -> ResponseReturnValue:
    """Verify, store, answer: what it means is found out later, by asking Stripe."""
    request.max_content_length = MAX_NOTIFICATION_BYTES
    at = clock.now()
    try:
        found = inbox.verified(request.get_data(cache=False), request.headers.get("Stripe-Signature", ""), at)
    except RequestEntityTooLarge:
        return "", 413
    except BadNotification as error:
        log.warning("stripe_notification_refused", why=str(error))
        return "", 400
    with transaction():
        inbox.receive(found, source="webhook", at=at)
    return "", 200


@bp.post("/compte/paiement/ouvrir")
@allow(policy.may_open_account)
def open_account() -> ResponseReturnValue:
    """Open the payment account if there is none, then go to Stripe's own pages."""
    user_id, back, form = current_user.id, _own_path(request.args.get("retour", "")), OpenAccountForm()
    if not form.validate_on_submit():
        flash(_("Votre demande n’a pas pu être lue. Recommencez."), "error")
        return redirect(back, 303)
    try:
        environment.ensure()
        with transaction():
            payees.start_account(current_user, at=clock.now(), entity_type=form.entity_type.data)
        link = gateway().account_link(
            opening.created(user_id),
            return_url=external_url("payments.account_returned", retour=back),
            refresh_url=external_url("payments.account_returned", retour=back, lien="perime"),
        )
    except (GatewayUnavailable, GatewayRefused) as error:
        flash(_("Votre compte de paiement n’a pas pu être ouvert. %(why)s", why=str(error)), "error")
        return redirect(back, 303)
    return redirect(link, 303)


@bp.get("/compte/paiement/retour")
@allow(policy.may_open_account)
def account_returned() -> ResponseReturnValue:
    """Back from Stripe, finished or not: how the account stands is asked, then said."""
    back = _own_path(request.args.get("retour", ""))
    if "lien" in request.args:
        flash(_("Ce lien vers Stripe n’est plus valable. Cliquez à nouveau pour continuer."), "warning")
        return redirect(back, 303)
    try:
        status = payees.refresh(viewer().user_id or 0)
    except (GatewayUnavailable, GatewayRefused) as error:
        flash(str(error), "error")
        return redirect(back, 303)
    flash(_sentence(status), "success" if status == "active" else "warning")
    return redirect(back, 303)


def _sentence(status: str) -> str:
    if status == "active":
        return str(_("Votre compte de paiement est prêt : vous pourrez recevoir l’argent collecté."))
    if status == "pending":
        return str(_("Stripe vérifie vos informations, en général en moins d’un jour. Rien d’autre à faire."))
    if status == "restricted":
        return str(_("Stripe attend encore des informations de votre part."))
    return str(_("Votre compte de paiement n’est pas encore rempli. Reprenez quand vous voulez."))


def _own_path(text: str) -> str:
    """A path of this site, or the person's own page: never another host."""
    parts = urlsplit(text)
    is_own = text.startswith("/") and not text.startswith(("//", "/\\")) and not parts.netloc and not parts.scheme
    return text if is_own and text.isprintable() else url_for("accounts.profile")
