"""Documents of a record: listed, added, handed out under a sandbox, removed."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.coaching import document_policy as policy
from app.coaching import document_queries as queries
from app.coaching import document_seals
from app.coaching import document_services as services
from app.coaching.document_forms import DocumentForm
from app.coaching.document_models import RecordDocument
from app.coaching.document_rules import MAX_BYTES, PDF, SUFFIX
from app.coaching.file_queries import RecordFile, get_file
from app.coaching.policy import relation
from app.coaching.words import LEVEL_WORDS
from app.core import clock, limits, storage
from app.core.access import allow, viewer
from app.core.database import transaction
from app.core.errors import DomainError, NotAllowed, NotFound
from app.core.forms import EmptyForm
from app.core.text import slugify

bp = Blueprint("documents", __name__)
Subject = tuple[RecordFile, RecordDocument]
SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'"


@bp.get("/accompagnement/dossiers/<reference>/documents")
@allow(policy.may_list, subject=get_file)
def listed(file: RecordFile) -> ResponseReturnValue:
    return _page(file)


def _form(file: RecordFile, *, empty: bool = False) -> DocumentForm:
    form = DocumentForm(formdata=None) if empty else DocumentForm()
    return form.for_holder() if relation(viewer(), file).is_holder else form


def _page(file: RecordFile, status: int = 200, form: DocumentForm | None = None) -> ResponseReturnValue:
    who = viewer()
    documents = [
        (document, author, policy.may_remove(who, (file, document)), policy.needs_act(who, (file, document)))
        for document, author in queries.documents_of(file.record.id, relation(who, file))
    ]
    return render_template(
        "coaching/documents.html", record=file.record, documents=documents, form=form or _form(file, empty=True),
        may_add=policy.may_add(who, file), is_holder=relation(who, file).is_holder, level_words=LEVEL_WORDS,
        max_mb=MAX_BYTES // 1_000_000,
    ), status  # fmt: skip


@bp.post("/accompagnement/dossiers/<reference>/documents")
@allow(policy.may_add, subject=get_file)
def add(file: RecordFile) -> ResponseReturnValue:
    form, who, reference = _form(file), viewer(), file.reference
    if not form.validate_on_submit():
        return _page(file, 422, form)
    limits.take("upload_account", str(who.user_id))
    try:
        with transaction():
            key = services.key_for(get_file(reference).record, at=clock.now())
        with services.Uploads() as uploads:
            stored = uploads.store(form.file.data.read(MAX_BYTES + 1), key)
            with transaction():
                services.add(
                    get_file(reference).record, stored, title=form.title.data or "", visibility=form.visibility,
                    by=who.user_id or 0, at=clock.now(),
                )  # fmt: skip
            uploads.keep()
    except DomainError as refusal:
        form.file.errors = [str(refusal)]
        return _page(get_file(reference), refusal.status, form)
    flash(_("Le document est dans le dossier."), "success")
    return redirect(url_for("documents.listed", reference=reference), 303)


@bp.get("/accompagnement/documents/<public_id>")
@allow(policy.may_open, subject=queries.get_document)
def download(subject: Subject) -> ResponseReturnValue:
    return _hand_out(subject[1])


@bp.post("/accompagnement/documents/<public_id>/lire")
@allow(policy.may_open_restricted, subject=queries.get_document)
def open_restricted(subject: Subject) -> ResponseReturnValue:
    """Confidential: who opens it is noted first."""
    name, by = subject[1].public_id, viewer().user_id or 0
    if not EmptyForm().validate_on_submit():
        raise NotAllowed
    with transaction():
        services.note_read(queries.get_document(name)[1], by=by, at=clock.now())
    return _hand_out(queries.get_document(name)[1])


def _hand_out(document: RecordDocument) -> ResponseReturnValue:
    """Never as a page of this site: a download, nothing inside may run, nothing keeps a copy."""
    try:
        content = document_seals.read(document_seals.file_of(document))
    except storage.FileMissing as missing:
        raise NotFound from missing
    answer = Response(content, mimetype=PDF if document.kind == PDF else "image/webp")
    name = f"{slugify(document.title)}.{SUFFIX[document.kind]}"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.post("/accompagnement/documents/<public_id>/retirer")
@allow(policy.may_remove, subject=queries.get_document)
def remove(subject: Subject) -> ResponseReturnValue:
    reference, name, by = subject[0].reference, subject[1].public_id, viewer().user_id
    if not EmptyForm().validate_on_submit():
        raise NotAllowed
    with transaction():
        names = services.remove(queries.get_document(name)[1], by=by, at=clock.now())
    services.delete_files(names)
    flash(_("Le document est retiré."), "success")
    return redirect(url_for("documents.listed", reference=reference), 303)
