"""An invitation to one's own record: sent by a coach, accepted by an account."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.accounts import queries as account_queries
from app.coaching import invitation_services as services
from app.coaching import policy, queries, request_queries
from app.coaching.queries import RecordFile
from app.coaching.request_errors import OwnRecordTeam
from app.core import clock
from app.core.access import allow, signed_in, viewer
from app.core.database import transaction
from app.core.errors import DomainError, NotAllowed
from app.core.forms import EmptyForm

bp = Blueprint("invitations", __name__)


@bp.post("/accompagnement/dossiers/<reference>/inviter")
@allow(policy.may_write, subject=queries.get_file)
def invite(file: RecordFile) -> ResponseReturnValue:
    reference = file.reference
    if not EmptyForm().validate_on_submit():
        raise NotAllowed
    try:
        with transaction():
            who, record = viewer(), queries.get_file(reference).record
            count = services.invite(record, by=who.user_id or 0, sender=who.name, at=clock.now())
    except DomainError as refusal:
        flash(str(refusal), "warning")
    else:
        flash(ngettext("L’invitation est partie.", "%(num)s invitations sont parties.", count), "success")
    return redirect(url_for("coaching.show", reference=reference), 303)


@bp.route("/accompagnement/invitation/<token>", methods=["GET", "POST"])
@allow(signed_in)
def accept(token: str) -> ResponseReturnValue:
    """Asked once more by a button: opening a mail must join nothing. Nothing of the record shows before."""
    at, who = clock.now(), viewer()
    link = request_queries.get_link(token, at)
    organisation, reference = link.record.organisation.name, link.record.reference
    if policy.is_team(who, queries.get_file(reference)):
        raise OwnRecordTeam
    if EmptyForm().validate_on_submit():
        with transaction():
            services.accept(request_queries.get_link(token, at), account_queries.get_user(who.user_id), at=at)
        flash(_("Le dossier est relié à votre compte."), "success")
        return redirect(url_for("coaching.show", reference=reference), 303)
    return render_template("coaching/invitation.html", organisation=organisation, token=token)
