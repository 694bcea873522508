"""A lead gives a colleague the records of somebody who works here no more. The caller commits."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from flask_babel import gettext as _

from app.accounts.models import User
from app.coaching import mails, relay_services, succession_queries
from app.coaching.errors import ClosedToThem, HasReferent
from app.core.access import Viewer
from app.core.database import db
from app.core.errors import NotFound


def pass_on(record_ids: Collection[int], *, to_user_id: int, words: str, lead: Viewer, at: datetime) -> int:
    """All or none; how many were given. What this colleague already answers for stays as it is: a second click.

    Nothing written moves: drafts stay their author's, team notes the organisation's. The people coached are told.
    Errors: as `relay_services.hand_over`, NotFound for a record of others, HasReferent.
    """
    found = succession_queries.locked(lead, record_ids)
    if len(found) != len(set(record_ids)):
        raise NotFound
    given = 0
    for record, is_left in found:
        if not is_left and record.referent_id == to_user_id:
            continue
        if not is_left:
            raise HasReferent(_("%(ref)s : %(why)s", ref=record.reference, why=HasReferent()))
        try:
            handover = relay_services.hand_over(
                record, to_user_id=to_user_id, words=words, by=lead.user_id or 0, at=at, mode="bulk"
            )
        except ClosedToThem as refusal:
            raise ClosedToThem(_("%(ref)s : %(why)s", ref=record.reference, why=refusal)) from refusal
        mails.new_referent(record, handover, db.session.get_one(User, to_user_id).name, at=at)
        given += 1
    return given
