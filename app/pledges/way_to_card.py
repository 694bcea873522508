"""From our form to Stripe's card page: run the planned calls, then send the visitor there."""

from __future__ import annotations

import time

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core import clock
from app.core.database import db
from app.payments import operations
from app.payments.errors import GatewayUnavailable, ObjectMissing
from app.payments.runner import run_chain
from app.pledges.checkout import SUBJECT
from app.pledges.errors import StrangeAnswer
from app.pledges.keys import pledge_key
from app.pledges.models import Pledge
from app.pledges.rules import PledgeState
from app.pledges.sync import sync_pledge

PATIENCE_SECONDS = 4.0  # a double click meets the first click's call under way
LOOK_EVERY_SECONDS = 0.1
IDLE_ROUNDS = 2


def to_card_page(pledge_id: int) -> ResponseReturnValue:
    """303 to Stripe; or a page that says what to do when Stripe does not answer. Outside any transaction."""
    until, idle_rounds = time.monotonic() + PATIENCE_SECONDS, 0
    while True:
        run_chain(SUBJECT, pledge_id)
        pledge = _read(pledge_id)
        if pledge.checkout_url is not None:
            return redirect(pledge.checkout_url, 303)
        if pledge.state == PledgeState.ABANDONED:
            flash(_("Le service de paiement a refusé ces informations. Vérifiez votre adresse e-mail."), "warning")
            return redirect(own_url("pledges.show", pledge), 303)
        # Between two calls of the other click nobody holds anything: only two idle rounds mean that nobody will.
        idle_rounds = 0 if operations.is_in_other_hands(SUBJECT, pledge_id, clock.now()) else idle_rounds + 1
        if time.monotonic() >= until or idle_rounds >= IDLE_ROUNDS:
            return no_card_page(pledge)
        time.sleep(LOOK_EVERY_SECONDS)


def no_card_page(pledge: Pledge) -> ResponseReturnValue:
    """Stripe does not answer: what is kept, and when to try again."""
    return render_template("pledges/waiting.html", pledge=pledge, key=pledge_key(pledge.public_id)), 503


def own_url(endpoint: str, pledge: Pledge) -> str:
    """A page of this pledge on our own host, opened by its key."""
    return url_for(endpoint, public_id=pledge.public_id, cle=pledge_key(pledge.public_id))


def look_again(pledge_id: int) -> None:
    """Ask Stripe what became of the card page, without complaint when it does not answer."""
    try:
        sync_pledge(pledge_id)
    except (GatewayUnavailable, ObjectMissing, StrangeAnswer):
        db.session.rollback()


def _read(pledge_id: int) -> Pledge:
    db.session.rollback()
    return db.session.get_one(Pledge, pledge_id, populate_existing=True)
