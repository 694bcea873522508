"""Mails about a record go to whom their link opens: who left, was recused or refused by the holder gets none."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from sqlalchemy import select

from app.accounts.models import User, UserState
from app.coaching import policy
from app.coaching.file_queries import RecordFile, get_file
from app.coaching.models import CoachingRecord
from app.coaching.relay_models import Absence
from app.core import clock
from app.core.access import Role, Viewer
from app.core.database import db
from app.network.queries import people_with, rights_of

May = Callable[[Viewer, RecordFile], bool]


def who_open(record: CoachingRecord, user_ids: Iterable[int | None], *, may: May = policy.may_read) -> list[User]:
    """Of these people, in this order, those with an active account whom `may`, the policy of the page, lets in now.

    For somebody who is away today, whoever covers for them, as far as the page is open to that colleague.
    """
    file, away, found = get_file(record.reference), _covered(clock.paris_day(clock.now()).date()), dict[int, User]()
    for user_id in user_ids:
        for one in (away.get(user_id or 0), user_id):
            user = db.session.get(User, one) if one else None
            if user is not None and user.state == UserState.ACTIVE and may(_as_viewer(user), file):
                found[user.id] = user
                break
    return list(found.values())


def _covered(today: date) -> dict[int, int]:
    """Who is away → who covers."""
    query = select(Absence.user_id, Absence.covered_by_id).where(Absence.starts_on <= today, Absence.ends_on >= today)
    return {away: cover for away, cover in db.session.execute(query.order_by(Absence.id))}  # noqa: C416  # dict() of rows is not typed


def _as_viewer(user: User) -> Viewer:
    """As they will be once signed in; the page asks for the second factor by itself."""
    return Viewer(user.id, user.name, user.email, rights_of(user.id), second_factor_ok=True)


def who_answers(record: CoachingRecord, user_id: int | None, *, may: May = policy.may_read) -> list[User]:
    """This person as long as the record is open to them, or else the leads of its organisation."""
    return who_open(record, [user_id], may=may) or who_open(record, leads_of(record), may=may)


def leads_of(record: CoachingRecord) -> list[int]:
    return people_with(Role.ORGANISATION_LEAD, record.organisation_id)


def who_receives(organisation_id: int | None) -> list[User]:
    """Whom an organisation has for what is sent to it: its leads, or else its coaches."""
    ids = people_with(Role.ORGANISATION_LEAD, organisation_id) if organisation_id else []
    if organisation_id and not ids:
        ids = people_with(Role.COACH, organisation_id)
    return [db.session.get_one(User, user_id) for user_id in ids]
