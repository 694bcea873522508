"""/v1/balance and /v1/balance_transactions"""

from fake_stripe import money
from fake_stripe.params import Shape, Text, listing, retrieval
from fake_stripe.store import Obj
from fake_stripe.work import Work

BALANCE = retrieval()
RETRIEVE = retrieval()
LIST = listing(source=Text(), type=Text(), currency=Text(choices=money.CURRENCIES))
assert isinstance(BALANCE, Shape)


def balance(work: Work, params: Obj) -> Obj:
    if work.account is not None:
        totals = {"available": money.balance_of_account(work, work.account), "pending": {}}
    else:
        totals = money.balance_of_platform(work)
    for side in totals.values():
        side.setdefault("eur", 0)
    return {
        "object": "balance",
        "available": _lines(totals["available"]),
        "livemode": False,
        "pending": _lines(totals["pending"]),
        "refund_and_dispute_prefunding": {
            "available": [{"amount": 0, "currency": "eur"}],
            "pending": [{"amount": 0, "currency": "eur"}],
        },
    }


def retrieve(work: Work, params: Obj, identifier: str) -> Obj:
    return work.get("balance_transaction", identifier)


def _lines(amounts: dict[str, int]) -> list[Obj]:
    return [
        {"amount": amount, "currency": currency, "source_types": {"card": amount}}
        for currency, amount in sorted(amounts.items())
    ]
