"""From a coaching record to a campaign, by whoever coaches."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.campaigns import from_record, queries, services
from app.campaigns.mention_views import bp
from app.coaching import policy as coaching_policy
from app.coaching import queries as coaching_queries
from app.coaching.queries import RecordFile
from app.core import clock
from app.core.access import allow, viewer
from app.core.database import transaction
from app.core.errors import DomainError, NotAllowed
from app.core.forms import EmptyForm


@bp.post("/accompagnement/dossiers/<reference>/preparer-une-campagne")
@allow(coaching_policy.may_write, subject=coaching_queries.get_file)
def prepare(file: RecordFile) -> ResponseReturnValue:
    """A draft in the holder's hands, with what the record knows. The coach reads it through its preview."""
    if not EmptyForm().validate_on_submit():
        raise NotAllowed
    reference = file.reference
    try:
        with transaction():
            holder = from_record.holder_of(file.holder_ids)
            from_record.prepare(file.record, holder=holder, by=viewer().user_id or 0, at=clock.now())
    except DomainError as refusal:
        flash(str(refusal), "error")
        return redirect(url_for("coaching.show", reference=reference), 303)
    flash(_("Le brouillon est prêt, dans les campagnes de la personne accompagnée. Un message la prévient."), "success")
    return redirect(url_for("coaching.show", reference=reference), 303)


@bp.route("/accompagnement/dossiers/<reference>/relier-une-campagne", methods=["GET", "POST"])
@allow(coaching_policy.may_link, subject=coaching_queries.get_file)
def link(file: RecordFile) -> ResponseReturnValue:
    """A campaign that was sent before anybody said who coaches: who coaches says it here, reviewers cannot search."""
    if request.method == "GET":
        return render_template("campaigns/link_record.html", record=file.record, campaigns=queries.to_link(file))
    if not EmptyForm().validate_on_submit():
        raise NotAllowed
    reference = file.reference
    with transaction():
        campaign = queries.get_to_link(file, request.form.get("campaign", ""))
        services.link_record(campaign, file.record, by=viewer().user_id or 0, at=clock.now())
    flash(_("La campagne est reliée à ce dossier."), "success")
    return redirect(url_for("coaching.show", reference=reference), 303)
