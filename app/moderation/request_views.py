"""Asking for changes, filling the checklist, raising a flag."""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.core import clock
from app.core.access import allow, viewer
from app.moderation import checklist_rules, forms, policy, queries, services
from app.moderation.models import ChangeRequest
from app.moderation.queries import Case
from app.moderation.rules import ChangeReason
from app.moderation.views import bp, do, press, review_page


@bp.post("/moderation/<slug>/demandes")
@allow(policy.may_work, subject=queries.get_case)
def ask_change(case: Case) -> ResponseReturnValue:
    form, by, at = forms.ChangeForm(), viewer().user_id or 0, clock.now()
    if not form.validate_on_submit():
        return review_page(case, 422, change=form)
    return do(
        case,
        lambda: services.ask_change(
            case,
            field=form.field.data,
            reason=ChangeReason(form.reason.data),
            text=form.text.data or "",
            by=by,
            at=at,
        ),
        _("La demande est notée. Elle partira avec les autres quand vous les enverrez."),
        name="change",
        form=form,
    )


@bp.post("/moderation/<slug>/demandes/envoyer")
@allow(policy.may_work, subject=queries.get_case)
def send_requests(case: Case) -> ResponseReturnValue:
    return press(case, services.send_requests, _("Les demandes sont envoyées."))


@bp.post("/moderation/<slug>/demandes/<int:request_id>/annuler")
@allow(policy.may_work_on_request, subject=queries.get_case_and_request)
def cancel_request(subject: tuple[Case, ChangeRequest]) -> ResponseReturnValue:
    case, asked = subject
    return press(
        case,
        lambda case, by, at: services.cancel_request(case, asked, by=by, at=at),
        _("La demande est annulée. Ses mots restent lisibles."),
    )


@bp.post("/moderation/<slug>/liste")
@allow(policy.may_work, subject=queries.get_case)
def checklist(case: Case) -> ResponseReturnValue:
    form, by, at = forms.ChecklistForm(), viewer().user_id or 0, clock.now()
    if not form.validate_on_submit():
        return review_page(case, 422, checklist=form)
    version = case.review.checklist_version if case.review else checklist_rules.CURRENT
    answers = {code: answer.value for code, answer in form.answers().items()}
    left = len(checklist_rules.open_blocking(answers, version))
    done = (
        ngettext("Il reste %(num)d point bloquant.", "Il reste %(num)d points bloquants.", left)
        if left
        else _("Enregistré : plus aucun point bloquant.")
    )  # fmt: skip
    return do(
        case,
        lambda: services.save_checklist(case, form.answers(), words=form.words(), by=by, at=at),
        done,
        name="checklist",
        form=form,
    )


@bp.post("/moderation/<slug>/vigilance")
@allow(policy.may_work, subject=queries.get_case)
def flag(case: Case) -> ResponseReturnValue:
    form, by, at = forms.FlagForm(), viewer().user_id or 0, clock.now()
    if not form.validate_on_submit():
        return review_page(case, 422, flag=form)
    reason = form.reason.data or ""
    return do(
        case,
        lambda: services.flag(case, reason=reason, by=by, at=at),
        _("Une lecture croisée sera demandée.") if reason else _("Le signal est retiré."),
        name="flag",
        form=form,
    )
