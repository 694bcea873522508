"""Verbs about programmes: a new version of the steps. The caller commits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from app.core.database import db
from app.core.journal import record
from app.network.errors import OverwriteRefused, SameSteps, StepsAreEmpty
from app.network.models import Programme, ProgrammeTemplate


def write_steps(
    programme: Programme, steps: Sequence[str], *, version: int, reason: str, by: int, at: datetime
) -> ProgrammeTemplate:
    """The steps that records opened from now on begin with; open ones keep the version they began with.

    Errors: StepsAreEmpty, SameSteps, OverwriteRefused (somebody wrote one after `version`).
    """
    found = db.session.scalars(
        select(Programme)
        .where(Programme.id == programme.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if found.template_version != version:
        raise OverwriteRefused
    kept = [step for step in steps if step]
    if not kept:
        raise StepsAreEmpty
    if kept == list(found.steps):
        raise SameSteps
    template = ProgrammeTemplate(programme_id=found.id, version=version + 1, steps=kept, reason=reason, created_at=at)
    db.session.add(template)
    found.steps, found.template_version = kept, version + 1
    record("programme.steps", on=found, by=by, at=at, version=version + 1, steps=len(kept))
    return template
