"""The doors of accounts: a line per route."""

from __future__ import annotations

from tests.access.people import EVERYBODY, HOLDER, SIGNED_IN

WHO: dict[str, frozenset[str]] = {
    "accounts.sign_up": EVERYBODY, "accounts.sign_up_done": EVERYBODY, "accounts.confirm_email": EVERYBODY,
    "accounts.sign_in": EVERYBODY, "accounts.sign_out": EVERYBODY, "accounts.ask_reset": EVERYBODY,
    "accounts.reset_asked": EVERYBODY, "accounts.reset_password": EVERYBODY, "accounts.confirm_new_email": EVERYBODY,
    "accounts.profile": SIGNED_IN, "accounts.change_password": SIGNED_IN, "accounts.change_email": SIGNED_IN,
    "accounts.close": SIGNED_IN, "accounts.end_other_sessions": SIGNED_IN,
    "accounts.sign_in_code": EVERYBODY, "accounts.second_factor": SIGNED_IN, "accounts.prove": SIGNED_IN,
    "accounts.confirm_second_factor": SIGNED_IN, "accounts.recovery_codes": SIGNED_IN,
    "accounts.end_second_factor": SIGNED_IN,
    "accounts.end_session": HOLDER,  # the session of the scene is the holder's
}  # fmt: skip
