"""Test cards and how each behaves. Source: docs.stripe.com/testing."""

from dataclasses import dataclass

MESSAGES = {
    "generic_decline": "Your card was declined.",
    "insufficient_funds": "Your card has insufficient funds.",
    "lost_card": "Your card was declined.",
    "stolen_card": "Your card was declined.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
    "authentication_required": "Your card was declined. This transaction requires authentication.",
}
# Declines whose `code` is their own name; the others answer `card_declined` plus a decline_code.
OWN_CODE = {"expired_card", "incorrect_cvc", "processing_error"}


@dataclass(frozen=True)
class Card:
    """attach, charge: the decline, or None. asks_at_setup / asks_on_session / asks_off_session:
    where the bank wants 3-D Secure (`asks_off_session`: even for a card that was set up).
    """

    number: str
    brand: str = "visa"
    country: str = "US"
    attach: str | None = None
    charge: str | None = None
    asks_at_setup: bool = False
    asks_on_session: bool = False
    asks_off_session: bool = False
    disputed: bool = False
    available_at_once: bool = False
    refund: str = "succeeds"


CARDS = {
    card.number: card
    for card in (
        Card("4242424242424242"),
        Card("4000002500000003", country="FR"),
        Card("5555555555554444", brand="mastercard"),
        Card("4000000000000341", charge="generic_decline"),
        Card("4000000000000002", attach="generic_decline", charge="generic_decline"),
        Card("4000000000009995", attach="insufficient_funds", charge="insufficient_funds"),
        Card("4000000000009987", attach="lost_card", charge="lost_card"),
        Card("4000000000009979", attach="stolen_card", charge="stolen_card"),
        Card("4000000000000069", attach="expired_card", charge="expired_card"),
        Card("4000000000000127", attach="incorrect_cvc", charge="incorrect_cvc"),
        Card("4000000000000119", attach="processing_error", charge="processing_error"),
        Card("4000002500003155", country="FR", asks_at_setup=True, asks_on_session=True),
        Card(
            "4000002760003184",
            country="DE",
            asks_at_setup=True,
            asks_on_session=True,
            asks_off_session=True,
        ),
        Card("4000003800000446", country="GB", asks_on_session=True),
        Card(
            "4000008260003178",
            country="GB",
            charge="insufficient_funds",
            asks_at_setup=True,
            asks_on_session=True,
        ),
        Card("4000000000000259", disputed=True),
        Card("4000000000000077", available_at_once=True),
        Card("4000000000005126", refund="fails_later"),
        Card("4000000000007726", refund="pending"),
    )
}

# Stripe's ready-made payment methods (docs.stripe.com/testing), usable with `attach`.
TOKENS = {
    "pm_card_visa": "4242424242424242",
    "pm_card_mastercard": "5555555555554444",
    "pm_card_fr": "4000002500000003",
    "pm_card_chargeCustomerFail": "4000000000000341",
    "pm_card_authenticationRequired": "4000002760003184",
    "pm_card_authenticationRequiredOnSetup": "4000002500003155",
    "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds": "4000008260003178",
    "pm_card_createDispute": "4000000000000259",
    "pm_card_bypassPending": "4000000000000077",
    "pm_card_refundFail": "4000000000005126",
    "pm_card_pendingRefund": "4000000000007726",
    "pm_card_chargeDeclined": "4000000000000002",
    "pm_card_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_chargeDeclinedExpiredCard": "4000000000000069",
    "pm_card_chargeDeclinedIncorrectCvc": "4000000000000127",
    "pm_card_chargeDeclinedProcessingError": "4000000000000119",
}


def decline(reason: str) -> dict[str, str]:
    """code, decline_code and message of a refusal by the bank."""
    if reason in OWN_CODE:
        code = reason
    else:
        code = "authentication_required" if reason == "authentication_required" else "card_declined"
    found = {"code": code, "message": MESSAGES.get(reason, "Your card was declined.")}
    if reason != "processing_error":
        found["decline_code"] = reason
    return found
