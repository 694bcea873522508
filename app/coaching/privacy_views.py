"""« Mes données et mes droits », and the page of those who answer."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator

from flask import Blueprint, Response, flash, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.coaching import document_services, privacy_export
from app.coaching import privacy_policy as policy
from app.coaching import privacy_queries as queries
from app.coaching import privacy_services as services
from app.coaching.file_queries import RecordFile, get_file
from app.coaching.policy import is_holder, relation
from app.coaching.privacy_errors import AccessOver
from app.coaching.privacy_export import Export, Scope
from app.coaching.privacy_forms import AnswerForm, AskForm
from app.coaching.privacy_models import PrivacyRequest
from app.core import clock
from app.core.access import Role, allow, viewer
from app.core.database import transaction
from app.core.errors import DomainError, NotAllowed
from app.core.forms import EmptyForm

bp = Blueprint("privacy", __name__)
Subject = tuple[RecordFile, PrivacyRequest]


@bp.get("/accompagnement/dossiers/<reference>/mes-donnees")
@allow(is_holder, subject=get_file)
def rights(file: RecordFile) -> ResponseReturnValue:
    return _rights(file)


def _rights(file: RecordFile, status: int = 200, form: AskForm | None = None, refusal: str = "") -> ResponseReturnValue:
    at = clock.now()
    asked = [(one, queries.is_available(one, at)) for one in queries.of_person(file.record.id, viewer().user_id or 0)]
    waiting = {one.kind for one, _available in asked if one.state == "asked"}
    return render_template(
        "coaching/rights.html", record=file.record, asked=asked, waiting=waiting,
        form=form or AskForm(formdata=None), refusal=refusal,
    ), status  # fmt: skip


@bp.post("/accompagnement/dossiers/<reference>/mes-donnees/recevoir")
@allow(is_holder, subject=get_file)
def export(file: RecordFile) -> ResponseReturnValue:
    """What the person reads every day, at once, as a file."""
    if not EmptyForm().validate_on_submit():
        raise NotAllowed
    return _hand_out(file, Scope())


@bp.post("/accompagnement/mes-donnees/<public_id>/recevoir")
@allow(policy.is_theirs, subject=queries.get_request)
def full_export(subject: Subject) -> ResponseReturnValue:
    """What was granted, for thirty days. Errors: AccessOver."""
    file, asked = subject
    if not EmptyForm().validate_on_submit():
        raise NotAllowed
    if not queries.is_available(asked, clock.now()):
        raise AccessOver
    return _hand_out(file, Scope(with_team=True, with_restricted=asked.with_restricted))


def _hand_out(file: RecordFile, scope: Scope) -> ResponseReturnValue:
    who, at, reference = viewer(), clock.now(), file.reference
    made = privacy_export.collect(file, relation(who, file), scope, at=at)
    with transaction():
        services.note_export(get_file(reference).record, by=who.user_id or 0, at=at, everything=scope.with_team)
    answer = Response(stream_with_context(_zipped(made)), mimetype="application/zip")
    answer.headers.set("Content-Disposition", "attachment", filename=f"dossier-{reference}.zip")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _zipped(made: Export) -> Iterator[bytes]:
    """On disk, not in memory: a record may hold 200 MB."""
    with tempfile.TemporaryFile() as out:
        privacy_export.write_zip(made, out)
        out.seek(0)
        while part := out.read(64 * 1024):
            yield part


@bp.post("/accompagnement/dossiers/<reference>/mes-donnees/<any(acces, effacement):what>")
@allow(policy.holds, subject=queries.get_file_and_kind)
def ask(subject: tuple[RecordFile, str]) -> ResponseReturnValue:
    (file, kind), form = subject, AskForm()
    reference = file.reference
    if not form.validate_on_submit():
        return _rights(file, 422, form)
    try:
        with transaction():
            services.ask(
                get_file(reference).record, kind, words=form.words.data or "", by=viewer().user_id or 0,
                at=clock.now(),
            )  # fmt: skip
    except DomainError as refusal:
        return _rights(get_file(reference), refusal.status, form, str(refusal))
    flash(_("Votre demande est partie. Une réponse vous est due dans le mois."), "success")
    return redirect(url_for("privacy.rights", reference=reference), 303)


@bp.post("/accompagnement/mes-donnees/<public_id>/retirer")
@allow(policy.is_theirs, subject=queries.get_request)
def withdraw(subject: Subject) -> ResponseReturnValue:
    reference, name = subject[0].reference, subject[1].public_id
    if not EmptyForm().validate_on_submit():
        raise NotAllowed
    with transaction():
        services.withdraw(queries.get_request(name)[1], by=viewer().user_id or 0, at=clock.now())
    flash(_("La demande est retirée."), "success")
    return redirect(url_for("privacy.rights", reference=reference), 303)


@bp.get("/accompagnement/droits")
@allow(policy.answers_somewhere)
def listed() -> ResponseReturnValue:
    leads = viewer().organisation_ids(Role.ORGANISATION_LEAD)
    today = clock.paris_day(clock.now()).date()
    found = queries.to_answer(leads, viewer().user_id or 0)
    return render_template("coaching/rights_list.html", asked=found, today=today)


@bp.route("/accompagnement/droits/<public_id>", methods=["GET", "POST"])
@allow(policy.may_settle, subject=queries.get_request)
def handle(subject: Subject) -> ResponseReturnValue:
    file, asked = subject
    form = (
        AnswerForm().for_kind(asked.kind)
        if request.method == "POST"
        else AnswerForm(formdata=None).for_kind(asked.kind)
    )
    if not form.validate_on_submit():
        return _handle(file, asked, form, 422 if request.method == "POST" else 200)
    name, files = asked.public_id, []
    try:
        with transaction():
            files = _settle(queries.get_request(name)[1], form)
    except DomainError as refusal:
        form.form_errors.append(str(refusal))
        return _handle(*queries.get_request(name), form, refusal.status)
    document_services.delete_files(files)
    flash(_("La réponse est donnée, et la personne prévenue."), "success")
    return redirect(url_for("privacy.listed"), 303)


def _handle(file: RecordFile, asked: PrivacyRequest, form: AnswerForm, status: int) -> ResponseReturnValue:
    return render_template(
        "coaching/rights_answer.html", record=file.record, asked=asked, form=form, holders=file.holder_names
    ), status


def _settle(asked: PrivacyRequest, form: AnswerForm) -> list[str]:
    by, at, words = viewer().user_id or 0, clock.now(), form.answer.data or ""
    if form.decision.data == "erase":
        return services.erase(asked, by=by, at=at)
    if form.decision.data == "refuse":
        services.refuse(asked, answer=words, by=by, at=at)
    else:
        services.grant_access(asked, with_restricted=form.decision.data == "everything", answer=words, by=by, at=at)
    return []
