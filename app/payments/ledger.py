"""The ledger: balanced, append-only facts about money, each booked once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, insert, select

from app.core.database import db, insert_unless_there, table_of
from app.payments import environment, seals
from app.payments.errors import Unbalanced
from app.payments.models import LedgerEntry, LedgerTransaction

AVAILABLE = "psp:available"
FEES_PSP = "fees:psp"
FEES_PLATFORM = "fees:platform"
DISPUTES = "disputes"  # taken by a bank until it has decided
_ENTRY = insert(table_of(LedgerEntry)).inline()


def of_campaign(campaign_id: int) -> str:
    """The account of a campaign's money: negative while we owe it to the holder."""
    return f"campaign:{campaign_id}"


def of_holder(user_id: int) -> str:
    """What a holder owes the platform: positive after money went back that their account no longer held."""
    return f"holder:{user_id}"


def charge_lines(campaign_id: int, *, amount_cents: int, fee_cents: int) -> dict[str, int]:
    """A charge: the net arrives at Stripe, the fee is Stripe's, the whole is owed to the campaign."""
    return {
        AVAILABLE: amount_cents - fee_cents,
        FEES_PSP: fee_cents,
        of_campaign(campaign_id): -amount_cents,
    }


def transfer_lines(
    campaign_id: int,
    *,
    amount_cents: int,
    transferred_cents: int,
    platform_fee_cents: int,
    stripe_fee_cents: int,
) -> dict[str, int]:
    """A transfer for a charge of `amount_cents`: the campaign is owed nothing more of it, the
    holder has the transfer, and the two fees are borne by the campaign.

    `amount_cents` = transferred + platform fee + Stripe's fee.
    """
    return {
        of_campaign(campaign_id): amount_cents,
        AVAILABLE: -transferred_cents,
        FEES_PLATFORM: -platform_fee_cents,
        FEES_PSP: -stripe_fee_cents,
    }


def fee_left_lines(cents: int) -> dict[str, int]:
    """The platform bears `cents` of Stripe's fee that no transfer bears; gives them back when negative."""
    return {FEES_PSP: -cents, FEES_PLATFORM: cents}


def back_lines(
    campaign_id: int, *, gone_cents: int, owed_cents: int, fee_cents: int, taken_from: str = AVAILABLE
) -> dict[str, int]:
    """`gone_cents` go back to a contributor (refund), or stay with their bank (`taken_from` disputes: a lost one).

    `owed_cents`: the part that the campaign bears: all of it before the transfer; afterwards what is
    taken back from the holder. The platform bears the rest, and `fee_cents`, the part of Stripe's fee
    that Stripe keeps for a charge not yet passed on.
    """
    return {
        taken_from: -gone_cents,
        of_campaign(campaign_id): owed_cents,
        FEES_PSP: -fee_cents,
        FEES_PLATFORM: gone_cents - owed_cents + fee_cents,
    }


def opposite(lines: Mapping[str, int]) -> dict[str, int]:
    """The same fact undone."""
    return {account: -cents for account, cents in lines.items()}


def book(
    kind: str, stripe_id: str, *, subject_kind: str, subject_id: int, lines: Mapping[str, int], at: datetime
) -> bool:
    """Write one transaction, inside the caller's. `lines`: account → signed cents; zeros are left out.

    Returns False when this Stripe object was booked before under this kind. Errors: Unbalanced.
    """
    kept = {account: cents for account, cents in lines.items() if cents}
    if not kept or sum(kept.values()) != 0:
        raise Unbalanced(f"{kind} {stripe_id}: {sum(kept.values())} cents too many")
    said = {
        "kind": kind, "stripe_id": stripe_id, "subject_kind": subject_kind, "subject_id": subject_id, "at": at,
        "psp_env": environment.current(),
    }  # fmt: skip
    new = insert_unless_there(LedgerTransaction, "kind", "stripe_id").returning(LedgerTransaction.id)
    number = db.session.scalar(new, said)
    if number is None:  # booked before, by us or by another worker
        return False
    entries = [{"account": account, "amount_cents": cents} for account, cents in kept.items()]
    db.session.execute(_ENTRY, [{"transaction_id": number, **entry} for entry in entries])
    seals.seal(LedgerTransaction(id=number, **said, entries=[LedgerEntry(**entry) for entry in entries]))
    return True


def balance(account: str) -> int:
    """Signed cents of one account."""
    total = db.session.scalar(
        select(func.coalesce(func.sum(LedgerEntry.amount_cents), 0)).where(LedgerEntry.account == account)
    )
    return int(total or 0)


def balances(prefix: str = "") -> dict[str, int]:
    """Account → signed cents, for the accounts whose name begins with `prefix`."""
    rows = db.session.execute(
        select(LedgerEntry.account, func.sum(LedgerEntry.amount_cents))
        .where(LedgerEntry.account.startswith(prefix, autoescape=True))
        .group_by(LedgerEntry.account)
        .order_by(LedgerEntry.account)
    )
    return {account: int(cents) for account, cents in rows}


def unbalanced_ids() -> list[int]:
    """Transactions whose entries do not add up to zero; always empty, unless somebody wrote by hand."""
    return list(
        db.session.scalars(
            select(LedgerEntry.transaction_id)
            .group_by(LedgerEntry.transaction_id)
            .having(func.sum(LedgerEntry.amount_cents) != 0)
        )
    )
