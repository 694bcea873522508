"""Opinions: asked, answered, taken back, reminded of. The caller commits."""

from __future__ import annotations

from datetime import date, datetime

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select, update

from app.accounts.models import User
from app.coaching import member_services, told, vault
from app.coaching.errors import AlreadyMember
from app.coaching.levels import MemberRole
from app.coaching.models import CoachingRecord, Person, ProjectMember, RecordMember
from app.coaching.opinion_errors import NotAColleague, OpinionSettled, SharingNeedsConsent
from app.coaching.opinion_models import RecordOpinion
from app.coaching.opinion_policy import may_answer, may_list
from app.coaching.opinion_queries import organisation_of
from app.core.database import db
from app.core.i18n import date_long
from app.core.journal import record as journal
from app.core.links import external_url
from app.core.outbox import post_mail


def ask(
    record: CoachingRecord, colleague_id: int, *, question: str, shares_record: bool, due_on: date | None, name: str,
    by: int, at: datetime,
) -> RecordOpinion:  # fmt: skip
    """Ask a colleague. With `shares_record` they are added to the record as an expert until they answer; elsewhere
    than in this organisation that takes the holder's consent to sharing within the network.

    `name`: what the form was given, so that a second click asks nothing twice.
    Errors: NotAColleague, SharingNeedsConsent, HolderCannotCoach.
    """
    twin = db.session.scalar(select(RecordOpinion).where(RecordOpinion.name == name))
    if twin is not None and twin.record_id == record.id and twin.asked_by_id == by:
        return twin
    theirs = organisation_of(colleague_id, at)
    if twin is not None or theirs is None or colleague_id == by or _holds(record, colleague_id):
        raise NotAColleague
    if shares_record and theirs != record.organisation_id and not member_services.has_sharing_consent(record.id):
        raise SharingNeedsConsent
    colleague, key = db.session.get_one(User, colleague_id), vault.newest_key(record.organisation_id, at=at)
    opinion = RecordOpinion(
        name=name, record_id=record.id, organisation_id=record.organisation_id, asked_by_id=by,
        asked_to_id=colleague_id, key_id=key.id, question=vault.seal_text(question, key, f"{name}:q"),
        shares_record=shares_record, due_on=due_on, asked_at=at,
    )  # fmt: skip
    db.session.add(opinion)
    if shares_record:
        try:
            member_services.add_member(
                record, colleague, role=MemberRole.EXPERT, by=by, at=at, reason=_("un avis demandé"),
                organisation_id=theirs,
            )  # fmt: skip
        except AlreadyMember:
            opinion.shares_record = False  # they have a part already, and keep it afterwards
    journal("opinion.asked", on=opinion, by=by, at=at, record=record.id, user=colleague_id, shares=shares_record)
    _mail(
        opinion, colleague, "asked", at, _("Un avis vous est demandé"),
        _("Une ou un collègue du réseau vous pose une question sur un accompagnement."),
    )  # fmt: skip
    return opinion


def _holds(record: CoachingRecord, user_id: int) -> bool:
    user = db.session.get(User, user_id)
    holders = (
        select(Person.id)
        .join(ProjectMember, ProjectMember.person_id == Person.id)
        .where(
            ProjectMember.project_id == record.project_id,
            (Person.user_id == user_id) | (Person.email == (user.email if user else "")),
        )
    )
    return db.session.scalar(holders.limit(1)) is not None


def answer(opinion: RecordOpinion, *, text: str, by: int, at: datetime) -> None:
    """Once. The colleague's look at the record ends with it. Errors: OpinionSettled."""
    _settle(opinion, at=at, answered=True)
    key = vault.newest_key(opinion.organisation_id, at=at)
    opinion.answer, opinion.answer_key_id = vault.seal_text(text, key, f"{opinion.name}:a"), key.id
    _end_look(opinion, by=by, at=at)
    journal("opinion.answered", on=opinion, by=by, at=at, record=opinion.record_id)
    record = db.session.get_one(CoachingRecord, opinion.record_id)
    for user in told.who_answers(record, opinion.asked_by_id, may=may_list):
        _mail(
            opinion, user, f"answered:{user.id}", at, _("Un avis est arrivé"),
            _("La réponse à la question est dans le dossier."), to_record=True,
        )  # fmt: skip


def revoke(opinion: RecordOpinion, *, by: int | None, at: datetime) -> None:
    """The question is taken back, and nobody but the team sees it any more. Errors: OpinionSettled."""
    _settle(opinion, at=at, answered=False)
    _end_look(opinion, by=by, at=at)
    journal("opinion.revoked", on=opinion, by=by, at=at, record=opinion.record_id)


def _settle(opinion: RecordOpinion, *, at: datetime, answered: bool) -> None:
    settling = update(RecordOpinion).where(
        RecordOpinion.id == opinion.id, RecordOpinion.answered_at.is_(None), RecordOpinion.revoked_at.is_(None)
    )
    done = db.session.execute(settling.values(**{"answered_at" if answered else "revoked_at": at}))
    if done.rowcount == 0:  # type: ignore[attr-defined]  # known to CursorResult only
        raise OpinionSettled
    db.session.refresh(opinion)


def _end_look(opinion: RecordOpinion, *, by: int | None, at: datetime) -> None:
    if not opinion.shares_record:
        return
    member = member_services.find_member(opinion.record_id, opinion.asked_to_id)
    if isinstance(member, RecordMember) and member.role == MemberRole.EXPERT:
        record = db.session.get_one(CoachingRecord, opinion.record_id)
        member_services.end_member(member, record, by=by, at=at, reason=_("l’avis est donné ou retiré"))


def remind(opinion: RecordOpinion, *, at: datetime) -> None:
    """Once, when it is due; whoever may not answer any more is left in peace."""
    opinion.reminded_at = at
    record = db.session.get_one(CoachingRecord, opinion.record_id)
    for user in told.who_open(record, [opinion.asked_to_id], may=lambda who, file: may_answer(who, (file, opinion))):
        _mail(
            opinion, user, "due", at, _("Un avis est attendu"),
            _("Une réponse était souhaitée pour le %(day)s.", day=date_long(opinion.due_on)),
        )  # fmt: skip


def _mail(
    opinion: RecordOpinion, user: User, what: str, at: datetime, title: str, words: str, *, to_record: bool = False
) -> None:
    """Not a word of the question, of the record or of a person."""
    db.session.flush()
    with force_locale(user.locale):
        address = (
            external_url("opinions.listed", reference=db.session.get_one(CoachingRecord, opinion.record_id).reference)
            if to_record
            else external_url("opinions.show", name=opinion.name)
        )
        post_mail(
            "message", to=user.email, subject=title, occasion=f"opinion:{opinion.id}:{what}", at=at,
            locale=user.locale, title=title, paragraphs=[words], action_label=_("Ouvrir"), action_url=address,
            reason=_("Vous recevez ce message parce que vous accompagnez dans le réseau."),
        )  # fmt: skip
