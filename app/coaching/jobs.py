"""What the worker does for coaching."""

from __future__ import annotations

from app.coaching import farewells, note_services, search_services
from app.core import clock
from app.core.database import transaction


def tidy_notes() -> str:
    """Drafts of thirty days ago are deleted; summaries from before notes were sealed are sealed."""
    with transaction():
        drafts = note_services.delete_old_drafts(at=clock.now())
        sealed = note_services.seal_summaries(at=clock.now())
    return f"{drafts} drafts deleted, {sealed} summaries sealed" if drafts or sealed else ""


def say_farewell() -> str:
    """Ten minutes after a closing, when it can no longer be taken back."""
    with transaction():
        count = farewells.post(at=clock.now())
    return f"{count} farewells" if count else ""


def index_records() -> str:
    """What records are found by, for those that changed."""
    with transaction():
        count = search_services.write_missing()
    return f"{count} indexed" if count else ""
