"""Who asks about their data, and who answers."""

from __future__ import annotations

from app.coaching.file_queries import RecordFile
from app.coaching.policy import is_holder, relation
from app.coaching.privacy_models import PrivacyRequest
from app.core.access import Role, Viewer

Subject = tuple[RecordFile, PrivacyRequest]


def is_theirs(viewer: Viewer, subject: Subject) -> bool:
    """The person who asked, as long as the record is theirs."""
    return viewer.user_id == subject[1].user_id and is_holder(viewer, subject[0])


def holds(viewer: Viewer, subject: tuple[RecordFile, str]) -> bool:
    return is_holder(viewer, subject[0])


def may_settle(viewer: Viewer, subject: Subject) -> bool:
    """The referent or a lead of the organisation; never the person themselves, nor somebody excluded."""
    tie = relation(viewer, subject[0])
    leads = tie.owner_id in tie.leads and not tie.is_excluded
    return not tie.is_holder and (leads or (tie.is_referent and not tie.is_excluded))


def answers_somewhere(viewer: Viewer) -> bool:
    return viewer.is_coach


def leads_somewhere(viewer: Viewer) -> bool:
    return viewer.has(Role.ORGANISATION_LEAD)
