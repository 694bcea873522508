"""What the person coached does in their own record: objectives, texts, objections, consents. The caller commits."""

from __future__ import annotations

from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from app.accounts.models import User
from app.coaching import member_services, message_services, note_services, told
from app.coaching.consent_words import CONSENT_TEXTS, CONSENT_VERSION
from app.coaching.holder_errors import NotAReader, UnknownPurpose
from app.coaching.levels import Level
from app.coaching.models import CoachingRecord, Consent
from app.coaching.note_models import Note
from app.coaching.rules import ConsentPurpose
from app.core.database import db
from app.core.journal import record as journal
from app.core.links import external_url
from app.core.outbox import post_mail


def write_text(record: CoachingRecord, *, text: str, by: int, at: datetime, name: str) -> Note:
    """The holder's own words in the record, for themselves and the team. A second click writes nothing twice."""
    twin = db.session.scalar(select(Note).where(Note.public_id == name))
    if twin is not None and twin.record_id == record.id and twin.author_id == by:
        return twin
    return note_services.write_note(record, text=text, visibility=Level.HOLDER, by=by, at=at, draft_id=name)


def object_to(
    record: CoachingRecord, user_id: int, *, reader_ids: frozenset[int], reason: str, by: int, at: datetime
) -> None:
    """From now on this person reads nothing of the record; the referent is told (the leads, when it is the referent).

    Errors: NotAReader.
    """
    if user_id not in reader_ids or user_id == by:
        raise NotAReader
    if member_services.find_exclusion(record.id, user_id) is not None:
        return
    member_services.exclude(record, user_id, kind="objection", by=by, at=at, reason=reason)
    for user in told.who_answers(record, record.referent_id):
        _tell(record, user, user_id, at)


def _tell(record: CoachingRecord, user: User, excluded_id: int, at: datetime) -> None:
    """Who objected to whom is read in the record, not in a mail."""
    with force_locale(user.locale):
        post_mail(
            "message", to=user.email, subject=_("Un dossier change de lecteurs"),
            occasion=f"record:{record.id}:objection:{excluded_id}:{at:%Y%m%d%H%M%S}:{user.id}", at=at,
            locale=user.locale, title=_("La personne accompagnée s’oppose à un lecteur"),
            paragraphs=[
                _("La lecture est fermée tout de suite. Ouvrez le dossier pour voir de qui il s’agit, et organisez la "
                  "suite : si c’est le référent ou la référente, nommez quelqu’un d’autre.")
            ],
            action_label=_("Ouvrir le dossier"),
            action_url=external_url("coaching.show", reference=record.reference),
            reason=_("Vous recevez ce message parce que vous répondez de ce dossier."),
        )  # fmt: skip


def end_objection(record: CoachingRecord, user_id: int, *, by: int, at: datetime) -> None:
    """The holder changes their mind. A recusal is not theirs to end. Errors: NotAReader."""
    found = member_services.find_exclusion(record.id, user_id)
    if found is None or found.kind != "objection":
        raise NotAReader
    member_services.end_exclusion(record, user_id, by=by, at=at)


def set_consent(record: CoachingRecord, purpose: str, *, agrees: bool, by: int, at: datetime) -> None:
    """Given with the version of the words, withdrawn with a date; the team reads the change in the thread.

    Errors: UnknownPurpose (also the public mention, which is given where campaigns hear of it).
    """
    if purpose not in CONSENT_TEXTS:
        raise UnknownPurpose
    wanted = ConsentPurpose(purpose)
    found = db.session.scalar(
        select(Consent).where(
            Consent.record_id == record.id, Consent.user_id == by, Consent.purpose == wanted,
            Consent.withdrawn_at.is_(None),
        )
    )  # fmt: skip
    if agrees is (found is not None):
        return
    if found is None:
        db.session.add(
            Consent(record_id=record.id, user_id=by, purpose=wanted, text_version=CONSENT_VERSION, given_at=at)
        )
    else:
        found.withdrawn_at = at
    verb = "record.consent_given" if agrees else "record.consent_withdrawn"
    journal(verb, on=record, by=by, at=at, purpose=str(wanted), version=CONSENT_VERSION)
    with force_locale("fr"):  # kept in the record
        title = str(CONSENT_TEXTS[wanted].title)
        words = _("Accord donné : %(what)s", what=title) if agrees else _("Accord retiré : %(what)s", what=title)
    message_services.add_automatic(record, text=words, at=at)
