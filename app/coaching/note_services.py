"""Notes: written, drafted, opened to more readers, read behind a lock, erased. The caller commits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from app.coaching import levels, vault
from app.coaching.errors import LevelNotYours, NotYourDraft
from app.coaching.levels import Level, Relation
from app.coaching.models import Activity, CoachingRecord
from app.coaching.note_models import Note, OrganisationKey
from app.core.database import db
from app.core.journal import record as journal
from app.core.text import public_id

DRAFT_DAYS = 30


def new_note_id() -> str:
    """A name for a note that may be saved as a draft before it is sent."""
    return public_id()


def write_note(
    record: CoachingRecord,
    *,
    text: str,
    visibility: Level,
    by: int | None,
    at: datetime,
    activity: Activity | None = None,
    draft_id: str = "",
) -> Note:
    """A note that its circle may read from now on. `draft_id`: the draft that it was until now."""
    note = _draft(record, draft_id, by) or _new(record, draft_id, by, at)
    _fill(note, text, visibility, at)
    note.activity_id = activity.id if activity else None
    note.is_draft, note.expires_at, note.created_at = False, None, at
    journal("note.written", on=note, by=by, at=at, record=record.id, level=str(visibility))
    return note


def save_draft(
    record: CoachingRecord, *, draft_id: str, text: str, visibility: Level, by: int, at: datetime
) -> Note | None:
    """Keep what is being typed, for its author alone. None when nothing was typed yet. Errors: NotYourDraft."""
    note = _draft(record, draft_id, by)
    if note is None and not text.strip():
        return None
    note = note or _new(record, draft_id, by, at)
    _fill(note, text, visibility, at)
    note.is_draft, note.expires_at = True, at + timedelta(days=DRAFT_DAYS)
    return note


def _draft(record: CoachingRecord, draft_id: str, by: int | None) -> Note | None:
    """Errors: NotYourDraft when the name is another's, another record's, or of a note already sent."""
    found = db.session.scalar(select(Note).where(Note.public_id == draft_id)) if draft_id else None
    if found is not None and (found.author_id != by or found.record_id != record.id or not found.is_draft):
        raise NotYourDraft
    return found


def _new(record: CoachingRecord, draft_id: str, by: int | None, at: datetime) -> Note:
    return Note(
        public_id=draft_id or new_note_id(),
        record_id=record.id,
        organisation_id=record.organisation_id,
        author_id=by,
        created_at=at,
    )


def _fill(note: Note, text: str, visibility: Level, at: datetime) -> None:
    key = vault.newest_key(note.organisation_id or 0, at=at)
    note.sealed, note.key_id = vault.seal_text(text, key, note.public_id), key.id
    note.visibility = visibility
    db.session.add(note)


def keep_draft(note: Note, *, by: int, at: datetime) -> None:
    """Thirty days more. Errors: NotYourDraft."""
    _check_own_draft(note, by)
    note.expires_at = at + timedelta(days=DRAFT_DAYS)


def drop_draft(note: Note, *, by: int) -> None:
    """Errors: NotYourDraft."""
    _check_own_draft(note, by)
    db.session.delete(note)


def _check_own_draft(note: Note, by: int) -> None:
    if not note.is_draft or note.author_id != by:
        raise NotYourDraft


def delete_old_drafts(*, at: datetime) -> int:
    """Drafts that nobody asked to keep, 30 days after they were last touched; how many."""
    done = db.session.execute(delete(Note).where(Note.is_draft, Note.expires_at <= at))
    return int(done.rowcount)  # type: ignore[attr-defined]  # known to CursorResult only


def open_note_to(note: Note, new: Level, *, relation: Relation, by: int, at: datetime) -> None:
    """Let more people read. Errors: LevelNotYours (narrower, public, or neither author nor referent)."""
    if note.is_draft or not levels.may_open_to(relation, old=note.visibility, new=new, author_id=note.author_id):
        raise LevelNotYours
    old, note.visibility = note.visibility, new
    journal("note.opened", on=note, by=by, at=at, record=note.record_id, old=str(old), new=str(new))


def note_read(note: Note, *, by: int, at: datetime, behind_glass: bool) -> None:
    """A restricted note was shown to somebody: the journal says to whom."""
    journal("note.read", on=note, by=by, at=at, record=note.record_id, glass=behind_glass)


def kept_read(record: CoachingRecord, note_ids: list[int], *, by: int, at: datetime) -> None:
    """Somebody of an earlier organisation read what it keeps: the journal says who, and which notes."""
    journal("notes.kept_read", on=record, by=by, at=at, notes=",".join(str(one) for one in note_ids))


def erase_note(note: Note, *, by: int | None, at: datetime) -> None:
    """Nothing of the words is left; that there was a note, of whom and when, stays."""
    if note.erased_at is None:
        note.sealed, note.key_id, note.erased_at = "", None, at
        note.is_draft, note.expires_at = False, None
        journal("note.erased", on=note, by=by, at=at, record=note.record_id)


def seal_summaries(*, at: datetime, limit: int = 200) -> int:
    """Summaries written before notes were sealed become notes of the same readers; how many."""
    found = list(
        db.session.execute(
            select(Activity, CoachingRecord)
            .join(CoachingRecord, CoachingRecord.id == Activity.record_id)
            .where(Activity.summary != "")
            .limit(limit)
        )
    )
    for activity, record in found:
        note = write_note(
            record, text=activity.summary, visibility=Level(activity.visibility), by=activity.author_id,
            at=activity.created_at, activity=activity,
        )  # fmt: skip
        note.organisation_id = activity.organisation_id or record.organisation_id
        _fill(note, activity.summary, Level(activity.visibility), at)
        activity.summary = ""
    return len(found)


def wrap_again(*, at: datetime) -> int:
    """Every data key under the master key in use; how many were under another. Errors: NoteUnreadable."""
    rows = db.session.scalars(
        select(OrganisationKey).where(OrganisationKey.master_key_id != vault.current_master_id())
    ).all()
    for row in rows:
        vault.wrap(row, vault.unwrap(row).secret)
        journal("notes_key.wrapped", on=row, by=None, at=at, organisation=row.organisation_id)
    return len(rows)


def begin_fresh_key(organisation_id: int, *, at: datetime) -> int:
    """A new data key for one organisation; its id. Notes are sealed again by `seal_again`, old keys then dropped."""
    key = vault.make_key(organisation_id, at=at)
    journal(
        "notes_key.made", on=db.session.get_one(OrganisationKey, key.id), by=None, at=at, organisation=organisation_id
    )
    return key.id


def seal_again(organisation_id: int, *, at: datetime, limit: int = 500) -> int:
    """Notes of the organisation under an older key, sealed under its newest; how many this time."""
    key, opener = vault.newest_key(organisation_id, at=at), vault.Opener()
    rows: Iterable[tuple[Note, OrganisationKey]] = db.session.execute(
        select(Note, OrganisationKey)
        .join(OrganisationKey, OrganisationKey.id == Note.key_id)
        .where(OrganisationKey.organisation_id == organisation_id, Note.key_id != key.id)
        .limit(limit)
    ).all()
    count = 0
    for note, old in rows:
        note.sealed = vault.seal_text(opener.text(note.sealed, note.public_id, old), key, note.public_id)
        note.key_id, count = key.id, count + 1
    return count
