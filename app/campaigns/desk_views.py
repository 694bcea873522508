"""The holder's desk: where the campaign stands, who has it, and the one next thing to do."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.campaigns import mails, policy, queries, readiness, rules, services, steps
from app.campaigns.blueprint import bp
from app.campaigns.errors import CampaignMoveNotAllowed, NotReady
from app.campaigns.forms import AppealForm, OpeningForm, SubmitForm
from app.campaigns.models import Campaign
from app.campaigns.money_forms import CalendarForm
from app.campaigns.rules import CampaignState
from app.campaigns.step_page import step_page, with_links
from app.coaching import queries as coaching_queries
from app.core import clock, i18n
from app.core.access import allow, signed_in, viewer
from app.core.database import transaction
from app.core.errors import DomainError, NotAllowed
from app.core.forms import EmptyForm
from app.core.links import external_url
from app.desk import queries as desk_queries


@bp.get("/mes-campagnes")
@allow(signed_in)
def mine() -> ResponseReturnValue:
    who = viewer()
    return render_template(
        "campaigns/mine.html",
        campaigns=queries.of_user(who.user_id or 0),
        records=coaching_queries.of_holder(who.user_id or 0, who.email),
    )


@bp.get("/mes-campagnes/<slug>")
@allow(policy.is_team, subject=queries.get_by_slug)
def desk(campaign: Campaign) -> ResponseReturnValue:
    return _desk(campaign)


def _desk(campaign: Campaign, status: int = 200, **forms: Any) -> ResponseReturnValue:
    at = clock.now()
    today = clock.paris_day(at).date()
    is_editable, record_id = campaign.state in rules.EDITABLE or bool(campaign.reopened_at), campaign.coaching_record_id
    account = services.account_status(campaign) if campaign.state in rules.BEFORE_LIVE else ""
    first, last = rules.opening_days(campaign.earliest_start_on, today)
    chosen = clock.paris_day(campaign.opens_at).date() if campaign.opens_at else first
    return render_template(
        "campaigns/desk.html",
        campaign=campaign,
        is_holder=policy.is_holder(viewer(), campaign),
        is_editable=is_editable,
        may_write=policy.may_write(viewer(), campaign),
        may_thank=policy.may_thank(viewer(), campaign),
        may_manage=policy.may_manage(viewer(), campaign),
        **_today(campaign, at),
        account=account,
        missing=with_links(campaign, readiness.missing(campaign, account)) if is_editable else [],
        mention=coaching_queries.public_mention(record_id, campaign.owner_id) if record_id else None,
        answer_days=mails.answer_days(campaign.submitted_at) if campaign.submitted_at else None,
        opening_days=(first, last),
        appeal_until=mails.appeal_until(campaign.refused_at),
        preview_link=external_url("campaigns.shared_preview", key=queries.preview_key(campaign)),
        public_link=external_url("campaigns.show", slug=campaign.slug),
        fee_rate=i18n.rate(campaign.fee_bps),
        may_withdraw=(campaign.state, rules.Move.WITHDRAW) in rules.NEXT,
        at=at,
        **{
            "opening": OpeningForm(formdata=None, data={"opens_on": max(chosen, first)}),
            "appeal": AppealForm(formdata=None),
            **forms,
        },
    ), status


def _today(campaign: Campaign, at: datetime) -> dict[str, Any]:
    """The curve, what waits, and today's list; before the opening there is nothing to show."""
    if not campaign.is_public:
        return {"drawing": None, "curve_svg": "", "tasks": [], "figures": None}
    who = viewer()
    may = {"write": policy.may_write, "thank": policy.may_thank, "manage": policy.may_manage}
    allowed = frozenset(name for name, allows in may.items() if allows(who, campaign))
    found = desk_queries.figures(campaign.id)
    return {
        "drawing": desk_queries.drawing(campaign, at),
        "curve_svg": desk_queries.picture(found.curve, i18n.language()),
        "tasks": desk_queries.tasks(desk_queries.facts(campaign, found, at), campaign.slug, allowed),
        "figures": found,
    }


def _refused(campaign: Campaign, refusal: DomainError) -> ResponseReturnValue:
    """The desk again, as it is now, with the reason on top."""
    flash(str(refusal), "error")
    return _desk(queries.get_by_slug(campaign.slug), refusal.status)


@bp.post("/mes-campagnes/<slug>/envoyer")
@allow(policy.is_holder, subject=queries.get_by_slug)
def submit(campaign: Campaign) -> ResponseReturnValue:
    """Send it to the organisation of its commune. After changes were asked, the answers come first."""
    slug = campaign.slug
    if campaign.state == CampaignState.CHANGES_REQUESTED:
        return redirect(url_for("moderation.holder_review", slug=slug), 303)
    if campaign.state == CampaignState.SUBMITTED:  # a second click
        return redirect(url_for("campaigns.desk", slug=slug), 303)
    form = SubmitForm()
    if not form.validate():
        return _last_step(campaign, form, 422)
    try:
        with transaction():
            services.submit(queries.get(campaign.id), by=viewer().user_id or 0, at=clock.now())
    except NotReady as refusal:
        form.form_errors.append(str(refusal))
        return _last_step(queries.get_by_slug(slug), form, refusal.status)
    except CampaignMoveNotAllowed as refusal:
        return _refused(campaign, refusal)
    flash(_("Votre campagne est envoyée. Un message vous le confirme."), "success")
    return redirect(url_for("campaigns.desk", slug=slug), 303)


def _last_step(campaign: Campaign, form: SubmitForm, status: int) -> ResponseReturnValue:
    step = steps.BY_CODE["calendrier"]
    stored = step.read(campaign)
    calendar = CalendarForm(formdata=None, data={**stored, "version": steps.fingerprint(stored)})
    calendar.prepare(campaign)
    return step_page(campaign, step, calendar, status, submit_form=form)


@bp.post("/mes-campagnes/<slug>/ouverture")
@allow(policy.is_holder, subject=queries.get_by_slug)
def choose_opening(campaign: Campaign) -> ResponseReturnValue:
    form = OpeningForm()
    if not form.validate():
        return _desk(campaign, 422, opening=form)
    slug = campaign.slug
    try:
        with transaction():
            services.choose_opening(
                queries.get(campaign.id),
                opens_on=form.opens_on.data,
                by=viewer().user_id or 0,
                at=clock.now(),
            )
    except CampaignMoveNotAllowed as refusal:
        return _refused(campaign, refusal)
    except DomainError as refusal:
        form.opens_on.errors = [str(refusal)]
        return _desk(queries.get_by_slug(slug), refusal.status, opening=form)
    flash(_("Le jour d’ouverture est choisi."), "success")
    return redirect(url_for("campaigns.desk", slug=slug), 303)


@bp.post("/mes-campagnes/<slug>/retirer")
@allow(policy.is_holder, subject=queries.get_by_slug)
def withdraw(campaign: Campaign) -> ResponseReturnValue:
    return _verb(campaign, services.withdraw, _("Votre campagne est retirée. Elle reste lisible par vous."))


@bp.post("/mes-campagnes/<slug>/reprendre")
@allow(policy.is_holder, subject=queries.get_by_slug)
def reopen(campaign: Campaign) -> ResponseReturnValue:
    """A major change after approval: the campaign goes back to its reviewers, and may be changed until one takes it."""
    return _verb(campaign, services.reopen_review, _("Changez ce qu’il faut : la relecture reprend ensuite."))


@bp.post("/mes-campagnes/<slug>/remises")
@allow(policy.is_holder, subject=queries.get_by_slug)
def fulfil(campaign: Campaign) -> ResponseReturnValue:
    return _verb(campaign, services.fulfil, _("Merci. Votre campagne est terminée."))


def _verb(campaign: Campaign, verb: Any, words: str) -> ResponseReturnValue:
    """A button of the desk: a verb without anything to type."""
    if not EmptyForm().validate_on_submit():
        raise NotAllowed
    slug = campaign.slug
    try:
        with transaction():
            verb(queries.get(campaign.id), by=viewer().user_id or 0, at=clock.now())
    except DomainError as refusal:
        return _refused(campaign, refusal)
    flash(words, "success")
    return redirect(url_for("campaigns.desk", slug=slug), 303)


@bp.post("/mes-campagnes/<slug>/recours")
@allow(policy.is_holder, subject=queries.get_by_slug)
def appeal(campaign: Campaign) -> ResponseReturnValue:
    """Once: another organisation reads it."""
    form = AppealForm()
    if not form.validate():
        return _desk(campaign, 422, appeal=form)
    slug = campaign.slug
    try:
        with transaction():
            services.appeal(
                queries.get(campaign.id),
                words=form.words.data or "",
                by=viewer().user_id or 0,
                at=clock.now(),
            )
    except DomainError as refusal:
        return _refused(campaign, refusal)
    flash(_("Votre recours est enregistré : une autre structure relit votre campagne."), "success")
    return redirect(url_for("campaigns.desk", slug=slug), 303)
