"""The doors of one's own account: details, password, address, sessions, closing."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from app.accounts import (
    authentication,
    closing,
    passwords,
    policy,
    queries,
    services,
    session_services,
    sessions,
)
from app.accounts.errors import EmailTaken
from app.accounts.forms import BeginFactorForm, ChangeEmailForm, ChangePasswordForm, CloseForm, DetailsForm
from app.accounts.models import AccountSession, LinkPurpose
from app.accounts.views import bp
from app.core import clock, i18n
from app.core.access import allow, anyone, signed_in
from app.core.database import transaction
from app.core.errors import DomainError
from app.core.forms import EmptyForm


@bp.route("/compte", methods=["GET", "POST"])
@allow(signed_in)
def profile() -> ResponseReturnValue:
    form = DetailsForm(name=current_user.name, locale=current_user.locale)
    if form.validate_on_submit():
        me = current_user.id
        with transaction():
            user = queries.get_user(me)
            services.change_details(user, name=form.name.data, locale=form.locale.data, by=me, at=clock.now())
        flash(_("C’est enregistré."), "success")
        answer = redirect(url_for("accounts.profile"), 303)
        i18n.remember(answer, form.locale.data)
        return answer
    return render_template(
        "accounts/profile.html",
        form=form,
        email=current_user.email,
        sessions=queries.sessions_of(current_user.id, clock.real_now()),
        this_session_id=current_user.session_id,
        has_factor=current_user.has_second_factor,
    ), 422 if form.errors else 200


@bp.post("/compte/sessions/<int:session_id>/fermer")
@allow(policy.may_end_session, subject=queries.get_session)
def end_session(session: AccountSession) -> ResponseReturnValue:
    session_id = session.id
    if EmptyForm().validate_on_submit():
        with transaction():
            session_services.end_session(session_id, by=current_user.id, at=clock.real_now())
        flash(_("Cet appareil est déconnecté."), "success")
    return redirect(url_for("accounts.profile"), 303)


@bp.post("/compte/sessions/fermer-les-autres")
@allow(signed_in)
def end_other_sessions() -> ResponseReturnValue:
    if EmptyForm().validate_on_submit():
        me, keep = current_user.id, current_user.session_id
        with transaction():
            session_services.end_sessions(me, by=me, at=clock.real_now(), except_id=keep)
        flash(_("Vos autres appareils sont déconnectés."), "success")
    return redirect(url_for("accounts.profile"), 303)


@bp.route("/compte/mot-de-passe", methods=["GET", "POST"])
@allow(signed_in)
def change_password() -> ResponseReturnValue:
    form, me = ChangePasswordForm(), current_user.id
    form.password.own_words = (current_user.name, current_user.email)
    if form.validate_on_submit() and knows_password(form):
        hashed = passwords.hash_password(form.password.data)
        with transaction():
            services.change_password(queries.get_user(me), hashed, by=me, at=clock.now())
        sessions.start(me, proved_at=current_user.second_factor_at)
        flash(_("Votre mot de passe est changé. Vos autres appareils sont déconnectés."), "success")
        return redirect(url_for("accounts.profile"), 303)
    return render_template("accounts/change_password.html", form=form), 422 if form.errors else 200


@bp.route("/compte/adresse", methods=["GET", "POST"])
@allow(signed_in)
def change_email() -> ResponseReturnValue:
    form, me = ChangeEmailForm(), current_user.id
    if form.validate_on_submit() and _is_new(form) and knows_password(form):
        authentication.count_mail(form.new_email.data)
        with transaction():
            services.ask_new_email(queries.get_user(me), form.new_email.data, by=me, at=clock.now())
        return render_template(
            "accounts/new_email_asked.html", old_email=current_user.email, new_email=form.new_email.data
        )
    status = 422 if form.errors else 200
    return render_template("accounts/change_email.html", form=form, email=current_user.email), status


@bp.route("/compte/adresse/<token>", methods=["GET", "POST"])
@allow(anyone)
def confirm_new_email(token: str) -> ResponseReturnValue:
    """Opened from either mailbox, perhaps on another device: the link itself is the proof."""
    link, form = queries.get_link(token, *services.CHANGE, at=clock.now()), EmptyForm()
    new_email, is_new = link.new_email, link.purpose == LinkPurpose.CHANGE_EMAIL_NEW
    if form.validate_on_submit():
        try:
            with transaction():
                living = queries.get_link(token, *services.CHANGE, at=clock.now())
                is_done = services.confirm_new_email(living, at=clock.now())
        except IntegrityError as error:
            raise EmailTaken from error
        return render_template("accounts/new_email_confirmed.html", is_done=is_done, new_email=new_email)
    return render_template(
        "accounts/confirm_new_email.html", form=form, token=token, new_email=new_email, is_new=is_new
    )


@bp.route("/compte/fermer", methods=["GET", "POST"])
@allow(signed_in)
def close() -> ResponseReturnValue:
    form, me = CloseForm(), current_user.id
    obstacles, status = closing.obstacles(me), 200
    if form.validate_on_submit() and not obstacles and knows_password(form):
        try:
            with transaction():
                services.close_account(queries.get_user(me), by=me, at=clock.now())
        except DomainError as refusal:
            obstacles = [str(refusal)]
        else:
            sessions.end()
            flash(_("Votre compte est fermé. Merci d’avoir été des nôtres."), "success")
            return redirect(url_for("pages.home"), 303)
    if form.is_submitted():
        status = 409 if obstacles else 422
    return render_template("accounts/close.html", form=form, obstacles=obstacles), status


def knows_password(form: BeginFactorForm | ChangePasswordForm | ChangeEmailForm | CloseForm) -> bool:
    """The current password again, under the same limits as a sign-in."""
    if authentication.attempt(current_user.email, form.current.data) is not None:
        return True
    form.current.errors = [_("Ce n’est pas votre mot de passe actuel.")]
    return False


def _is_new(form: ChangeEmailForm) -> bool:
    if form.new_email.data != current_user.email:
        return True
    form.new_email.errors = [_("C’est déjà votre adresse.")]
    return False
