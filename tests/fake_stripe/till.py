"""The steps that most tests of the fake begin with, through the real SDK."""

from typing import Any

import stripe

from fake_stripe import shopper
from tests.fake_stripe.process import FakeStripe

SITE = "http://127.0.0.1:9"
RECIPIENT: Any = {
    "contact_email": "porteuse@example.org",
    "display_name": "La recyclerie",
    "dashboard": "express",
    "identity": {"country": "FR", "entity_type": "individual"},
    "configuration": {"recipient": {"capabilities": {"stripe_balance": {"stripe_transfers": {"requested": True}}}}},
    "defaults": {
        "currency": "eur",
        "responsibilities": {"fees_collector": "application", "losses_collector": "application"},
    },
    "metadata": {"holder": "7"},
}


class Till:
    def __init__(self, fake: FakeStripe, client: stripe.StripeClient) -> None:
        self.fake = fake
        self.client = client

    def customer(self) -> stripe.Customer:
        return self.client.v1.customers.create({"email": "ada@example.org", "metadata": {"user": "1"}})

    def setup_session(self, customer: str) -> stripe.checkout.Session:
        return self.client.v1.checkout.sessions.create(
            {
                "mode": "setup",
                "customer": customer,
                "allowed_payment_method_types": ["card"],
                "client_reference_id": "pledge-1",
                "metadata": {"pledge": "1"},
                "setup_intent_data": {"metadata": {"pledge": "1"}},
                "success_url": SITE + "/retour?cs={CHECKOUT_SESSION_ID}",
                "cancel_url": SITE + "/annule",
            }
        )

    def payment_session(self, cents: int = 2500, **more: Any) -> stripe.checkout.Session:
        line: Any = {
            "quantity": 1,
            "price_data": {
                "currency": "eur",
                "unit_amount": cents,
                "product_data": {"name": "Contribution"},
            },
        }
        params: Any = {
            "mode": "payment",
            "line_items": [line],
            "payment_intent_data": {"transfer_group": "campaign:1", "metadata": {"pledge": "2"}},
            "success_url": SITE + "/retour?cs={CHECKOUT_SESSION_ID}",
            "cancel_url": SITE + "/annule",
            "allowed_payment_method_types": ["card"],
        }
        return self.client.v1.checkout.sessions.create(params | more)

    def saved_card(self, card: str = shopper.GOOD_CARD, customer: str | None = None) -> tuple[str, str]:
        """A customer and their card, saved through the Checkout page."""
        owner = customer or self.customer().id
        session = self.setup_session(owner)
        assert session.url is not None
        shopper.complete_checkout(session.url, card)
        done = self.client.v1.checkout.sessions.retrieve(session.id, {"expand": ["setup_intent"]})
        assert isinstance(done.setup_intent, stripe.SetupIntent)
        return owner, str(done.setup_intent.payment_method)

    def intent(self, customer: str, cents: int = 2500, **options: Any) -> stripe.PaymentIntent:
        """Unconfirmed. `options` are those of the call (idempotency_key…)."""
        return self.client.v1.payment_intents.create(
            {
                "amount": cents,
                "currency": "eur",
                "customer": customer,
                "allowed_payment_method_types": ["card"],
                "transfer_group": "campaign:1",
                "metadata": {"pledge": "1"},
            },
            options or None,
        )

    def confirm(self, intent: str, method: str, off_session: bool = True, **options: Any) -> stripe.PaymentIntent:
        params: Any = {
            "payment_method": method,
            "return_url": SITE + "/retour",
            "expand": ["latest_charge.balance_transaction"],
        }
        if off_session:
            params["off_session"] = True
        return self.client.v1.payment_intents.confirm(intent, params, options or None)

    def paid(self, cents: int = 2500, card: str = shopper.GOOD_CARD) -> stripe.PaymentIntent:
        customer, method = self.saved_card(card)
        return self.confirm(self.intent(customer, cents).id, method)

    def holder(self, decision: str = "complete") -> str:
        """A connected account that went through onboarding. Returns its id."""
        account = self.client.v2.core.accounts.create(RECIPIENT)
        link = self.client.v2.core.account_links.create(
            {
                "account": account.id,
                "use_case": {
                    "type": "account_onboarding",
                    "account_onboarding": {
                        "refresh_url": SITE + "/encore",
                        "return_url": SITE + "/compte",
                    },
                },
            }
        )
        shopper.complete_onboarding(link.url, decision)
        return account.id

    def events(self) -> list[str]:
        """Types, oldest first."""
        found = self.client.v1.events.list({"limit": 100})
        return [event.type for event in reversed(found.data)]
