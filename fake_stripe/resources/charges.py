"""/v1/charges: made by PaymentIntents, never directly."""

from fake_stripe import money
from fake_stripe.cards import decline
from fake_stripe.ids import new_id
from fake_stripe.params import Text, listing, retrieval
from fake_stripe.resources import disputes
from fake_stripe.resources.payment_methods import card_of
from fake_stripe.store import Obj
from fake_stripe.work import Work

RETRIEVE = retrieval()
LIST = listing(customer=Text(), payment_intent=Text(), transfer_group=Text())


def retrieve(work: Work, params: Obj, identifier: str) -> Obj:
    return work.get("charge", identifier)


def charge(work: Work, intent: Obj, method: Obj, refusal: str | None, *, authenticated: bool = False) -> Obj:
    """Moves the intent's amount from the card to the platform, or records why it did not.

    Args:
        refusal: the bank's decline, or None when it pays.
        authenticated: the person has just passed 3-D Secure.
    """
    card = card_of(method)
    paid = refusal is None
    made: Obj = {
        "id": new_id("ch_3"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": intent["amount"] if paid else 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": "FAUX STRIPE",
        "captured": paid,
        "created": work.now,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "fraud_details": {},
        "livemode": False,
        "metadata": dict(intent["metadata"]),
        "on_behalf_of": None,
        "outcome": {
            "advice_code": None,
            "network_advice_code": None,
            "network_decline_code": None,
            "network_status": "approved_by_network",
            "reason": None,
            "risk_level": "normal",
            "risk_score": 12,
            "seller_message": "Payment complete.",
            "type": "authorized",
        },
        "paid": paid,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": {"card": _card_details(method, authenticated), "type": "card"},
        "radar_options": {},
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": None,
        "refunded": False,
        "review": None,
        "shipping": None,
        "source_transfer": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "status": "succeeded" if paid else "failed",
        "transfer_data": None,
        "transfer_group": intent["transfer_group"],
    }
    if refusal is not None:
        facts = decline(refusal)
        made |= {"failure_code": facts["code"], "failure_message": facts["message"]}
        made["outcome"] |= {
            "network_status": "declined_by_network",
            "reason": refusal,
            "seller_message": "The bank did not return any further details with this decline.",
            "type": "issuer_declined",
        }
        work.store.insert(made)
        work.emit("charge.failed", made)
        return made
    entry = money.book(
        work,
        made,
        kind="charge",
        amount=made["amount"],
        fee=money.processing_fee(made["amount"]),
        at_once=card.available_at_once,
        description=intent["description"],
    )
    made["balance_transaction"] = entry["id"]
    work.store.insert(made)
    work.emit("charge.succeeded", made)
    return made


def after_success(work: Work, made: Obj, method: Obj) -> None:
    """What some test cards do once the money has moved."""
    if card_of(method).disputed:
        disputes.open_dispute(work, made)


def _card_details(method: Obj, authenticated: bool) -> Obj:
    card = method["card"]
    secure = {
        "authentication_flow": "challenge",
        "electronic_commerce_indicator": "05",
        "exemption_indicator": None,
        "result": "authenticated",
        "result_reason": None,
        "transaction_id": new_id("")[:20],
        "version": "2.2.0",
    }
    return {
        "authorization_code": "123456",
        "brand": card["brand"],
        "checks": card["checks"],
        "country": card["country"],
        "exp_month": card["exp_month"],
        "exp_year": card["exp_year"],
        "fingerprint": card["fingerprint"],
        "funding": card["funding"],
        "installments": None,
        "last4": card["last4"],
        "mandate": None,
        "network": card["brand"],
        "network_token": {"used": False},
        "network_transaction_id": "123456789012345",
        "regulated_status": "unregulated",
        "three_d_secure": secure if authenticated else None,
        "wallet": None,
    }
