"""/v1/payment_intents: the calls. What a confirmation does is in `confirmation.py`."""

from fake_stripe import money
from fake_stripe.errors import Refusal, invalid
from fake_stripe.ids import client_secret, new_id
from fake_stripe.params import EXPAND, Flag, Many, Metadata, Number, Shape, Text, listing, retrieval
from fake_stripe.resources import confirmation, customers
from fake_stripe.store import Obj
from fake_stripe.work import Work, render

METHOD_TYPES = Many(Text(choices=("card",)))
REASONS = ("abandoned", "duplicate", "fraudulent", "requested_by_customer")

CREATE = Shape(
    amount=Number(required=True),
    currency=Text(required=True),
    customer=Text(),
    payment_method=Text(),
    allowed_payment_method_types=METHOD_TYPES,
    automatic_payment_methods=Shape(enabled=Flag(required=True), allow_redirects=Text(choices=("always", "never"))),
    confirm=Flag(),
    off_session=Flag(),
    return_url=Text(),
    description=Text(max_length=1000),
    metadata=Metadata(),
    receipt_email=Text(max_length=800),
    setup_future_usage=Text(choices=("off_session", "on_session")),
    statement_descriptor_suffix=Text(max_length=22),
    transfer_group=Text(max_length=500),
    expand=EXPAND,
)
UPDATE = Shape(
    amount=Number(),
    currency=Text(),
    customer=Text(),
    payment_method=Text(),
    description=Text(max_length=1000, unset=True),
    metadata=Metadata(),
    receipt_email=Text(max_length=800, unset=True),
    transfer_group=Text(max_length=500),
    expand=EXPAND,
)
CONFIRM = Shape(
    payment_method=Text(),
    off_session=Flag(),
    return_url=Text(),
    receipt_email=Text(max_length=800, unset=True),
    error_on_requires_action=Flag(),
    expand=EXPAND,
)
CANCEL = Shape(cancellation_reason=Text(choices=REASONS), expand=EXPAND)
RETRIEVE = Shape(client_secret=Text(), expand=EXPAND)
LIST = listing(customer=Text())
assert retrieval().fields.keys() <= RETRIEVE.fields.keys()


def check_amount(amount: int, currency: str, param: str = "amount") -> None:
    """Raises Refusal (amount_too_small, amount_too_large, invalid currency)."""
    if currency not in money.CURRENCIES:
        raise invalid(
            f"Invalid currency: {currency}. Stripe currently supports these currencies here: "
            f"{', '.join(money.CURRENCIES)}",
            "currency",
        )
    if amount < 1:
        raise invalid("This value must be greater than or equal to 1.", param, "parameter_invalid_integer")
    if amount < money.LEAST_AMOUNT[currency]:
        raise invalid(
            f"Amount must be at least {money.LEAST_AMOUNT[currency] / 100:.2f} {currency}",
            param,
            "amount_too_small",
        )
    if amount > money.MOST_AMOUNT:
        raise invalid(
            f"Amount must be no more than {money.MOST_AMOUNT / 100:,.2f} {currency}",
            param,
            "amount_too_large",
        )


def new_intent(work: Work, params: Obj) -> Obj:
    """Keeps an unconfirmed intent. `params` as in CREATE; amount and currency already checked."""
    identifier = new_id("pi_3")
    allowed = params.get("allowed_payment_method_types")
    automatic = params.get("automatic_payment_methods")
    if automatic is None and allowed is None:
        automatic = {"enabled": True, "allow_redirects": "always"}
    elif automatic is not None:
        automatic = {"allow_redirects": "always"} | automatic
    method = params.get("payment_method")
    intent: Obj = {
        "id": identifier,
        "object": "payment_intent",
        "allowed_payment_method_types": allowed,
        "amount": params["amount"],
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": automatic,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic_async",
        "client_secret": client_secret(identifier),
        "confirmation_method": "automatic",
        "created": work.now,
        "currency": params["currency"],
        "customer": params.get("customer"),
        "customer_account": None,
        "description": params.get("description"),
        "excluded_payment_method_types": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": params.get("metadata", {}),
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": method,
        "payment_method_configuration_details": None,
        "payment_method_options": {
            "card": {
                "installments": None,
                "mandate_options": None,
                "network": None,
                "request_three_d_secure": "automatic",
            }
        },
        "payment_method_types": ["card"],
        "processing": None,
        "receipt_email": params.get("receipt_email"),
        "review": None,
        "setup_future_usage": params.get("setup_future_usage"),
        "shipping": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": params.get("statement_descriptor_suffix"),
        "status": "requires_confirmation" if method else "requires_payment_method",
        "transfer_data": None,
        "transfer_group": params.get("transfer_group"),
    }
    work.store.insert(intent)
    work.emit("payment_intent.created", intent)
    return intent


def create(work: Work, params: Obj) -> Obj:
    check_amount(params["amount"], params["currency"])
    for name in ("off_session", "return_url"):
        if name in params and not params.get("confirm"):
            raise invalid(f"You cannot set `{name}` on a PaymentIntent unless `confirm` is true.", name)
    if "customer" in params:
        customers.usable(work, params["customer"])
    if "payment_method" in params:
        confirmation.usable_method(work, params["payment_method"], params.get("customer"))
    intent = new_intent(work, params)
    if params.get("confirm"):
        return confirmation.confirm(work, intent, params)
    return intent


def retrieve(work: Work, params: Obj, identifier: str) -> Obj:
    intent = work.get("payment_intent", identifier)
    if params.get("client_secret", intent["client_secret"]) != intent["client_secret"]:
        raise invalid("The client_secret provided does not match.", "client_secret")
    return intent


def update(work: Work, params: Obj, identifier: str) -> Obj:
    intent = work.get("payment_intent", identifier)
    money_changes = {"amount", "currency", "customer", "payment_method"} & params.keys()
    if intent["status"] in ("succeeded", "canceled", "processing") and money_changes:
        raise unexpected_state(
            work,
            intent,
            f"This PaymentIntent's {sorted(money_changes)[0]} could not be updated because it has "
            f"a status of {intent['status']}.",
        )
    names = ("amount", "currency", "customer", "payment_method", "transfer_group")
    intent |= {name: params[name] for name in names if name in params}
    check_amount(intent["amount"], intent["currency"])
    if "customer" in params:
        customers.usable(work, params["customer"])
    if "payment_method" in params:
        confirmation.usable_method(work, params["payment_method"], intent["customer"])
        intent |= {"status": "requires_confirmation", "next_action": None}
    for name in ("description", "receipt_email"):
        if name in params:
            intent[name] = params[name] or None
    # Stripe merges metadata; an empty value removes its key.
    merged = intent["metadata"] | params.get("metadata", {})
    intent["metadata"] = {name: value for name, value in merged.items() if value != ""}
    return work.store.save(intent)


def confirm(work: Work, params: Obj, identifier: str) -> Obj:
    return confirmation.confirm(work, work.get("payment_intent", identifier), params)


def cancel(work: Work, params: Obj, identifier: str) -> Obj:
    intent = work.get("payment_intent", identifier)
    if intent["status"] in ("succeeded", "canceled"):
        raise unexpected_state(
            work,
            intent,
            f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}. "
            "Only a PaymentIntent with one of the following statuses may be canceled: "
            "requires_payment_method, requires_capture, requires_confirmation, requires_action, "
            "processing.",
        )
    if intent.get("_session"):
        raise Refusal(
            400,
            "You cannot cancel a PaymentIntent created by Checkout while its Checkout Session is open.",
        )
    return cancel_quietly(work, intent, params.get("cancellation_reason"))


def cancel_quietly(work: Work, intent: Obj, reason: str | None) -> Obj:
    intent |= {
        "status": "canceled",
        "canceled_at": work.now,
        "cancellation_reason": reason,
        "next_action": None,
    }
    work.store.save(intent)
    work.emit("payment_intent.canceled", intent)
    return intent


def unexpected_state(work: Work, intent: Obj, message: str) -> Refusal:
    return Refusal(400, message, code="payment_intent_unexpected_state", payment_intent=render(intent, work.now))
