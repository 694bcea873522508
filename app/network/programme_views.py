"""Programmes: their steps, version after version."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core import clock
from app.core.access import allow, viewer
from app.core.database import transaction
from app.core.errors import DomainError
from app.network import policy, programme_queries, programme_services, queries
from app.network.group_forms import StepsForm
from app.network.models import Programme
from app.network.views import bp


@bp.get("/administration/dispositifs")
@allow(policy.administers)
def programmes() -> ResponseReturnValue:
    return render_template("network/programmes.html", programmes=queries.programmes())


@bp.route("/administration/dispositifs/<code>", methods=["GET", "POST"])
@allow(policy.administers, subject=queries.get_programme)
def programme(found: Programme) -> ResponseReturnValue:
    code, version = found.code, found.template_version
    form, status = StepsForm(data={"steps": "\n".join(found.steps), "version": version}), 200
    if form.is_submitted():
        status = 422
    if form.validate_on_submit():
        try:
            with transaction():
                programme_services.write_steps(
                    queries.get_programme(code), form.lines, version=form.version.number,
                    reason=form.reason.data or "", by=viewer().user_id or 0, at=clock.now(),
                )  # fmt: skip
        except DomainError as error:
            form.steps.errors, status = [str(error)], error.status
            form.version.data = str(queries.get_programme(code).template_version)
        else:
            flash(
                _("La version %(number)s commence : les dossiers ouverts gardent la leur.", number=version + 1),
                "success",
            )
            return redirect(url_for("network.programme", code=code), 303)
    shown = queries.get_programme(code)
    page = render_template(
        "network/programme.html", programme=shown, form=form, templates=programme_queries.templates_of(shown.id)
    )
    return page, status
