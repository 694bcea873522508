"""The doors of accounts: sign up, confirm, sign in, sign out."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask import session as visit
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from app.accounts import authentication, passwords, queries, services, sessions
from app.accounts.forms import ConfirmElsewhereForm, ConfirmForm, SignInForm, SignUpForm
from app.accounts.models import LinkPurpose, User, UserState
from app.core import clock, i18n
from app.core.access import Role, Viewer, allow, anyone, rights_now, viewer
from app.core.database import transaction
from app.core.errors import TooManyTries
from app.core.forms import EmptyForm
from app.core.links import local_path

bp = Blueprint("accounts", __name__)


def after_sign_in(target: str | None, user_id: int) -> str:
    """Where a person goes once signed in: only ever a page of this site; who asked for none starts at their work."""
    who = Viewer(user_id=user_id, rights=rights_now(user_id))
    if who.is_coach:
        desk = "coaching.morning"
    elif who.is_moderator:
        desk = "moderation.queue"
    elif who.has(Role.TREASURER):
        desk = "treasury.desk"
    else:
        desk = "network.admin_home" if who.is_admin else "campaigns.mine"
    return local_path(target) or url_for(desk)


def enter(user_id: int, target: str | None) -> str:
    """Sign this browser in; where to go: to the page asked for, or first to the one that asks for a code."""
    if sessions.start(user_id):
        return after_sign_in(target, user_id)
    return url_for("accounts.sign_in_code", next=local_path(target) or None)


@bp.route("/inscription", methods=["GET", "POST"])
@allow(anyone)
def sign_up() -> ResponseReturnValue:
    form = SignUpForm(next=request.args.get("next", ""))
    if form.validate_on_submit():
        authentication.count_mail(form.email.data)
        hashed = passwords.hash_password(form.password.data)
        try:
            with transaction():
                services.sign_up(
                    name=form.name.data, email=form.email.data, password_hash=hashed,
                    locale=i18n.language(), at=clock.now(),
                )  # fmt: skip
        except (IntegrityError, StaleDataError):
            pass  # a second click won: its mail is on the way, and the answer is the same
        visit["signed_up"] = queries.fingerprint(hashed)
        visit["next"] = local_path(form.next.data) or ""
        return redirect(url_for("accounts.sign_up_done"), 303)
    return render_template("accounts/sign_up.html", form=form), 422 if form.errors else 200


@bp.get("/inscription/courriel")
@allow(anyone)
def sign_up_done() -> ResponseReturnValue:
    return render_template("accounts/mail_sent.html", what="sign_up")


@bp.route("/inscription/confirmer/<token>", methods=["GET", "POST"])
@allow(anyone)
def confirm_email(token: str) -> ResponseReturnValue:
    """The link's page only shows a button: what reads mail before people do must not confirm anything."""
    link = queries.get_link(token, LinkPurpose.CONFIRM_EMAIL, at=clock.now())
    email, user_id = link.user.email, link.user_id
    same_browser = visit.get("signed_up") == queries.fingerprint(link.user.password_hash)
    form = ConfirmForm() if same_browser else ConfirmElsewhereForm()
    if form.validate_on_submit():
        if same_browser or authentication.attempt(email, form.password.data):
            with transaction():
                services.confirm_email(
                    queries.get_link(token, LinkPurpose.CONFIRM_EMAIL, at=clock.now()), at=clock.now()
                )
            target = visit.get("next") if same_browser else None
            answer = redirect(enter(user_id, target), 303)
            flash(_("Votre adresse est confirmée, votre compte est ouvert. Bienvenue !"), "success")
            return answer
        form.password.errors = [_("Ce n’est pas le mot de passe choisi à l’inscription.")]
    status = 422 if form.errors else 200
    return render_template("accounts/confirm_email.html", form=form, email=email, token=token), status


@bp.route("/connexion", methods=["GET", "POST"])
@allow(anyone)
def sign_in() -> ResponseReturnValue:
    target, form = request.values.get("next", ""), SignInForm(next=request.args.get("next", ""))
    known = viewer().user_id
    if request.method == "GET" and known is not None:
        return redirect(after_sign_in(target, known), 303)
    status = 200
    if form.validate_on_submit():
        try:
            user = authentication.attempt(form.email.data, form.password.data)
        except TooManyTries as refusal:
            form.form_errors.append(str(refusal))
            answer = render_template("accounts/sign_in.html", form=form)
            return answer, 429, {"Retry-After": str(refusal.retry_after_seconds)}
        if user is not None and user.is_active:
            return _welcome(user, target)
        form.form_errors.append(_refusal(user))
    if form.errors or form.form_errors:
        status = 422
    return render_template("accounts/sign_in.html", form=form), status


def _welcome(user: User, target: str) -> ResponseReturnValue:
    locale, user_id = user.locale, user.id
    answer = redirect(enter(user_id, target), 303)
    if i18n.COOKIE not in request.cookies:
        i18n.remember(answer, locale)
    return answer


def _refusal(user: User | None) -> str:
    """Only who knows the password reads more than the first sentence."""
    if user is None or user.state == UserState.CLOSED:
        return str(_("L’adresse ou le mot de passe ne convient pas."))
    if user.state == UserState.SUSPENDED:
        return str(_("Ce compte est suspendu. Écrivez-nous pour en parler."))
    user_id, email = user.id, user.email
    authentication.count_mail(email)
    with transaction():
        services.mail_confirmation(queries.get_user(user_id), at=clock.now())
    return str(_("Confirmez d’abord votre adresse : nous venons de vous renvoyer le lien par courriel."))


@bp.post("/deconnexion")
@allow(anyone)
def sign_out() -> ResponseReturnValue:
    if EmptyForm().validate_on_submit():
        sessions.end()
        flash(_("Vous voilà hors de votre compte. À bientôt !"), "success")
    else:
        flash(_("Cette page avait expiré : appuyez de nouveau sur « Se déconnecter »."), "warning")
    return redirect(url_for("pages.home"), 303)
