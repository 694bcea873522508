"""The two-minute note, drafts, restricted notes read one by one, and the broken glass."""

from __future__ import annotations

from datetime import timedelta

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.step_up import require_second_factor
from app.coaching import glass_services, note_queries, note_services, policy, queries, services
from app.coaching.file_queries import RecordFile
from app.coaching.hints import sensitive_words
from app.coaching.levels import Level
from app.coaching.note_forms import GlassForm, NoteForm, OpenNoteForm
from app.coaching.note_models import Note
from app.coaching.rules import Attendance
from app.coaching.views import bp, today
from app.coaching.words import LEVEL_WORDS, READER_WORDS
from app.core import clock
from app.core.access import allow, signed_in, viewer
from app.core.database import transaction
from app.core.errors import DomainError, NotAllowed
from app.core.forms import EmptyForm

RECORD = "/accompagnement/dossiers/<reference>"


def _form(file: RecordFile) -> NoteForm:
    form = NoteForm()
    form.offer(policy.levels_offered(policy.relation(viewer(), file)))
    return form


@bp.get(f"{RECORD}/noter")
@allow(policy.may_note, subject=queries.get_file)
def compose(file: RecordFile) -> ResponseReturnValue:
    """An empty note, or a draft taken up again (?brouillon=…)."""
    form, me = _form(file), viewer().user_id or 0
    form.happened_on.data = today()  # type: ignore[assignment]  # the library's types know only None
    form.draft_id.data = note_services.new_note_id()
    session = queries.find_session(request.args.get("seance", ""), file.record.id)
    if session is not None:
        form.session_id.data, form.kind.data, form.place.data = str(session.id), session.kind, session.place or ""
        form.happened_on.data = session.happened_on  # type: ignore[assignment]  # as above
        form.duration_min.data = session.duration_min or form.duration_min.data
    found = note_queries.find_draft(request.args.get("brouillon", ""), file.record.id, me)
    if found is not None:
        draft, text = found
        form.draft_id.data, form.text.data, form.visibility.data = draft.public_id, text, draft.visibility
    return _page(file, form)


def _page(file: RecordFile, form: NoteForm, status: int = 200) -> ResponseReturnValue:
    offered = policy.levels_offered(policy.relation(viewer(), file))
    return render_template(
        "coaching/compose.html",
        record=file.record,
        holders=file.holder_names,
        form=form,
        circles=[(LEVEL_WORDS[level], file.readers_at(level)) for level in offered],
        reader_words=READER_WORDS,
        in_three_weeks=today() + timedelta(weeks=3),
        hints=sensitive_words(form.text.data or ""),
    ), status


@bp.post(f"{RECORD}/noter")
@allow(policy.may_note, subject=queries.get_file)
def write_note(file: RecordFile) -> ResponseReturnValue:
    form, me = _form(file), viewer().user_id or 0
    if not form.validate_on_submit():
        return _page(file, form, 422)
    if not form.activity_kind and not form.text.data:
        form.text.errors = [_("Écrivez une phrase au moins.")]
        return _page(file, form, 422)
    if note_queries.is_written(form.draft_id.data or "", file.record.id, me, form.text.data or ""):
        return _noted(file)  # a second click on the same page
    if not form.text.data and queries.is_noted(form.draft_id.data or "", file.record.id, me):
        return _noted(file)
    try:
        with transaction():
            _write(file, form, me)
    except DomainError as refusal:
        form.form_errors.append(str(refusal))
        form.draft_id.data = note_services.new_note_id()  # or else these words could never be kept
        return _page(file, form, refusal.status)
    return _noted(file)


def _noted(file: RecordFile) -> ResponseReturnValue:
    flash(_("C’est noté."), "success")
    return redirect(url_for("coaching.show", reference=file.reference), 303)


def _write(file: RecordFile, form: NoteForm, me: int) -> None:
    at, kind, level = clock.now(), form.activity_kind, Level(form.visibility.data)
    text, draft_id = form.text.data or "", form.draft_id.data or ""
    if kind is None:
        note_services.write_note(file.record, text=text, visibility=level, by=me, at=at, draft_id=draft_id)
    else:
        services.add_activity(
            file.record, kind=kind, happened_on=form.happened_on.data or today(),
            duration_min=form.duration_min.data or 0, summary=text, visibility=level, by=me, at=at, draft_id=draft_id,
            attendance=Attendance(form.attendance.data), place=form.place.data or "",
            session=queries.find_session(form.session_id.data or "", file.record.id),
        )  # fmt: skip
    if form.meet_on.data:
        services.plan_meeting(
            file.record, on=form.meet_on.data, hour=form.meet_at.data, place=form.place.data or "", by=me, at=at
        )
    if form.next_action.data:
        services.set_path(
            file.record, step=file.record.step, next_action=form.next_action.data,
            next_action_on=form.next_action_on.data, by=me, at=at,
        )  # fmt: skip


@bp.post(f"{RECORD}/brouillon")
@allow(policy.may_note, subject=queries.get_file)
def save_draft(file: RecordFile) -> ResponseReturnValue:
    """What is being typed; by script while typing, or by the button."""
    form = _form(file)
    if form.csrf_token.errors or not form.draft_id.data or not form.validate_on_submit():
        by_script = request.headers.get("X-Requested-With") == "fetch"
        return (jsonify(error=""), 422) if by_script else _page(file, form, 422)
    with transaction():
        note_services.save_draft(
            file.record, draft_id=form.draft_id.data, text=form.text.data or "",
            visibility=Level(form.visibility.data), by=viewer().user_id or 0, at=clock.now(),
        )  # fmt: skip
    if request.headers.get("X-Requested-With") == "fetch":
        return jsonify(saved=True)
    flash(
        _("Le brouillon est gardé %(days)s jours. Personne d’autre ne le voit.", days=note_services.DRAFT_DAYS),
        "success",
    )
    return redirect(url_for("coaching.drafts"), 303)


@bp.get("/accompagnement/brouillons")
@allow(signed_in)
def drafts() -> ResponseReturnValue:
    return render_template(
        "coaching/drafts.html", drafts=note_queries.drafts_of(viewer()), level_words=LEVEL_WORDS,
        kept_days=note_services.DRAFT_DAYS,
    )  # fmt: skip


@bp.post("/accompagnement/brouillons/<public_id>")
@allow(policy.owns_draft, subject=note_queries.get_note)
def change_draft(subject: tuple[RecordFile, Note]) -> ResponseReturnValue:
    """« verb »: garder (as long again) or anything else, which throws it away."""
    if not EmptyForm().validate_on_submit():
        raise NotAllowed
    note, me = subject[1], viewer().user_id or 0
    with transaction():
        if request.form.get("verb") == "garder":
            note_services.keep_draft(note, by=me, at=clock.now())
            words = _("Le brouillon est gardé %(days)s jours de plus.", days=note_services.DRAFT_DAYS)
        else:
            note_services.drop_draft(note, by=me)
            words = _("Le brouillon est supprimé.")
    flash(words, "success")
    return redirect(url_for("coaching.drafts"), 303)


@bp.post("/accompagnement/notes/<public_id>/lire")
@allow(policy.may_read_note, subject=note_queries.get_note)
def read_note(subject: tuple[RecordFile, Note]) -> ResponseReturnValue:
    """A restricted note is read by an act: the journal keeps who and when."""
    if not EmptyForm().validate_on_submit():
        raise NotAllowed
    file, note = subject
    tie = policy.relation(viewer(), file)
    text, level, public_id, at = note_queries.text_of(note), Level(note.visibility), note.public_id, note.created_at
    by_right = tie.is_referent or tie.can_see_restricted or note.author_id == tie.user_id
    with transaction():
        note_services.note_read(note, by=tie.user_id or 0, at=clock.now(), behind_glass=not by_right)
    form = OpenNoteForm(formdata=None) if policy.may_open_note(viewer(), subject) else None
    return render_template(
        "coaching/note.html", record=file.record, text=text, written_at=at, public_id=public_id, form=form,
        level=LEVEL_WORDS[level], readers=file.readers_at(level), reader_words=READER_WORDS,
    )  # fmt: skip


@bp.post("/accompagnement/notes/<public_id>/ouvrir")
@allow(policy.may_open_note, subject=note_queries.get_note)
def open_note(subject: tuple[RecordFile, Note]) -> ResponseReturnValue:
    """To more readers: it cannot be taken back."""
    file, note = subject
    form = OpenNoteForm()
    if not form.validate_on_submit():
        raise NotAllowed
    tie = policy.relation(viewer(), file)
    with transaction():
        note_services.open_note_to(note, Level(form.visibility.data), relation=tie, by=tie.user_id or 0, at=clock.now())
    flash(_("La note est ouverte. Ses nouveaux lecteurs la voient dès maintenant."), "success")
    return redirect(url_for("coaching.show", reference=file.reference), 303)


@bp.get(f"{RECORD}/acces-exceptionnel")
@allow(policy.may_break_glass, subject=queries.get_file)
@require_second_factor()
def glass(file: RecordFile) -> ResponseReturnValue:
    return _glass_page(file, GlassForm(formdata=None))


def _glass_page(file: RecordFile, form: GlassForm, status: int = 200) -> ResponseReturnValue:
    looks = note_queries.glass_of(file.record.id, at=clock.now())
    return render_template("coaching/glass.html", record=file.record, form=form, looks=looks), status


@bp.post(f"{RECORD}/acces-exceptionnel")
@allow(policy.may_break_glass, subject=queries.get_file)
@require_second_factor()
def break_glass(file: RecordFile) -> ResponseReturnValue:
    form = GlassForm()
    if not form.validate_on_submit():
        return _glass_page(file, form, 422)
    try:
        with transaction():
            glass_services.break_glass(
                file.record, reason=form.reason.data or "", by=viewer().user_id or 0, at=clock.now()
            )
    except DomainError as refusal:
        form.reason.errors = [str(refusal)]
        return _glass_page(file, form, refusal.status)
    flash(_("Vous pouvez lire les notes confidentielles pendant 24 heures. L’équipe en est informée."), "success")
    return redirect(url_for("coaching.show", reference=file.reference), 303)
