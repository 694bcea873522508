"""The doors of one's own second factor: why, switch on, recovery codes, switch off."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from app.accounts import queries, second_factors, sessions, totp
from app.accounts import second_factor_rules as rules
from app.accounts import second_factor_services as services
from app.accounts.code_views import answer, knows_code
from app.accounts.forms import BeginFactorForm, CodeForm, FirstCodeForm
from app.accounts.models import SecondFactor
from app.accounts.profile_views import knows_password
from app.accounts.views import bp
from app.core import clock
from app.core.access import allow, signed_in
from app.core.database import transaction
from app.core.links import local_path


@bp.route("/compte/double-verification", methods=["GET", "POST"])
@allow(signed_in)
def second_factor() -> ResponseReturnValue:
    """What it is and how it stands; the password begins it."""
    target, me = local_path(request.values.get("next", "")) or "", current_user.id
    factor, form = queries.factor_of(me), BeginFactorForm(next=target)
    if factor is None and form.validate_on_submit() and knows_password(form):
        try:
            with transaction():
                services.begin(queries.get_user(me), at=clock.now())
        except IntegrityError:
            pass  # a second click won: its secret is shown
        return redirect(url_for("accounts.confirm_second_factor", next=target or None), 303)
    return render_template(
        "accounts/second_factor.html", form=form, factor=factor, target=target, must_keep=services.must_keep(me),
        codes_left=queries.recovery_codes_left(me), few_left=rules.FEW_LEFT, codes_in_all=rules.RECOVERY_CODES,
    ), 422 if form.errors else 200  # fmt: skip


@bp.route("/compte/double-verification/confirmer", methods=["GET", "POST"])
@allow(signed_in)
def confirm_second_factor() -> ResponseReturnValue:
    """The secret to photograph, until its first code comes back."""
    target, me = local_path(request.values.get("next", "")) or "", current_user.id
    factor, form = queries.pending_factor(me, clock.now()), FirstCodeForm(next=target)
    if factor is None:
        return redirect(url_for("accounts.second_factor", next=target or None), 303)
    if form.validate_on_submit():
        step = second_factors.first_step(factor, form.code.data)
        if step is not None:
            return _switch_on(factor, step, target)
        form.code.errors = [_("Ce code ne convient pas. Vérifiez que l’heure de votre téléphone est juste.")]
    secret = second_factors.secret_of(factor) or ""
    return render_template(
        "accounts/second_factor_confirm.html", form=form, email=current_user.email,
        secret=rules.in_groups(secret), address=totp.address(secret, current_user.email),
        picture=totp.picture(totp.address(secret, current_user.email), _("Code QR à photographier")),
    ), 422 if form.errors else 200  # fmt: skip


def _switch_on(factor: SecondFactor, step: int, target: str) -> ResponseReturnValue:
    codes, hashes = second_factors.new_codes()
    sealed, me, here = factor.secret, current_user.id, current_user.session_id
    with transaction():
        services.switch_on(queries.get_user(me), sealed, step, hashes, keep_session=here, at=clock.now())
    sessions.prove(here)
    return render_template("accounts/recovery_codes.html", codes=codes, target=target, is_new=True)


@bp.route("/compte/double-verification/codes-de-secours", methods=["GET", "POST"])
@allow(signed_in)
def recovery_codes() -> ResponseReturnValue:
    """Ten new printed codes against a code: shown in this one answer, never again."""
    me, here = current_user.id, current_user.session_id
    if not current_user.second_factor_ok:
        return redirect(url_for("accounts.second_factor"), 303)
    form = CodeForm()
    if form.validate_on_submit() and knows_code(form, me):
        codes, hashes = second_factors.new_codes()
        with transaction():
            services.renew_codes(queries.get_user(me), hashes, keep_session=here, at=clock.now())
        sessions.prove(here)
        return render_template("accounts/recovery_codes.html", codes=codes, target="", is_new=False)
    return answer("accounts/recovery_codes_renew.html", form, codes_left=queries.recovery_codes_left(me))


@bp.route("/compte/double-verification/arreter", methods=["GET", "POST"])
@allow(signed_in)
def end_second_factor() -> ResponseReturnValue:
    me, here = current_user.id, current_user.session_id
    if not current_user.second_factor_ok:
        return redirect(url_for("accounts.second_factor"), 303)
    form, must_keep = CodeForm(), services.must_keep(me)
    if must_keep:
        return render_template("accounts/second_factor_end.html", form=form, must_keep=True), (
            409 if request.method == "POST" else 200
        )
    if form.validate_on_submit() and knows_code(form, me):
        with transaction():
            services.switch_off(queries.get_user(me), keep_session=here, at=clock.now())
        flash(_("La double vérification est arrêtée. Vos autres appareils sont déconnectés."), "success")
        return redirect(url_for("accounts.second_factor"), 303)
    return answer("accounts/second_factor_end.html", form, must_keep=False)
