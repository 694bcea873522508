"""Mails about a record go to whom their link opens: who left, was recused or refused by the holder gets none."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from app.accounts.models import User, UserState
from app.coaching import policy
from app.coaching.file_queries import RecordFile, get_file
from app.coaching.models import CoachingRecord
from app.core.access import Role, Viewer
from app.core.database import db
from app.network.queries import people_with, rights_of

May = Callable[[Viewer, RecordFile], bool]


def who_open(record: CoachingRecord, user_ids: Iterable[int | None], *, may: May = policy.may_read) -> list[User]:
    """Of these people, in this order, those with an active account whom `may`, the policy of the page, lets in now."""
    file, found = get_file(record.reference), []
    for user_id in dict.fromkeys(user_ids):
        user = db.session.get(User, user_id) if user_id else None
        if user is not None and user.state == UserState.ACTIVE and may(_as_viewer(user), file):
            found.append(user)
    return found


def _as_viewer(user: User) -> Viewer:
    """As they will be once signed in; the page asks for the second factor by itself."""
    return Viewer(user.id, user.name, user.email, rights_of(user.id), second_factor_ok=True)


def who_answers(record: CoachingRecord, user_id: int | None, *, may: May = policy.may_read) -> list[User]:
    """This person as long as the record is open to them, or else the leads of its organisation."""
    return who_open(record, [user_id], may=may) or who_open(record, leads_of(record), may=may)


def leads_of(record: CoachingRecord) -> list[int]:
    return people_with(Role.ORGANISATION_LEAD, record.organisation_id)
