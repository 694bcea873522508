"""The ledger read from end to end, a piece at a time: for a file that leaves the site."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.core.database import db
from app.payments.models import LedgerEntry, LedgerSeal, LedgerTransaction

PIECE = 1_000


@dataclass(frozen=True)
class Line:
    """One entry of one fact. `number`, `seal`: of the fact in the chain; `cents`: signed, positive is a debit."""

    number: int | None
    at: datetime
    kind: str
    stripe_id: str
    account: str
    cents: int
    seal: str


def between(since: datetime, until: datetime) -> Iterator[Line]:
    """Every entry of the facts with `since` ≤ at < `until`, in the order in which they were written.

    Memory does not grow with the ledger, and no read stays open while the last piece is on its way to the reader:
    what was written before never changes.
    """
    query = (
        select(
            LedgerEntry.id, LedgerSeal.number, LedgerTransaction.at, LedgerTransaction.kind,
            LedgerTransaction.stripe_id, LedgerEntry.account, LedgerEntry.amount_cents, LedgerSeal.seal,
        )
        .join(LedgerTransaction, LedgerTransaction.id == LedgerEntry.transaction_id)
        .outerjoin(LedgerSeal, LedgerSeal.transaction_id == LedgerTransaction.id)
        .where(LedgerTransaction.at >= since, LedgerTransaction.at < until)
        .order_by(LedgerEntry.id)
        .limit(PIECE)
    )  # fmt: skip
    after = 0
    while True:
        rows = db.session.execute(query.where(LedgerEntry.id > after)).all()
        db.session.rollback()
        for row in rows:
            yield Line(row.number, row.at, row.kind, row.stripe_id, row.account, row.amount_cents, row.seal or "")
        if len(rows) < PIECE:
            return
        after = rows[-1].id
