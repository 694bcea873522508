"""Tasks for people: what the platform cannot explain or must not decide alone, with both sides shown."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy import select

from app.core.database import db
from app.core.journal import record
from app.payments.models import MoneyTask

log = structlog.get_logger()


def open_task(
    kind: str, key: str, *, at: datetime, subject_kind: str = "", subject_id: int | None = None,
    ours_cents: int | None = None, theirs_cents: int | None = None, **data: int | str | bool | None,
) -> MoneyTask:  # fmt: skip
    """Ask a person to look, inside the caller's transaction; the same finding is asked once until it is closed.

    `kind`: a word of `KINDS` in the money desk's `words.py`. `key`: what makes the finding the same.
    `data`: ids, codes and counts; never a person's data.
    """
    known = db.session.scalar(select(MoneyTask).where(MoneyTask.key == key[:160], MoneyTask.closed_at.is_(None)))
    if known is not None:
        known.seen_at, known.ours_cents, known.theirs_cents = at, ours_cents, theirs_cents
        return known
    task = MoneyTask(
        kind=kind, key=key[:160], subject_kind=subject_kind, subject_id=subject_id, ours_cents=ours_cents,
        theirs_cents=theirs_cents, data=data, opened_at=at, seen_at=at,
    )  # fmt: skip
    db.session.add(task)
    record("money_task.opened", on=task, by=None, at=at, kind=kind)
    log.error("money_task", kind=kind, task=task.id)
    return task


def close_task(task: MoneyTask, *, words: str, by: int | None, at: datetime) -> None:
    """A person has dealt with it, in words; `by` None: the finding has gone. A second click changes nothing."""
    if task.closed_at is not None:
        return
    task.closed_at, task.closed_by_id, task.closing_words = at, by, words
    record("money_task.closed", on=task, by=by, at=at)


def close_gone_key(key: str, *, at: datetime) -> None:
    """Close the open task of this key, if there is one: what it asked about has been dealt with elsewhere."""
    known = db.session.scalar(select(MoneyTask).where(MoneyTask.key == key[:160], MoneyTask.closed_at.is_(None)))
    if known is not None:
        close_task(known, words="", by=None, at=at)


def close_gone(kind: str, still: set[str], *, at: datetime) -> int:
    """Close the open tasks of `kind` whose key is not among `still`: the comparison no longer finds them."""
    gone = [
        task
        for task in db.session.scalars(select(MoneyTask).where(MoneyTask.kind == kind, MoneyTask.closed_at.is_(None)))
        if task.key not in still
    ]
    for task in gone:
        close_task(task, words="", by=None, at=at)
    return len(gone)
