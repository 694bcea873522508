"""Everything about a record for the person it is about: one walk gives the JSON and the readable page.

What the person may read is asked of `levels`; a granted access adds the notes of the team (and, where said, the
confidential ones and drafts). Nothing here is ever shown to anybody but the person themselves.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import IO, Any

from flask import Flask, current_app, render_template
from flask_babel import gettext as _
from sqlalchemy import select

from app.accounts.queries import names_of
from app.coaching import document_seals, holder_queries, message_queries, opinion_queries, vault
from app.coaching.document_models import RecordDocument
from app.coaching.document_queries import documents_of
from app.coaching.document_rules import SUFFIX
from app.coaching.document_seals import SealedFile, file_of
from app.coaching.errors import NoteUnreadable
from app.coaching.file_queries import RecordFile
from app.coaching.level_queries import readable
from app.coaching.levels import Level, Relation
from app.coaching.message_models import RecordMessage
from app.coaching.models import ActionItem, Activity, Consent, Levelled
from app.coaching.note_models import Note, OrganisationKey
from app.coaching.path_models import Objective
from app.coaching.path_words import OBJECTIVE_WORDS, OWNER_WORDS
from app.coaching.request_models import CoachingRequest
from app.coaching.rules import RecordState
from app.coaching.situation_models import SituationSnapshot
from app.coaching.situation_queries import situations_of
from app.coaching.situation_words import FACT_TITLES, FACT_WORDS, MOMENT_WORDS
from app.coaching.words import ACTIVITY_WORDS, LEVEL_WORDS, READER_WORDS, RECORD_WORDS
from app.core import storage
from app.core.database import db
from app.core.text import slugify

TOLD_APART = (Activity, ActionItem, Objective, Note, RecordMessage, RecordDocument, SituationSnapshot)
TECHNICAL = {"id", "record_id", "organisation_id", "author_id", "key_id", "sealed", "version", "files"}

CODES: dict[str, dict[str, Any]] = {"status": OBJECTIVE_WORDS, "owner": OWNER_WORDS}


@dataclass
class Section:
    """A heading and its lines; a line is name → value, in the reader's language."""

    title: str
    lines: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Export:
    """`files`: name in the archive → the stored file."""

    reference: str
    title: str
    made_at: datetime
    sections: list[Section]
    files: dict[str, SealedFile]


@dataclass(frozen=True)
class Scope:
    """Beyond what the person reads every day: a granted access."""

    with_team: bool = False
    with_restricted: bool = False

    def where(self, model: Any, tie: Relation) -> Any:
        allowed = readable(model, tie)
        if self.with_team:
            allowed |= model.visibility == Level.TEAM
        if self.with_restricted:
            allowed |= model.visibility == Level.RESTRICTED
        return allowed


OtherRooms = Callable[[int, int], list[Section]]


def on_export(app: Flask, tell: OtherRooms) -> None:
    """`tell(record_id, user_id)`: what another room keeps about this person for the same project."""
    app.extensions.setdefault("export_tellers", []).append(tell)


def collect(file: RecordFile, tie: Relation, scope: Scope, *, at: datetime) -> Export:
    """Errors: NoteUnreadable. `tie` is the person's own."""
    record, files = file.record, dict[str, SealedFile]()
    sections = [
        _record(file),
        _request(record.id),
        Section(
            _("Qui peut lire ce dossier"),
            [{_("Nom"): r.name, _("Rôle"): str(READER_WORDS.get(r.role, r.role)), _("Structure"): r.organisation}
             for r in file.readers],
        ),
        _rows(_("Objectifs"), Objective, record.id, tie, scope, {"text": _("Objectif"), "status": _("État")}),
        _rows(_("Actions"), ActionItem, record.id, tie, scope,
              {"text": _("À faire"), "owner": _("Par"), "due_on": _("Pour le"), "done_at": _("Fait le")}),
        _activities(record.id, tie, scope),
        _notes(record.id, tie, scope),
        Section(
            _("Messages"),
            [{_("Le"): m.sent_at, _("De"): m.author or _("la plateforme"), _("Message"): m.text}
             for m in message_queries.thread(record.id, tie, at=at) if not m.is_taken_back],
        ),
        _documents(record.id, tie, scope, files),
        _consents(record.id, tie.user_id),
        _situations(record.id, tie),
    ]  # fmt: skip
    if scope.with_team:
        sections.append(_opinions(record.id))
    sections += _others(record.id, tie, scope)
    tellers: list[OtherRooms] = current_app.extensions.get("export_tellers", [])
    for tell in tellers:
        sections += tell(record.id, tie.user_id or 0)
    return Export(file.reference, record.project.title, at, [one for one in sections if one.lines], files)


def _record(file: RecordFile) -> Section:
    record, commune = file.record, file.record.project.commune
    facts = {
        _("Référence"): record.reference, _("Projet"): record.project.title, _("Résumé"): record.project.summary,
        _("Commune"): commune.name if commune else "", _("Porteurs et porteuses"): ", ".join(file.holder_names),
        _("Structure"): record.organisation.name, _("Dispositif"): record.programme.name,
        _("État"): str(RECORD_WORDS[RecordState(record.state)]),
        _("Étape"): record.step, _("Depuis"): record.since, _("Engagement signé le"): record.engagement_signed_on,
        _("Prochaine action"): record.next_action, _("Pour le"): record.next_action_on, _("Clos le"): record.closed_at,
        _("Raison"): record.closing_reason,
    }  # fmt: skip
    return Section(_("Le dossier"), [{name: value for name, value in facts.items() if value}])


def _request(record_id: int) -> Section:
    found = db.session.scalar(select(CoachingRequest).where(CoachingRequest.record_id == record_id))
    lines = [{_("Besoin"): found.need, _("Demandé le"): found.asked_at}] if found else []
    return Section(_("La demande"), lines)


def _rows(title: str, model: Any, record_id: int, tie: Relation, scope: Scope, columns: dict[str, str]) -> Section:
    rows = db.session.scalars(
        select(model).where(model.record_id == record_id, scope.where(model, tie)).order_by(model.id)
    )
    return Section(title, [{words: _said(name, getattr(row, name)) for name, words in columns.items()} for row in rows])


def _said(column: str, value: Any) -> Any:
    """The word that the pages say for a code; anything else as it is."""
    words = CODES.get(column, {}).get(value)
    return value if words is None else str(words)


def _activities(record_id: int, tie: Relation, scope: Scope) -> Section:
    rows = db.session.scalars(
        select(Activity)
        .where(Activity.record_id == record_id, scope.where(Activity, tie))
        .order_by(Activity.happened_on, Activity.id)
    ).all()
    names = names_of({row.author_id for row in rows if row.author_id})
    return Section(
        _("Ce qui s’est passé"),
        [{_("Le"): row.happened_on, _("Quoi"): str(ACTIVITY_WORDS.get(row.kind, row.kind)),
          _("Durée en minutes"): row.duration_min, _("Par"): names.get(row.author_id or 0, ""),
          _("Résumé"): row.summary} for row in rows],
    )  # fmt: skip


def _notes(record_id: int, tie: Relation, scope: Scope) -> Section:
    drafts = Note.is_draft.is_(False) | (Note.author_id == (tie.user_id or 0))
    if scope.with_restricted:
        drafts |= Note.is_draft.is_(True)
    rows = db.session.execute(
        select(Note, OrganisationKey)
        .outerjoin(OrganisationKey, OrganisationKey.id == Note.key_id)
        .where(
            Note.record_id == record_id, Note.erased_at.is_(None), drafts,
            scope.where(Note, tie) | (Note.is_draft if scope.with_restricted else Note.id.is_(None)),
        )
        .order_by(Note.created_at, Note.id)
    ).all()  # fmt: skip
    opener, names = vault.Opener(), names_of({note.author_id for note, _key in rows if note.author_id})
    return Section(
        _("Notes et textes"),
        [{_("Le"): note.created_at, _("Par"): names.get(note.author_id or 0, ""),
          _("Pour"): str(LEVEL_WORDS.get(Level(note.visibility), "")) + (_(" (brouillon)") if note.is_draft else ""),
          _("Texte"): opener.text(note.sealed, note.public_id, key)} for note, key in rows],
    )  # fmt: skip


def _documents(record_id: int, tie: Relation, scope: Scope, files: dict[str, SealedFile]) -> Section:
    if scope.with_team:
        found = list(
            db.session.scalars(
                select(RecordDocument).where(
                    RecordDocument.record_id == record_id, RecordDocument.removed_at.is_(None),
                    scope.where(RecordDocument, tie),
                )
            )
        )  # fmt: skip
    else:
        found = [document for document, _author in documents_of(record_id, tie)]
    lines = []
    for number, document in enumerate(sorted(found, key=lambda one: one.id), start=1):
        name = f"documents/{number:03d}-{slugify(document.title)}.{SUFFIX[document.kind]}"
        if document.files:
            files[name] = file_of(document)
        lines.append({_("Titre"): document.title, _("Ajouté le"): document.added_at, _("Fichier"): name})
    return Section(_("Documents"), lines)


def _consents(record_id: int, user_id: int | None) -> Section:
    titles = {line.purpose: str(line.title) for line in holder_queries.consents_of(record_id, user_id or 0)}
    rows = db.session.scalars(
        select(Consent).where(Consent.record_id == record_id, Consent.user_id == (user_id or 0)).order_by(Consent.id)
    )
    return Section(
        _("Mes accords"),
        [{_("Accord"): titles.get(str(row.purpose), _("La mention publique")), _("Texte"): row.text_version,
          _("Donné le"): row.given_at, _("Retiré le"): row.withdrawn_at} for row in rows],
    )  # fmt: skip


def _situations(record_id: int, tie: Relation) -> Section:
    """The person's own, whatever else was granted: another holder's is never theirs to read."""
    return Section(
        _("Ma situation"),
        [{_("Moment"): str(MOMENT_WORDS[one.moment]), _("Le"): one.happened_on,
          **{str(title): str(FACT_WORDS[name].get(getattr(one, name), "")) for name, title in FACT_TITLES.items()}}
         for one in situations_of(record_id, tie)],
    )  # fmt: skip


def _opinions(record_id: int) -> Section:
    return Section(
        _("Avis demandés à des collègues"),
        [{_("Le"): one.opinion.asked_at, _("Question"): one.question, _("Avis"): one.answer}
         for one in opinion_queries.of_record(record_id)],
    )  # fmt: skip


def _others(record_id: int, tie: Relation, scope: Scope) -> list[Section]:
    """Whatever else has a level: a table that comes later is in the export from its first day."""
    sections = []
    for model in Levelled.__subclasses__():
        if model in TOLD_APART:
            continue
        table: Any = model
        columns = [column.key for column in table.__table__.c if column.key not in TECHNICAL]
        rows = db.session.scalars(select(table).where(table.record_id == record_id, scope.where(table, tie)))
        lines = [{name: getattr(row, name) for name in columns} for row in rows]
        sections.append(Section(table.__tablename__, lines))
    return sections


def write_zip(export: Export, out: IO[bytes]) -> None:
    """`dossier.json`, `dossier.html` and the documents. Outside any transaction: it reads the storage."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("dossier.json", as_json(export))
        archive.writestr("dossier.html", render_template("coaching/export.html", export=export))
        for name, stored in export.files.items():
            try:
                archive.writestr(name, document_seals.read(stored), zipfile.ZIP_STORED)
            except (storage.FileMissing, NoteUnreadable):
                archive.writestr(f"{name}.txt", _("Ce fichier manque sur le serveur : dites-le à la structure."))


def as_json(export: Export) -> str:
    said = {
        "reference": export.reference,
        "made_at": export.made_at.isoformat(),
        "sections": [{"title": one.title, "lines": one.lines} for one in export.sections],
    }
    return json.dumps(said, ensure_ascii=False, indent=1, default=_plain)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)
