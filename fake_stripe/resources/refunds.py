"""/v1/refunds"""

from fake_stripe import money
from fake_stripe.errors import invalid, refused
from fake_stripe.ids import new_id
from fake_stripe.params import EXPAND, Metadata, Number, Shape, Text, listing, retrieval
from fake_stripe.resources.payment_methods import card_of
from fake_stripe.store import Obj
from fake_stripe.work import Work

SETTLES_AFTER_SECONDS = 3600

CREATE = Shape(
    payment_intent=Text(),
    charge=Text(),
    amount=Number(least=1),
    reason=Text(choices=("duplicate", "fraudulent", "requested_by_customer")),
    metadata=Metadata(),
    expand=EXPAND,
)
RETRIEVE = retrieval()
LIST = listing(charge=Text(), payment_intent=Text())


def create(work: Work, params: Obj) -> Obj:
    charge = _charge(work, params)
    left = charge["amount"] - charge["amount_refunded"]
    if charge["disputed"]:
        raise refused(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            code="charge_disputed",
        )
    if left == 0:
        raise refused(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    amount = params.get("amount", left)
    if amount > left:
        raise refused(
            f"Refund amount ({_shown(amount, charge)}) is greater than unrefunded amount on charge "
            f"({_shown(left, charge)})",
            "amount",
        )
    outcome = card_of(work.get("payment_method", charge["payment_method"])).refund
    refund: Obj = {
        "id": new_id("re_3"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": work.now,
        "currency": charge["currency"],
        "destination_details": {
            "card": {
                "reference": "pending",
                "reference_status": "pending",
                "reference_type": "acquirer_reference_number",
                "type": "refund",
            },
            "type": "card",
        },
        "metadata": params.get("metadata", {}),
        "payment_intent": charge["payment_intent"],
        "reason": params.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "pending" if outcome == "pending" else "succeeded",
        "transfer_reversal": None,
    }
    if outcome != "succeeds":
        refund |= {"_due_at": work.now + SETTLES_AFTER_SECONDS, "_outcome": outcome}
    if outcome == "pending":
        refund["pending_reason"] = "processing"
    entry = money.book(work, refund, kind="refund", amount=-amount, at_once=True)
    refund["balance_transaction"] = entry["id"]
    work.store.insert(refund)
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    work.store.save(charge)
    work.emit("charge.refunded", charge)
    work.emit("refund.created", refund)
    return refund


def retrieve(work: Work, params: Obj, identifier: str) -> Obj:
    return work.get("refund", identifier)


def settle(work: Work, refund: Obj, status: str) -> Obj:
    """What becomes of a refund after its answer: `succeeded`, `failed` or `pending`.

    A failed one gives the money back to the platform's balance.
    """
    refund.pop("pending_reason", None)
    refund |= {"_due_at": None, "status": status}
    if status == "pending":
        refund["pending_reason"] = "processing"
    if status == "failed":
        entry = money.book(work, refund, kind="refund_failure", amount=refund["amount"], at_once=True)
        refund |= {
            "failure_balance_transaction": entry["id"],
            "failure_reason": "expired_or_canceled_card",
        }
        charge = work.get("charge", refund["charge"])
        charge["amount_refunded"] -= refund["amount"]
        charge["refunded"] = False
        work.store.save(charge)
    work.store.save(refund)
    work.emit("refund.updated", refund)
    if status == "failed":
        work.emit("refund.failed", refund)
    return refund


def _charge(work: Work, params: Obj) -> Obj:
    if ("charge" in params) == ("payment_intent" in params):
        raise invalid("One of the following params should be provided for this request: payment_intent or charge.")
    if "charge" in params:
        charge = work.get("charge", params["charge"], "charge")
    else:
        intent = work.get("payment_intent", params["payment_intent"], "payment_intent")
        if intent["status"] != "succeeded":
            raise refused(f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.")
        charge = work.get("charge", intent["latest_charge"])
    if charge["status"] != "succeeded":
        raise refused(f"Charge {charge['id']} is not a successful charge: nothing to refund.")
    return charge


def _shown(amount: int, charge: Obj) -> str:
    return f"{amount / 100:.2f} {charge['currency']}"
