"""Verbs about who comes: book, take back, write a status, welcome, erase. The caller commits."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select, update

from app.accounts.models import User
from app.coaching import request_queries, request_services
from app.coaching import services as coaching
from app.coaching.file_queries import closed_to
from app.coaching.models import CoachingRecord, Person, ProjectMember
from app.coaching.rules import ActivityKind, RecordState
from app.core import clock
from app.core.database import db
from app.core.journal import record
from app.core.text import public_id
from app.dropins import mails
from app.dropins.errors import AlreadyWelcomed, BookingOver, OwnProject, SessionCancelled, SlotNotOpen, SlotTaken
from app.dropins.models import CoachFeed, DropInBooking, DropInSession
from app.dropins.rules import KEPT_DAYS, SEATED, Mode, Status, bookable, check_status, slots
from app.dropins.services import lock_session


def book(
    session_id: int, slot_at: datetime, *, name: str, email: str, phone: str, commune_code: str | None, need: str,
    mode: Mode, once: str, locale: str, at: datetime,
) -> DropInBooking:  # fmt: skip
    """A seat of a slot for somebody without account; the same form sent twice books once.

    Errors: SessionCancelled, SlotNotOpen, SlotTaken.
    """
    session = lock_session(session_id)
    digest = _digest(once, str(session_id), slot_at.isoformat(), name, email, phone)
    twin = db.session.scalar(select(DropInBooking).where(DropInBooking.digest == digest))
    if twin is not None:
        return twin
    if session.cancelled_at is not None:
        raise SessionCancelled
    if slot_at not in bookable(slots(session.starts_at, session.ends_at, session.slot_min), session.kept_free, at):
        raise SlotNotOpen
    booking = DropInBooking(
        key=public_id(), digest=digest, session_id=session.id, slot_at=slot_at, seat=_free_seat(session, slot_at),
        name=name, email=email, phone=phone, commune_code=commune_code, need=need, mode=mode, locale=locale,
        booked_at=at,
    )  # fmt: skip
    db.session.add(booking)
    record("dropin.booked", on=booking, by=None, at=at, session=session.id)
    mails.confirm(booking, session, at=at)
    return booking


def _digest(*words: str) -> str:
    secret = current_app.config["SECRET_KEY"].encode()
    return hmac.new(secret, "\0".join(("dropin booking", *words)).encode(), hashlib.sha256).hexdigest()


def _free_seat(session: DropInSession, slot_at: datetime) -> int:
    """The lowest seat that nobody holds; the unique index is there for whom this read would miss."""
    taken = set(
        db.session.scalars(
            select(DropInBooking.seat).where(
                DropInBooking.session_id == session.id, DropInBooking.slot_at == slot_at,
                DropInBooking.status.in_(SEATED),
            )
        )
    )  # fmt: skip
    free = [seat for seat in range(1, session.seats + 1) if seat not in taken]
    if not free:
        raise SlotTaken
    return free[0]


def take_back(booking: DropInBooking, *, at: datetime) -> None:
    """The person does not come after all; the hour is free again. Errors: BookingOver."""
    if booking.status != Status.BOOKED or booking.slot_at is None or booking.slot_at <= at:
        raise BookingOver
    booking.status, booking.status_at = Status.EXCUSED, at
    record("dropin.taken_back", on=booking, by=None, at=at, session=booking.session_id)
    mails.confirm_taken_back(booking, booking.session, at=at)


def write_status(booking: DropInBooking, new: Status, *, by: int, at: datetime) -> None:
    """What became of an appointment. Errors: StatusNotPossible, SlotTaken (the hour was given to another since)."""
    session = lock_session(booking.session_id)
    old = Status(booking.status)
    check_status(old, new, at=at, starts_at=session.starts_at, has_record=booking.record_id is not None)
    if old not in SEATED and booking.slot_at is not None:
        booking.seat = _free_seat(session, booking.slot_at)
    booking.status, booking.status_at = new, at
    record("dropin.status", on=booking, by=by, at=at, old=str(old), new=str(new))


def welcome_stranger(
    session: DropInSession, coach: User, *, name: str, commune_code: str, need: str, once: str, at: datetime
) -> CoachingRecord:
    """Somebody who came without appointment: three fields make person, project, record and first activity.

    The same form sent twice welcomes once. Errors: SessionCancelled.
    """
    session = lock_session(session.id)
    if session.cancelled_at is not None:
        raise SessionCancelled
    digest = _digest(once, str(session.id), name, commune_code, need)
    twin = db.session.scalar(select(DropInBooking).where(DropInBooking.digest == digest))
    if twin is not None and twin.record is not None:
        return twin.record
    booking = DropInBooking(
        key=public_id(), digest=digest, session_id=session.id, slot_at=None, seat=1, name=name,
        commune_code=commune_code, need=need, status=Status.HELD, status_at=at, booked_at=at,
    )  # fmt: skip
    db.session.add(booking)
    db.session.flush()
    return _open_record(booking, session, coach, at=at)


def welcome_booked(booking: DropInBooking, coach: User, *, at: datetime) -> CoachingRecord:
    """Somebody who had an appointment came: the record opens with what was written at the booking.

    Whoever asked this organisation on line first is welcomed in the record of that request: one person, one path.
    Errors: AlreadyWelcomed, StatusNotPossible, OwnProject.
    """
    session = lock_session(booking.session_id)
    db.session.refresh(booking)
    if booking.record_id is not None:
        raise AlreadyWelcomed
    if booking.email and booking.email == coach.email:
        raise OwnProject
    if booking.status != Status.HELD:
        write_status(booking, Status.HELD, by=coach.id, at=at)
    return _open_record(booking, session, coach, at=at)


def _open_record(booking: DropInBooking, session: DropInSession, coach: User, *, at: datetime) -> CoachingRecord:
    series, day = session.series, clock.paris_day(min(at, session.starts_at)).date()
    with force_locale("fr"):  # kept in the record, read by its team
        summary = _("Accueil à la permanence de %(town)s. %(need)s", town=series.commune.name, need=booking.need)
    opened = _asked_before(booking, session, coach, at=at) or _new_record(booking, session, coach, at=at)
    coaching.add_activity(
        opened, kind=ActivityKind.WELCOME, happened_on=day, duration_min=session.slot_min, summary=summary.strip(),
        by=coach.id, at=at,
    )  # fmt: skip
    coaching.move(opened, RecordState.WELCOMED, by=coach.id, at=at)
    booking.record_id = opened.id
    record("dropin.welcomed", on=booking, by=coach.id, at=at, record=opened.id)
    return opened


def _new_record(booking: DropInBooking, session: DropInSession, coach: User, *, at: datetime) -> CoachingRecord:
    series, day = session.series, clock.paris_day(min(at, session.starts_at)).date()
    with force_locale("fr"):
        title = booking.need[:120] or _("Projet de %(name)s", name=booking.name)[:120]
    person = coaching.person_met(name=booking.name, email=booking.email, at=at)
    project = coaching.create_project(
        title=title, commune_code=booking.commune_code, themes=[], person=person, at=at, told_name=booking.name
    )
    return coaching.open_record(
        project=project, programme=series.programme, organisation=series.organisation, referent=coach, since=day,
        by=coach.id, at=at,
    )  # fmt: skip


def _asked_before(
    booking: DropInBooking, session: DropInSession, coach: User, *, at: datetime
) -> CoachingRecord | None:
    """The record that this organisation has of the same address, still without a first welcome. Its referent stays;
    a request that nobody has taken yet is taken by whoever welcomes."""
    known = db.session.scalar(
        select(CoachingRecord)
        .join(ProjectMember, ProjectMember.project_id == CoachingRecord.project_id)
        .join(Person, Person.id == ProjectMember.person_id)
        .where(
            Person.email == booking.email.lower(), Person.email != "", ProjectMember.ended_at.is_(None),
            CoachingRecord.organisation_id == session.series.organisation_id,
            CoachingRecord.state == RecordState.REQUESTED, CoachingRecord.id.not_in(closed_to(coach.id)),
        )
        .order_by(CoachingRecord.id.desc())
        .limit(1)
    )  # fmt: skip
    if known is None or known.referent_id is not None:
        return known
    request = request_queries.find_of_record(known.id)
    if request is None:
        known.referent_id = coach.id
    else:
        request_services.take(request, coach, at=at, is_here=True)
    return known


def renew_feed(user_id: int, *, at: datetime) -> int:
    """A new private address for the coach's calendar; the one before ends at once. Returns its version."""
    feed = db.session.get(CoachFeed, user_id, with_for_update=True)
    if feed is None:
        feed = CoachFeed(user_id=user_id, version=1)
        db.session.add(feed)
    else:
        feed.version += 1
    record("dropin.feed_renewed", on=db.session.get_one(User, user_id), by=user_id, at=at, version=feed.version)
    return feed.version


def erase_old(*, at: datetime) -> int:
    """Names and contacts of people whose session is long over; what became of it stays. How many."""
    old = select(DropInSession.id).where(DropInSession.ends_at < at - timedelta(days=KEPT_DAYS))
    erasing = (
        update(DropInBooking)
        .where(DropInBooking.session_id.in_(old), DropInBooking.erased_at.is_(None))
        .values(name="", email="", phone="", need="", erased_at=at)
    )
    return int(db.session.execute(erasing).rowcount)  # type: ignore[attr-defined]  # known to CursorResult only
