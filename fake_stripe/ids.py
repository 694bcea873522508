"""Identifiers that look like Stripe's, so that nothing in the application leans on the fake."""

import secrets
import string

ALPHABET = string.ascii_letters + string.digits

LENGTHS = {"cus_": 14, "cs_test_": 58, "whsec_": 32, "req_": 14, "acct_": 16}


def new_id(prefix: str) -> str:
    """`pi_3…`, `cs_test_…`; random, never reused."""
    return prefix + "".join(secrets.choice(ALPHABET) for _ in range(LENGTHS.get(prefix, 24)))


def client_secret(identifier: str) -> str:
    return f"{identifier}_secret_{new_id('')}"
