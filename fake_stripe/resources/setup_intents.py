"""/v1/setup_intents: made by Checkout in setup mode; read by the application."""

from fake_stripe.cards import decline
from fake_stripe.errors import invalid
from fake_stripe.ids import client_secret, new_id
from fake_stripe.params import EXPAND, Shape, Text, listing
from fake_stripe.resources.payment_methods import attach_to
from fake_stripe.store import Obj
from fake_stripe.work import Work, render

RETRIEVE = Shape(client_secret=Text(), expand=EXPAND)
LIST = listing(customer=Text())


def retrieve(work: Work, params: Obj, identifier: str) -> Obj:
    intent = work.get("setup_intent", identifier)
    if params.get("client_secret", intent["client_secret"]) != intent["client_secret"]:
        raise invalid("The client_secret provided does not match.", "client_secret")
    return intent


def new_setup(work: Work, *, customer: str | None, data: Obj, allowed: list[str] | None, session: str) -> Obj:
    """`data` is the Session's setup_intent_data (metadata, description)."""
    identifier = new_id("seti_1")
    intent: Obj = {
        "id": identifier,
        "object": "setup_intent",
        "allowed_payment_method_types": allowed,
        "application": None,
        "automatic_payment_methods": None,
        "cancellation_reason": None,
        "client_secret": client_secret(identifier),
        "created": work.now,
        "customer": customer,
        "customer_account": None,
        "description": data.get("description"),
        "excluded_payment_method_types": None,
        "flow_directions": None,
        "last_setup_error": None,
        "latest_attempt": None,
        "livemode": False,
        "mandate": None,
        "metadata": data.get("metadata", {}),
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {
            "card": {"mandate_options": None, "network": None, "request_three_d_secure": "automatic"}
        },
        "payment_method_types": ["card"],
        "single_use_mandate": None,
        "status": "requires_payment_method",
        "usage": "off_session",
        "_session": session,
    }
    work.store.insert(intent)
    work.emit("setup_intent.created", intent)
    return intent


def ask_for_authentication(work: Work, intent: Obj, method: Obj, return_url: str) -> str:
    """Returns the address of the bank's page."""
    token = new_id("")
    url = f"{work.base_url}/3ds/{intent['id']}/{token}"
    intent |= {
        "status": "requires_action",
        "payment_method": method["id"],
        "next_action": {
            "type": "redirect_to_url",
            "redirect_to_url": {"return_url": return_url, "url": url},
        },
        "_token": token,
    }
    work.store.save(intent)
    work.emit("setup_intent.requires_action", intent)
    return url


def succeed(work: Work, intent: Obj, method: Obj) -> None:
    intent |= {
        "status": "succeeded",
        "payment_method": method["id"],
        "next_action": None,
        "last_setup_error": None,
    }
    method["_prepared"] = True
    work.store.save(method)
    work.store.save(intent)
    work.emit("setup_intent.succeeded", intent)
    if intent["customer"] is not None:
        attach_to(work, method, intent["customer"])


def fail(work: Work, intent: Obj, method: Obj, reason: str) -> str:
    """Returns the message for the person. `reason`: a decline, or authentication_failure."""
    if reason == "authentication_failure":
        error = {
            "code": "setup_intent_authentication_failure",
            "message": "We are unable to authenticate your payment method. Please choose a "
            "different payment method and try again.",
            "type": "invalid_request_error",
        }
    else:
        error = decline(reason) | {"type": "card_error"}
    error["doc_url"] = "https://stripe.com/docs/error-codes/" + error["code"].replace("_", "-")
    intent |= {
        "status": "requires_payment_method",
        "payment_method": None,
        "next_action": None,
        "last_setup_error": error | {"payment_method": render(method, work.now)},
    }
    work.store.save(intent)
    work.emit("setup_intent.setup_failed", intent)
    return error["message"]


def cancel(work: Work, intent: Obj) -> None:
    intent |= {"status": "canceled", "cancellation_reason": "abandoned", "next_action": None}
    work.store.save(intent)
    work.emit("setup_intent.canceled", intent)
