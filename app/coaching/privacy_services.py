"""Requests about one's data: asked, withdrawn, granted, refused. The caller commits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select, update

from app.accounts.models import User
from app.coaching import erasure_services, told
from app.coaching.models import CoachingRecord, ProjectMember
from app.coaching.privacy_errors import AlreadyAsked, AlreadySettled, AnswerMissing
from app.coaching.privacy_models import PrivacyRequest
from app.coaching.privacy_policy import may_settle
from app.coaching.privacy_rules import ACCESS_LIFE, one_month_after
from app.core import clock
from app.core.database import db
from app.core.i18n import date_long
from app.core.journal import record as journal
from app.core.links import external_url
from app.core.outbox import post_mail
from app.core.text import public_id


def ask(record: CoachingRecord, kind: str, *, words: str, by: int, at: datetime) -> PrivacyRequest:
    """`kind`: access or erasure. The referent and the leads are told. Errors: AlreadyAsked."""
    waiting = select(PrivacyRequest.id).where(
        PrivacyRequest.record_id == record.id, PrivacyRequest.user_id == by, PrivacyRequest.kind == kind,
        PrivacyRequest.state == "asked",
    )  # fmt: skip
    if db.session.scalar(waiting.limit(1)) is not None:
        raise AlreadyAsked
    asked = PrivacyRequest(
        public_id=public_id(), record_id=record.id, user_id=by, kind=kind, words=words, asked_at=at,
        due_on=one_month_after(clock.paris_day(at).date()),
    )  # fmt: skip
    db.session.add(asked)
    journal("privacy.asked", on=asked, by=by, at=at, record=record.id, kind=kind)
    db.session.flush()
    _tell_settlers(asked, "told", at)
    return asked


def remind(asked: PrivacyRequest, *, at: datetime) -> None:
    """Those who answer, once, before the law's month is over."""
    asked.reminded_at = at
    journal("privacy.reminded", on=asked, by=None, at=at, record=asked.record_id)
    _tell_settlers(asked, "due", at)


def _tell_settlers(asked: PrivacyRequest, what: str, at: datetime) -> None:
    """The referent and the leads, as far as they may answer."""
    record = db.session.get_one(CoachingRecord, asked.record_id)
    people = sorted({*told.leads_of(record), record.referent_id or 0})
    for user in told.who_open(record, people, may=lambda who, file: may_settle(who, (file, asked))):
        with force_locale(user.locale):
            _mail(
                asked, user, f"{what}:{user.id}", at, _("Une personne exerce ses droits sur ses données"),
                _("Une réponse est due au plus tard le %(day)s.", day=date_long(asked.due_on)),
                external_url("privacy.handle", public_id=asked.public_id),
            )  # fmt: skip


def note_export(record: CoachingRecord, *, by: int, at: datetime, everything: bool) -> None:
    """The person took a copy: the journal says when."""
    journal("record.exported", on=record, by=by, at=at, everything=everything)


def withdraw(asked: PrivacyRequest, *, by: int, at: datetime) -> None:
    """Errors: AlreadySettled."""
    _settle(asked, "withdrawn", by=by, at=at)
    journal("privacy.withdrawn", on=asked, by=by, at=at, record=asked.record_id)


def grant_access(asked: PrivacyRequest, *, with_restricted: bool, answer: str, by: int, at: datetime) -> None:
    """The person may download everything for thirty days. Without the confidential part the answer says why.

    Errors: AnswerMissing, AlreadySettled.
    """
    if not with_restricted and not answer:
        raise AnswerMissing
    _settle(asked, "done", by=by, at=at)
    asked.answer, asked.with_restricted, asked.available_until = answer, with_restricted, at + ACCESS_LIFE
    journal("privacy.granted", on=asked, by=by, at=at, record=asked.record_id, restricted=with_restricted)
    _tell_person(asked, at, _granted)


def refuse(asked: PrivacyRequest, *, answer: str, by: int, at: datetime) -> None:
    """Errors: AnswerMissing, AlreadySettled."""
    if not answer:
        raise AnswerMissing
    _settle(asked, "refused", by=by, at=at)
    asked.answer = answer
    journal("privacy.refused", on=asked, by=by, at=at, record=asked.record_id)
    _tell_person(asked, at, _refused)


def erase(asked: PrivacyRequest, *, by: int, at: datetime) -> list[str]:
    """The person is told, then everything goes; of several holders only this one leaves.

    Gives the names of the files to delete after the commit. Errors: AlreadySettled.
    """
    _settle(asked, "done", by=by, at=at)
    record = db.session.get_one(CoachingRecord, asked.record_id)
    user = db.session.get_one(User, asked.user_id)
    _tell_person(asked, at, _erased)
    others = select(ProjectMember.id).where(
        ProjectMember.project_id == record.project_id, ProjectMember.ended_at.is_(None)
    )
    several = len(db.session.scalars(others).all()) > 1
    journal("privacy.erased", on=asked, by=by, at=at, record=record.id)
    if several:
        return erasure_services.leave_record(record, user, by=by, at=at)
    return erasure_services.erase_record(record, why="asked", by=by, at=at)


def _settle(asked: PrivacyRequest, state: str, *, by: int, at: datetime) -> None:
    settling = (
        update(PrivacyRequest)
        .where(PrivacyRequest.id == asked.id, PrivacyRequest.state == "asked")
        .values(state=state, settled_at=at, settled_by_id=by)
    )
    if db.session.execute(settling).rowcount == 0:  # type: ignore[attr-defined]  # known to CursorResult only
        raise AlreadySettled
    db.session.refresh(asked)


def _granted() -> tuple[str, str]:
    return _("Votre dossier entier est prêt"), _("Vous pouvez le télécharger pendant trente jours.")


def _refused() -> tuple[str, str]:
    return _("Réponse à votre demande"), _("La réponse et ses raisons sont dans votre dossier.")


def _erased() -> tuple[str, str]:
    return _("Votre dossier est effacé"), _(
        "Noms, notes, messages et documents sont détruits. Il ne reste que ce qui se compte, sans vous."
    )


def _tell_person(asked: PrivacyRequest, at: datetime, words: Callable[[], tuple[str, str]]) -> None:
    user = db.session.get(User, asked.user_id) if asked.user_id else None
    if user is None:
        return
    with force_locale(user.locale):
        title, sentence = words()
        record = db.session.get_one(CoachingRecord, asked.record_id)
        url = external_url("mine.index") if asked.kind == "erasure" else external_url(
            "privacy.rights", reference=record.reference
        )  # fmt: skip
        _mail(asked, user, "settled", at, title, sentence, url)


def _mail(asked: PrivacyRequest, user: User, what: str, at: datetime, title: str, words: str, url: str) -> None:
    post_mail(
        "message", to=user.email, subject=title, occasion=f"privacy:{asked.id}:{what}", at=at, locale=user.locale,
        title=title, paragraphs=[words], action_label=_("Ouvrir"), action_url=url,
        reason=_("Vous recevez ce message parce qu’il s’agit de vos données, ou d’un dossier dont vous répondez."),
    )  # fmt: skip
