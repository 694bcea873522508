"""/v1/payment_methods, and how a typed card becomes one."""

import hashlib
from typing import Any

from fake_stripe.cards import CARDS, TOKENS, Card, decline
from fake_stripe.errors import Refusal, refused
from fake_stripe.ids import new_id
from fake_stripe.params import EXPAND, Shape, Text, listing, retrieval
from fake_stripe.resources import customers
from fake_stripe.store import Obj
from fake_stripe.work import Work

RETRIEVE = retrieval()
ATTACH = Shape(customer=Text(required=True), expand=EXPAND)
DETACH = Shape(expand=EXPAND)
LIST = listing(customer=Text(), type=Text(choices=("card",)))


def new_card(
    work: Work,
    card: Card,
    *,
    exp_month: int,
    exp_year: int,
    name: str | None = None,
    email: str | None = None,
) -> Obj:
    """Keeps a PaymentMethod that belongs to nobody yet; the number itself stays private."""
    method: Obj = {
        "id": new_id("pm_1"),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": {
            "address": {
                "city": None,
                "country": None,
                "line1": None,
                "line2": None,
                "postal_code": None,
                "state": None,
            },
            "email": email,
            "name": name,
            "phone": None,
            "tax_id": None,
        },
        "card": {
            "brand": card.brand,
            "checks": {
                "address_line1_check": None,
                "address_postal_code_check": None,
                "cvc_check": "pass",
            },
            "country": card.country,
            "display_brand": card.brand,
            "exp_month": exp_month,
            "exp_year": exp_year,
            "fingerprint": hashlib.sha256(card.number.encode()).hexdigest()[:16],
            "funding": "credit",
            "generated_from": None,
            "last4": card.number[-4:],
            "networks": {"available": [card.brand], "preferred": None},
            "regulated_status": "unregulated",
            "three_d_secure_usage": {"supported": True},
            "wallet": None,
        },
        "created": work.now,
        "customer": None,
        "livemode": False,
        "metadata": {},
        "type": "card",
        "_number": card.number,
        "_detached": False,
    }
    return work.store.insert(method)


def card_of(method: Obj) -> Card:
    return CARDS[method["_number"]]


def attach_to(work: Work, method: Obj, customer: str) -> Obj:
    method["customer"] = customer
    work.store.save(method)
    work.emit("payment_method.attached", method)
    return method


def retrieve(work: Work, params: Obj, identifier: str) -> Obj:
    return work.get("payment_method", identifier)


def attach(work: Work, params: Obj, identifier: str) -> Obj:
    customers.usable(work, params["customer"])
    if identifier in TOKENS:
        card = CARDS[TOKENS[identifier]]
        if card.attach is not None:
            raise card_refused(card.attach)
        method = new_card(work, card, exp_month=12, exp_year=2034)
    else:
        method = work.get("payment_method", identifier)
    if method["_detached"]:
        raise refused(
            "This PaymentMethod was previously used without being attached to a Customer or was "
            "detached from a Customer, and may not be used again."
        )
    if method["customer"] not in (None, params["customer"]):
        raise refused("The payment method you provided has already been attached to a customer.")
    return attach_to(work, method, params["customer"])


def detach(work: Work, params: Obj, identifier: str) -> Obj:
    method = work.get("payment_method", identifier)
    if method["customer"] is None:
        raise refused("The payment method you provided is not attached to a customer so detachment is impossible.")
    previous = {"customer": method["customer"]}
    method |= {"customer": None, "_detached": True}
    work.store.save(method)
    work.emit("payment_method.detached", method, previous)
    return method


def card_refused(reason: str, **details: Any) -> Refusal:
    """402 as Stripe words it; what the refusal wrote (a failed charge) stays written."""
    facts = decline(reason)
    return Refusal(
        402,
        facts["message"],
        kind="card_error",
        code=facts["code"],
        decline_code=facts.get("decline_code"),
        keeps_changes=True,
        **details,
    )
