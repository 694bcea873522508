"""The comparison of all books: stored total, promises, charges and transfers, the ledger, and Stripe's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.core.database import db
from app.payments import ledger, seals
from app.payments.client import gateway
from app.payments.operations import installation
from app.pledges.rules import transfer_group
from app.settlement import book_rows
from app.settlement.book_rows import ACCEPTED, IS_DONE, IS_HELD, Ours, total
from app.settlement.book_rows import HAS_PAID as HAS_PAID
from app.settlement.models import Charge, Dispute, Refund, Reversal, ReversalState, Transfer

# Between two balances of ours and Stripe's nothing else may stand: other installations may, see `_compare_balance`.
MOVED = ("charge", "transfer", "refund", "refund_failure", "reversal")
OVER = frozenset({"won", "lost", "warning_closed", "prevented"})
WHOLE = "—"  # the name of what no single campaign has


@dataclass(frozen=True)
class Comparison:
    """One figure of one campaign in several books; values in cents unless the name says otherwise.

    `note`: why a figure could not be compared; such a line counts as equal.
    """

    campaign: str
    name: str
    values: tuple[tuple[str, int], ...]  # (book, figure)
    note: str = ""

    @property
    def is_equal(self) -> bool:
        return bool(self.note) or len({figure for _, figure in self.values}) == 1

    @property
    def spread(self) -> tuple[int, ...]:
        """How far each book is from the first: the same while money comes in as it should."""
        return tuple(figure - self.values[0][1] for _, figure in self.values)


def compare() -> Iterator[Comparison]:
    """Every campaign with a promise, then the ledger as a whole. Outside any transaction.

    Errors: GatewayUnavailable.
    """
    for campaign_id in book_rows.ids_to_compare():
        yield from compare_one(campaign_id)
    yield from compare_whole()


def compare_one(campaign_id: int) -> Iterator[Comparison]:
    """One campaign. Outside any transaction. Errors: GatewayUnavailable."""
    ours = book_rows.read(campaign_id)
    db.session.rollback()
    group = transfer_group(campaign_id)
    charges = [one for one in gateway().list_charges(group) if is_ours(one) and one["status"] == "succeeded"]
    transfers = [one for one in gateway().list_transfers(group) if is_ours(one)]
    yield from _compare_promises(ours, charges)
    yield from _compare_money(ours, charges, transfers)


def _compare_promises(ours: Ours, charges: list[dict[str, Any]]) -> Iterator[Comparison]:
    per_pledge = Counter(str(one["metadata"].get("pledge")) for one in charges)
    twice = sum(count - 1 for count in per_pledge.values())
    unknown = len(per_pledge.keys() - ours.public_ids)
    yield _line(ours, "total", stored=ours.stored[0], promises=ours.promised[0])
    yield _line(ours, "persons (count)", stored=ours.stored[1], promises=ours.promised[1])
    yield _line(ours, "rewards (count)", chosen=ours.chosen_rewards, kept=ours.kept_rewards)
    yield _line(ours, "paid promises", promises=ours.paid, charges=ours.charged)
    yield _line(ours, "given back", promises=ours.given_back[0], charges=ours.given_back[1])
    yield _line(ours, "paid without charge (count)", found=ours.paid_without_charge, should_be=0)
    yield _line(ours, "charged twice (count)", found=twice, should_be=0)
    yield _line(ours, "charges without promise (count)", found=unknown, should_be=0)


def _compare_money(ours: Ours, charges: list[dict[str, Any]], transfers: list[dict[str, Any]]) -> Iterator[Comparison]:
    own, at_stripe = ledger.of_campaign(ours.campaign_id), ledger.AVAILABLE

    def sums(things: list[dict[str, Any]], name: str) -> int:
        return sum(one[name] for one in things)

    yield _line(ours, "charged", charges=ours.charged, ledger=-ours.of(own, "charge"), stripe=sums(charges, "amount"))
    yield _line(
        ours, "refunded", refunds=ours.refunded, ledger=-ours.of(at_stripe, "refund", "refund_failure"),
        stripe=sums(charges, "amount_refunded"),
    )  # fmt: skip
    fees = sum(one["balance_transaction"]["fee"] for one in charges)
    yield _line(ours, "stripe's fees", charges=ours.fees, stripe=fees)
    yield _line(ours, "stripe's fees not passed on", charges=ours.fees_left, ledger=ours.of(ledger.FEES_PSP))
    yield _line(
        ours, "transferred", transfers=ours.transferred, ledger=-ours.of(at_stripe, "transfer"),
        stripe=sums(transfers, "amount"),
    )  # fmt: skip
    yield _line(
        ours, "reversed", transfers=ours.reversed[0], reversals=ours.reversed[1],
        ledger=ours.of(at_stripe, "reversal"), stripe=sums(transfers, "amount_reversed"),
    )  # fmt: skip
    yield _line(ours, "contested", disputes=ours.contested, ledger=ours.of(ledger.DISPUTES), stripe=_contested(charges))
    yield _line(ours, "left to the campaign", charges=ours.left, ledger=-ours.of(own) - ours.in_hand)


def _contested(charges: list[dict[str, Any]]) -> int:
    """What banks hold of these charges, by Stripe's own entries."""
    held = 0
    for charge in charges:
        for dispute in gateway().list_disputes(str(charge["id"])) if charge.get("disputed") else ():
            if dispute.get("status") not in OVER:
                held -= sum(int(one["amount"]) for one in dispute.get("balance_transactions") or [])
    return held


def compare_whole() -> Iterator[Comparison]:
    """The accounts that no single campaign has, the chain of seals, and Stripe's balance. Outside any transaction.

    Errors: GatewayUnavailable.
    """
    booked = book_rows.booked_everywhere()

    def of(account: str, *kinds: str) -> int:
        return sum(cents for (kind, at), cents in booked.items() if at == account and (not kinds or kind in kinds))

    net = total(Charge.amount_cents - Charge.fee_cents) - total(Transfer.amount_cents, IS_DONE)
    net += total(Reversal.amount_cents, Reversal.state == ReversalState.DONE)
    net -= total(Refund.amount_cents, Refund.state.in_(ACCEPTED))
    kept = total(Transfer.platform_fee_cents, IS_DONE)
    owed = total(Reversal.amount_cents, Reversal.state == ReversalState.OWED)
    debts = sum(ledger.balances(ledger.of_holder(0)[:-1]).values())
    contested = total(Dispute.amount_cents, IS_HELD)
    here = book_rows.available_here()
    broken, unbalanced = seals.broken(), len(ledger.unbalanced_ids())
    db.session.rollback()
    yield _whole("left at Stripe", rows=net, ledger=of(ledger.AVAILABLE, *MOVED))
    yield _whole("platform's fees", rows=kept, ledger=-of(ledger.FEES_PLATFORM, "transfer"))
    yield _whole("contested", disputes=contested, ledger=of(ledger.DISPUTES))
    yield _whole("owed by holders", reversals=owed, ledger=debts)
    yield _whole("ledger adds up to zero", sum=sum(booked.values()), should_be=0)
    yield _whole("unbalanced facts (count)", found=unbalanced, should_be=0)
    yield _whole("broken seals (count)", found=int(broken is not None), should_be=0)
    yield _compare_balance(here)


def _compare_balance(booked_cents: int) -> Comparison:
    """Stripe's own balance, where no other installation moves money on the same account."""
    balance = gateway().fetch("balance", "")
    theirs = sum(
        int(one["amount"]) for part in ("available", "pending") for one in balance[part] if one["currency"] == "eur"
    )
    found = _whole("balance", ledger=booked_cents, stripe=theirs)
    if found.is_equal or not _is_shared():
        return found
    return Comparison(WHOLE, "balance", found.values, note="not compared: the Stripe account is shared")


def _is_shared() -> bool:
    """Whether somebody else's payments are on this account."""
    return any(one["status"] == "succeeded" and not is_ours(one) for one in gateway().list_intents(since=0))


def _line(ours: Ours, name: str, **values: int) -> Comparison:
    return Comparison(ours.slug, name, tuple(values.items()))


def _whole(name: str, **values: int) -> Comparison:
    return Comparison(WHOLE, name, tuple(values.items()))


def is_ours(thing: dict[str, Any]) -> bool:
    """Several installations may share one Stripe account."""
    return bool((thing.get("metadata") or {}).get("env") == installation())
