"""What a record is found by: names, title, themes, commune, need, reference; folded. Never words of a note."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.coaching.models import CoachingRecord, Person, Project, ProjectMember
from app.coaching.request_models import CoachingRequest
from app.core.database import db
from app.core.text import fold


def write_search(record: CoachingRecord) -> None:
    names = db.session.scalars(
        select(ProjectMember.shown_name())
        .select_from(Person)
        .join(ProjectMember, ProjectMember.person_id == Person.id)
        .where(ProjectMember.project_id == record.project_id, ProjectMember.ended_at.is_(None))
    )
    need = db.session.scalar(select(CoachingRequest.need).where(CoachingRequest.record_id == record.id))
    project = record.project
    place = project.commune.name if project.commune else ""
    parts = [record.reference, project.title, *names, *project.themes, place, need or ""]
    record.search_text = fold(" ".join(parts))


def write_missing(*, limit: int = 500) -> int:
    """Records that changed or are new to the index; how many."""
    records = db.session.scalars(
        select(CoachingRecord)
        .options(joinedload(CoachingRecord.project).joinedload(Project.commune))
        .where(CoachingRecord.search_text.is_(None))
        .limit(limit)
    ).all()
    for record in records:
        write_search(record)
    return len(records)
