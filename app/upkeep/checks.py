"""What must be true of any copy of this platform, asked of the database itself. Each check: findings, a line each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import CheckConstraint, FromClause, Select, and_, func, inspect, null, or_, select, text

from app.campaigns.models import Campaign, Reward
from app.coaching import vault
from app.core import storage
from app.core.database import db
from app.core.journal import APPEND_ONLY_TABLES
from app.payments import ledger, seals
from app.payments.models import LedgerTransaction
from app.pledges import queries as pledges
from app.pledges.models import Pledge
from app.pledges.rules import COUNTING, HOLDS_STOCK
from app.settlement.books import HAS_PAID
from app.settlement.models import Charge, Transfer, TransferState
from app.upkeep.queries import stored_names

SHOWN = 20  # findings of one check; the rest is a number


def findings() -> list[str]:
    """Every contradiction in the database of this app; empty when there is none. Outside any transaction."""
    found = [line for check in CHECKS for line in _cut(check)]
    db.session.rollback()
    return found


def _cut(check: Callable[[], Iterator[str]]) -> list[str]:
    lines = list(check())
    more = len(lines) - SHOWN
    return lines[:SHOWN] + ([f"… and {more} more of the same kind"] if more > 0 else [])


def _is_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


def the_file_is_sound() -> Iterator[str]:
    if _is_sqlite():
        for (line,) in db.session.execute(text("PRAGMA integrity_check(20)")):
            if line != "ok":
                yield f"database file: {line}"


def every_reference_leads_somewhere() -> Iterator[str]:
    """Foreign keys, asked anew: a restore, or a hand, may have gone around them."""
    for table in db.metadata.sorted_tables:
        for constraint in table.foreign_key_constraints:
            target = constraint.referred_table.alias("target")
            pairs = [(element.parent, target.c[element.column.name]) for element in constraint.elements]
            is_there = select(1).select_from(target).where(*(ours == theirs for ours, theirs in pairs)).exists()
            is_set = and_(*(ours.is_not(None) for ours, _theirs in pairs))
            lost = db.session.scalar(select(func.count()).select_from(table).where(is_set, ~is_there))
            if lost:
                names = ", ".join(column.name for column in constraint.columns)
                yield f"{lost} rows of {table.name} point nowhere ({names} → {constraint.referred_table.name})"


def what_is_written_cannot_be_rewritten() -> Iterator[str]:
    """The triggers of the append-only tables are there and switched on."""
    if _is_sqlite():
        known = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%RAISE(ABORT%'"
    else:
        known = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    present = {str(name).lower() for name in db.session.scalars(text(known))}
    for table in APPEND_ONLY_TABLES:
        for verb in ("update", "delete"):
            if f"{table}_no_{verb}" not in present:
                yield f"{table} accepts {verb}s: its append-only trigger is not there"


def the_ledger_is_balanced() -> Iterator[str]:
    for transaction_id in ledger.unbalanced_ids():
        yield f"ledger transaction {transaction_id} does not add up to zero"
    whole = sum(ledger.balances().values())
    if whole:
        yield f"the whole ledger adds up to {whole} cents instead of zero"
    broken = seals.broken()
    if broken:
        yield f"the seals of the ledger: {broken}"


def the_totals_are_the_sums() -> Iterator[str]:
    for campaign in db.session.scalars(select(Campaign).order_by(Campaign.id)):
        stored, summed = (campaign.raised_cents, campaign.backers_count), pledges.totals(campaign.id)
        if stored != summed:
            shown, true = " cents of ".join(map(str, stored)), " of ".join(map(str, summed))
            yield f"{campaign.slug}: shows {shown} persons, its promises are {true}"
    keeping = select(func.count(Pledge.id)).where(Pledge.reward_id == Reward.id, Pledge.state.in_(HOLDS_STOCK))
    having = select(func.count(Pledge.id)).where(Pledge.reward_id == Reward.id, Pledge.state.in_(COUNTING))
    rows = select(Reward, keeping.scalar_subquery(), having.scalar_subquery()).order_by(Reward.id)
    for reward, kept, with_card in db.session.execute(rows):
        if reward.promised_count != with_card:
            yield f"reward {reward.id}: {reward.promised_count} shown as chosen, {with_card} promises with a card"
        if reward.chosen_count != kept:
            yield f"reward {reward.id}: {reward.chosen_count} counted, {kept} promises keep it"
        total, left = reward.stock_total, reward.stock_left
        if total is not None and left + reward.chosen_count != total:
            yield f"reward {reward.id}: {left} left and {reward.chosen_count} taken of {total}"


def promises_charges_and_ledger_agree() -> Iterator[str]:
    has_charge = select(1).where(Charge.pledge_id == Pledge.id).exists()
    for pledge_id in db.session.scalars(select(Pledge.id).where(Pledge.state.in_(HAS_PAID), ~has_charge)):
        yield f"promise {pledge_id} is paid without a charge"
    # What was charged too late to count is refunded: its promise was never among the paid.
    counts = or_(Pledge.state.in_(HAS_PAID), Pledge.late_at.is_not(None))
    strange = select(Charge.id).join(Pledge).where(~counts | (Charge.amount_cents != Pledge.amount_cents))
    for charge_id in db.session.scalars(strange):
        yield f"charge {charge_id} is not what its promise says"
    is_paid_on = Transfer.state == TransferState.DONE
    none_left = func.coalesce(Transfer.stripe_transfer, "none:" + Charge.stripe_charge)
    yield from _booked_once("charge", select(Charge.stripe_charge, Charge.amount_cents, Charge.campaign_id))
    yield from _booked_once("transfer", select(none_left, null(), Charge.campaign_id).join(Charge).where(is_paid_on))


def _booked_once(kind: str, rows: Select[*tuple[Any, ...]]) -> Iterator[str]:
    """Each row (Stripe id, cents or None, campaign) has its fact in the ledger, and no fact is without its row."""
    entries = {
        fact.stripe_id: {entry.account: entry.amount_cents for entry in fact.entries}
        for fact in db.session.scalars(select(LedgerTransaction).where(LedgerTransaction.kind == kind))
    }
    for stripe_id, cents, campaign_id in db.session.execute(rows):
        booked = entries.pop(stripe_id, None)
        if booked is None:
            yield f"{kind} {stripe_id} is not in the ledger"
        elif cents is not None and abs(booked.get(ledger.of_campaign(campaign_id), 0)) != cents:
            yield f"{kind} {stripe_id} is in the ledger with another amount"
    for stripe_id in entries:
        yield f"the ledger knows a {kind} {stripe_id} that no row knows"


def sequences_are_ahead() -> Iterator[str]:
    """PostgreSQL: the next id of each table is above those that exist."""
    if _is_sqlite():
        return
    single = {table.name for table in db.metadata.tables.values() if _has_one_row(table)}
    for table in set(inspect(db.engine).get_table_names()) - single:
        sequence = db.session.scalar(
            text("SELECT pg_get_serial_sequence(:name, a.attname) FROM pg_attribute a WHERE a.attrelid = "
                 "CAST(:name AS regclass) AND a.attname = 'id'"),
            {"name": f'"{table}"'},
        )  # fmt: skip
        if sequence is None:
            continue
        newest = int(db.session.scalar(text(f'SELECT coalesce(max(id), 0) FROM "{table}"')) or 0)
        last, is_called = db.session.execute(text(f"SELECT last_value, is_called FROM {sequence}")).one()
        if last + (1 if is_called else 0) <= newest:
            yield f"{table}: the next id would be {last + (1 if is_called else 0)}, {newest} exists"


def _has_one_row(table: FromClause) -> bool:
    """Its id is given by hand: its sequence is never asked."""
    checks = (one for one in getattr(table, "constraints", ()) if isinstance(one, CheckConstraint))
    return any(str(one.sqltext) == "id = 1" for one in checks)


def stored_files_are_there() -> Iterator[str]:
    for name in sorted(stored_names(db.session.connection())):
        if not storage.exists(name):
            yield f"a stored file is missing: {name}"


def the_notes_can_be_opened() -> Iterator[str]:
    """The master key lies beside the copy, not in it: without it every note of every coach is lost."""
    lost = vault.lost_keys()
    if lost:
        yield f"{lost} keys of coaching notes cannot be opened: put back the NOTES_MASTER_KEY they were wrapped under"


CHECKS: tuple[Callable[[], Iterator[str]], ...] = (
    the_file_is_sound,
    every_reference_leads_somewhere,
    what_is_written_cannot_be_rewritten,
    the_ledger_is_balanced,
    the_totals_are_the_sums,
    promises_charges_and_ledger_agree,
    sequences_are_ahead,
    stored_files_are_there,
    the_notes_can_be_opened,
)
