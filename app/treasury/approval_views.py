"""What waits for a second person: a payout, a refund, a cancellation; each on a page of its own."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.queries import names_of
from app.accounts.step_up import require_second_factor
from app.core import clock
from app.core.access import Role, allow, viewer
from app.core.forms import EmptyForm
from app.settlement import payout_queries as payouts
from app.settlement import payout_services, refund_services
from app.settlement.back_shares import left_behind
from app.settlement.models import Payout, Refund, RefundState
from app.treasury import campaign_queries, desk_queries, policy, queries, services
from app.treasury.checklist import checklist
from app.treasury.models import Cancellation
from app.treasury.queries import Case
from app.treasury.views import act, after, bp


def _organisations() -> desk_queries.Filter:
    """All for a treasurer; else those that the viewer leads."""
    who = viewer()
    return None if policy.works_here(who) else who.organisation_ids(Role.ORGANISATION_LEAD)


@bp.get("/approbations")
@allow(policy.approves)
def approvals() -> ResponseReturnValue:
    pages = [
        desk_queries.to_approve(name, after=0, at=clock.now(), organisations=_organisations())
        for name in desk_queries.TO_APPROVE
    ]
    return render_template("treasury/approvals.html", pages=pages)


@bp.get("/approbations/<name>")
@allow(policy.approves)
def approval_list(name: str) -> ResponseReturnValue:
    found = desk_queries.to_approve(name, after=after(), at=clock.now(), organisations=_organisations())
    return render_template("treasury/list.html", page=found, begins=after() == 0)


# -- a payout --------------------------------------------------------------------------------------


@bp.get("/versements/<int:payout_id>")
@allow(policy.may_see_proposal, subject=queries.payout_case)
def payout(case: Case[Payout]) -> ResponseReturnValue:
    found, at = case.thing, clock.now()
    now = payouts.situation(found.campaign_id, at=at)
    return render_template(
        "treasury/payout.html",
        payout=found,
        campaign=case.campaign,
        now=now,
        checklist=checklist(now),
        names=names_of({found.prepared_by_id, found.approved_by_id or 0}),
        figures=campaign_queries.figures_of(case.campaign),
        may_approve=policy.may_approve(viewer(), case) and viewer().user_id != found.prepared_by_id,
        may_stop=policy.may_approve(viewer(), case),
        works_here=policy.works_here(viewer()),
    )


@bp.post("/versements/<int:payout_id>/approuver")
@allow(policy.may_approve, subject=queries.payout_case)
@require_second_factor()
def approve_payout(case: Case[Payout]) -> ResponseReturnValue:
    payout_id, by = case.thing.id, viewer().user_id or 0
    act(
        EmptyForm().validate_on_submit(),
        lambda: services.approve_payout(payouts.get_payout(payout_id), by=by, at=clock.now()),
        _("Le versement est approuvé : il part dès que toutes les conditions sont réunies."),
    )
    return redirect(url_for("treasury.payout", payout_id=payout_id), 303)


@bp.post("/versements/<int:payout_id>/arreter")
@allow(policy.may_approve, subject=queries.payout_case)
@require_second_factor()
def stop_payout(case: Case[Payout]) -> ResponseReturnValue:
    """One person is enough to stop."""
    payout_id, by = case.thing.id, viewer().user_id or 0
    act(
        EmptyForm().validate_on_submit(),
        lambda: payout_services.withdraw_payout(payouts.get_payout(payout_id), by=by, at=clock.now()),
        _("Le versement est arrêté : rien ne part."),
    )
    return redirect(url_for("treasury.payout", payout_id=payout_id), 303)


# -- a refund --------------------------------------------------------------------------------------


@bp.get("/remboursements/<reference>")
@allow(policy.may_see_proposal, subject=queries.refund_case)
def refund(case: Case[Refund]) -> ResponseReturnValue:
    found, who = case.thing, viewer()
    return render_template(
        "treasury/refund.html",
        refund=found,
        pledge=found.charge.pledge,
        campaign=case.campaign,
        names=names_of({found.proposed_by_id or 0, found.approved_by_id or 0}),
        may_approve=policy.may_approve(who, case) and who.user_id != found.proposed_by_id,
        may_stop=policy.may_approve(who, case),
        may_try=policy.may_prepare(who, case),
        works_here=policy.works_here(who),
        left_behind=left_behind(found) if found.state == RefundState.FAILED else None,
    )


@bp.post("/remboursements/<reference>/approuver")
@allow(policy.may_approve, subject=queries.refund_case)
@require_second_factor()
def approve_refund(case: Case[Refund]) -> ResponseReturnValue:
    reference, by = case.thing.reference, viewer().user_id or 0
    act(
        EmptyForm().validate_on_submit(),
        lambda: services.approve_refund(queries.refund_case(reference).thing, by=by, at=clock.now()),
        _("Le remboursement est approuvé : il part chez Stripe."),
    )
    return redirect(url_for("treasury.refund", reference=reference), 303)


@bp.post("/remboursements/<reference>/abandonner")
@allow(policy.may_approve, subject=queries.refund_case)
@require_second_factor()
def give_up_refund(case: Case[Refund]) -> ResponseReturnValue:
    """A proposal, or a failed refund that is not tried again."""
    reference, by = case.thing.reference, viewer().user_id or 0
    act(
        EmptyForm().validate_on_submit(),
        lambda: refund_services.give_up(queries.refund_case(reference).thing, by=by, at=clock.now()),
        _("Le remboursement est abandonné."),
    )
    return redirect(url_for("treasury.refund", reference=reference), 303)


@bp.post("/remboursements/<reference>/recommencer")
@allow(policy.may_prepare, subject=queries.refund_case)
@require_second_factor()
def try_refund_again(case: Case[Refund]) -> ResponseReturnValue:
    reference, by = case.thing.reference, viewer().user_id or 0
    act(
        EmptyForm().validate_on_submit(),
        lambda: refund_services.try_again(queries.refund_case(reference).thing, by=by, at=clock.now()),
        _("Le remboursement est ordonné de nouveau."),
    )
    return redirect(url_for("treasury.refund", reference=reference), 303)


# -- a cancellation --------------------------------------------------------------------------------


@bp.get("/annulations/<int:cancellation_id>")
@allow(policy.may_see_proposal, subject=queries.cancellation_case)
def cancellation(case: Case[Cancellation]) -> ResponseReturnValue:
    found, who = case.thing, viewer()
    return render_template(
        "treasury/cancellation.html",
        cancellation=found,
        campaign=case.campaign,
        names=names_of({found.proposed_by_id, found.approved_by_id or 0}),
        figures=campaign_queries.figures_of(case.campaign),
        may_approve=policy.may_approve(who, case) and who.user_id != found.proposed_by_id,
        may_stop=policy.may_approve(who, case),
        works_here=policy.works_here(who),
    )


@bp.post("/annulations/<int:cancellation_id>/approuver")
@allow(policy.may_approve, subject=queries.cancellation_case)
@require_second_factor()
def approve_cancellation(case: Case[Cancellation]) -> ResponseReturnValue:
    cancellation_id, by = case.thing.id, viewer().user_id or 0
    act(
        EmptyForm().validate_on_submit(),
        lambda: services.approve_cancellation(queries.cancellation_case(cancellation_id).thing, by=by, at=clock.now()),
        _("La campagne est annulée : chaque personne est prévenue, et remboursée de ce qui avait été débité."),
    )
    return redirect(url_for("treasury.cancellation", cancellation_id=cancellation_id), 303)


@bp.post("/annulations/<int:cancellation_id>/abandonner")
@allow(policy.may_approve, subject=queries.cancellation_case)
@require_second_factor()
def give_up_cancellation(case: Case[Cancellation]) -> ResponseReturnValue:
    cancellation_id, by = case.thing.id, viewer().user_id or 0
    act(
        EmptyForm().validate_on_submit(),
        lambda: services.give_up_cancellation(queries.cancellation_case(cancellation_id).thing, by=by, at=clock.now()),
        _("La proposition est abandonnée : la campagne continue."),
    )
    return redirect(url_for("treasury.cancellation", cancellation_id=cancellation_id), 303)
