"""The verbs of a request for coaching: ask, take, send on, withdraw. The caller commits."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select, update

from app.accounts.models import User
from app.coaching import request_mails as mails
from app.coaching import services
from app.coaching.models import CoachingRecord, Person, ProjectMember
from app.coaching.path_services import write_move
from app.coaching.request_errors import ReasonMissing, RequestGone, SameOrganisation
from app.coaching.request_models import Assignment, CoachingRequest
from app.coaching.request_queries import find_twin
from app.coaching.rules import RecordState
from app.core import clock
from app.core.calendar import add_working_days
from app.core.database import db
from app.core.journal import record as journal
from app.core.text import public_id
from app.network.models import Organisation
from app.network.queries import get_programme
from app.network.reasons import ANSWER_WORKING_DAYS
from app.network.routing import route
from app.network.rules import USUAL_PROGRAMME


def ask(
    *, name: str, email: str, commune_code: str, need: str, programme_code: str, once: str, locale: str, at: datetime,
    is_proved: bool = False, sector: str = "",
) -> CoachingRequest:  # fmt: skip
    """A person, a project and a record in state `requested`, given to the organisation that answers there.

    No row about the address is looked for: known or not, the same is done and said. Whoever takes the request joins
    it to a person already known (`take`), once whoever reads the address's mail has said yes (`confirm_address`).
    `programme_code`, `sector` "": the person does not know. `is_proved`: asked from the account of this very address.
    Errors: NotFound (commune), NobodyAnswers.
    """
    digest = _digest(once, name, email, commune_code, need, programme_code)
    twin = find_twin(digest)
    if twin is not None:
        return twin
    day = clock.paris_day(at).date()
    code = programme_code or USUAL_PROGRAMME
    routing = route(code, commune_code, day, sector=sector)
    person = Person(name=name, email=email, is_unconfirmed=not is_proved, created_at=at)
    db.session.add(person)
    db.session.flush()
    project = services.create_project(
        title=need, commune_code=commune_code, themes=[sector] if sector else [], person=person, at=at, told_name=name
    )
    record = services.open_record(
        project=project, programme=get_programme(code), organisation=routing.organisation, referent=None, since=day,
        by=None, at=at,
    )  # fmt: skip
    request = CoachingRequest(
        record_id=record.id, person_id=person.id, key=public_id(), digest=digest, need=need,
        knows_programme=bool(programme_code), routing_reason=routing.why.kept(),
        promised_on=add_working_days(day, ANSWER_WORKING_DAYS), locale=locale, asked_at=at,
    )  # fmt: skip
    db.session.add(request)
    db.session.add(Assignment(record_id=record.id, organisation_id=record.organisation_id, mode="auto", at=at))
    journal("request.asked", on=request, by=None, at=at, record=record.id, organisation=record.organisation_id)
    mails.acknowledge(request, person, routing.organisation, at=at)
    mails.tell_organisation(request, routing.organisation, at=at)
    return request


def _digest(*words: str) -> str:
    secret = current_app.config["SECRET_KEY"].encode()
    return hmac.new(secret, "\0".join(("coaching request", *words)).encode(), hashlib.sha256).hexdigest()


def take(request: CoachingRequest, user: User, *, at: datetime, is_here: bool = False) -> None:
    """The person becomes the referent; of two at once only one wins. Errors: RequestGone.

    `is_here`: whoever asked stands before them, and need not be told by mail.
    """
    taking = (
        update(CoachingRecord)
        .where(
            CoachingRecord.id == request.record_id,
            CoachingRecord.referent_id.is_(None),
            CoachingRecord.organisation_id == request.record.organisation_id,
            CoachingRecord.state == RecordState.REQUESTED,
        )
        .values(referent_id=user.id, version=CoachingRecord.version + 1)
    )
    if db.session.execute(taking).rowcount == 0:  # type: ignore[attr-defined]  # known to CursorResult only
        raise RequestGone
    db.session.refresh(request.record)
    request.taken_at = at
    _join_known_person(request)
    journal("request.taken", on=request, by=user.id, at=at, record=request.record_id)
    if not is_here:
        mails.tell_taken(request, user.name, at=at)


def confirm_address(request: CoachingRequest, *, at: datetime) -> None:
    """Whoever reads the mail of the address says that the request is theirs; a second time changes nothing.

    Errors: RequestGone (withdrawn).
    """
    if request.withdrawn_at is not None:
        raise RequestGone
    if request.person.is_unconfirmed:
        request.person.is_unconfirmed = False
        journal("request.confirmed", on=request, by=None, at=at, record=request.record_id)
        if request.taken_at is not None:
            _join_known_person(request)


def _join_known_person(request: CoachingRequest) -> None:
    """Somebody already met under this address is one person, counted once. Never before the address has said yes:
    a request typed by somebody else would land among the records of that person."""
    typed = request.person
    if typed.is_unconfirmed:
        return
    known = db.session.scalar(
        select(Person)
        .outerjoin(User, User.id == Person.user_id)
        .where(
            Person.email == typed.email,
            Person.id != typed.id,
            ~Person.is_unconfirmed,
            Person.user_id.is_(None) | (User.email == typed.email),
        )
        .order_by(Person.user_id.is_(None), Person.id)
        .limit(1)
    )
    if known is None or typed.user_id is not None:
        return
    known_id, typed_id = known.id, typed.id
    held = select(ProjectMember.project_id).where(ProjectMember.person_id == known_id)
    if db.session.scalar(held.where(ProjectMember.project_id == request.record.project_id)) is not None:
        return  # both hold the project already: an invitation went to the other one
    request.person = known
    db.session.flush()
    for table in db.metadata.tables.values():  # invitations and situations may be of the first days
        for column in table.c:
            if any(key.target_fullname == "persons.id" for key in column.foreign_keys):
                db.session.execute(update(table).where(column == typed_id).values({column: known_id}))
    db.session.expire(typed)
    db.session.delete(typed)
    db.session.flush()


def send_on(request: CoachingRequest, organisation: Organisation, *, reason: str, by: int, at: datetime) -> None:
    """Another organisation answers than the routing said. Errors: ReasonMissing, SameOrganisation, RequestGone."""
    if not reason:
        raise ReasonMissing
    record = request.record
    if record.organisation_id == organisation.id:
        raise SameOrganisation
    old_id = record.organisation_id
    moving = (
        update(CoachingRecord)
        .where(
            CoachingRecord.id == record.id,
            CoachingRecord.organisation_id == old_id,
            CoachingRecord.referent_id.is_(None),
            CoachingRecord.state == RecordState.REQUESTED,
        )
        .values(organisation_id=organisation.id, version=CoachingRecord.version + 1)
    )
    if db.session.execute(moving).rowcount == 0:  # type: ignore[attr-defined]  # known to CursorResult only
        raise RequestGone
    db.session.refresh(record)
    day = clock.paris_day(at).date()
    request.routing_reason, request.promised_on = reason, add_working_days(day, ANSWER_WORKING_DAYS)
    request.late_told_at = None
    db.session.add(
        Assignment(
            record_id=record.id, old_organisation_id=old_id, organisation_id=organisation.id, mode="manual",
            reason=reason, by_id=by, at=at,
        )
    )  # fmt: skip
    journal("request.sent_on", on=request, by=by, at=at, record=record.id, old=old_id, new=organisation.id)
    mails.tell_sent_on(request, organisation, at=at)
    mails.tell_organisation(request, organisation, at=at)


def withdraw(request: CoachingRequest, *, at: datetime) -> None:
    """Whoever asked (or whose address was typed by another) takes the request back; a second time changes nothing.

    Errors: RequestGone once the first welcome was held: then one speaks with the referent.
    """
    if request.withdrawn_at is not None:
        return
    record = request.record
    if record.state != RecordState.REQUESTED:
        raise RequestGone
    with force_locale("fr"):  # kept in the record, read by its team
        words = _("Demande retirée par la personne.")
    write_move(record, RecordState.CLOSED, by=None, at=at, reason=words).told_at = at
    request.withdrawn_at = at
    journal("request.withdrawn", on=request, by=None, at=at, record=record.id)
