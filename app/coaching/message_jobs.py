"""« A message waits for you »: mailed once nobody can take it back, without a word of it."""

from __future__ import annotations

from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from app.accounts.models import User
from app.coaching import confirm_keys, message_policy, told
from app.coaching.levels import MemberRole
from app.coaching.message_models import RecordMessage
from app.coaching.message_queries import last_seen, to_tell
from app.coaching.models import CoachingRecord, Person, ProjectMember, RecordMember
from app.core import clock
from app.core.database import db, transaction
from app.core.outbox import post_mail


def tell_waiting() -> str:
    """One mail a reader and record at most, for all that waits. Safe to stop, repeat, or run twice at once."""
    at = clock.now()
    ids, count = to_tell(at=at), 0
    db.session.rollback()
    for message_id in ids:
        with transaction():
            message = db.session.get(RecordMessage, message_id, with_for_update=True, populate_existing=True)
            if message is not None and message.told_at is None:
                count += _tell(message, at)
    return f"{count} told" if count else ""


def _tell(message: RecordMessage, at: datetime) -> int:
    together = db.session.scalars(
        select(RecordMessage).where(
            RecordMessage.record_id == message.record_id, RecordMessage.told_at.is_(None),
            RecordMessage.author_id == message.author_id,
            RecordMessage.sent_at <= at,
        )
    ).all()  # fmt: skip
    settled = [one for one in together if one.id >= message.id]
    newest = max(one.id for one in settled)
    for one in settled:
        one.told_at = at
    record = db.session.get_one(CoachingRecord, message.record_id)
    people = readers_of(record)
    count = 0
    for address, (user_id, locale) in people.items():
        if user_id == message.author_id or (user_id and last_seen(record.id, user_id) >= newest):
            continue
        _mail(record, address, locale, has_account=user_id is not None, message=message, at=at)
        count += 1
    return count


def holders_of(record: CoachingRecord) -> dict[str, tuple[int | None, str]]:
    """E-mail → (user id, language) of the people coached."""
    found: dict[str, tuple[int | None, str]] = {}
    holders = db.session.execute(
        select(Person.email, User.id, User.email, User.locale)
        .join(ProjectMember, ProjectMember.person_id == Person.id)
        .outerjoin(
            User,
            (User.id == Person.user_id)
            | (Person.user_id.is_(None) & ~Person.is_unconfirmed & (User.email == Person.email)),
        )
        .where(ProjectMember.project_id == record.project_id, ProjectMember.ended_at.is_(None))
    )
    for noted, user_id, own, locale in holders:
        if address := own or noted:
            found[address] = (user_id, locale or "fr")
    return found


def readers_of(record: CoachingRecord) -> dict[str, tuple[int | None, str]]:
    """E-mail → (user id, language) of the holders, the referent and those who coach with them, as far as the thread
    is open to them."""
    found = holders_of(record)
    working = db.session.scalars(
        select(RecordMember.user_id)
        .where(
            RecordMember.record_id == record.id, RecordMember.ended_at.is_(None),
            RecordMember.role == MemberRole.CO_COACH,
        )
        .order_by(RecordMember.id)
    )  # fmt: skip
    for user in told.who_open(record, [record.referent_id, *working], may=message_policy.has_a_part):
        found[user.email] = (user.id, user.locale)
    return found


def _mail(
    record: CoachingRecord, address: str, locale: str, *, has_account: bool, message: RecordMessage, at: datetime
) -> None:
    way = confirm_keys.way_in(record, address, endpoint="messages.thread")
    with force_locale(locale):
        words = [_("Pour votre tranquillité, ce courriel n’en dit pas le contenu."), *way.words()]
        if not has_account:
            words.append(_("Créez un compte avec cette adresse e-mail pour le lire et y répondre."))
        post_mail(
            "message", to=address, subject=_("Un message vous attend"),
            occasion=f"message:{message.id}:{address}"[:160], at=at, locale=locale,
            title=_("Un message vous attend dans un dossier d’accompagnement"), paragraphs=words,
            action_label=_("Lire le message"), action_url=way.url,
            reason=_("Vous recevez ce message parce que vous participez à ce dossier."),
        )  # fmt: skip
