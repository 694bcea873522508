"""The coach's opinion, and the coaching record behind a campaign: linked, opened, or a word why there is none."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts import queries as account_queries
from app.coaching import policy as coaching_policy
from app.coaching import queries as coaching_queries
from app.core import clock
from app.core.access import Role, allow, viewer
from app.core.database import transaction
from app.core.errors import DomainError, NotAllowed, NotFound
from app.core.forms import EmptyForm, choices_of
from app.moderation import forms, opinion_services, policy, queries
from app.moderation.queries import Case
from app.moderation.rules import OpinionVerdict
from app.moderation.views import bp, do, mine, review_page
from app.network import queries as network_queries


@bp.post("/moderation/<slug>/avis")
@allow(policy.may_work, subject=queries.get_case)
def opinion(case: Case) -> ResponseReturnValue:
    """Written down by a reviewer, when the coach said it elsewhere."""
    form, by, at = forms.OpinionForm(), viewer().user_id or 0, clock.now()
    if not form.validate_on_submit():
        return review_page(case, 422, opinion=form)
    return do(
        case,
        lambda: opinion_services.note_opinion(
            case, opinion=form.opinion.data or "", waived_reason=form.waived.data or "", by=by, at=at
        ),
        _("L’avis est noté."),
        name="opinion",
        form=form,
    )


@bp.route("/moderation/<slug>/mon-avis", methods=["GET", "POST"])
@allow(policy.may_advise, subject=queries.get_case)
def advise(case: Case) -> ResponseReturnValue:
    """The coach's own page: two texts, and the campaign to read; nothing of the review is shown."""
    review = case.review if case.review and case.review.phase in queries.OPEN_PHASES else None
    known = {}
    if review is not None and review.opinion_verdict:
        known = {
            "verdict": review.opinion_verdict, "to_holder": review.opinion_to_holder,
            "to_reviewers": review.coach_opinion,
        }  # fmt: skip
    form, status = forms.CoachForm(data=known), 200
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                with transaction():
                    opinion_services.give_opinion(
                        case,
                        verdict=OpinionVerdict(form.verdict.data),
                        to_holder=form.to_holder.data or "",
                        to_reviewers=form.to_reviewers.data or "",
                        by=viewer().user_id or 0,
                        at=clock.now(),
                    )
            except DomainError as refusal:
                form.form_errors.append(str(refusal))
                case, review, status = queries.get_case(case.slug), None, refusal.status
            else:
                flash(
                    _("Votre avis est transmis. Vous pouvez encore le changer tant que rien n’est proposé."), "success"
                )
                return redirect(url_for("moderation.advise", slug=case.slug), 303)
    return render_template("moderation/advise.html", campaign=case.campaign, review=review, form=form), status


@bp.post("/moderation/<slug>/dossier")
@allow(policy.may_work, subject=queries.get_case)
def link_record(case: Case) -> ResponseReturnValue:
    """By a reviewer who also coaches where the record is: that somebody is coached does not show to the others, whose
    colleague links from the page of the record."""
    if not EmptyForm().validate_on_submit():
        raise NotAllowed
    file = coaching_queries.get_file(request.form.get("reference", ""))
    if file.record.organisation_id not in mine() or not coaching_policy.may_link(viewer(), file):
        raise NotFound
    by, at = viewer().user_id or 0, clock.now()
    return do(
        case,
        lambda: opinion_services.link_record(case, file.record, by=by, at=at),
        _("Le dossier est relié à la campagne."),
    )


@bp.route("/moderation/<slug>/ouvrir-dossier", methods=["GET", "POST"])
@allow(policy.may_work, subject=queries.get_case)
def open_record(case: Case) -> ResponseReturnValue:
    """A record for a campaign that came without one. The referent is somebody else than who decides."""
    form = _record_form(case)
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return render_template("moderation/open_record.html", campaign=case.campaign, form=form), status
    organisation = network_queries.find_organisation(form.organisation.data)
    if organisation is None:
        raise NotFound
    by, at = viewer().user_id or 0, clock.now()
    return do(
        case,
        lambda: opinion_services.open_record(
            case,
            programme=network_queries.get_programme(form.programme.data),
            organisation=organisation,
            referent=account_queries.get_user(form.referent.data),
            by=by,
            at=at,
        ),
        _("Le dossier est ouvert et relié à la campagne."),
    )


def _record_form(case: Case) -> forms.OpenRecordForm:
    form, here = forms.OpenRecordForm(), case.campaign.organisation_id or 0
    coaches = sorted({*network_queries.people_with(Role.COACH, here)} - case.closed_to)
    names = account_queries.names_of(set(coaches))
    form.programme.choices = choices_of((p.code, p.name) for p in network_queries.programmes(coaching_only=True))
    form.organisation.choices = choices_of(
        [(here, case.campaign.organisation.name if case.campaign.organisation else "")]
    )
    form.referent.choices = choices_of((one, names.get(one, "")) for one in coaches)
    return form


@bp.post("/moderation/<slug>/sans-dossier")
@allow(policy.may_work, subject=queries.get_case)
def no_record(case: Case) -> ResponseReturnValue:
    form, by, at = forms.NoRecordForm(), viewer().user_id or 0, clock.now()
    if not form.validate_on_submit():
        return review_page(case, 422, no_record=form)
    return do(
        case,
        lambda: opinion_services.set_no_record(case, reason=form.reason.data or "", by=by, at=at),
        _("C’est noté."),
        name="no_record",
        form=form,
    )
