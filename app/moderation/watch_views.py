"""The doors around a campaign on line: its suspension, the reports about it, and the public's own form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts import queries as account_queries
from app.campaigns import queries as campaign_queries
from app.campaigns.models import Campaign
from app.core import clock, i18n, limits
from app.core.access import allow, anyone, viewer
from app.core.database import transaction
from app.core.errors import DomainError, NotAllowed
from app.core.forms import BaseForm, EmptyForm
from app.moderation import policy, report_services, suspension_services, watch_forms, watch_queries, watch_words
from app.moderation.views import bp, mine
from app.moderation.watch_models import AbuseReport, Outcome
from app.moderation.watch_queries import Watch
from app.moderation.watch_rules import ANSWERED_WITHIN


@bp.route("/campagnes/<slug>/signaler", methods=["GET", "POST"])
@allow(anyone, subject=campaign_queries.get_public)
def report(campaign: Campaign) -> ResponseReturnValue:
    """Without account; a few an hour from one network."""
    form = watch_forms.ReportForm()
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return render_template("moderation/report.html", campaign=campaign, form=form), status
    campaign_id = campaign.id
    limits.take("report_network", limits.network())
    with transaction():
        made = report_services.report(
            campaign_queries.get(campaign_id), category=form.category.data, words=form.words.data or "",
            name=form.name.data or "", email=form.email.data or "", locale=i18n.language(), at=clock.now(),
        )  # fmt: skip
        public_id = made.public_id
    flash(_("Votre signalement est enregistré. Gardez l’adresse de cette page : la réponse s’y lira."), "success")
    return redirect(url_for("moderation.report_status", public_id=public_id), 303)


@bp.get("/signalements/<public_id>")
@allow(anyone, subject=watch_queries.get_report)
def report_status(report: AbuseReport) -> ResponseReturnValue:
    """For whoever was given this address: what was said, and the answer."""
    return (
        render_template("moderation/report_status.html", report=report, words=watch_words, days=ANSWERED_WITHIN),
        200,
        {"X-Robots-Tag": "noindex"},
    )


@bp.get("/moderation/en-ligne")
@allow(policy.moderates_somewhere)
def watched() -> ResponseReturnValue:
    """Reports and suspensions, oldest first: a queue of their own."""
    waiting, done = watch_queries.reports(mine(), viewer_id=viewer().user_id or 0)
    return render_template(
        "moderation/watched.html",
        waiting=waiting,
        done=done,
        suspensions=watch_queries.suspensions(mine(), viewer_id=viewer().user_id or 0),
        words=watch_words,
        days=ANSWERED_WITHIN,
    )


@bp.get("/moderation/en-ligne/<slug>")
@allow(policy.may_watch, subject=watch_queries.get_watch)
def watch(watch: Watch) -> ResponseReturnValue:
    return _page(watch)


def _page(watch: Watch, status: int = 200, **given: BaseForm) -> ResponseReturnValue:
    held = watch.suspension
    people = {held.suspended_by_id, held.confirmed_by_id, held.lift_proposed_by_id} if held else set()
    shown: dict[str, Any] = {
        "suspend": watch_forms.SuspendForm(formdata=None), "lift": watch_forms.LiftForm(formdata=None), **given,
    }  # fmt: skip
    return render_template(
        "moderation/watch.html",
        campaign=watch.case.campaign,
        suspension=held,
        names=account_queries.names_of({one for one in people if one}),
        words=watch_words,
        forms=shown,
    ), status


def _do(slug: str, verb: Callable[[], object], done: str, **form: BaseForm) -> ResponseReturnValue:
    try:
        with transaction():
            verb()
    except DomainError as refusal:
        fresh = watch_queries.get_watch(slug)
        if form:
            next(iter(form.values())).form_errors.append(str(refusal))
        else:
            flash(str(refusal), "error")
        return _page(fresh, refusal.status, **form)
    flash(done, "success")
    return redirect(url_for("moderation.watch", slug=slug), 303)


@bp.post("/moderation/en-ligne/<slug>/suspendre")
@allow(policy.may_watch, subject=watch_queries.get_watch)
def suspend(watch: Watch) -> ResponseReturnValue:
    form, by, at = watch_forms.SuspendForm(), viewer().user_id or 0, clock.now()
    if not form.validate_on_submit():
        return _page(watch, 422, suspend=form)
    return _do(
        watch.case.slug,
        lambda: suspension_services.suspend(watch, code=form.code.data, reason=form.reason.data or "", by=by, at=at),
        _("La campagne est suspendue. Une deuxième personne doit le confirmer."),
        suspend=form,
    )


@bp.post("/moderation/en-ligne/<slug>/lever")
@allow(policy.may_watch, subject=watch_queries.get_watch)
def propose_lift(watch: Watch) -> ResponseReturnValue:
    form, by, at = watch_forms.LiftForm(), viewer().user_id or 0, clock.now()
    if not form.validate_on_submit():
        return _page(watch, 422, lift=form)
    return _do(
        watch.case.slug,
        lambda: suspension_services.propose_lift(watch, reason=form.reason.data or "", by=by, at=at),
        _("La levée est proposée : une deuxième personne décidera."),
        lift=form,
    )


@bp.post("/moderation/en-ligne/<slug>/confirmer")
@allow(policy.may_watch, subject=watch_queries.get_watch)
def confirm_suspension(watch: Watch) -> ResponseReturnValue:
    return _press(watch, suspension_services.confirm, _("La suspension est confirmée."))


@bp.post("/moderation/en-ligne/<slug>/lever/confirmer")
@allow(policy.may_watch, subject=watch_queries.get_watch)
def lift(watch: Watch) -> ResponseReturnValue:
    return _press(watch, suspension_services.lift, _("La suspension est levée."))


def _press(watch: Watch, verb: Callable[..., None], done: str) -> ResponseReturnValue:
    if not EmptyForm().validate_on_submit():
        raise NotAllowed
    by, at = viewer().user_id or 0, clock.now()
    return _do(watch.case.slug, lambda: verb(watch, by=by, at=at), done)


@bp.route("/moderation/signalements/<int:report_id>", methods=["GET", "POST"])
@allow(policy.may_watch, subject=watch_queries.get_reported)
def reported(watch: Watch) -> ResponseReturnValue:
    """One report, and the answer to it."""
    form, status, shown = watch_forms.ReportAnswerForm(), 200, watch.report
    if form.is_submitted():
        status, at, by = 422, clock.now(), viewer().user_id or 0
        if form.validate():
            try:
                with transaction():
                    report_services.answer(
                        watch, outcome=Outcome(form.outcome.data), to_reporter=form.answer.data or "",
                        statement=form.statement.data or "", by=by, at=at,
                    )  # fmt: skip
            except DomainError as refusal:
                form.form_errors.append(str(refusal))
                status = refusal.status
            else:
                flash(_("La réponse est envoyée."), "success")
                return redirect(url_for("moderation.watched"), 303)
    return (
        render_template(
            "moderation/reported.html", report=shown, campaign=watch.case.campaign, form=form, words=watch_words
        ),
        status,
    )
