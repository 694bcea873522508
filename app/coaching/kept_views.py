"""Notes that stay with an organisation after a transfer: listed, and read by an act that the journal keeps."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app.coaching import kept_queries, note_services, policy
from app.coaching.kept_policy import may_read_kept
from app.coaching.kept_queries import KeptFile
from app.coaching.views import bp
from app.coaching.words import LEVEL_WORDS
from app.core import clock
from app.core.access import allow, viewer
from app.core.database import transaction
from app.core.errors import NotAllowed
from app.core.forms import EmptyForm


@bp.get("/accompagnement/notes-gardees")
@allow(policy.coaches_somewhere)
def kept() -> ResponseReturnValue:
    return render_template("coaching/kept.html", records=kept_queries.kept_records(viewer()))


@bp.post("/accompagnement/dossiers/<reference>/notes-gardees")
@allow(may_read_kept, subject=kept_queries.get_kept)
def read_kept(subject: KeptFile) -> ResponseReturnValue:
    """Read only: nothing is added to what was left behind."""
    if not EmptyForm().validate_on_submit():
        raise NotAllowed
    reference, record_id = subject.reference, subject.file.record.id
    tie = policy.relation(viewer(), subject.file)
    notes = kept_queries.kept_notes(record_id, tie)
    with transaction():
        record = kept_queries.get_kept(reference).file.record
        note_services.kept_read(record, [one.note_id for one in notes], by=tie.user_id or 0, at=clock.now())
    return render_template(
        "coaching/kept_notes.html", record=record, notes=notes, level_words=LEVEL_WORDS,
        documents=kept_queries.kept_documents(record_id, tie),
    )  # fmt: skip
