"""Reads of proposals."""

from __future__ import annotations

from app.coaching.file_queries import RecordFile, get_file
from app.coaching.proposal_models import RecordProposal
from app.core.database import db
from app.core.errors import NotFound


def get_file_and_proposal(reference: str, proposal_id: int) -> tuple[RecordFile, RecordProposal]:
    """Errors: NotFound, also when the proposal is about another record."""
    file = get_file(reference)
    found = db.session.get(RecordProposal, proposal_id)
    if found is None or found.record_id != file.record.id:
        raise NotFound
    return file, found
