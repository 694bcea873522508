"""What a Checkout Session may be made of."""

import re

from fake_stripe.errors import invalid
from fake_stripe.params import EXPAND, Many, Metadata, Number, Shape, Text, listing, retrieval
from fake_stripe.store import Obj
from fake_stripe.work import Work

LOCALES = ("auto", "fr", "en", "de", "es", "it", "nl", "pt")
MESSAGE = Shape(message=Text(required=True, max_length=1200))

CREATE = Shape(
    mode=Text(required=True, choices=("payment", "setup", "subscription")),
    success_url=Text(),
    cancel_url=Text(),
    customer=Text(),
    customer_email=Text(max_length=800),
    client_reference_id=Text(max_length=200),
    allowed_payment_method_types=Many(Text(choices=("card",))),
    currency=Text(),
    expires_at=Number(),
    integration_identifier=Text(),
    line_items=Many(
        Shape(
            quantity=Number(least=1),
            price_data=Shape(
                currency=Text(required=True),
                unit_amount=Number(required=True, least=0),
                product_data=Shape(
                    name=Text(required=True),
                    description=Text(),
                    images=Many(Text(max_length=2048), most=8),
                    metadata=Metadata(),
                ).wanted(),
            ).wanted(),
        )
    ),
    locale=Text(choices=LOCALES),
    metadata=Metadata(),
    payment_intent_data=Shape(
        description=Text(max_length=1000),
        metadata=Metadata(),
        receipt_email=Text(max_length=800),
        setup_future_usage=Text(choices=("off_session", "on_session")),
        statement_descriptor_suffix=Text(max_length=22),
        transfer_group=Text(max_length=500),
    ),
    setup_intent_data=Shape(description=Text(max_length=1000), metadata=Metadata()),
    submit_type=Text(choices=("auto", "book", "donate", "pay")),
    custom_text=Shape(after_submit=MESSAGE, submit=MESSAGE),
    ui_mode=Text(choices=("hosted_page",)),
    expand=EXPAND,
)
RETRIEVE = retrieval()
LINE_ITEMS = listing()
EXPIRE = Shape(expand=EXPAND)
LIST = listing(customer=Text(), payment_intent=Text(), status=Text(choices=("open", "complete", "expired")))


def check(work: Work, params: Obj) -> None:
    """What goes together. Raises Refusal."""
    mode = params["mode"]
    if mode == "subscription":
        raise invalid("This local stand-in has no subscriptions.", "mode")
    _check_addresses(params)
    _check_mode(mode, params)
    if "customer" in params and "customer_email" in params:
        raise invalid("You may only specify one of these parameters: customer, customer_email.", "customer")
    if "expires_at" in params:
        away = params["expires_at"] - work.now
        # Five seconds for two clocks that are not quite together.
        if away < 1800 - 5 or away > 86_400 + 5:
            raise invalid(
                "The `expires_at` timestamp must be at least 30 minutes and less than 24 hours "
                "from Checkout Session creation.",
                "expires_at",
            )


def _check_addresses(params: Obj) -> None:
    for name in ("success_url", "cancel_url"):
        url = params.get(name)
        if url is None and name == "success_url":
            raise invalid("Missing required param: success_url.", name, "parameter_missing")
        if url is not None and not re.match(r"https?://[^\s/]+", url):
            raise invalid("Not a valid URL", name, "url_invalid")


def _check_mode(mode: str, params: Obj) -> None:
    foreign = {
        "setup": ("line_items", "payment_intent_data", "submit_type"),
        "payment": ("setup_intent_data", "currency"),
    }[mode]
    for name in foreign:
        if name in params:
            raise invalid(f"You can not pass `{name}` in `{mode}` mode.", name)
    if mode == "payment" and not params.get("line_items"):
        raise invalid("You must pass `line_items` in `payment` mode.", "line_items", "parameter_missing")
    if mode == "setup" and "currency" not in params and not params.get("allowed_payment_method_types"):
        raise invalid(
            "You must provide `currency` in `setup` mode when `allowed_payment_method_types` is not set.",
            "currency",
            "parameter_missing",
        )
    if len({item["price_data"]["currency"] for item in params.get("line_items", [])}) > 1:
        raise invalid("All line items must have the same currency.", "line_items")
