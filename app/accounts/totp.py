"""The codes that a telephone shows, and what it photographs to know the secret (pyotp, segno)."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime

import pyotp
from flask import current_app
from markupsafe import Markup

from app.accounts import second_factor_rules as rules


def new_secret() -> str:
    """160 random bits in base 32: 32 letters and digits."""
    return pyotp.random_base32()


def code_at(secret: str, step: int) -> str:
    """The six digits of a step."""
    return str(pyotp.TOTP(secret, interval=rules.STEP_SECONDS).at(step * rules.STEP_SECONDS))


def matching_step(secret: str, code: str, *, at: datetime) -> int | None:
    """The step that `code` belongs to, the newest first; None for a wrong code or one of another minute."""
    now, found = rules.step_of(at), None
    for step in range(now - rules.DRIFT, now + rules.DRIFT + 1):
        if hmac.compare_digest(code_at(secret, step), code):
            found = step
    return found


def address(secret: str, email: str) -> str:
    """The `otpauth:` address that a QR code holds."""
    issuer = current_app.config["SETTINGS"].platform_name
    return pyotp.TOTP(secret, interval=rules.STEP_SECONDS).provisioning_uri(name=email, issuer_name=issuer)


def picture(text: str, title: str) -> Markup:
    """A QR code as inline SVG, dark on white in both themes: some telephones read no other."""
    import segno  # one page needs it: the others need not wait for its import

    code = segno.make(text, error="m", micro=False)
    svg = code.svg_inline(omitsize=True, border=4, dark="#000", light="#fff", svgclass="qr", lineclass=None)
    named = Markup('<svg role="img" aria-label="{}"').format(title)
    return named + Markup(svg.removeprefix("<svg"))  # drawn by segno: paths and numbers only


def new_recovery_codes() -> list[str]:
    """Ten different codes of twelve digits, to be printed: easy on a telephone's number pad."""
    found: set[str] = set()
    while len(found) < rules.RECOVERY_CODES:
        found.add(f"{secrets.randbelow(10**rules.RECOVERY_DIGITS):0{rules.RECOVERY_DIGITS}d}")
    return sorted(found)
