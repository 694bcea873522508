"""A person sent on, with their consent, until they have met somebody there."""

from __future__ import annotations

from datetime import date, datetime

from app.accounts.models import User
from app.coaching import referral_mails, services
from app.coaching.errors import ConsentMissing, ReasonMissing, RecordMoveNotAllowed, SameHands
from app.coaching.models import CoachingRecord
from app.coaching.path_services import check_table, last_move, write_move
from app.coaching.relay_models import Referral
from app.coaching.rules import OPEN, RecordState
from app.core.clock import paris_day
from app.core.database import db
from app.core.journal import record as journal
from app.network.models import Organisation

SHORTEST = 3  # characters of a sentence


def refer(
    record: CoachingRecord, *, organisation_id: int | None, to_name: str, need: str, consent_on: date | None, by: int,
    at: datetime,
) -> Referral:  # fmt: skip
    """Send a person on, with their consent. Errors: ConsentMissing, ReasonMissing, SameHands, RecordMoveNotAllowed."""
    if consent_on is None or consent_on > paris_day(at).date():
        raise ConsentMissing
    if len(need.strip()) < SHORTEST or not (organisation_id or to_name.strip()):
        raise ReasonMissing
    if organisation_id == record.organisation_id:
        raise SameHands
    check_table(record, RecordState.REFERRED)
    sent = Referral(
        record_id=record.id, from_user_id=by, to_organisation_id=organisation_id,
        to_name="" if organisation_id else to_name.strip()[:160], need=need.strip()[:300], consent_on=consent_on,
        sent_at=at, state="sent",
    )  # fmt: skip
    db.session.add(sent)
    db.session.flush()
    write_move(record, RecordState.REFERRED, by=by, at=at, reason=sent.need)
    journal("referral.sent", on=sent, by=by, at=at, record=record.id, organisation=organisation_id)
    referral_mails.sent(record, sent, at=at)
    return sent


def decline_referral(sent: Referral, record: CoachingRecord, *, reason: str, by: int, at: datetime) -> None:
    """It comes back to who sent it, with the reason. Errors: ReasonMissing, RecordMoveNotAllowed."""
    if len(reason.strip()) < SHORTEST:
        raise ReasonMissing
    _check(sent, "sent")
    sent.state, sent.reason, sent.answered_at, sent.answered_by_id = "declined", reason.strip()[:300], at, by
    last = last_move(record.id)
    if record.state == RecordState.REFERRED and last is not None and last.old_state in OPEN:
        write_move(record, RecordState(last.old_state), by=by, at=at, reason=reason)
    journal("referral.declined", on=sent, by=by, at=at, record=record.id)
    referral_mails.answered(record, sent, at=at)


def redirect_referral(
    sent: Referral, record: CoachingRecord, *, organisation_id: int, consent_on: date | None, reason: str, by: int,
    at: datetime,
) -> Referral:  # fmt: skip
    """Whoever was asked knows somebody better placed, and the person agrees to it: the same need goes on there.

    Who sent it first still answers for the record. Errors: ConsentMissing, ReasonMissing, SameHands,
    RecordMoveNotAllowed (already answered).
    """
    if consent_on is None or consent_on > paris_day(at).date():
        raise ConsentMissing
    if len(reason.strip()) < SHORTEST:
        raise ReasonMissing
    if organisation_id in {sent.to_organisation_id, record.organisation_id}:
        raise SameHands
    _check(sent, "sent")
    sent.state, sent.reason, sent.answered_at, sent.answered_by_id = "redirected", reason.strip()[:300], at, by
    onward = Referral(
        record_id=record.id, from_user_id=sent.from_user_id, to_organisation_id=organisation_id, to_name="",
        need=sent.need, consent_on=consent_on, sent_at=at, state="sent",
    )  # fmt: skip
    db.session.add(onward)
    db.session.flush()
    journal("referral.redirected", on=sent, by=by, at=at, record=record.id, onward=onward.id)
    referral_mails.sent(record, onward, at=at)
    referral_mails.answered(record, sent, at=at)
    return onward


def accept_referral(sent: Referral, record: CoachingRecord, *, by: int, at: datetime) -> CoachingRecord:
    """The receiving organisation opens its own record of the same project; nothing private comes with it.

    Errors: RecordMoveNotAllowed (already answered).
    """
    _check(sent, "sent")
    new = services.open_record(
        project=record.project, programme=record.programme,
        organisation=db.session.get_one(Organisation, sent.to_organisation_id),
        referent=db.session.get_one(User, by), since=paris_day(at).date(), by=by, at=at, next_action=sent.need[:200],
    )  # fmt: skip
    sent.state, sent.answered_at, sent.answered_by_id, sent.new_record_id = "accepted", at, by, new.id
    journal("referral.accepted", on=sent, by=by, at=at, record=record.id, new=new.id)
    referral_mails.answered(record, sent, at=at)
    return new


def first_contact(sent: Referral, record: CoachingRecord, *, on: date, by: int, at: datetime) -> None:
    """They have met: the first record closes. For a partner outside, who sent it on confirms."""
    _check(sent, "accepted" if sent.to_organisation_id else "sent")
    sent.state, sent.first_contact_on = "first_contact", on
    if record.state == RecordState.REFERRED:
        write_move(record, RecordState.CLOSED, by=by, at=at, reason=sent.need).told_at = at  # no farewell: it goes on
    journal("referral.first_contact", on=sent, by=by, at=at, record=record.id)


def _check(sent: Referral, state: str) -> None:
    if sent.state != state:
        raise RecordMoveNotAllowed
