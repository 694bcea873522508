"""The thread of a record: read, written to, taken back from."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from app.coaching import document_services
from app.coaching import message_policy as policy
from app.coaching import message_queries as queries
from app.coaching import message_services as services
from app.coaching.document_rules import MAX_BYTES
from app.coaching.document_services import Stored, Uploads
from app.coaching.file_queries import RecordFile, get_file
from app.coaching.levels import Level
from app.coaching.message_errors import TooManyFiles
from app.coaching.message_forms import MessageForm
from app.coaching.message_models import RecordMessage
from app.coaching.message_rules import MOST_FILES
from app.coaching.models import CoachingRecord
from app.coaching.once import already_done
from app.coaching.policy import relation
from app.coaching.words import READER_WORDS
from app.core import clock, limits
from app.core.access import allow, viewer
from app.core.database import transaction
from app.core.errors import DomainError, NotAllowed
from app.core.forms import EmptyForm
from app.core.outbox import one_line
from app.core.text import public_id

bp = Blueprint("messages", __name__)


@bp.get("/accompagnement/dossiers/<reference>/messages")
@allow(policy.may_read_thread, subject=get_file)
def thread(file: RecordFile) -> ResponseReturnValue:
    """What is new is marked as seen once shown. A lead without a part sees a button first: that reading is noted."""
    return _page(file)


@bp.post("/accompagnement/dossiers/<reference>/messages/lire")
@allow(policy.may_read_thread, subject=get_file)
def read_as_lead(file: RecordFile) -> ResponseReturnValue:
    reference = file.reference
    if not EmptyForm().validate_on_submit():
        raise NotAllowed
    if not policy.has_a_part(viewer(), file):
        with transaction():
            services.note_lead_reading(get_file(reference).record, by=viewer().user_id or 0, at=clock.now())
    return _page(get_file(reference), shown=True)


def _page(
    file: RecordFile, status: int = 200, form: MessageForm | None = None, *, shown: bool = False
) -> ResponseReturnValue:
    who, at = viewer(), clock.now()
    shown = shown or policy.has_a_part(who, file)
    lines = queries.thread(file.record.id, relation(who, file), at=at) if shown else []
    if form is None:
        form = MessageForm(formdata=None, name=public_id())
    page = render_template(
        "coaching/messages.html", record=file.record, lines=lines, shown=shown, form=form,
        may_send=policy.may_send(who, file), readers=_thread_readers(file), reader_words=READER_WORDS,
        has_a_part=policy.has_a_part(who, file), is_holder=relation(who, file).is_holder, max_mb=MAX_BYTES // 1_000_000,
    )  # fmt: skip
    if status == 200 and any(line.is_new for line in lines) and policy.has_a_part(who, file):
        record_id, newest = file.record.id, lines[-1].id
        with transaction():
            services.see(record_id, who.user_id or 0, up_to=newest, at=at)
    return page, status


def _thread_readers(file: RecordFile) -> list[tuple[str, str, str]]:
    """(name, role, organisation) of everybody who reads this thread: colleagues without a part do not."""
    return [
        (one.name, one.role, one.organisation) for one in file.readers_at(Level.HOLDER) if one.role != "coach"
    ]  # fmt: skip


@bp.post("/accompagnement/dossiers/<reference>/messages")
@allow(policy.may_send, subject=get_file)
def send(file: RecordFile) -> ResponseReturnValue:
    form, reference = MessageForm(), file.reference
    if not form.validate_on_submit():
        return _page(file, 422, form)
    by, name = viewer().user_id or 0, form.name.data or ""
    if queries.is_sent(name, file.record.id, by):
        return already_done("messages.thread", reference=reference)
    try:
        with document_services.Uploads() as uploads:
            files = _store(reference, [one for one in form.files.data or [] if one and one.filename], uploads)
            with transaction():
                record = get_file(reference).record
                if queries.is_sent(name, record.id, by):  # by the other of two clicks, while the files were written
                    return already_done("messages.thread", reference=reference)
                _send(record, form, files, by)
            uploads.keep()
    except DomainError as refusal:
        form.files.errors = [str(refusal)]
        return _page(get_file(reference), refusal.status, form)
    flash(_("Le message est envoyé. Vous pouvez le reprendre pendant dix minutes."), "success")
    return redirect(url_for("messages.thread", reference=reference), 303)


def _send(record: CoachingRecord, form: MessageForm, files: list[tuple[Stored, str]], by: int) -> None:
    at = clock.now()
    message = services.send(record, text=form.text.data or "", by=by, at=at, name=form.name.data or "")
    for stored, title in files:
        document_services.add(
            record, stored, title=title, visibility=Level.HOLDER, by=by, at=at, message_id=message.id
        )  # fmt: skip


def _store(reference: str, files: list[FileStorage], uploads: Uploads) -> list[tuple[Stored, str]]:
    """(stored file, its title), outside any transaction. Errors: as `document_services.store`, TooManyFiles."""
    if not files:
        return []
    if len(files) > MOST_FILES:
        raise TooManyFiles
    with transaction():
        key = document_services.key_for(get_file(reference).record, at=clock.now())
    found = []
    for one in files:
        limits.take("upload_account", str(viewer().user_id))
        title = one_line(Path(one.filename or "").stem.replace("_", " "), 120) or _("Pièce jointe")
        found.append((uploads.store(one.stream.read(MAX_BYTES + 1), key), title))
    return found


@bp.post("/accompagnement/messages/<public_id>/reprendre")
@allow(policy.may_take_back, subject=queries.get_message)
def take_back(subject: tuple[RecordFile, RecordMessage]) -> ResponseReturnValue:
    file, message = subject
    reference, name = file.reference, message.public_id
    if not EmptyForm().validate_on_submit():
        raise NotAllowed
    with transaction():
        files = services.take_back(queries.get_message(name)[1], by=viewer().user_id or 0, at=clock.now())
    document_services.delete_files(files)
    flash(_("Le message est repris : il n’en reste rien."), "success")
    return redirect(url_for("messages.thread", reference=reference), 303)
