"""« Demander un accompagnement », the page of a request, and the list of those who answer."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from app.accounts import queries as account_queries
from app.coaching import confirm_keys
from app.coaching import request_policy as policy
from app.coaching import request_queries as queries
from app.coaching import request_services as services
from app.coaching.once import already_done
from app.coaching.request_errors import RequestGone
from app.coaching.request_forms import AskForm, SendOnForm
from app.coaching.request_models import CoachingRequest
from app.coaching.request_queries import RequestFile
from app.core import clock, limits
from app.core.access import Role, allow, anyone, viewer
from app.core.calendar import working_days_between
from app.core.database import transaction
from app.core.errors import DomainError, NotAllowed, NotFound
from app.core.forms import EmptyForm, choices_of
from app.core.text import public_id
from app.network import queries as network_queries
from app.network.reasons import ANSWER_WORKING_DAYS, in_words
from app.network.words import SECTOR_WORDS

bp = Blueprint("requests", __name__)


def _ask_form() -> AskForm:
    form = AskForm()
    programmes = [(p.code, p.name) for p in network_queries.programmes(coaching_only=True)]
    form.programme.choices = choices_of([("", _("Je ne sais pas encore")), *programmes])
    if request.method == "GET":
        who = viewer()
        form.name.data, form.email.data, form.once.data = who.name, who.email, public_id()
        asked = request.args.get("programme", "")
        form.programme.data = asked if asked in dict(programmes) else ""
        sector = request.args.get("domaine", "")
        form.sector.data = sector if sector in SECTOR_WORDS else ""
        form.commune.process(request.args)
    return form


@bp.route("/accompagnement/demander", methods=["GET", "POST"])
@allow(anyone)
def ask() -> ResponseReturnValue:
    form = _ask_form()
    if form.validate_on_submit():
        limits.take("coaching_network", limits.network())
        limits.take("coaching_address", form.email.data or "")
        try:
            key = _ask(form)
        except IntegrityError:  # the same form, sent twice at the same instant
            key = _ask(form)
        return redirect(url_for("requests.asked", key=key), 303)
    status = 422 if form.errors and not form.is_searching else 200
    return render_template("coaching/request_ask.html", form=form, days=ANSWER_WORKING_DAYS), status


def _ask(form: AskForm) -> str:
    locale = str(get_locale() or "fr")[:2]
    with transaction():
        return services.ask(
            name=form.name.data or "", email=form.email.data or "", commune_code=form.commune.data or "",
            need=form.need.data or "", programme_code=form.programme.data or "", sector=form.sector.data or "",
            once=form.once.data or "", locale="en" if locale == "en" else "fr", at=clock.now(),
            is_proved=_is_theirs(form.email.data or ""),
        ).key  # fmt: skip


def _is_theirs(email: str) -> bool:
    """Accounts have a confirmed address."""
    return viewer().is_signed_in and viewer().email == email


@bp.get("/accompagnement/demandes/suivre/<key>")
@allow(anyone, subject=queries.get_request)
def asked(found: CoachingRequest) -> ResponseReturnValue:
    """Without account, by its unguessable address: who answers and by when; nothing that was typed.

    With the proof of a mail (?preuve=…) also a button that says « it was me ».
    """
    proof = request.args.get("preuve", "")
    return render_template(
        "coaching/request_asked.html", asked=found, why=in_words(found.routing_reason),
        proof=proof if found.person.is_unconfirmed and confirm_keys.is_proof(found, proof) else "",
    )  # fmt: skip


@bp.post("/accompagnement/demandes/suivre/<key>/confirmer")
@allow(anyone, subject=queries.get_request)
def confirm(found: CoachingRequest) -> ResponseReturnValue:
    """Asked once more by a button: mail filters open links."""
    key = found.key
    if EmptyForm().validate_on_submit() and confirm_keys.is_proof(found, request.form.get("preuve", "")):
        with transaction():
            services.confirm_address(queries.get_request(key), at=clock.now())
        flash(_("Merci : cette demande est bien la vôtre. Le dossier paraît dans votre compte."), "success")
    return redirect(url_for("requests.asked", key=key), 303)


@bp.post("/accompagnement/demandes/suivre/<key>")
@allow(anyone, subject=queries.get_request)
def withdraw(found: CoachingRequest) -> ResponseReturnValue:
    key = found.key
    if EmptyForm().validate_on_submit():
        with transaction():
            services.withdraw(queries.get_request(key), at=clock.now())
        flash(_("La demande est retirée."), "success")
    return redirect(url_for("requests.asked", key=key), 303)


@bp.get("/accompagnement/demandes")
@allow(policy.answers_requests)
def waiting() -> ResponseReturnValue:
    return _waiting_page()


def _waiting_page(status: int = 200, wrong: SendOnForm | None = None, wrong_id: int = 0) -> ResponseReturnValue:
    mine = viewer().organisation_ids(Role.COACH, Role.ORGANISATION_LEAD)
    today = clock.paris_day(clock.now()).date()
    lines = []
    for one in queries.waiting(mine, for_user=viewer().user_id or 0):
        form = wrong if wrong is not None and one.id == wrong_id else SendOnForm(formdata=None)
        form.organisation.choices = _others(one.record.organisation_id)
        age = working_days_between(clock.paris_day(one.asked_at).date(), today)
        lines.append((one, in_words(one.routing_reason), age, form.apart(f"r{one.id}")))
    return render_template("coaching/request_list.html", lines=lines, today=today), status


def _others(organisation_id: int) -> list[tuple[int, str]]:
    return choices_of((o.id, o.name) for o in network_queries.organisations() if o.id != organisation_id)


@bp.post("/accompagnement/demandes/<reference>/prendre")
@allow(policy.may_take, subject=queries.get_file)
def take(file: RequestFile) -> ResponseReturnValue:
    reference, user_id = file.request.record.reference, viewer().user_id
    if not EmptyForm().validate_on_submit():
        raise NotAllowed
    if file.request.record.referent_id == user_id:
        return already_done("coaching.show", reference=reference)
    try:
        with transaction():
            services.take(queries.get_file(reference).request, account_queries.get_user(user_id), at=clock.now())
    except RequestGone as gone:
        flash(str(gone), "info")
        return redirect(url_for("requests.waiting"), 303)
    flash(_("La demande est à vous. Proposez un premier échange."), "success")
    return redirect(url_for("coaching.show", reference=reference), 303)


@bp.post("/accompagnement/demandes/<reference>/orienter")
@allow(policy.may_send_on, subject=queries.get_file)
def send_on(file: RequestFile) -> ResponseReturnValue:
    if not policy.may_take(viewer(), file):
        return already_done("requests.waiting")
    form, reference, request_id = SendOnForm(), file.request.record.reference, file.request.id
    form.organisation.choices = _others(file.request.record.organisation_id)
    if not form.validate_on_submit():
        return _waiting_page(422, form, request_id)
    try:
        with transaction():
            organisation = network_queries.find_organisation(form.organisation.data)
            if organisation is None:
                raise NotFound
            services.send_on(
                queries.get_file(reference).request, organisation, reason=form.reason.data or "",
                by=viewer().user_id or 0, at=clock.now(),
            )  # fmt: skip
    except RequestGone as gone:
        flash(str(gone), "info")
        return redirect(url_for("requests.waiting"), 303)
    except DomainError as refusal:
        form.form_errors.append(str(refusal))
        return _waiting_page(refusal.status, form, request_id)
    flash(_("La demande est orientée, et la personne prévenue."), "success")
    return redirect(url_for("requests.waiting"), 303)
