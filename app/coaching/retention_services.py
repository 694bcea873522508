"""What each rule of retention does to one row. The caller commits, then deletes the files it was given."""

from __future__ import annotations

from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from app.coaching import confirm_keys, erasure_services, message_services, proposal_services, told
from app.coaching.message_jobs import holders_of
from app.coaching.models import CoachingRecord
from app.coaching.path_services import write_move
from app.coaching.privacy_models import RetentionNotice
from app.coaching.request_models import RecordLink
from app.coaching.rules import RecordState
from app.core.database import db
from app.core.journal import record as journal
from app.core.outbox import post_mail


def act(key: str, row_id: int, *, at: datetime) -> list[str]:
    """One rule on one row; gives the names of stored files to delete after the commit."""
    if key == "links":
        link = db.session.get(RecordLink, row_id)
        if link is not None:
            db.session.delete(link)
        return []
    record = db.session.get_one(CoachingRecord, row_id)
    if key in {"erase", "withdrawn"}:
        return erasure_services.erase_record(record, why="retention", by=None, at=at)
    if key == "close":
        _close(record, at)
    else:
        db.session.add(RetentionNotice(record_id=record.id, kind=key, at=at))
        journal("record.retention_notice", on=record, by=None, at=at, kind=key)
        _tell(key, record, at)
    if key in {"closing", "deletion"}:
        with force_locale("fr"):  # kept in the record
            text = "\n".join(_words(key))
        message_services.add_automatic(record, text=text, at=at)
    if key == "prompt":
        proposal_services.propose_closing(record, at=at)
    return []


def _close(record: CoachingRecord, at: datetime) -> None:
    """A move like any other: counted, taken up again from where it was, and with its farewell."""
    with force_locale("fr"):  # kept in the record
        reason = _("Clos après deux ans sans activité.")
    write_move(record, RecordState.CLOSED, by=None, at=at, reason=reason)


def _tell(key: str, record: CoachingRecord, at: datetime) -> None:
    """`prompt` goes to who answers for the record, the others to its holders. Nothing of the record is in the mail."""
    if key == "prompt":
        people = {user.email: user.locale for user in told.who_answers(record, record.referent_id)}
    else:
        people = {address: locale for address, (_user_id, locale) in holders_of(record).items()}
    for address, locale in people.items():
        way = confirm_keys.way_in(record, address)
        with force_locale(locale):
            title, words = _words(key)
            post_mail(
                "message", to=address, subject=title, occasion=f"record:{record.id}:{key}:{at:%Y%m%d}:{address}"[:160],
                at=at, locale=locale, title=title, paragraphs=[words, *way.words()],
                action_label=_("Ouvrir le dossier"), action_url=way.url,
                reason=_("Vous recevez ce message parce que vous participez à ce dossier."),
            )  # fmt: skip


def _words(key: str) -> tuple[str, str]:
    if key == "prompt":
        return _("Un dossier est silencieux"), _(
            "Rien n’y est noté depuis dix-huit mois : reprenez contact, ou fermez le dossier avec la personne."
        )
    if key == "closing":
        return _("Votre dossier sera bientôt clos"), _(
            "Rien ne s’y est passé depuis presque deux ans. Il sera clos dans un mois, sauf si vous y écrivez."
        )
    return _("Votre dossier sera bientôt effacé"), _(
        "Cinq ans ont presque passé depuis sa clôture. Il sera effacé dans un mois : vous pouvez le télécharger avant."
    )
