"""The doors of repair (a contributor whose bank refused) and the holder's money page.

A link in a mail is opened by machines too: a GET of the repair page changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from flask import Blueprint, Response, current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.campaigns import queries as campaign_queries
from app.campaigns.models import Campaign
from app.core import clock, limits
from app.core.access import allow
from app.core.database import transaction
from app.core.errors import NotFound
from app.core.forms import EmptyForm
from app.payments import payees
from app.payments.errors import GatewayUnavailable
from app.payments.outcomes import Done
from app.payments.patience import wait_for_other_hands
from app.payments.runner import run_now
from app.pledges import queries as pledge_queries
from app.pledges.checkout import SUBJECT
from app.pledges.policy import Visit
from app.pledges.rules import REPAIRABLE, PledgeState
from app.pledges.sync import sync_pledge
from app.pledges.visits import back_to, fresh, visit
from app.settlement import charge_services as charges
from app.settlement import collect_jobs, jobs, money_queries, policy
from app.settlement.sync import sync_intent

bp = Blueprint("settlement", __name__)
log = structlog.get_logger()


@bp.after_request
def keep_private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/contributions/<public_id>/regler")
@allow(policy.may_repair, subject=visit)
def repair(at_door: Visit) -> ResponseReturnValue:
    """What the bank said, until when, and three ways on. Changes nothing."""
    pledge = at_door.pledge
    if pledge.state not in REPAIRABLE:
        return redirect(back_to(at_door), 303)
    until = charges.window_end(pledge)
    return render_template(
        "settlement/repair.html",
        pledge=pledge,
        key=at_door.key,
        until=until,
        is_over=until is not None and clock.now() >= until,
        can_confirm=pledge.payment_intent is not None and pledge.payment_method is not None,
    )


@bp.post("/contributions/<public_id>/confirmer")
@allow(policy.may_repair, subject=visit)
def confirm(at_door: Visit) -> ResponseReturnValue:
    """To the bank: the page already open there, or a new confirmation of the same PaymentIntent."""
    pledge_id = at_door.pledge.id
    if EmptyForm().validate_on_submit():
        _count_try(at_door)
        url = _bank_page(sync_intent(pledge_id))
        if url is None and fresh(pledge_id).state in REPAIRABLE:
            with transaction():
                operation_id = charges.confirm_with_bank(pledge_id, at=clock.now())
            outcome = run_now(operation_id)
            url = _bank_page(outcome.object) if isinstance(outcome, Done) else None
        if url is not None:
            return redirect(url, 303)
        _say_how_it_ended(pledge_id)
    return redirect(back_to(at_door), 303)


@bp.get("/contributions/<public_id>/retour")
@allow(policy.may_repair, subject=visit)
def repaired(at_door: Visit) -> ResponseReturnValue:
    """Back from the bank, or from the page of another card: Stripe is asked, then the worker's work is done at once."""
    pledge_id, session_id = at_door.pledge.id, request.args.get("session_id", "")[:200]
    if session_id and pledge_queries.find_by_stripe_id(session_id) != pledge_id:
        raise NotFound
    try:
        if session_id:
            sync_pledge(pledge_id, session_id)
            collect_jobs.collect_one(pledge_id)
        else:
            sync_intent(pledge_id)
    except GatewayUnavailable:
        log.info("repair_unanswered", pledge=pledge_id)
    _say_how_it_ended(pledge_id)
    return redirect(back_to(at_door), 303)


@bp.post("/contributions/<public_id>/renoncer")
@allow(policy.may_repair, subject=visit)
def give_up(at_door: Visit) -> ResponseReturnValue:
    """The contributor takes a refused contribution back: the PaymentIntent is cancelled."""
    pledge = at_door.pledge
    pledge_id, user_id = pledge.id, pledge.user_id
    if EmptyForm().validate_on_submit():
        state = jobs.give_up_now(pledge_id, by=user_id)
        if state == PledgeState.DROPPED:
            flash(_("C’est annulé : rien n’est débité."), "success")
    return redirect(back_to(at_door), 303)


@bp.get("/mes-campagnes/<slug>/argent")
@allow(policy.may_see_money, subject=campaign_queries.get_by_slug)
def money(campaign: Campaign) -> ResponseReturnValue:
    """Expected, being repaired, paid, the fees to the cent, and each transfer."""
    return render_template(
        "settlement/money.html",
        campaign=campaign,
        money=money_queries.money_of(campaign.id),
        account_status=payees.status_of(campaign.owner_id),
        hold_days=current_app.config["SETTINGS"].hold_days,
    )


def _count_try(at_door: Visit) -> None:
    """Errors: TooManyTries. A card is not tried again and again from one link."""
    limits.check("pledge_session", at_door.pledge.public_id)
    limits.hit("pledge_session", at_door.pledge.public_id)


def _bank_page(intent: Mapping[str, Any] | None) -> str | None:
    """Where the bank asks its client, while it waits for them."""
    if not intent or intent.get("status") != "requires_action":
        return None
    action = intent.get("next_action")
    place = action.get("redirect_to_url") if isinstance(action, Mapping) else None
    return str(place["url"]) if isinstance(place, Mapping) and place.get("url") else None


def _say_how_it_ended(pledge_id: int) -> None:
    wait_for_other_hands(SUBJECT, pledge_id)  # the worker may have been faster, and be asking right now
    state = fresh(pledge_id).state
    if state == PledgeState.PAID:
        flash(_("C’est réglé. Merci, un reçu vous est envoyé."), "success")
    elif state == PledgeState.CHARGING:
        flash(
            _("Le service de paiement ne répond pas encore. Nous terminons pour vous, vous n’avez rien à refaire."),
            "info",
        )
    elif state in REPAIRABLE:
        flash(
            _("Ce n’est pas encore réglé : rien n’est débité. Vous pouvez réessayer ou donner une autre carte."),
            "warning",
        )
