"""What the tests of the administrator's pages share."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from app.core.database import db
from app.core.journal import JournalEntry
from tests.builders import Visitor


def page_of(admin: Visitor, path: str) -> str:
    answer = admin.get(path)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def actions(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(JournalEntry.action).order_by(JournalEntry.id)))
