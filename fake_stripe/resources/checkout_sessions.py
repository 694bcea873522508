"""/v1/checkout/sessions: the calls. The page that people see is in `pages/checkout.py`."""

from fake_stripe.errors import refused
from fake_stripe.ids import new_id
from fake_stripe.resources import (
    customers,
    payment_intents,
    payment_methods,
    setup_intents,
)
from fake_stripe.resources.checkout_params import check
from fake_stripe.store import Obj
from fake_stripe.work import Work, list_object

NEVER_FILLED = (
    "adaptive_pricing",
    "after_expiration",
    "allow_promotion_codes",
    "billing_address_collection",
    "client_secret",
    "collected_information",
    "consent",
    "consent_collection",
    "currency_conversion",
    "customer_account",
    "discounts",
    "invoice",
    "invoice_creation",
    "managed_payments",
    "origin_context",
    "payment_intent",
    "payment_link",
    "payment_method_configuration_details",
    "permissions",
    "recovered_from",
    "saved_payment_method_options",
    "shipping_address_collection",
    "shipping_cost",
    "subscription",
    "wallet_options",
)


def create(work: Work, params: Obj) -> Obj:
    check(work, params)
    identifier = new_id("cs_test_")
    setup = params["mode"] == "setup"
    lines = [] if setup else [_line(item) for item in params["line_items"]]
    total = sum(line["amount_total"] for line in lines)
    currency: str | None = lines[0]["currency"] if lines else params.get("currency")
    if currency is not None:
        payment_intents.check_amount(total if lines else 100, currency, "line_items")
    email = params.get("customer_email")
    if "customer" in params:
        email = customers.usable(work, params["customer"])["email"]
    intent = None
    if setup:
        intent = setup_intents.new_setup(
            work,
            customer=params.get("customer"),
            data=params.get("setup_intent_data", {}),
            allowed=params.get("allowed_payment_method_types"),
            session=identifier,
        )
    session: Obj = _empty() | {
        "id": identifier,
        "allowed_payment_method_types": params.get("allowed_payment_method_types"),
        "amount_subtotal": None if setup else total,
        "amount_total": None if setup else total,
        "cancel_url": params.get("cancel_url"),
        "client_reference_id": params.get("client_reference_id"),
        "created": work.now,
        "currency": currency,
        "custom_text": _texts(params.get("custom_text", {})),
        "customer": params.get("customer"),
        "customer_creation": None if setup or "customer" in params else "if_required",
        "customer_details": {
            "address": None,
            "business_name": None,
            "email": email,
            "individual_name": None,
            "name": None,
            "phone": None,
            "tax_exempt": "none",
            "tax_ids": None,
        }
        if email
        else None,
        "customer_email": params.get("customer_email"),
        "expires_at": params.get("expires_at", work.now + 86_400),
        "integration_identifier": params.get("integration_identifier"),
        "locale": params.get("locale"),
        "metadata": params.get("metadata", {}),
        "mode": params["mode"],
        "payment_status": "no_payment_required" if setup else "unpaid",
        "setup_intent": intent["id"] if intent else None,
        "submit_type": params.get("submit_type"),
        "success_url": params["success_url"],
        "total_details": None if setup else {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "url": f"{work.base_url}/c/pay/{identifier}",
        "_lines": lines,
        "_intent_data": params.get("payment_intent_data", {}),
        "_email": email,
    }
    session["_due_at"] = session["expires_at"]
    work.store.insert(session)
    return session


def retrieve(work: Work, params: Obj, identifier: str) -> Obj:
    return work.get("checkout.session", identifier)


def line_items(work: Work, params: Obj, identifier: str) -> Obj:
    session = work.get("checkout.session", identifier)
    return list_object(f"/v1/checkout/sessions/{identifier}/line_items", session["_lines"])


def expire(work: Work, params: Obj, identifier: str) -> Obj:
    session = work.get("checkout.session", identifier)
    if session["status"] != "open":
        raise refused(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session '
            f"has a status of {session['status']}."
        )
    return expire_now(work, session)


def expire_now(work: Work, session: Obj) -> Obj:
    """Also cancels the intent behind it, so that nothing can be paid afterwards."""
    session |= {"status": "expired", "url": None, "_due_at": None}
    work.store.save(session)
    if session["setup_intent"] is not None:
        setup_intents.cancel(work, work.get("setup_intent", session["setup_intent"]))
    if session["payment_intent"] is not None:
        intent = work.get("payment_intent", session["payment_intent"])
        payment_intents.cancel_quietly(work, intent | {"_session": None}, "expired")
    work.emit("checkout.session.expired", session)
    return session


def complete(work: Work, session: Obj) -> Obj:
    """The intent behind it has succeeded: the Session is over, whoever notices first."""
    kind = "setup_intent" if session["mode"] == "setup" else "payment_intent"
    intent = work.get(kind, session[kind])
    method = work.get("payment_method", intent["payment_method"])
    details = session["customer_details"] or {
        "address": None,
        "business_name": None,
        "individual_name": None,
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": None,
    }
    billing = method["billing_details"]
    session["customer_details"] = details | {"email": billing["email"], "name": billing["name"]}
    if kind == "payment_intent" and intent["setup_future_usage"] and session["customer"]:
        payment_methods.attach_to(work, method, session["customer"])
    session.pop("_values", None)
    session |= {"status": "complete", "url": None, "_due_at": None}
    if session["mode"] == "payment":
        session["payment_status"] = "paid"
    work.store.save(session)
    work.emit("checkout.session.completed", session)
    return session


def _line(item: Obj) -> Obj:
    price = item["price_data"]
    total = price["unit_amount"] * item.get("quantity", 1)
    return {
        "id": new_id("li_1"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": total,
        "amount_tax": 0,
        "amount_total": total,
        "currency": price["currency"],
        "description": price["product_data"]["name"],
        "metadata": {},
        "price": None,
        "quantity": item.get("quantity", 1),
    }


def _texts(texts: Obj) -> Obj:
    names = ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
    return {name: texts.get(name) for name in names}


def _empty() -> Obj:
    """Every field of a Session that this stand-in never fills."""
    return dict.fromkeys(NEVER_FILLED) | {
        "object": "checkout.session",
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "custom_fields": [],
        "livemode": False,
        "payment_method_collection": "always",
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "phone_number_collection": {"enabled": False},
        "shipping_options": [],
        "status": "open",
        "ui_mode": "hosted_page",
    }
