"""A person sent on: the form, what was sent and received, the answers."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.coaching import policy, queries, referral_services, relay_queries
from app.coaching.file_queries import RecordFile
from app.coaching.relay_forms import OUTSIDE, AnswerForm, ReferForm
from app.coaching.relay_models import Referral
from app.coaching.relay_views import RECORD, mine, refused
from app.coaching.views import bp, today
from app.core import clock
from app.core.access import allow, viewer
from app.core.database import transaction
from app.core.errors import DomainError, NotAllowed, NotFound
from app.core.forms import choices_of
from app.network import queries as network_queries


@bp.get(f"{RECORD}/orienter")
@allow(policy.may_steer, subject=queries.get_file)
def refer_page(file: RecordFile) -> ResponseReturnValue:
    return _refer_page(file, _refer_form(file, empty=True))


def _refer_form(file: RecordFile, *, empty: bool = False) -> ReferForm:
    form = ReferForm(formdata=None) if empty else ReferForm()
    others = [(o.id, o.name) for o in network_queries.organisations() if o.id != file.record.organisation_id]
    form.organisation.choices = choices_of([*others, (OUTSIDE, _("Un partenaire hors du réseau"))])
    return form


def _refer_page(file: RecordFile, form: ReferForm, status: int = 200) -> ResponseReturnValue:
    return render_template("coaching/refer.html", record=file.record, form=form, holders=file.holder_names), status


@bp.post(f"{RECORD}/orienter")
@allow(policy.may_steer, subject=queries.get_file)
def refer(file: RecordFile) -> ResponseReturnValue:
    form = _refer_form(file)
    if not form.validate_on_submit():
        return _refer_page(file, form, 422)
    try:
        with transaction():
            referral_services.refer(
                file.record, organisation_id=form.organisation.data or None, to_name=form.to_name.data or "",
                need=form.need.data or "", consent_on=form.consent_on.data, by=viewer().user_id or 0, at=clock.now(),
            )  # fmt: skip
    except DomainError as refusal:
        return _refer_page(file, form, refused(form, refusal))
    flash(_("L’orientation est envoyée. Le dossier reste le vôtre jusqu’au premier contact."), "success")
    return redirect(url_for("coaching.referrals"), 303)


@bp.get("/accompagnement/orientations")
@allow(policy.coaches_somewhere)
def referrals() -> ResponseReturnValue:
    return render_template(
        "coaching/referrals.html", sent=relay_queries.referrals_of(viewer()), form=AnswerForm(formdata=None)
    )


@bp.post("/accompagnement/orientations/<int:referral_id>")
@allow(policy.may_answer_referral, subject=relay_queries.get_referral)
def answer_referral(subject: tuple[RecordFile, Referral]) -> ResponseReturnValue:
    """The receiving side accepts (a record opens) or gives it back with a reason; then the first contact."""
    file, sent = subject
    form, verb, by, at = AnswerForm(), request.form.get("verb", ""), viewer().user_id or 0, clock.now()
    if not form.validate_on_submit():
        raise NotAllowed
    with transaction():
        if verb == "contact":
            referral_services.first_contact(sent, file.record, on=today(), by=by, at=at)
        elif sent.to_organisation_id not in mine():
            raise NotFound  # who sent it does not answer it
        elif verb == "accepter":
            referral_services.accept_referral(sent, file.record, by=by, at=at)
        else:
            referral_services.decline_referral(sent, file.record, reason=form.reason.data or "", by=by, at=at)
    flash(_("C’est noté."), "success")
    return redirect(url_for("coaching.referrals"), 303)
