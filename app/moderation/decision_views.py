"""Two people decide: the proposal, and the word of the second."""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core import clock
from app.core.access import allow, viewer
from app.moderation import decision_services, forms, policy, queries
from app.moderation.models import Verdict
from app.moderation.queries import Case
from app.moderation.views import bp, do, review_page


@bp.post("/moderation/<slug>/proposer-approbation")
@allow(policy.may_work, subject=queries.get_case)
def propose_approval(case: Case) -> ResponseReturnValue:
    form, by, at = forms.ApprovalForm(), viewer().user_id or 0, clock.now()
    if not form.validate_on_submit():
        return review_page(case, 422, approval=form)
    return do(
        case,
        lambda: decision_services.propose_approval(
            case, no_interest=form.no_interest.data, words=form.words.data or "", by=by, at=at
        ),
        _("L’approbation est proposée : une deuxième personne décidera."),
        name="approval",
        form=form,
    )


@bp.post("/moderation/<slug>/proposer-refus")
@allow(policy.may_work, subject=queries.get_case)
def propose_refusal(case: Case) -> ResponseReturnValue:
    form, by, at = forms.RefusalForm(), viewer().user_id or 0, clock.now()
    if not form.validate_on_submit():
        return review_page(case, 422, refusal=form)
    return do(
        case,
        lambda: decision_services.propose_refusal(
            case,
            code=form.code.data,
            reason=form.reason.data or "",
            alternative=form.alternative.data or "",
            no_interest=form.no_interest.data,
            words=form.words.data or "",
            by=by,
            at=at,
        ),
        _("Le refus est proposé : une deuxième personne décidera."),
        name="refusal",
        form=form,
    )


@bp.post("/moderation/<slug>/decider")
@allow(policy.may_review, subject=queries.get_case)
def decide(case: Case) -> ResponseReturnValue:
    form, by, at = forms.DecisionForm(), viewer().user_id or 0, clock.now()
    if not form.validate_on_submit():
        return review_page(case, 422, decision=form)
    is_refusal = case.review is not None and case.review.proposal == Verdict.REFUSE
    return do(
        case,
        lambda: decision_services.decide(
            case, no_interest=form.no_interest.data, words=form.words.data or "", by=by, at=at
        ),
        _("Le refus est confirmé.") if is_refusal else _("La campagne est approuvée."),
        name="decision",
        form=form,
    )


@bp.post("/moderation/<slug>/renvoyer")
@allow(policy.may_review, subject=queries.get_case)
def send_back(case: Case) -> ResponseReturnValue:
    form, by, at = forms.SendBackForm(), viewer().user_id or 0, clock.now()
    if not form.validate_on_submit():
        return review_page(case, 422, back=form)
    return do(
        case,
        lambda: decision_services.send_back(case, words=form.words.data or "", by=by, at=at),
        _("La proposition est renvoyée à la relecture."),
        name="back",
        form=form,
    )
