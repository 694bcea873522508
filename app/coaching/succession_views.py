"""Records that nobody answers for any more, as a lead of their organisation finds and passes them on."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.coaching import policy, relay_queries, succession_queries, succession_services
from app.coaching.relay_forms import SuccessionForm
from app.coaching.views import bp
from app.core import clock
from app.core.access import LARGEST_NUMBER, Role, allow, viewer
from app.core.database import transaction
from app.core.errors import DomainError
from app.core.forms import choices_of


@bp.get("/accompagnement/sans-referent")
@allow(policy.leads_somewhere)
def left_records() -> ResponseReturnValue:
    return _page(_form(empty=True))


def _form(*, empty: bool = False) -> SuccessionForm:
    form = SuccessionForm(formdata=None) if empty else SuccessionForm()
    people = relay_queries.colleagues(viewer().organisation_ids(Role.ORGANISATION_LEAD), but=None)
    form.to_user.choices = choices_of((user_id, f"{name} — {place}") for user_id, name, place, _key in people)
    return form


def _page(form: SuccessionForm, status: int = 200) -> ResponseReturnValue:
    left = succession_queries.left_records(viewer())
    return render_template("coaching/left_records.html", form=form, left=left), status


@bp.post("/accompagnement/sans-referent")
@allow(policy.leads_somewhere)
def pass_on() -> ResponseReturnValue:
    """All or nothing. Which records may still be passed on is decided by the verb, so that a second click is heard."""
    form = _form()
    chosen = {one for one in form.records.data or () if 0 < one <= LARGEST_NUMBER}
    if form.everything.data:
        chosen = {one.record.id for one in succession_queries.left_records(viewer())}
    if not form.validate_on_submit() or not (chosen or form.everything.data):
        if not form.errors:
            form.form_errors.append(_("Choisissez au moins un dossier."))
        return _page(form, 422)
    try:
        with transaction():
            count = succession_services.pass_on(
                chosen, to_user_id=form.to_user.data, words=form.words.data or "", lead=viewer(), at=clock.now()
            )
    except DomainError as refusal:
        form.form_errors.append(str(refusal))
        return _page(form, refusal.status)
    said = ngettext("%(num)s dossier est confié.", "%(num)s dossiers sont confiés.", count)
    flash(said if count else _("C’est déjà fait : rien n’a changé."), "success")
    return redirect(url_for("coaching.left_records"), 303)
