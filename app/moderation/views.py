"""The doors of a reviewer: the queue, one review, and each thing one may do there."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.accounts import queries as account_queries
from app.coaching import queries as coaching_queries
from app.core import clock
from app.core.access import Role, allow, viewer
from app.core.database import transaction
from app.core.errors import DomainError, NotAllowed, NotFound
from app.core.forms import BaseForm, EmptyForm
from app.moderation import forms, policy, queries, rules, services, words
from app.moderation.models import ChangeRequest, Verdict
from app.moderation.queries import Case
from app.moderation.rules import ChangeReason

bp = Blueprint("moderation", __name__)


def _mine() -> frozenset[int]:
    return viewer().organisation_ids(Role.MODERATOR, Role.ORGANISATION_LEAD)


@bp.get("/moderation")
@allow(policy.moderates_somewhere)
def queue() -> ResponseReturnValue:
    lines, me = queries.queue(_mine(), viewer_id=viewer().user_id or 0), viewer().user_id
    return render_template(
        "moderation/queue.html",
        to_decide=[x for x in lines if x.phase == "proposed"],
        mine=[x for x in lines if x.taken_by_id == me and x.state == "submitted" and x.phase != "proposed"],
        to_take=[x for x in lines if x.taken_by_id is None and x.state == "submitted" and x.phase != "proposed"],
        others=[
            x for x in lines if x.taken_by_id not in {None, me} and x.state == "submitted" and x.phase != "proposed"
        ],
        waiting=[x for x in lines if x.state == "changes_requested"],
    )


@bp.get("/moderation/<slug>")
@allow(policy.may_review, subject=queries.get_case)
def review(case: Case) -> ResponseReturnValue:
    return review_page(case)


def review_page(case: Case, status: int = 200, **given: BaseForm) -> ResponseReturnValue:
    """The review; `given` are forms that came back with errors, by name."""
    campaign, found = case.campaign, case.review
    search = forms.RecordSearchForm(request.args)
    people = {p for p in (found.taken_by_id, found.proposed_by_id, found.decided_by_id) if p} if found else set()
    checklist = forms.ChecklistForm(formdata=None, data=dict(found.checklist) if found else {})
    holder = account_queries.get_user(campaign.owner_id)
    shown = {
        "change": forms.ChangeForm(formdata=None),
        "opinion": forms.OpinionForm(
            formdata=None,
            data={"opinion": found.coach_opinion, "waived": found.opinion_waived_reason} if found else {},
        ),
        "no_record": forms.NoRecordForm(formdata=None, data={"reason": campaign.no_record_reason}),
        "approval": forms.ApprovalForm(formdata=None),
        "refusal": forms.RefusalForm(formdata=None),
        "recusal": forms.RecusalForm(formdata=None),
        "checklist": checklist,
        **given,
    }
    return render_template(
        "moderation/review.html",
        case=case,
        campaign=campaign,
        review=found if found and found.phase in queries.OPEN_PHASES else None,
        last=found,
        record=queries.record_of(campaign),
        candidates=coaching_queries.records_for_review(_mine(), holder_email=holder.email, text=search.q.data or ""),
        search=search,
        names=account_queries.names_of(people | {campaign.owner_id}),
        is_mine=found is not None and found.taken_by_id == viewer().user_id,
        open_blocking=rules.open_blocking(found.checklist if found else {}),
        history=queries.milestones(campaign),
        words=words,
        forms={name: form.apart(name) for name, form in shown.items()},
    ), status


def _do(
    case: Case, verb: Callable[[], object], done: str, *, name: str = "", form: BaseForm | None = None
) -> ResponseReturnValue:
    """Run one verb in its transaction; a refusal comes back on the page, nothing typed is lost."""
    try:
        with transaction():
            verb()
    except NotFound:
        raise
    except DomainError as refusal:
        fresh = queries.get_case(case.slug)
        if form is not None:
            form.form_errors.append(str(refusal))
            return review_page(fresh, refusal.status, **{name: form})
        flash(str(refusal), "error")
        return review_page(fresh, refusal.status)
    flash(done, "success")
    return redirect(url_for("moderation.review", slug=case.slug), 303)


def _press(case: Case, verb: Callable[..., object], done: str) -> ResponseReturnValue:
    """A button without anything typed."""
    if not EmptyForm().validate_on_submit():
        raise NotAllowed
    by, at = viewer().user_id or 0, clock.now()
    return _do(case, lambda: verb(case, by=by, at=at), done)


@bp.post("/moderation/<slug>/prendre")
@allow(policy.may_review, subject=queries.get_case)
def take(case: Case) -> ResponseReturnValue:
    return _press(case, services.take, _("Cette relecture est à votre nom."))


@bp.post("/moderation/<slug>/rendre")
@allow(policy.may_review, subject=queries.get_case)
def release(case: Case) -> ResponseReturnValue:
    return _press(case, services.release, _("La relecture est rendue à la file."))


@bp.post("/moderation/<slug>/demandes/envoyer")
@allow(policy.may_review, subject=queries.get_case)
def send_requests(case: Case) -> ResponseReturnValue:
    return _press(case, services.send_requests, _("Les demandes sont envoyées."))


@bp.post("/moderation/<slug>/decider")
@allow(policy.may_review, subject=queries.get_case)
def decide(case: Case) -> ResponseReturnValue:
    refused = case.review is not None and case.review.proposal == Verdict.REFUSE
    return _press(case, services.decide, _("Le refus est confirmé.") if refused else _("La campagne est approuvée."))


@bp.post("/moderation/<slug>/renvoyer")
@allow(policy.may_review, subject=queries.get_case)
def send_back(case: Case) -> ResponseReturnValue:
    return _press(case, services.send_back, _("La proposition est renvoyée à la relecture."))


@bp.post("/moderation/<slug>/demandes")
@allow(policy.may_review, subject=queries.get_case)
def ask_change(case: Case) -> ResponseReturnValue:
    form, by, at = forms.ChangeForm(), viewer().user_id or 0, clock.now()
    if not form.validate_on_submit():
        return review_page(case, 422, change=form)
    return _do(
        case,
        lambda: services.ask_change(
            case,
            field=form.field.data,
            reason=ChangeReason(form.reason.data),
            text=form.text.data or "",
            by=by,
            at=at,
        ),
        _("La demande est notée. Elle partira avec les autres quand vous les enverrez."),
        name="change",
        form=form,
    )


@bp.post("/moderation/<slug>/demandes/<int:request_id>/annuler")
@allow(policy.may_review_request, subject=queries.get_case_and_request)
def cancel_request(subject: tuple[Case, ChangeRequest]) -> ResponseReturnValue:
    case, asked = subject
    return _press(
        case,
        lambda case, by, at: services.cancel_request(case, asked, by=by, at=at),
        _("La demande est annulée."),
    )


@bp.post("/moderation/<slug>/liste")
@allow(policy.may_review, subject=queries.get_case)
def checklist(case: Case) -> ResponseReturnValue:
    form, by, at = forms.ChecklistForm(), viewer().user_id or 0, clock.now()
    if not form.validate_on_submit():
        return review_page(case, 422, checklist=form)
    open_count = len(rules.open_blocking({code: answer.value for code, answer in form.answers().items()}))
    done = (
        ngettext("Il reste %(num)d point bloquant.", "Il reste %(num)d points bloquants.", open_count)
        if open_count
        else _("Enregistré : plus aucun point bloquant.")
    )  # fmt: skip
    return _do(
        case,
        lambda: services.save_checklist(case, form.answers(), by=by, at=at),
        done,
        name="checklist",
        form=form,
    )


@bp.post("/moderation/<slug>/avis")
@allow(policy.may_review, subject=queries.get_case)
def opinion(case: Case) -> ResponseReturnValue:
    form, by, at = forms.OpinionForm(), viewer().user_id or 0, clock.now()
    if not form.validate_on_submit():
        return review_page(case, 422, opinion=form)
    return _do(
        case,
        lambda: services.note_opinion(
            case, opinion=form.opinion.data or "", waived_reason=form.waived.data or "", by=by, at=at
        ),
        _("L’avis est noté."),
        name="opinion",
        form=form,
    )


@bp.post("/moderation/<slug>/dossier")
@allow(policy.may_review, subject=queries.get_case)
def link_record(case: Case) -> ResponseReturnValue:
    """Only a record of the reviewer's own organisations: another's existence must not show."""
    if not EmptyForm().validate_on_submit():
        raise NotAllowed
    file = coaching_queries.get_file(request.form.get("reference", ""))
    if file.record.organisation_id not in _mine():
        raise NotFound
    by, at = viewer().user_id or 0, clock.now()
    return _do(
        case, lambda: services.link_record(case, file.record, by=by, at=at), _("Le dossier est relié à la campagne.")
    )


@bp.post("/moderation/<slug>/sans-dossier")
@allow(policy.may_review, subject=queries.get_case)
def no_record(case: Case) -> ResponseReturnValue:
    form, by, at = forms.NoRecordForm(), viewer().user_id or 0, clock.now()
    if not form.validate_on_submit():
        return review_page(case, 422, no_record=form)
    return _do(
        case,
        lambda: services.set_no_record(case, reason=form.reason.data or "", by=by, at=at),
        _("C’est noté."),
        name="no_record",
        form=form,
    )


@bp.post("/moderation/<slug>/proposer-approbation")
@allow(policy.may_review, subject=queries.get_case)
def propose_approval(case: Case) -> ResponseReturnValue:
    form, by, at = forms.ApprovalForm(), viewer().user_id or 0, clock.now()
    if not form.validate_on_submit():
        return review_page(case, 422, approval=form)
    return _do(
        case,
        lambda: services.propose_approval(case, no_interest=form.no_interest.data, by=by, at=at),
        _("L’approbation est proposée : une deuxième personne décidera."),
        name="approval",
        form=form,
    )


@bp.post("/moderation/<slug>/proposer-refus")
@allow(policy.may_review, subject=queries.get_case)
def propose_refusal(case: Case) -> ResponseReturnValue:
    form, by, at = forms.RefusalForm(), viewer().user_id or 0, clock.now()
    if not form.validate_on_submit():
        return review_page(case, 422, refusal=form)
    return _do(
        case,
        lambda: services.propose_refusal(
            case,
            code=form.code.data,
            reason=form.reason.data or "",
            alternative=form.alternative.data or "",
            no_interest=form.no_interest.data,
            by=by,
            at=at,
        ),
        _("Le refus est proposé : une deuxième personne décidera."),
        name="refusal",
        form=form,
    )
