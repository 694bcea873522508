"""The chain of seals over the ledger: whoever rewrites a booked fact by hand is found out, and where."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.core.database import add_unless_there, db
from app.payments.models import LedgerHead, LedgerSeal, LedgerTransaction

FIRST = "0" * 64
A_PAGE = 500


def seal(fact: LedgerTransaction) -> None:
    """Close the chain over a fact just written, inside its transaction. One writer at a time: the head is locked."""
    head = _locked_head()
    head.number, head.seal = head.number + 1, digest(head.seal, fact)
    db.session.add(LedgerSeal(transaction_id=fact.id, number=head.number, seal=head.seal))
    db.session.flush()


def _locked_head() -> LedgerHead:
    head = db.session.get(LedgerHead, 1, with_for_update=True, populate_existing=True)
    if head is None:
        add_unless_there(LedgerHead(id=1, number=0, seal=FIRST))
        head = db.session.get_one(LedgerHead, 1, with_for_update=True, populate_existing=True)
    return head


def digest(before: str, fact: LedgerTransaction) -> str:
    """SHA-256 of the seal before and of everything the fact says."""
    entries = sorted((entry.account, entry.amount_cents) for entry in fact.entries)
    said = [
        before, fact.id, fact.kind, fact.stripe_id, fact.subject_kind, fact.subject_id, fact.psp_env,
        _instant(fact.at), entries,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(said, separators=(",", ":")).encode()).hexdigest()


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def broken() -> str | None:
    """The first place where the chain does not hold, in words; None when it is whole.

    Facts older than the chain itself (booked before it existed) are not under it.
    """
    before, number, last = FIRST, 0, 0
    while True:
        page = db.session.execute(
            select(LedgerSeal, LedgerTransaction)
            .join(LedgerTransaction, LedgerTransaction.id == LedgerSeal.transaction_id)
            .options(selectinload(LedgerTransaction.entries))
            .where(LedgerSeal.number > number)
            .order_by(LedgerSeal.number)
            .limit(A_PAGE)
        ).all()
        for found, fact in page:
            number += 1
            if found.number != number:
                return f"seal {number} is missing"
            if digest(before, fact) != found.seal:
                return f"transaction {fact.id} is not what was sealed"
            before, last = found.seal, max(last, fact.id)
        if len(page) < A_PAGE:
            return _end(number, before)


def _end(number: int, newest: str) -> str | None:
    head = db.session.get(LedgerHead, 1, populate_existing=True)
    if head is not None and (head.number, head.seal) != (number, newest):
        return f"the newest seal is number {head.number}, the chain ends with {number}"
    first = select(LedgerSeal.transaction_id).order_by(LedgerSeal.number).limit(1).scalar_subquery()
    loose = db.session.scalar(
        select(LedgerTransaction.id)
        .where(LedgerTransaction.id > first, ~select(LedgerSeal).where(
            LedgerSeal.transaction_id == LedgerTransaction.id).exists())
        .limit(1)
    )  # fmt: skip
    return f"transaction {loose} was never sealed" if loose else None
