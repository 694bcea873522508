"""One contribution from the click to the transfer: every line, call, event, booking and mail, in the order of time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import selectinload

from app.accounts.queries import names_of
from app.core.database import db
from app.core.journal import JournalEntry
from app.core.outbox import OutboxMail
from app.payments.models import LedgerTransaction, StripeEvent, StripeObject, StripeOperation
from app.pledges.models import Pledge
from app.settlement.models import Attempt, Charge, Dispute, Refund, Reversal, Transfer

KINDS = ("journal", "attempt", "call", "event", "booking", "mail")
MOST = 400  # lines of one kind: a contribution has about fifty


@dataclass(frozen=True)
class Moment:
    """One line. `what`: a code that `words.py` says; `facts`: (name, value) pairs of ids, codes and cents."""

    at: datetime
    kind: str
    what: str
    facts: list[tuple[str, Any]] = field(default_factory=list)
    by: str = ""


@dataclass(frozen=True)
class Money:
    """The rows that one contribution has left behind; most have one charge, and nothing else."""

    charge: Charge | None
    transfer: Transfer | None
    refunds: list[Refund]
    disputes: list[Dispute]
    reversals: list[Reversal]

    def subjects(self, pledge: Pledge) -> dict[str, list[int]]:
        """Table → ids: whatever is about one of them is about the contribution."""
        one = {"charges": self.charge, "transfers": self.transfer}
        many: dict[str, list[Any]] = {"refunds": self.refunds, "disputes": self.disputes, "reversals": self.reversals}
        found = {name: [row.id] for name, row in one.items() if row is not None}
        found |= {name: [row.id for row in rows] for name, rows in many.items() if rows}
        return {Pledge.__tablename__: [pledge.id], **found}


def money_of(pledge: Pledge) -> Money:
    """Five statements."""
    charge = db.session.scalar(select(Charge).where(Charge.pledge_id == pledge.id))
    if charge is None:
        return Money(None, None, [], [], [])
    transfer = db.session.scalar(select(Transfer).where(Transfer.charge_id == charge.id))
    mine = Refund.charge_id == charge.id
    reversals = select(Reversal).where(Reversal.transfer_id == (transfer.id if transfer else 0)).order_by(Reversal.id)
    return Money(
        charge,
        transfer,
        list(db.session.scalars(select(Refund).where(mine).order_by(Refund.id))),
        list(db.session.scalars(select(Dispute).where(Dispute.charge_id == charge.id).order_by(Dispute.id))),
        list(db.session.scalars(reversals)),
    )


def moments(pledge: Pledge, money: Money, kind: str = "") -> list[Moment]:
    """Oldest first; of one `kind` when it is named. The order of lines of the same instant is that of KINDS."""
    subjects = money.subjects(pledge)
    found = [
        *_journal(subjects), *_attempts(pledge), *_calls(subjects), *_events(subjects), *_bookings(subjects),
        *_mails(pledge),
    ]  # fmt: skip
    shown = [one for one in found if kind in ("", one.kind)]
    return sorted(shown, key=lambda one: (one.at, KINDS.index(one.kind)))


def _about(model: Any, subjects: dict[str, list[int]]) -> ColumnElement[bool]:
    return or_(*(and_(model.subject_kind == kind, model.subject_id.in_(ids)) for kind, ids in subjects.items()))


def _journal(subjects: dict[str, list[int]]) -> Iterator[Moment]:
    rows = db.session.scalars(
        select(JournalEntry).where(_about(JournalEntry, subjects)).order_by(JournalEntry.id).limit(MOST)
    ).all()
    names = names_of({row.actor_id for row in rows if row.actor_id is not None})
    for row in rows:
        yield Moment(row.at, "journal", row.action, list(row.data.items()), names.get(row.actor_id or 0, ""))


def _attempts(pledge: Pledge) -> Iterator[Moment]:
    for row in db.session.scalars(select(Attempt).where(Attempt.pledge_id == pledge.id).order_by(Attempt.number)):
        place = ("on_session", row.on_session)
        yield Moment(row.started_at, "attempt", "attempt.started", [("number", row.number), place])
        if row.ended_at is not None:
            codes = [("code", row.code), ("decline_code", row.decline_code)]
            ended = [("number", row.number), *((name, code) for name, code in codes if code)]
            yield Moment(row.ended_at, "attempt", f"attempt.{row.state}", ended)


def _calls(subjects: dict[str, list[int]]) -> Iterator[Moment]:
    """Planned, first sent, ended: parameters stay where they are."""
    query = select(StripeOperation).where(_about(StripeOperation, subjects)).order_by(StripeOperation.id).limit(MOST)
    for row in db.session.scalars(query):
        name: tuple[str, Any] = ("call", row.kind)
        yield Moment(row.created_at, "call", "call.planned", [name, ("key", row.idempotency_key)])
        if row.first_sent_at is not None:
            yield Moment(row.first_sent_at, "call", "call.sent", [name, ("tries", row.tries)])
        facts = [("error", row.error_code), ("request", row.request_id), ("result", row.result_id)]
        known = [name, ("tries", row.tries), *((what, value) for what, value in facts if value)]
        if row.ended_at is not None:
            yield Moment(row.ended_at, "call", f"call.{row.state}", known)
        elif row.error_code:
            yield Moment(row.due_at, "call", f"call.{row.state}", known)


def _events(subjects: dict[str, list[int]]) -> Iterator[Moment]:
    ours = select(StripeObject.stripe_id).where(_about(StripeObject, subjects))
    query = select(StripeEvent).where(StripeEvent.object_id.in_(ours)).order_by(StripeEvent.received_at).limit(MOST)
    for row in db.session.scalars(query):
        facts = [("object", row.object_id), ("source", row.source), ("state", row.state), ("event", row.event_id)]
        yield Moment(row.received_at, "event", row.type, facts)


def _bookings(subjects: dict[str, list[int]]) -> Iterator[Moment]:
    query = (
        select(LedgerTransaction)
        .where(_about(LedgerTransaction, subjects))
        .options(selectinload(LedgerTransaction.entries))
        .order_by(LedgerTransaction.id)
        .limit(MOST)
    )
    for row in db.session.scalars(query):
        lines = [(f"account {entry.account}", entry.amount_cents) for entry in row.entries]
        yield Moment(row.at, "booking", f"booking.{row.kind}", [("number", row.id), *lines])


def _mails(pledge: Pledge) -> Iterator[Moment]:
    """Occasion and state only: what was written is between us and the contributor."""
    beginning = f"pledge:{pledge.id}:"
    query = (
        select(OutboxMail.created_at, OutboxMail.occasion, OutboxMail.sent_at, OutboxMail.given_up_at)
        .where(OutboxMail.occasion.startswith(beginning, autoescape=True))
        .order_by(OutboxMail.id)
        .limit(MOST)
    )
    for created_at, occasion, sent_at, given_up_at in db.session.execute(query):
        state = "sent" if sent_at else "given_up" if given_up_at else "waiting"
        yield Moment(created_at, "mail", occasion.removeprefix(beginning), [("mail_state", state)])
