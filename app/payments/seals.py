"""The chain of seals over the ledger: whoever rewrites a booked fact by hand is found out, and where."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import selectinload

from app.core.database import db, insert_unless_there, table_of
from app.payments.models import LedgerHead, LedgerSeal, LedgerTransaction

FIRST = "0" * 64
A_PAGE = 500
_HEAD = select(LedgerHead.number, LedgerHead.seal).where(LedgerHead.id == 1).with_for_update()
_MOVE_HEAD = update(table_of(LedgerHead)).where(LedgerHead.id == 1)
_SEAL = insert(table_of(LedgerSeal)).inline()


def seal(fact: LedgerTransaction) -> None:
    """Close the chain over a fact just written, inside its transaction. One writer at a time: the head is locked.

    `fact` is what was written, with its entries; it need not be a row of the session.
    """
    number, before = _locked_head()
    newest = {"number": number + 1, "seal": digest(before, fact)}
    db.session.execute(_MOVE_HEAD, newest)
    db.session.execute(_SEAL, {"transaction_id": fact.id, **newest})


def _locked_head() -> tuple[int, str]:
    head = db.session.execute(_HEAD).first()
    if head is None:
        db.session.execute(insert_unless_there(LedgerHead, "id"), {"id": 1, "number": 0, "seal": FIRST})
        head = db.session.execute(_HEAD).one()
    return head.number, head.seal


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
