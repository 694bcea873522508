"""The thread of a record: read, written to, taken back from."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.coaching import message_policy as policy
from app.coaching import message_queries as queries
from app.coaching import message_services as services
from app.coaching.file_queries import RecordFile, get_file
from app.coaching.levels import Level
from app.coaching.message_forms import MessageForm
from app.coaching.message_models import RecordMessage
from app.coaching.policy import relation
from app.coaching.words import READER_WORDS
from app.core import clock
from app.core.access import allow, viewer
from app.core.database import transaction
from app.core.errors import NotAllowed
from app.core.forms import EmptyForm
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
        is_holder=relation(who, file).is_holder,
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
    with transaction():
        services.send(
            get_file(reference).record, text=form.text.data or "", by=viewer().user_id or 0, at=clock.now(),
            name=form.name.data or "",
        )  # fmt: skip
    flash(_("Le message est envoyé. Vous pouvez le reprendre pendant dix minutes."), "success")
    return redirect(url_for("messages.thread", reference=reference), 303)


@bp.post("/accompagnement/messages/<public_id>/reprendre")
@allow(policy.may_take_back, subject=queries.get_message)
def take_back(subject: tuple[RecordFile, RecordMessage]) -> ResponseReturnValue:
    file, message = subject
    reference, name = file.reference, message.public_id
    if not EmptyForm().validate_on_submit():
        raise NotAllowed
    with transaction():
        services.take_back(queries.get_message(name)[1], by=viewer().user_id or 0, at=clock.now())
    flash(_("Le message est repris : il n’en reste rien."), "success")
    return redirect(url_for("messages.thread", reference=reference), 303)
