"""A person sent on: the form, what was sent and received, the answers."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.coaching import policy, queries, referral_services, relay_queries
from app.coaching.file_queries import RecordFile
from app.coaching.once import already_done
from app.coaching.referral_queries import is_sent
from app.coaching.relay_forms import OUTSIDE, AnswerForm, RedirectForm, ReferForm
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
    target, by = form.organisation.data or None, viewer().user_id or 0
    if is_sent(file.record.id, organisation_id=target, to_name="" if target else form.to_name.data or "", by=by):
        return already_done("coaching.referrals")
    try:
        with transaction():
            referral_services.refer(
                file.record, organisation_id=target, to_name=form.to_name.data or "",
                need=form.need.data or "", consent_on=form.consent_on.data, by=by, at=clock.now(),
            )  # fmt: skip
    except DomainError as refusal:
        return _refer_page(file, form, refused(form, refusal))
    flash(_("L’orientation est envoyée. Le dossier reste le vôtre jusqu’au premier contact."), "success")
    return redirect(url_for("coaching.referrals"), 303)


@bp.get("/accompagnement/orientations")
@allow(policy.coaches_somewhere)
def referrals() -> ResponseReturnValue:
    return _referrals_page()


def _referrals_page(wrong_id: int = 0, wrong: RedirectForm | None = None, status: int = 200) -> ResponseReturnValue:
    """`wrong`: the form that came back with errors, of the referral `wrong_id`."""
    sent = relay_queries.referrals_of(viewer())
    lines = [(one, wrong if one.referral.id == wrong_id else _redirect_form(one.referral)) for one in sent]
    return render_template("coaching/referrals.html", lines=lines), status


def _redirect_form(sent: Referral, *, empty: bool = True) -> RedirectForm | None:
    """For whoever was asked and has not answered."""
    if sent.state != "sent" or sent.to_organisation_id not in mine():
        return None
    form = RedirectForm(formdata=None) if empty else RedirectForm()
    others = [(o.id, o.name) for o in network_queries.organisations() if o.id != sent.to_organisation_id]
    form.organisation.choices = choices_of(others)
    return form.apart(f"r{sent.id}")


@bp.post("/accompagnement/orientations/<int:referral_id>")
@allow(policy.may_answer_referral, subject=relay_queries.get_referral)
def answer_referral(subject: tuple[RecordFile, Referral]) -> ResponseReturnValue:
    """The receiving side accepts (a record opens) or gives it back with a reason; then the first contact."""
    file, sent = subject
    form, verb, by, at = AnswerForm(), request.form.get("verb", ""), viewer().user_id or 0, clock.now()
    if not form.validate_on_submit():
        raise NotAllowed
    if (verb == "contact" and sent.first_contact_on) or (verb != "contact" and sent.state != "sent"):
        return already_done("coaching.referrals")
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


@bp.post("/accompagnement/orientations/<int:referral_id>/rediriger")
@allow(policy.may_answer_referral, subject=relay_queries.get_referral)
def redirect_referral(subject: tuple[RecordFile, Referral]) -> ResponseReturnValue:
    """Somebody else is better placed, and the person agrees."""
    file, sent = subject
    if sent.to_organisation_id not in mine():
        raise NotFound
    form = _redirect_form(sent, empty=False)
    if form is None:
        return already_done("coaching.referrals")
    if not form.validate_on_submit():
        return _referrals_page(sent.id, form, 422)
    try:
        with transaction():
            referral_services.redirect_referral(
                sent, file.record, organisation_id=form.organisation.data, consent_on=form.consent_on.data,
                reason=form.reason.data or "", by=viewer().user_id or 0, at=clock.now(),
            )  # fmt: skip
    except DomainError as refusal:
        return _referrals_page(sent.id, form, refused(form, refusal))
    flash(_("L’orientation va vers cette structure, et qui l’a envoyée le sait."), "success")
    return redirect(url_for("coaching.referrals"), 303)
