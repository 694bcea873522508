"""One contribution from the click to the transfer; proposing to refund it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.step_up import ask_proof, require_second_factor
from app.core import clock
from app.core.access import allow, viewer
from app.core.database import transaction
from app.core.errors import DomainError, NotFound
from app.pledges import queries as pledges
from app.pledges.models import Pledge
from app.settlement import back_queries as backs
from app.settlement.errors import AlreadyProposed, RefundTooLarge
from app.settlement.models import RefundReason
from app.treasury import policy, queries, services, timeline
from app.treasury.forms import RefundForm
from app.treasury.queries import Case
from app.treasury.timeline_words import KIND_WORDS, as_events
from app.treasury.views import bp


@bp.get("/contributions/<public_id>")
@allow(policy.works_here, subject=queries.pledge_case)
def contribution(case: Case[Pledge]) -> ResponseReturnValue:
    """Every line, call, event, booking and mail about it, in the order of time."""
    pledge, kind = case.thing, request.args.get("montrer", "")
    kind = kind if kind in timeline.KINDS else ""
    money = timeline.money_of(pledge)
    return render_template(
        "treasury/contribution.html",
        pledge=pledge,
        campaign=case.campaign,
        money=money,
        room_cents=backs.room_cents(money.charge) if money.charge else 0,
        events=as_events(timeline.moments(pledge, money, kind)),
        kind=kind,
        kinds=KIND_WORDS,
        may_act=policy.may_prepare(viewer(), case),
    )


@bp.get("/contributions/<public_id>/rembourser")
@allow(policy.may_prepare, subject=queries.pledge_case)
@require_second_factor()
def refund_page(case: Case[Pledge]) -> ResponseReturnValue:
    room = _room(case.thing)
    return _refund_page(case, RefundForm(amount=room or None, reason=RefundReason.GOODWILL.value), 200)


@bp.post("/contributions/<public_id>/rembourser")
@allow(policy.may_prepare, subject=queries.pledge_case)
def propose_refund(case: Case[Pledge]) -> ResponseReturnValue:
    form, public_id, by = RefundForm(), case.thing.public_id, viewer().user_id or 0
    needs_code = ask_proof() is not None
    if not form.validate_on_submit() or needs_code:
        return _refund_page(case, form, 422, needs_code=needs_code)
    try:
        with transaction():
            refund = services.propose_refund(
                pledges.get_by_public_id(public_id), reason=RefundReason(form.reason.data),
                amount_cents=form.amount.data, words=form.words.data or "", by=by, at=clock.now(),
            )  # fmt: skip
            reference = refund.reference
    except NotFound:
        raise
    except RefundTooLarge as refusal:
        form.amount.errors = [str(refusal)]
        return _refund_page(queries.pledge_case(public_id), form, 422)
    except AlreadyProposed as refusal:
        flash(str(refusal), "warning")
        return redirect(url_for("treasury.refund", reference=refusal.reference), 303)
    except DomainError as refusal:
        flash(str(refusal), "warning")
        return redirect(url_for("treasury.contribution", public_id=public_id), 303)
    flash(_("Le remboursement est proposé : une deuxième personne doit l’approuver."), "success")
    return redirect(url_for("treasury.refund", reference=reference), 303)


def _room(pledge: Pledge) -> int:
    charge = backs.find_charge(pledge.id)
    return backs.room_cents(charge) if charge else 0


def _refund_page(case: Case[Pledge], form: RefundForm, status: int, *, needs_code: bool = False) -> ResponseReturnValue:
    page = render_template(
        "treasury/refund_new.html",
        pledge=case.thing,
        campaign=case.campaign,
        form=form,
        room_cents=_room(case.thing),
        needs_code=needs_code,
    )
    return page, status
