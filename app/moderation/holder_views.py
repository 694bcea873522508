"""The holder's side of a review: who has the file, what is asked, and each answer."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.campaigns.mails import answer_days
from app.campaigns.policy import may_edit
from app.core import clock
from app.core.access import allow, viewer
from app.core.database import transaction
from app.core.errors import DomainError, NotAllowed
from app.core.forms import EmptyForm
from app.moderation import policy, queries, rules, services, watch_queries, watch_words, words
from app.moderation.forms import AnswerForm
from app.moderation.models import ChangeRequest
from app.moderation.queries import Case
from app.moderation.views import bp


@bp.get("/mes-campagnes/<slug>/relecture")
@allow(policy.holds, subject=queries.get_case)
def holder_review(case: Case) -> ResponseReturnValue:
    return _page(case)


def _page(
    case: Case, status: int = 200, *, failed: AnswerForm | None = None, failed_id: int = 0
) -> ResponseReturnValue:
    campaign, review = case.campaign, case.review
    requests = [r for r in review.requests if r.sent_at] if review else []
    answers = {
        r.id: failed if failed and r.id == failed_id else AnswerForm(formdata=None, data={"answer": r.answer})
        for r in requests
    }
    notes = queries.notes_of(review.id) if review else {}
    return render_template(
        "moderation/holder.html",
        campaign=campaign,
        review=review,
        requests=requests,
        answers={request_id: form.apart(f"demande-{request_id}") for request_id, form in answers.items()},
        may_answer=may_edit(viewer(), campaign),
        points=[
            (words.ITEMS[code][1], notes[code].told, review.checklist.get(code) != rules.Answer.TO_FIX)
            for code in words.ITEMS
            if review and code in notes and notes[code].told
        ],
        waiting=[r for r in requests if services.waits(r)],
        reader=case.names.get(review.taken_by_id or 0, "") if review else "",
        answer_days=answer_days(campaign.submitted_at) if campaign.submitted_at else None,
        coach=case.names.get(review.opinion_by_id or 0, "") if review and review.opinion_to_holder else "",
        step_of=rules.STEP_OF_FIELD,
        words=words,
        suspension=watch_queries.last_suspension(campaign.id) if campaign.is_public else None,
        upheld=watch_queries.statements_to_holder(campaign.id) if campaign.is_public else [],
        watch_words=watch_words,
        history=queries.milestones(campaign),
    ), status


@bp.post("/mes-campagnes/<slug>/relecture/demandes/<int:request_id>")
@allow(policy.may_answer, subject=queries.get_case_and_request)
def answer(subject: tuple[Case, ChangeRequest]) -> ResponseReturnValue:
    case, asked = subject
    form = AnswerForm()
    if asked.sent_at is None or asked.cancelled_at is not None:
        raise NotAllowed
    if not form.validate_on_submit():
        return _page(case, 422, failed=form, failed_id=asked.id)
    with transaction():
        services.answer(asked, text=form.answer.data or "", by=viewer().user_id or 0, at=clock.now())
    flash(_("Votre réponse est enregistrée."), "success")
    return redirect(url_for("moderation.holder_review", slug=case.slug), 303)


@bp.post("/mes-campagnes/<slug>/relecture/renvoyer")
@allow(policy.may_resubmit, subject=queries.get_case)
def resubmit(case: Case) -> ResponseReturnValue:
    if not EmptyForm().validate_on_submit():
        raise NotAllowed
    try:
        with transaction():
            services.resubmit(case, by=viewer().user_id or 0, at=clock.now())
    except DomainError as refusal:
        flash(str(refusal), "error")
        return _page(queries.get_case(case.slug), refusal.status)
    flash(_("Votre campagne est renvoyée : la relecture reprend."), "success")
    return redirect(url_for("moderation.holder_review", slug=case.slug), 303)
