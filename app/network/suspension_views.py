"""An account is suspended, and opened again, by an administrator, with a motive that the person is told."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts import queries as account_queries
from app.accounts import services as account_services
from app.accounts.models import User
from app.core import clock
from app.core.access import allow, viewer
from app.core.database import transaction
from app.core.errors import DomainError
from app.core.forms import EmptyForm
from app.network import policy
from app.network.admin_forms import SuspensionForm
from app.network.right_views import get_person, person_page
from app.network.views import bp


@bp.post("/administration/personnes/<int(max=2147483647):user_id>/suspendre")
@allow(policy.administers, subject=get_person)
def suspend_account(user: User) -> ResponseReturnValue:
    form, key = SuspensionForm(), user.id
    if not form.validate_on_submit():
        return person_page(user, 422, suspension=form)
    motive = form.chosen_motive
    with transaction():
        account_services.suspend(account_queries.get_user(key), motive=motive, by=viewer().user_id, at=clock.now())
    flash(_("Le compte est suspendu : ses connexions sont fermées, et la personne reçoit la raison."), "success")
    return redirect(url_for("network.person", user_id=key), 303)


@bp.post("/administration/personnes/<int(max=2147483647):user_id>/retablir")
@allow(policy.administers, subject=get_person)
def restore_account(user: User) -> ResponseReturnValue:
    key = user.id
    if not EmptyForm().validate_on_submit():
        raise DomainError
    with transaction():
        account_services.restore(account_queries.get_user(key), by=viewer().user_id, at=clock.now())
    flash(_("Le compte est de nouveau ouvert : la personne en est avertie."), "success")
    return redirect(url_for("network.person", user_id=key), 303)
