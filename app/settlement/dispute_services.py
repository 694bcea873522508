"""A contributor contests a payment at their bank: held, then given back to the campaign or lost, booked once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import structlog

from app.core.database import db
from app.core.journal import record
from app.payments import ledger, tasks
from app.payments.operations import remember
from app.pledges.checkout import SUBJECT as PLEDGES
from app.pledges.moves import move, move_or_lose_reward, set_refunded
from app.pledges.rules import PledgeState
from app.settlement import back_mails, holder_mails
from app.settlement import back_queries as backs
from app.settlement import back_shares as shares
from app.settlement import reversal_services as reversals
from app.settlement import transfer_services as transfers
from app.settlement.models import Charge, Dispute, DisputeState

log = structlog.get_logger()
SUBJECT = Dispute.__tablename__
# Stripe's words (docs.stripe.com/api/disputes/object): an inquiry that is closed took nothing.
WON = frozenset({"won", "warning_closed", "prevented"})
LOST = "lost"


def apply(charge: Charge, thing: Mapping[str, Any], *, at: datetime) -> Dispute:
    """Let a dispute, as Stripe shows it now, move ours. The caller holds the campaign's lock.

    Safe to repeat, in any order: what the bank took and gave back follows from Stripe's own entries.
    """
    db.session.refresh(charge)
    dispute = backs.find_dispute(str(thing["id"])) or _open(charge, thing, at=at)
    _book_moves(dispute, thing, at=at)
    status = str(thing.get("status"))
    if dispute.state == DisputeState.OPEN and status in WON:
        _win(dispute, at=at)
    elif dispute.state == DisputeState.OPEN and status == LOST:
        _lose(dispute, at=at)
    elif _contradicts(dispute, status):
        log.error("strange_dispute", dispute=dispute.id, status=status)
        tasks.open_task(
            "strange_dispute", f"strange_dispute:{dispute.stripe_dispute}", at=at, subject_kind=SUBJECT,
            subject_id=dispute.id, ours_cents=dispute.amount_cents, state=str(dispute.state), status=status,
        )  # fmt: skip
    return dispute


def _contradicts(dispute: Dispute, status: str) -> bool:
    """A bank that decides a second time: rare enough for a person to look."""
    return status in WON if dispute.state == DisputeState.LOST else status == LOST


def _open(charge: Charge, thing: Mapping[str, Any], *, at: datetime) -> Dispute:
    """Held: it counts no more for the campaign, and is not passed on while the bank thinks."""
    dispute = Dispute(
        charge_id=charge.id, campaign_id=charge.campaign_id, stripe_dispute=str(thing["id"]),
        amount_cents=int(thing.get("amount") or 0), reason=str(thing.get("reason") or "")[:60],
        state=DisputeState.OPEN, opened_at=at,
    )  # fmt: skip
    dispute.charge = charge
    db.session.add(dispute)
    db.session.flush()
    remember(dispute.stripe_dispute, PLEDGES, charge.pledge_id)
    record("dispute.opened", on=dispute, by=None, at=at, amount_cents=dispute.amount_cents, reason=dispute.reason)
    pledge = charge.pledge
    if pledge.state in (PledgeState.PAID, PledgeState.PART_REFUNDED):
        move(pledge, PledgeState.DISPUTED, action="pledge.contested", by=None, at=at)
    tasks.open_task(
        "dispute_opened", _task_key(dispute), at=at, subject_kind=SUBJECT, subject_id=dispute.id,
        theirs_cents=dispute.amount_cents, reason=dispute.reason, due_at=_due_at(thing),
    )  # fmt: skip
    holder_mails.contested(dispute, at=at)
    back_mails.contested(dispute, at=at)
    return dispute


def _task_key(dispute: Dispute) -> str:
    return f"dispute_opened:{dispute.stripe_dispute}"


def _due_at(thing: Mapping[str, Any]) -> str:
    """Until when evidence is accepted, as ISO; "" when Stripe does not say."""
    details = thing.get("evidence_details")
    due = details.get("due_by") if isinstance(details, Mapping) else None
    return datetime.fromtimestamp(due, UTC).isoformat() if isinstance(due, int) else ""


def _book_moves(dispute: Dispute, thing: Mapping[str, Any], *, at: datetime) -> None:
    """What the bank has taken and given back: Stripe's entries on our balance, each kind booked once."""
    entries = [one for one in thing.get("balance_transactions") or [] if isinstance(one, Mapping)]
    taken = [one for one in entries if int(one["amount"]) < 0 or int(one["fee"]) > 0]
    given = [one for one in entries if one not in taken]
    for kind, some, sign in (("dispute", taken, 1), ("dispute_won", given, -1)):
        cents = -sum(int(one["amount"]) for one in some)
        fee = sum(int(one["fee"]) for one in some)
        lines = {ledger.AVAILABLE: -cents - fee, ledger.DISPUTES: cents, ledger.FEES_PLATFORM: fee}
        is_new = any(lines.values()) and ledger.book(
            kind, dispute.stripe_dispute, subject_kind=SUBJECT, subject_id=dispute.id, lines=lines, at=at
        )
        if is_new and sign == 1:
            dispute.amount_cents, dispute.fee_cents = cents, fee
        elif is_new:
            dispute.fee_cents = max(0, dispute.fee_cents + fee)


def _win(dispute: Dispute, *, at: datetime) -> None:
    """Confirmed: it counts again and is passed on, also when the campaign was settled meanwhile."""
    _close(dispute, DisputeState.WON, at=at)
    pledge = dispute.charge.pledge
    if pledge.state == PledgeState.DISPUTED and not backs.has_open_dispute(dispute.charge_id):
        back = {0: PledgeState.PAID, pledge.amount_cents: PledgeState.REFUNDED}
        to = back.get(pledge.refunded_cents, PledgeState.PART_REFUNDED)
        move_or_lose_reward(pledge, to, action="pledge.contest_won", at=at)
    holder_mails.contest_won(dispute, at=at)


def _lose(dispute: Dispute, *, at: datetime) -> None:
    """The bank keeps it: booked at once, and the holder's share is asked back when it was passed on.

    While a transfer of the charge is being answered, nothing is decided: the next look decides.
    """
    charge, transfer = dispute.charge, backs.find_transfer(dispute.charge_id)
    if backs.is_in_flight(transfer):
        return
    held = _held(dispute)
    counted = min(held, charge.amount_cents - charge.refunded_cents)
    _close(dispute, DisputeState.LOST, at=at)
    if backs.is_passed_on(transfer) and counted:
        cents = shares.to_take_back(charge, transfer, counted, before_cents=0, mine=None)
        if cents:
            reversals.ask(transfer, cents, dispute_id=dispute.id, at=at)
    if held:
        lines = ledger.back_lines(
            dispute.campaign_id, gone_cents=held, taken_from=ledger.DISPUTES,
            owed_cents=shares.borne_by_campaign(charge, transfer, counted),
            fee_cents=shares.stripe_fee_of(charge, transfer, counted),
        )  # fmt: skip
        ledger.book(
            "dispute_lost", dispute.stripe_dispute, subject_kind=SUBJECT, subject_id=dispute.id, lines=lines, at=at
        )
    charge.refunded_cents += counted
    pledge = charge.pledge
    if counted:
        set_refunded(pledge, pledge.refunded_cents + counted, action="pledge.contest_counted", at=at)
    if pledge.state == PledgeState.DISPUTED:
        move(pledge, PledgeState.LOST, action="pledge.contest_lost", by=None, at=at)
    holder_mails.contest_lost(dispute, at=at)
    transfers.end_if_nothing_left(charge, at=at)


def _held(dispute: Dispute) -> int:
    """What the bank took and has not given back."""
    kinds = ("dispute", "dispute_won")
    return sum(backs.lines_of(kind, dispute.stripe_dispute).get(ledger.DISPUTES, 0) for kind in kinds)


def _close(dispute: Dispute, state: DisputeState, *, at: datetime) -> None:
    dispute.state, dispute.closed_at = state, at
    record(f"dispute.{state.value}", on=dispute, by=None, at=at, amount_cents=dispute.amount_cents)
    tasks.close_gone_key(_task_key(dispute), at=at)
    db.session.flush()
