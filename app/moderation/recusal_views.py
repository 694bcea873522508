"""Stepping aside from a review: from then on neither reading nor deciding."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core import clock
from app.core.access import allow, viewer
from app.core.database import transaction
from app.moderation import forms, policy, queries, services
from app.moderation.queries import Case
from app.moderation.views import bp, review_page


@bp.post("/moderation/<slug>/deport")
@allow(policy.may_review, subject=queries.get_case)
def recuse(case: Case) -> ResponseReturnValue:
    form, by, at = forms.RecusalForm(), viewer().user_id or 0, clock.now()
    if not form.validate_on_submit():
        return review_page(case, 422, recusal=form)
    with transaction():
        is_passed_on = services.recuse(case, by=by, reason=form.reason.data or "", at=at)
    flash(_("Vous êtes déporté·e de cette campagne : d’autres la reliront."), "success")
    if is_passed_on:
        flash(
            _("Plus personne de votre structure n’est libre de tout lien : une autre structure du réseau la relit."),
            "info",
        )
    return redirect(url_for("moderation.queue"), 303)
