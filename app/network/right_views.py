"""People and rights: search by exact e-mail, give, end: with a fresh code of the second factor."""

from __future__ import annotations

from datetime import date, datetime, time

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts import queries as account_queries
from app.accounts.models import User
from app.accounts.step_up import require_second_factor
from app.accounts.words import MOTIVE_WORDS
from app.core import clock
from app.core.access import Role, allow, viewer
from app.core.database import transaction
from app.core.errors import DomainError
from app.core.forms import EmptyForm, choices_of
from app.network import overview, policy, queries, services
from app.network.admin_forms import PersonForm, RightForm, SuspensionForm
from app.network.models import Right
from app.network.views import bp
from app.network.words import ROLE_WORDS


@bp.get("/administration/personnes")
@allow(policy.administers)
def people() -> ResponseReturnValue:
    """One person by exact address, or everybody who has a right."""
    asked = "email" in request.args
    form = PersonForm(request.args if asked else None)
    if asked and form.validate():
        user = account_queries.find_by_email(form.email.data or "")
        if user is not None:
            return redirect(url_for("network.person", user_id=user.id), 303)
        form.email.errors = [_("Aucun compte n’a cette adresse. La personne doit d’abord s’inscrire.")]
    page = render_template(
        "network/people.html", form=form, rights=queries.rights_rows(), roles=ROLE_WORDS, now=clock.now()
    )
    return page, 422 if asked else 200


def get_person(user_id: int) -> User:
    """Errors: NotFound."""
    return account_queries.get_user(user_id)


def _right_form() -> RightForm:
    form = RightForm()
    whole = (0, _("— toute la plateforme —"))
    form.organisation.choices = choices_of([whole, *((o.id, o.name) for o in queries.organisations())])
    return form


@bp.get("/administration/personnes/<int(max=2147483647):user_id>")
@allow(policy.administers, subject=get_person)
@require_second_factor()
def person(user: User) -> ResponseReturnValue:
    return person_page(user)


def person_page(
    user: User, status: int = 200, *, form: RightForm | None = None, suspension: SuspensionForm | None = None
) -> ResponseReturnValue:
    return render_template(
        "network/person.html",
        user=user,
        form=form or _right_form(),
        suspension=suspension or SuspensionForm(),
        why=overview.why_suspended(user),
        motives=MOTIVE_WORDS,
        rights=queries.rights_rows(user_id=user.id),
        roles=ROLE_WORDS,
        now=clock.now(),
    ), status


@bp.post("/administration/personnes/<int(max=2147483647):user_id>/droits")
@allow(policy.administers, subject=get_person)
@require_second_factor()
def give_right(user: User) -> ResponseReturnValue:
    form, key = _right_form(), user.id
    if not form.validate_on_submit():
        return person_page(user, 422, form=form)
    try:
        with transaction():
            services.give_right(
                key, form.chosen_role, form.organisation.data or None, viewer().user_id, clock.now(),
                starts_at=_start(form.starts_on.data), ends_at=_end(form.ends_on.data),
            )  # fmt: skip
    except DomainError as error:
        form.role.errors = [str(error)]
        return person_page(account_queries.get_user(key), 422, form=form)
    flash(_("Le droit est donné : il vaut dès la prochaine page que la personne ouvre."), "success")
    return redirect(url_for("network.person", user_id=key), 303)


def _start(day: date | None) -> datetime | None:
    """The first instant of a Paris day; today and the past mean now."""
    if day is None or day <= clock.paris_day(clock.now()).date():
        return None
    return datetime.combine(day, time(), clock.PARIS)


def _end(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(23, 59, 59), clock.PARIS)


@bp.post("/administration/droits/<int(max=2147483647):right_id>/terminer")
@allow(policy.administers, subject=queries.get_right)
@require_second_factor()
def end_right(right: Right) -> ResponseReturnValue:
    key, user_id = right.id, right.user_id
    if not EmptyForm().validate_on_submit():
        raise DomainError
    with transaction():
        services.end_right(queries.get_right(key), viewer().user_id, clock.now())
    flash(_("Le droit est terminé."), "success")
    still_admin = (Role.PLATFORM_ADMIN, None) in queries.rights_of(viewer().user_id or 0)
    return redirect(url_for("network.person", user_id=user_id) if still_admin else url_for("pages.home"), 303)
