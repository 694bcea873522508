"""The doors where a code is asked: after the password, and again before money moves."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.accounts import second_factors, sessions
from app.accounts.forms import CodeForm
from app.accounts.second_factors import Verdict
from app.accounts.views import after_sign_in, bp
from app.core.access import allow, anyone, signed_in
from app.core.errors import TooManyTries
from app.core.links import local_path


def knows_code(form: CodeForm, user_id: int) -> bool:
    """Try the typed code; what is wrong stands in the form afterwards."""
    try:
        verdict = second_factors.attempt(user_id, form.code.data)
    except TooManyTries as refusal:
        form.form_errors.append(str(refusal))
        form.retry_after_seconds = refusal.retry_after_seconds
        return False
    if verdict is Verdict.WRONG:
        form.code.errors = [_("Ce code ne convient pas. Vérifiez qu’il n’a pas changé entre-temps.")]
    if verdict is Verdict.USED:
        form.code.errors = [_("Ce code a déjà servi. Attendez le suivant, moins d’une minute.")]
    return verdict is Verdict.RIGHT


def answer(template: str, form: CodeForm, **values: object) -> ResponseReturnValue:
    """The page with its form: 200, 422 when something is wrong, 429 after too many tries."""
    page = render_template(template, form=form, **values)
    if form.retry_after_seconds:
        return page, 429, {"Retry-After": str(form.retry_after_seconds)}
    return page, 422 if form.errors else 200


@bp.route("/connexion/code", methods=["GET", "POST"])
@allow(anyone)
def sign_in_code() -> ResponseReturnValue:
    """The password was right; until the code is, this browser has no right at all."""
    here, target = sessions.half_signed_in(), request.values.get("next", "")
    if here is None:
        return redirect(url_for("accounts.sign_in", next=local_path(target)), 303)
    form = CodeForm(next=target)
    if form.validate_on_submit() and knows_code(form, here.id):
        sessions.prove(here.session_id)
        return redirect(after_sign_in(form.next.data, here.id), 303)
    return answer("accounts/sign_in_code.html", form)


@bp.route("/compte/verification", methods=["GET", "POST"])
@allow(signed_in)
def prove() -> ResponseReturnValue:
    """A fresh code before money moves, then back to the page that asked for it."""
    target = request.values.get("next", "")
    if not current_user.second_factor_ok:
        return redirect(url_for("accounts.second_factor", next=local_path(target)), 303)
    form = CodeForm(next=target)
    if form.validate_on_submit() and knows_code(form, current_user.id):
        sessions.prove(current_user.session_id)
        return redirect(local_path(form.next.data) or url_for("accounts.profile"), 303)
    return answer("accounts/prove.html", form)
