"""/v1/account: the platform's own account. Its id names this installation of the fake."""

from fake_stripe.params import retrieval
from fake_stripe.store import Obj
from fake_stripe.work import Work

RETRIEVE = retrieval()


def retrieve(work: Work, params: Obj) -> Obj:
    return {
        "id": work.store.read_meta("account"),
        "object": "account",
        "business_profile": {
            "mcc": None,
            "name": "Plateforme de test",
            "support_address": None,
            "support_email": None,
            "support_phone": None,
            "support_url": None,
            "url": None,
        },
        "business_type": "non_profit",
        "capabilities": {"card_payments": "active", "transfers": "active"},
        "charges_enabled": True,
        "controller": {"type": "account"},
        "country": "FR",
        "default_currency": "eur",
        "details_submitted": True,
        "email": "plateforme@example.org",
        "metadata": {},
        "payouts_enabled": True,
        "settings": {
            "branding": {"icon": None, "logo": None, "primary_color": None, "secondary_color": None},
            "card_payments": {
                "statement_descriptor_prefix": None,
                "statement_descriptor_prefix_kana": None,
                "statement_descriptor_prefix_kanji": None,
            },
            "dashboard": {"display_name": "Faux Stripe", "timezone": "Europe/Paris"},
            "payments": {
                "statement_descriptor": "FAUX STRIPE",
                "statement_descriptor_kana": None,
                "statement_descriptor_kanji": None,
            },
        },
        "type": "standard",
    }
