"""A holder whose promised action is late is reminded once, in a mail that says nothing of it."""

from __future__ import annotations

from datetime import date

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select

from app.coaching import confirm_keys, message_services
from app.coaching.message_jobs import holders_of
from app.coaching.models import ActionItem, CoachingRecord
from app.coaching.proposal_rules import HOLDER_LATE, may_remind
from app.coaching.rules import OPEN, RecordState
from app.core import clock
from app.core.database import db, transaction
from app.core.journal import record as journal
from app.core.outbox import post_mail


def _late(today: date) -> tuple[ColumnElement[bool], ...]:
    return (
        ActionItem.owner == "holder", ActionItem.done_at.is_(None), ActionItem.dropped_at.is_(None),
        ActionItem.reminded_at.is_(None), ActionItem.due_on <= today - HOLDER_LATE,
    )  # fmt: skip


def remind_holders() -> str:
    """One mail a record, however many actions are late. Safe to stop, repeat, or run twice at once."""
    at = clock.now()
    today, told = clock.paris_day(at).date(), 0
    late = select(ActionItem.record_id).where(*_late(today))
    ids = db.session.scalars(
        select(CoachingRecord.id).where(CoachingRecord.id.in_(late), CoachingRecord.state.in_(OPEN)).limit(500)
    ).all()
    db.session.rollback()
    for record_id in ids:
        with transaction():
            told += _remind(record_id, today)
    return f"{told} reminded" if told else ""


def _remind(record_id: int, today: date) -> bool:
    at = clock.now()
    record = db.session.get(CoachingRecord, record_id, with_for_update=True, populate_existing=True)
    if record is None or not may_remind(RecordState(record.state), record.next_action_on, today):
        return False
    items = db.session.scalars(select(ActionItem).where(ActionItem.record_id == record_id, *_late(today))).all()
    if not items:
        return False
    for item in items:
        item.reminded_at = at
    journal("record.holder_reminded", on=record, by=None, at=at, actions=len(items))
    with force_locale("fr"):  # kept in the record
        message_services.add_automatic(record, text=_("Un rappel est parti : une action prévue attend."), at=at)
    for address, (_user_id, locale) in holders_of(record).items():
        way = confirm_keys.way_in(record, address)
        with force_locale(locale):
            post_mail(
                "message", to=address, subject=_("Quelque chose vous attend dans votre dossier"),
                occasion=f"record:{record.id}:late:{items[0].id}:{address}"[:160], at=at, locale=locale,
                title=_("Quelque chose vous attend dans votre dossier"),
                paragraphs=[
                    _("Le jour prévu est passé. Si ce n’est plus d’actualité, dites-le : c’est utile aussi."),
                    _("Pour votre tranquillité, ce courriel n’en dit pas le contenu."), *way.words(),
                ],
                action_label=_("Ouvrir mon dossier"), action_url=way.url,
                reason=_("Vous recevez ce message parce que vous participez à ce dossier."),
            )  # fmt: skip
    return True
