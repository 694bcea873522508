"""The doors for a forgotten password."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts import authentication, passwords, queries, services
from app.accounts.forms import AskResetForm, ResetForm
from app.accounts.models import LinkPurpose
from app.accounts.views import bp
from app.core import clock, i18n
from app.core.access import allow, anyone
from app.core.database import transaction


@bp.route("/mot-de-passe-oublie", methods=["GET", "POST"])
@allow(anyone)
def ask_reset() -> ResponseReturnValue:
    form = AskResetForm()
    if form.validate_on_submit():
        authentication.count_mail(form.email.data)
        with transaction():
            services.ask_reset(form.email.data, locale=i18n.language(), at=clock.now())
        return redirect(url_for("accounts.reset_asked"), 303)
    return render_template("accounts/ask_reset.html", form=form), 422 if form.errors else 200


@bp.get("/mot-de-passe-oublie/courriel")
@allow(anyone)
def reset_asked() -> ResponseReturnValue:
    return render_template("accounts/mail_sent.html", what="reset")


@bp.route("/mot-de-passe/<token>", methods=["GET", "POST"])
@allow(anyone)
def reset_password(token: str) -> ResponseReturnValue:
    link = queries.get_link(token, LinkPurpose.RESET_PASSWORD, at=clock.now())
    form = ResetForm()
    form.password.own_words = (link.user.name, link.user.email)
    if form.validate_on_submit():
        hashed = passwords.hash_password(form.password.data)
        with transaction():
            living = queries.get_link(token, LinkPurpose.RESET_PASSWORD, at=clock.now())
            services.reset_password(living, hashed, at=clock.now())
        flash(_("Votre mot de passe est changé. Connectez-vous avec le nouveau."), "success")
        return redirect(url_for("accounts.sign_in"), 303)
    return render_template("accounts/reset_password.html", form=form), 422 if form.errors else 200
