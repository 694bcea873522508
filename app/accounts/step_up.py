"""A fresh proof before money moves: for the views of any room.

    @bp.post("/tresorerie/versements/<int:id>/approuver")
    @allow(policy.may_approve, subject=queries.get_transfer)
    @require_second_factor()
    def approve(transfer): ...

Put it on the page that shows the form too: then the code is asked before anything is typed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlsplit

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.accounts import sessions
from app.accounts.second_factor_rules import PROOF_MINUTES
from app.core.access import View
from app.core.links import local_path


def require_second_factor(minutes: int = PROOF_MINUTES) -> Callable[[View], View]:
    """Under `@allow`: the view runs only when this browser gave a code less than `minutes` ago.

    Else the person is led to the page that asks for it (or to the one that switches the second factor on) and
    back: to this page, or for a form to the page that shows it.
    """

    def mark(view: View) -> View:
        @wraps(view)
        def proved(*args: object, **values: object) -> ResponseReturnValue:
            return ask_proof(minutes) or view(*args, **values)

        return proved

    return mark


def ask_proof(minutes: int = PROOF_MINUTES) -> ResponseReturnValue | None:
    """Where to send this person first; None when they proved themselves recently."""
    if not current_user.is_authenticated:
        return redirect(url_for("accounts.sign_in", next=_page()), 303)
    if not current_user.second_factor_ok:
        return redirect(url_for("accounts.second_factor", next=_page()), 303)
    if not sessions.proved_recently(minutes):
        return redirect(url_for("accounts.prove", next=_page()), 303)
    return None


def _page() -> str | None:
    """The page that was asked for; for a form the page it stands on, when the browser says so."""
    if request.method == "GET":
        return local_path(request.full_path.rstrip("?"))
    came_from = urlsplit(request.referrer or "")
    if came_from.netloc != request.host:
        return None
    return local_path(came_from.path + (f"?{came_from.query}" if came_from.query else ""))
