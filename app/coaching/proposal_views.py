"""A proposal of the platform, answered by who coaches."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.coaching import policy, proposal_services
from app.coaching.file_queries import RecordFile
from app.coaching.once import already_done
from app.coaching.path_rules import OutcomeKind
from app.coaching.proposal_forms import ProposalForm
from app.coaching.proposal_models import RecordProposal
from app.coaching.proposal_queries import get_file_and_proposal
from app.coaching.proposal_rules import OUTCOME
from app.coaching.views import bp
from app.core import clock
from app.core.access import allow, viewer
from app.core.database import transaction
from app.core.errors import DomainError


@bp.post("/accompagnement/dossiers/<reference>/propositions/<int:proposal_id>")
@allow(policy.may_answer_proposal, subject=get_file_and_proposal)
def answer_proposal(subject: tuple[RecordFile, RecordProposal]) -> ResponseReturnValue:
    """« verb »: confirmer (an outcome, with its kind and day) or ecarter."""
    file, proposal = subject
    form, at, by, back = ProposalForm(), clock.now(), viewer().user_id or 0, file.reference
    confirms = request.form.get("verb") == "confirmer" and proposal.kind == OUTCOME
    if proposal.answered_at is not None:
        return already_done("coaching.show", reference=back)
    if not form.validate_on_submit() or (confirms and form.happened_on.data is None):
        raise DomainError(str(_("Choisissez un résultat et son jour.")))
    with transaction():
        if confirms:
            proposal_services.confirm_outcome(
                proposal, file.record, kind=OutcomeKind(form.kind.data),
                on=form.happened_on.data or clock.paris_day(at).date(), by=by, at=at,
            )  # fmt: skip
        else:
            proposal_services.dismiss(proposal, file.record, by=by, at=at)
    flash(_("C’est noté, et ce sera compté.") if confirms else _("C’est noté."), "success")
    return redirect(url_for("coaching.show", reference=back), 303)
