"""Confirming a PaymentIntent: who must be asked, what the bank says, what is written."""

from typing import Any

from fake_stripe.cards import decline
from fake_stripe.errors import Refusal, invalid, refused
from fake_stripe.ids import new_id
from fake_stripe.resources import charges
from fake_stripe.resources.payment_methods import card_of, card_refused
from fake_stripe.store import Obj
from fake_stripe.work import Work, render


def usable_method(work: Work, identifier: str, customer: str | None) -> Obj:
    """A PaymentMethod that may pay for this customer.

    Raises:
        Refusal: unknown, detached, or somebody else's.
    """
    method = work.get("payment_method", identifier, "payment_method")
    if method["_detached"]:
        raise refused(
            "The provided PaymentMethod was previously used with a PaymentIntent without Customer "
            "attachment, shared with a connected account without Customer attachment, or was "
            "detached from a Customer. It may not be used again. To use a PaymentMethod multiple "
            "times, you must attach it to a Customer first."
        )
    if method["customer"] is not None and method["customer"] != customer:
        raise refused(
            f"The provided PaymentMethod cannot be used: it belongs to another Customer than "
            f"{customer or 'none'}. Include the Customer in the `customer` parameter.",
            "payment_method",
        )
    return method


def confirm(work: Work, intent: Obj, params: Obj) -> Obj:
    """One attempt to pay.

    Raises:
        Refusal: 402 with the intent inside when the card is refused or the absent person is
            needed; 400 when the intent cannot be confirmed (already succeeded: the guard
            against charging twice).
    """
    _check_state(work, intent)
    identifier = params.get("payment_method", intent["payment_method"])
    if identifier is None:
        raise _unexpected(
            work,
            intent,
            "You cannot confirm this PaymentIntent because it's missing a payment method. To confirm "
            "the PaymentIntent with this customer, specify a payment method attached to this "
            "customer along with the customer ID.",
        )
    method = usable_method(work, identifier, intent["customer"])
    _check_return_url(intent, params)
    if params.get("receipt_email"):
        intent["receipt_email"] = params["receipt_email"]
    intent |= {"payment_method": method["id"], "next_action": None, "last_payment_error": None}
    if params.get("off_session"):
        if needs_person(method, off_session=True):
            raise fail(work, intent, method, "authentication_required", None)
        return pay(work, intent, method)
    if needs_person(method, off_session=False):
        if params.get("error_on_requires_action"):
            raise fail(work, intent, method, "authentication_required", None)
        return ask_for_authentication(work, intent, params.get("return_url"))
    return pay(work, intent, method)


def needs_person(method: Obj, *, off_session: bool) -> bool:
    forced = method.get("_asks")
    if forced is not None:
        return bool(forced)
    card = card_of(method)
    if not off_session:
        return card.asks_on_session
    if card.asks_off_session:
        return True
    # A card that must be prepared (…3155) and was attached without its 3-D Secure.
    return card.asks_at_setup and card.charge is None and not method.get("_prepared")


def pay(work: Work, intent: Obj, method: Obj, *, authenticated: bool = False) -> Obj:
    """Asks the bank for the money. Raises Refusal (402) when it declines."""
    refusal = method["_decline"] if "_decline" in method else card_of(method).charge
    made = charges.charge(work, intent, method, refusal, authenticated=authenticated)
    intent["latest_charge"] = made["id"]
    if refusal is not None:
        raise fail(work, intent, method, refusal, made["id"])
    intent |= {
        "status": "succeeded",
        "amount_received": intent["amount"],
        "next_action": None,
        "last_payment_error": None,
    }
    work.store.save(intent)
    work.emit("payment_intent.succeeded", intent)
    charges.after_success(work, made, method)
    return intent


def ask_for_authentication(work: Work, intent: Obj, return_url: str | None) -> Obj:
    token = new_id("")
    url = f"{work.base_url}/3ds/{intent['id']}/{token}"
    intent |= {
        "status": "requires_action",
        "next_action": {
            "type": "redirect_to_url",
            "redirect_to_url": {"return_url": return_url, "url": url},
        },
        "_token": token,
    }
    work.store.save(intent)
    work.emit("payment_intent.requires_action", intent)
    return intent


def fail(work: Work, intent: Obj, method: Obj, reason: str, charge: str | None) -> Refusal:
    """Writes the failure and returns the 402 to raise."""
    facts = decline(reason)
    error: dict[str, Any] = {
        **facts,
        "doc_url": "https://stripe.com/docs/error-codes/" + facts["code"].replace("_", "-"),
        "payment_method": render(method, work.now),
        "type": "card_error",
    }
    if charge is not None:
        error["charge"] = charge
    return_to_start(work, intent, error)
    return card_refused(
        reason,
        charge=charge,
        payment_intent=render(intent, work.now),
        payment_method=render(method, work.now),
    )


def authentication_failed(work: Work, intent: Obj, method: Obj) -> None:
    """The person refused on the bank's page."""
    message = (
        "We are unable to authenticate your payment method. Please choose a different payment method and try again."
    )
    code = "payment_intent_authentication_failure"
    return_to_start(
        work,
        intent,
        {
            "code": code,
            "doc_url": "https://stripe.com/docs/error-codes/" + code.replace("_", "-"),
            "message": message,
            "payment_method": render(method, work.now),
            "type": "invalid_request_error",
        },
    )


def return_to_start(work: Work, intent: Obj, error: Obj) -> None:
    intent |= {
        "status": "requires_payment_method",
        "payment_method": None,
        "next_action": None,
        "last_payment_error": error,
    }
    work.store.save(intent)
    work.emit("payment_intent.payment_failed", intent)


def _check_state(work: Work, intent: Obj) -> None:
    if intent["status"] == "succeeded":
        raise _unexpected(
            work,
            intent,
            "You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.",
        )
    if intent["status"] == "canceled":
        raise _unexpected(
            work,
            intent,
            "You cannot confirm this PaymentIntent because it has a status of canceled. Only a "
            "PaymentIntent with one of the following statuses may be confirmed: "
            "requires_confirmation, requires_action, requires_payment_method.",
        )


def _check_return_url(intent: Obj, params: Obj) -> None:
    url = params.get("return_url")
    if url is not None and not url.startswith(("http://", "https://")):
        raise invalid("Not a valid URL", "return_url", "url_invalid")
    automatic = intent["automatic_payment_methods"] or {}
    redirects = automatic.get("enabled") and automatic.get("allow_redirects") != "never"
    if redirects and url is None:
        raise refused(
            "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. "
            "Because some of these payment methods might redirect your customer off of your page, "
            "you must provide a `return_url`. If you don't want to accept redirect-based payment "
            "methods, set `automatic_payment_methods[enabled]` to `true` and "
            "`automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents "
            "and Payment Intents."
        )


def _unexpected(work: Work, intent: Obj, message: str) -> Refusal:
    return Refusal(400, message, code="payment_intent_unexpected_state", payment_intent=render(intent, work.now))
