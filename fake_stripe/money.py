"""Fees, and the entries of the platform's balance. Amounts are integers in the smallest unit."""

from fake_stripe.ids import new_id
from fake_stripe.store import Obj
from fake_stripe.work import Work

CURRENCIES = ("eur", "usd", "gbp", "chf", "jpy")
LEAST_AMOUNT = {"eur": 50, "usd": 50, "gbp": 30, "chf": 50, "jpy": 50}
MOST_AMOUNT = 99_999_999
AVAILABLE_AFTER_SECONDS = 3 * 86_400
DISPUTE_FEE = 2000


def processing_fee(amount: int) -> int:
    """1.5 % rounded half up, plus 25: Stripe's price for European cards."""
    return (amount * 15 + 500) // 1000 + 25


def book(
    work: Work,
    source: Obj,
    *,
    kind: str,
    amount: int,
    fee: int = 0,
    at_once: bool = False,
    description: str | None = None,
) -> Obj:
    """Writes one balance transaction for `source` (a charge, refund, transfer, dispute…)."""
    category = {"payment": "charge", "adjustment": "dispute", "transfer_refund": "transfer_reversal"}
    fees = [
        {
            "amount": fee,
            "application": None,
            "currency": source["currency"],
            "description": "Stripe processing fees" if kind == "charge" else "Dispute fee",
            "type": "stripe_fee",
        }
    ]
    entry: Obj = {
        "id": new_id("txn_3" if kind in ("charge", "refund") else "txn_1"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": work.now + (0 if at_once else AVAILABLE_AFTER_SECONDS),
        "balance_type": "payments",
        "created": work.now,
        "currency": source["currency"],
        "description": description,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": fees if fee else [],
        "net": amount - fee,
        "reporting_category": category.get(kind, kind),
        "source": source["id"],
        "status": "pending",
        "type": kind,
    }
    return work.store.insert(entry)


def balance_of_platform(work: Work) -> dict[str, dict[str, int]]:
    """{"available": {"eur": 12}, "pending": {…}} in the smallest unit."""
    totals: dict[str, dict[str, int]] = {"available": {}, "pending": {}}
    for entry in work.store.every("balance_transaction"):
        side = totals["available" if entry["available_on"] <= work.now else "pending"]
        side[entry["currency"]] = side.get(entry["currency"], 0) + entry["net"]
    return totals


def balance_of_account(work: Work, account: str) -> dict[str, int]:
    """What a connected account holds: transfers received, less reversals and payouts."""
    totals: dict[str, int] = {}
    for transfer in work.store.every("transfer", destination=account):
        left = transfer["amount"] - transfer["amount_reversed"] - transfer.get("_paid_out", 0)
        totals[transfer["currency"]] = totals.get(transfer["currency"], 0) + left
    return totals
