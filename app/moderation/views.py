"""The doors of a reviewer: the queue, one review, the page as the public will see it, what has changed."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from app.campaigns import queries as campaign_queries
from app.campaigns import snapshots
from app.campaigns.mails import answer_days
from app.campaigns.views import page_values
from app.coaching import policy as coaching_policy
from app.coaching import queries as coaching_queries
from app.core import clock
from app.core.access import allow, viewer
from app.core.database import is_twin, transaction
from app.core.errors import DomainError, NotAllowed, NotFound
from app.core.forms import BaseForm, EmptyForm
from app.moderation import (
    asides,
    checklist_rules,
    differences,
    forms,
    interest_rules,
    interests,
    policy,
    queries,
    queue_queries,
    services,
    words,
)
from app.moderation.asides import Asides
from app.moderation.errors import AlreadyDone
from app.moderation.models import Review, ReviewPhase
from app.moderation.queries import Case

bp = Blueprint("moderation", __name__)


def mine() -> frozenset[int]:
    """The organisations where the viewer reviews."""
    return viewer().organisation_ids(*policy.REVIEWERS)


@bp.get("/moderation")
@allow(policy.moderates_somewhere)
def queue() -> ResponseReturnValue:
    lines = queue_queries.queue(mine(), viewer_id=viewer().user_id or 0)
    return render_template("moderation/queue.html", lines=lines, words=words)


@bp.get("/moderation/<slug>")
@allow(policy.may_review, subject=queries.get_case)
def review(case: Case) -> ResponseReturnValue:
    return review_page(case)


def review_page(case: Case, status: int = 200, **given: BaseForm) -> ResponseReturnValue:
    """The review; `given` are forms that came back with errors, by name."""
    campaign, last, me = case.campaign, case.review, viewer().user_id or 0
    found = last if last and last.phase in queries.OPEN_PHASES else None
    is_mine, may_work = found is not None and found.taken_by_id == me, policy.may_work(viewer(), case)
    works, decides = is_mine and found.phase in queries.WITH_US, _decides(found, me)  # type: ignore[union-attr]  # is_mine: it is there
    version = found.checklist_version if found else checklist_rules.CURRENT
    search, coaches_at = forms.RecordSearchForm(request.args), mine() & coaching_policy.works_at(viewer())
    beside = asides.of_review(campaign.id, found.id if found else 0, mine() if works else frozenset())
    links = interests.found(case, me) if works or decides else frozenset()
    return render_template(
        "moderation/review.html",
        case=case,
        campaign=campaign,
        review=found,
        last=last,
        works=works,
        may_work=may_work,
        decides=decides,
        links=sorted(links),
        is_barred=bool(links & interest_rules.FORBIDDEN),
        record=campaign.coaching_record,
        candidates=coaching_queries.records_for_review(
            coaches_at, holder=campaign.owner, reader=viewer(), text=search.q.data or ""
        )
        if works and coaches_at
        else [],
        may_search=bool(coaches_at),
        search=search,
        names=case.names,
        statements=queries.statements_of(found) if found and found.phase == ReviewPhase.PROPOSED else {},
        phrases=beside.phrases,
        items={code: (*words.ITEMS[code], hard) for code, hard in checklist_rules.items(version).items()},
        looked_at=checklist_rules.looked_at(found.checklist if found else {}, version),
        open_blocking=checklist_rules.open_blocking(found.checklist if found else {}, version),
        answer_days=answer_days(campaign.submitted_at) if campaign.submitted_at else None,
        today=clock.paris_day(clock.now()).date(),
        history=beside.history,
        notes=beside.notes,
        was_sent_before=any(entry.action in AGAIN for entry in beside.history),
        words=words,
        forms={name: form.apart(name) for name, form in _forms(case, found, given, beside).items()},
    ), status


AGAIN = frozenset({"campaign.resubmitted", "campaign.appealed", "campaign.reopen_review"})


def _decides(found: Review | None, me: int) -> bool:
    return found is not None and found.phase == ReviewPhase.PROPOSED and found.proposed_by_id != me


def _forms(case: Case, found: Review | None, given: dict[str, BaseForm], beside: Asides) -> dict[str, BaseForm]:
    """Each form of the page as it is first shown, unless it came back."""
    return {
        "change": forms.ChangeForm(formdata=None, data={"text": _phrase_asked(beside)}),
        "opinion": forms.OpinionForm(
            formdata=None,
            data={"opinion": found.coach_opinion, "waived": found.opinion_waived_reason} if found else {},
        ),
        "no_record": forms.NoRecordForm(formdata=None, data={"reason": case.campaign.no_record_reason}),
        "approval": forms.ApprovalForm(formdata=None),
        "refusal": forms.RefusalForm(formdata=None),
        "decision": forms.DecisionForm(formdata=None),
        "back": forms.SendBackForm(formdata=None),
        "flag": forms.FlagForm(formdata=None, data={"reason": found.risk_reason or ""} if found else {}),
        "recusal": forms.RecusalForm(formdata=None),
        "checklist": forms.ChecklistForm(
            formdata=None, data=forms.checklist_data(found, beside.notes) if found else {}
        ),
        **given,
    }


def _phrase_asked(beside: Asides) -> str:
    """A phrase chosen by a link of the page (`?phrase=3`); "" for any that is not ours."""
    return next((one.text for one in beside.phrases if str(one.id) == request.args.get("phrase")), "")


@bp.get("/moderation/<slug>/page")
@allow(policy.may_review, subject=queries.get_case)
def page(case: Case) -> ResponseReturnValue:
    """The campaign as the public will see it; closed to who stepped aside."""
    shown = campaign_queries.page_of(case.slug)
    return render_template("campaigns/preview.html", **page_values(shown)), 200, {"X-Robots-Tag": "noindex"}


@bp.get("/moderation/<slug>/changements")
@allow(policy.may_review, subject=queries.get_case)
def changes(case: Case) -> ResponseReturnValue:
    """What is not as it was when it was read last."""
    before = snapshots.before(case.campaign.id, case.campaign.submitted_at)
    now = snapshots.content_of(case.campaign)
    return render_template(
        "moderation/changes.html",
        campaign=case.campaign,
        before=before,
        changes=differences.changes(before.content, now) if before else [],
    )


def do(
    case: Case, verb: Callable[[], object], done: str, *, name: str = "", form: BaseForm | None = None
) -> ResponseReturnValue:
    """Run one verb in its transaction; a refusal comes back on the page, nothing typed is lost."""
    try:
        with transaction():
            verb()
    except NotFound:
        raise
    except (DomainError, IntegrityError, StaleDataError) as error:
        refusal = _in_words(error)
        fresh = queries.get_case(case.slug)
        if form is not None:
            form.form_errors.append(str(refusal))
            return review_page(fresh, refusal.status, **{name: form})
        flash(str(refusal), "error")
        return review_page(fresh, refusal.status)
    flash(done, "success")
    # Another organisation's person, asked for this one decision, does not read the file any more.
    still_reads = policy.may_review(viewer(), queries.get_case(case.slug))
    return redirect(url_for("moderation.review", slug=case.slug) if still_reads else url_for("moderation.queue"), 303)


def _in_words(error: Exception) -> DomainError:
    """Overtaken at the same instant, by a colleague or by one's own second click: said like any other refusal."""
    if isinstance(error, DomainError):
        return error
    if isinstance(error, IntegrityError) and not is_twin(error):
        raise error
    return AlreadyDone()


def press(case: Case, verb: Callable[..., object], done: str) -> ResponseReturnValue:
    """A button without anything typed."""
    if not EmptyForm().validate_on_submit():
        raise NotAllowed
    by, at = viewer().user_id or 0, clock.now()
    return do(case, lambda: verb(case, by=by, at=at), done)


@bp.post("/moderation/<slug>/prendre")
@allow(policy.may_work, subject=queries.get_case)
def take(case: Case) -> ResponseReturnValue:
    return press(case, services.take, _("Cette relecture est à votre nom."))


@bp.post("/moderation/<slug>/rendre")
@allow(policy.may_work, subject=queries.get_case)
def release(case: Case) -> ResponseReturnValue:
    return press(case, services.release, _("La relecture est rendue à la file."))
