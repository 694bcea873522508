"""The doors of a gift charged at once: back from the payment, and taking it back before the end."""

from __future__ import annotations

import structlog
from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core import clock
from app.core.access import allow
from app.core.database import transaction
from app.core.errors import MoveNotAllowed, NotFound
from app.core.forms import EmptyForm
from app.payments.errors import GatewayUnavailable
from app.payments.runner import run_chain
from app.pledges import queries as pledge_queries
from app.pledges import tries
from app.pledges.policy import Visit
from app.pledges.rules import WITHOUT_CARD, PledgeState
from app.pledges.visits import back_to, fresh, visit
from app.settlement import gift_services as gifts
from app.settlement import policy, queries
from app.settlement.refund_services import SUBJECT as REFUNDS
from app.settlement.sync import sync_gift
from app.settlement.views import bp as bp

log = structlog.get_logger()


@bp.get("/contributions/<public_id>/paiement")
@allow(policy.may_repair, subject=visit)
def given(at_door: Visit) -> ResponseReturnValue:
    """Back from Stripe's payment page. What it took is fetched and booked, so that the page can say « débité »."""
    pledge_id, session_id = at_door.pledge.id, request.args.get("session_id", "")[:200]
    was_waiting, knows_stripe = at_door.pledge.state in WITHOUT_CARD, True
    if session_id and pledge_queries.find_by_stripe_id(session_id) != pledge_id:
        raise NotFound
    try:
        sync_gift(pledge_id, session_id or None)
    except GatewayUnavailable:
        log.info("payment_unanswered", pledge=pledge_id)
        knows_stripe = False
    pledge = fresh(pledge_id)
    if was_waiting and pledge.state == PledgeState.PAID:
        tries.forget_one()
    return render_template("pledges/thanks.html", pledge=fresh(pledge_id), key=at_door.key, knows_stripe=knows_stripe)


@bp.post("/contributions/<public_id>/reprendre")
@allow(policy.may_repair, subject=visit)
def take_back(at_door: Visit) -> ResponseReturnValue:
    """The second of the two clicks: everything is refunded."""
    pledge_id, user_id = at_door.pledge.id, at_door.pledge.user_id
    if EmptyForm().validate_on_submit():
        try:
            with transaction():
                refund_id = gifts.take_back(pledge_id, by=user_id, at=clock.now())
        except MoveNotAllowed:
            is_back = fresh(pledge_id).state == PledgeState.REFUNDED
            if not is_back and not queries.being_refunded([pledge_id]):
                raise
            flash(_("C’était déjà annulé : le remboursement est demandé."), "info")  # a second click, or another tab
            return redirect(back_to(at_door), 303)
        run_chain(REFUNDS, refund_id)
        flash(_("C’est annulé : le remboursement est demandé."), "success")
    return redirect(back_to(at_door), 303)
