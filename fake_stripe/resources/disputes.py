"""/v1/disputes: opened by a test card or by the control API."""

from fake_stripe import money
from fake_stripe.ids import new_id
from fake_stripe.params import Text, listing, retrieval
from fake_stripe.store import Obj
from fake_stripe.work import Work

RETRIEVE = retrieval()
LIST = listing(charge=Text(), payment_intent=Text())
EVIDENCE_FIELDS = (
    "access_activity_log",
    "billing_address",
    "cancellation_policy",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_communication",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "customer_signature",
    "duplicate_charge_documentation",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "product_description",
    "receipt",
    "refund_policy",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "service_documentation",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_documentation",
    "shipping_tracking_number",
    "uncategorized_file",
    "uncategorized_text",
)


def retrieve(work: Work, params: Obj, identifier: str) -> Obj:
    return work.get("dispute", identifier)


def open_dispute(work: Work, charge: Obj, reason: str = "fraudulent", amount: int | None = None) -> Obj:
    """Takes the amount (default: what is left of the charge) and the dispute fee back from the platform's balance."""
    dispute: Obj = {
        "id": new_id("du_1"),
        "object": "dispute",
        "amount": charge["amount"] - charge["amount_refunded"] if amount is None else amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": work.now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {"enhanced_evidence": {}} | dict.fromkeys(EVIDENCE_FIELDS),
        "evidence_details": {
            "due_by": work.now + 7 * 86_400,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": reason,
        "status": "needs_response",
    }
    entry = money.book(
        work,
        dispute,
        kind="adjustment",
        amount=-dispute["amount"],
        fee=money.DISPUTE_FEE,
        at_once=True,
        description=f"Chargeback withdrawal for {charge['id']}",
    )
    dispute["balance_transactions"] = [entry]
    work.store.insert(dispute)
    charge["disputed"] = True
    work.store.save(charge)
    work.emit("charge.dispute.created", dispute)
    work.emit("charge.dispute.funds_withdrawn", dispute)
    return dispute


def close_dispute(work: Work, dispute: Obj, *, won: bool) -> Obj:
    """Won: the amount and the fee come back. Lost: nothing more moves."""
    dispute["status"] = "won" if won else "lost"
    if won:
        entry = money.book(
            work,
            dispute,
            kind="adjustment",
            amount=dispute["amount"],
            fee=-money.DISPUTE_FEE,
            at_once=True,
            description=f"Chargeback reversal for {dispute['charge']}",
        )
        dispute["balance_transactions"] = [*dispute["balance_transactions"], entry]
    work.store.save(dispute)
    if won:
        work.emit("charge.dispute.funds_reinstated", dispute)
    work.emit("charge.dispute.closed", dispute)
    return dispute
