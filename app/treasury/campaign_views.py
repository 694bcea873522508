"""The whole money of one campaign; preparing its payout; proposing to cancel it."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.queries import names_of
from app.accounts.step_up import ask_proof, require_second_factor
from app.campaigns import queries as campaigns
from app.campaigns.models import Campaign
from app.core import clock
from app.core.access import allow, viewer
from app.core.database import transaction
from app.core.errors import DomainError, NotFound
from app.core.forms import EmptyForm
from app.settlement import payout_queries as payouts
from app.treasury import campaign_queries, policy, queries, services
from app.treasury.checklist import checklist
from app.treasury.forms import CancelForm
from app.treasury.queries import Case
from app.treasury.views import act, after, bp


@bp.get("/campagnes/<slug>")
@allow(policy.works_here, subject=queries.campaign_case)
def campaign(case: Case[Campaign]) -> ResponseReturnValue:
    """Every book, what is missing before the money leaves, each charge."""
    found, at = case.campaign, clock.now()
    lines, following = campaign_queries.lines_of(found.id, after=after())
    approvals = payouts.payouts_of(found.id)
    now = payouts.situation(found.id, at=at)
    return render_template(
        "treasury/campaign.html",
        campaign=found,
        figures=campaign_queries.figures_of(found),
        now=now,
        checklist=checklist(now),
        approvals=approvals,
        names=names_of({one.prepared_by_id for one in approvals} | {one.approved_by_id or 0 for one in approvals}),
        cancellation=queries.proposed_cancellation(found.id),
        may_cancel=_may_be_cancelled(found),
        may_act=policy.may_prepare(viewer(), case),
        lines=lines,
        following=following,
        begins=after() == 0,
    )


def _may_be_cancelled(found: Campaign) -> bool:
    try:
        services.check_cancellable(found)
    except DomainError:
        return False
    return True


@bp.get("/campagnes/<slug>/contributions")
@allow(policy.works_here, subject=queries.campaign_case)
def contributions(case: Case[Campaign]) -> ResponseReturnValue:
    """Those that were not charged: promised, being repaired, given up."""
    found, following = campaign_queries.pledges_of(case.campaign.id, after=after())
    return render_template(
        "treasury/contributions.html", campaign=case.campaign, pledges=found, following=following, begins=after() == 0
    )


@bp.post("/campagnes/<slug>/preparer")
@allow(policy.may_prepare, subject=queries.campaign_case)
@require_second_factor()
def prepare_payout(case: Case[Campaign]) -> ResponseReturnValue:
    slug, by = case.campaign.slug, viewer().user_id or 0
    act(
        EmptyForm().validate_on_submit(),
        lambda: services.prepare_payout(campaigns.get_by_slug(slug), by=by, at=clock.now()),
        _("Le versement est préparé : une deuxième personne doit l’approuver."),
    )
    return redirect(url_for("treasury.campaign", slug=slug), 303)


@bp.get("/campagnes/<slug>/annuler")
@allow(policy.may_prepare, subject=queries.campaign_case)
@require_second_factor()
def cancel_page(case: Case[Campaign]) -> ResponseReturnValue:
    return _cancel_page(case.campaign, CancelForm(), 200)


@bp.post("/campagnes/<slug>/annuler")
@allow(policy.may_prepare, subject=queries.campaign_case)
def propose_cancellation(case: Case[Campaign]) -> ResponseReturnValue:
    """What was typed stays on the page while the code is asked."""
    form, slug, by = CancelForm(), case.campaign.slug, viewer().user_id or 0
    needs_code = ask_proof() is not None
    if not form.validate_on_submit() or needs_code:
        return _cancel_page(case.campaign, form, 422, needs_code=needs_code)
    try:
        with transaction():
            services.propose_cancellation(
                campaigns.get_by_slug(slug), words=form.words.data or "", by=by, at=clock.now()
            )
    except NotFound:
        raise
    except DomainError as refusal:
        flash(str(refusal), "warning")
    else:
        flash(_("L’annulation est proposée : une deuxième personne doit l’approuver."), "success")
    return redirect(url_for("treasury.campaign", slug=slug), 303)


def _cancel_page(found: Campaign, form: CancelForm, status: int, *, needs_code: bool = False) -> ResponseReturnValue:
    page = render_template(
        "treasury/cancel.html",
        campaign=found,
        form=form,
        figures=campaign_queries.figures_of(found),
        needs_code=needs_code,
    )
    return page, status
