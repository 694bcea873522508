"""The rules of retention, run over everything: dry to see, for real every night."""

from __future__ import annotations

from datetime import datetime

from app.coaching import document_services, proposal_services, retention_services
from app.coaching.retention_queries import due
from app.coaching.retention_table import RULES
from app.core import clock
from app.core.database import db, transaction


def count_due(at: datetime) -> dict[str, list[str]]:
    """Rule → references it would act on; nothing is written."""
    return {rule.key: [reference for _row_id, reference in due(rule.key, at)] for rule in RULES}


def run_rules() -> str:
    """Each row in its own transaction, asked again inside it: safe to stop, repeat, or run twice at once."""
    at, counts = clock.now(), dict[str, int]()
    for rule in RULES:
        found = due(rule.key, at)
        db.session.rollback()
        for row_id, _reference in found:
            with transaction():
                still = row_id in {one for one, _ in due(rule.key, at)}
                files = retention_services.act(rule.key, row_id, at=at) if still else []
            document_services.delete_files(files)
            counts[rule.key] = counts.get(rule.key, 0) + still
    with transaction():
        proposal_services.lapse_woken(at=at)
    return ", ".join(f"{key} {count}" for key, count in counts.items() if count)
