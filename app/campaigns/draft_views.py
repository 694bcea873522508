"""The holder's form: begin, seven steps saved one by one, the preview of a text."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.datastructures import MultiDict

from app.accounts import queries as account_queries
from app.campaigns import (
    from_record,
    policy,
    queries,
    reward_views,
    rules,
    services,
    steps,
    story_views,
    uploads,
)
from app.campaigns.blueprint import bp
from app.campaigns.errors import NotEditable, Overtaken
from app.campaigns.forms import NewForm, PreviewForm, StepForm
from app.campaigns.models import Campaign
from app.campaigns.step_page import step_page
from app.campaigns.steps import Step
from app.campaigns.story import story_html
from app.coaching import policy as coaching_policy
from app.coaching import queries as coaching_queries
from app.coaching.queries import RecordFile
from app.core import clock
from app.core.access import allow, anyone, signed_in, viewer
from app.core.database import transaction
from app.core.errors import NotFound
from app.core.images import PictureRefused

ANY_STEP = "<any({}):step>".format(", ".join(f'"{code}"' for code in steps.CODES))


@bp.get("/projets/nouveau")
@allow(anyone)
def new() -> ResponseReturnValue:
    """What comes, for who is not signed in yet; then a title and a commune."""
    if not viewer().is_signed_in:
        here = request.full_path.rstrip("?")
        return render_template(
            "campaigns/before.html", steps=steps.STEPS, days=rules.FIRST_ANSWER_WORKING_DAYS, here=here
        )
    return _begin()


@bp.post("/projets/nouveau")
@allow(signed_in)
def start() -> ResponseReturnValue:
    return _begin()


def _begin() -> ResponseReturnValue:
    """The first page of the form; from a coaching record (`?dossier=`) the project is the record's."""
    file = _own_record(request.args.get("dossier", ""))
    project = file.record.project if file else None
    form = NewForm(data={"title": project.title, "commune": project.commune_code} if project else None)
    if form.validate_on_submit():
        at, by = clock.now(), viewer().user_id or 0
        with transaction():
            campaign = services.start_campaign(
                by=account_queries.get_user(by), title=form.title.data, commune_code=str(form.commune.data),
                at=at, project=project,
            )  # fmt: skip
            if file and campaign.coaching_record_id is None:
                from_record.copy_known(campaign, at=at)
                services.link_record(campaign, file.record, by=by, at=at)
            slug = campaign.slug
        return redirect(url_for("campaigns.edit", slug=slug, step="projet"), 303)
    return render_template("campaigns/new.html", form=form, file=file), 422 if form.errors else 200


def _own_record(reference: str) -> RecordFile | None:
    """The record named in the address, when it is about the person who asks. Errors: NotFound otherwise."""
    if not reference:
        return None
    file = coaching_queries.get_file(reference[:20])
    if not coaching_policy.is_holder(viewer(), file):
        raise NotFound
    return file


@bp.get("/mes-campagnes/<slug>/<int(max=7):step>")
@allow(policy.may_edit, subject=queries.get_at_step)
def edit_by_number(campaign: Campaign) -> ResponseReturnValue:
    """The same steps by their number, for links written by other rooms."""
    number = max(int((request.view_args or {})["step"]), 1)
    return redirect(url_for("campaigns.edit", slug=campaign.slug, step=steps.CODES[number - 1]), 302)


@bp.route(f"/mes-campagnes/<slug>/{ANY_STEP}", methods=["GET", "POST"])
@allow(policy.may_edit, subject=queries.get_at_step)
def edit(campaign: Campaign) -> ResponseReturnValue:
    """Show a step, or save it: whole, half, or with a line more."""
    step = steps.BY_CODE[(request.view_args or {})["step"]]
    if not rules.may_change(campaign.state, step.code, is_reopened=campaign.reopened_at is not None):
        if request.method == "POST":
            raise NotEditable
        flash(str(NotEditable.message), "info")
        return redirect(url_for("campaigns.desk", slug=campaign.slug), 303)
    if step.code == "contreparties":
        return reward_views.page(campaign)
    stored = step.read(campaign)
    form = step.form(data={**stored, "version": steps.fingerprint(stored)}).prepare(campaign)
    if not form.is_submitted():
        return step_page(campaign, step, form)
    if _line_added(form):
        return step_page(campaign, step, form)
    if "add_picture" in request.form and step.code == "histoire":
        return story_views.picture_added(campaign, step, form)
    if not form.validate():
        return step_page(campaign, step, form, 200 if getattr(form, "is_searching", False) else 422)
    return _save(campaign, step, form)


def _line_added(form: Any) -> bool:
    """« Ajouter une ligne » shows one more and saves nothing."""
    for side in ("uses", "resources"):
        if f"add_{side}" in request.form and side in form and len(form[side]) < rules.MAX_BUDGET_LINES:
            form[side].append_entry()
            return True
    return False


def _save(campaign: Campaign, step: Step, form: Any) -> ResponseReturnValue:
    slug, campaign_id = campaign.slug, campaign.id
    try:
        with uploads.Uploads() as files:
            picture = uploads.prepare(form, files) if step.code == "image" else None
            with transaction():
                fresh = queries.get(campaign_id)
                steps.check_fresh(step.read(fresh), request.form.get("version", ""), form, *_unanswered(campaign, step))
                gone = (
                    uploads.save(fresh, form, picture, by=viewer().user_id or 0, at=clock.now())
                    if step.save is None
                    else step.save(fresh, form, viewer().user_id or 0, clock.now())
                )
            files.keep()
    except PictureRefused as refusal:
        form.picture.errors = [str(refusal)]
        return step_page(campaign, step, form, 422)
    except (Overtaken, StaleDataError):
        return _conflict(slug, step, form)
    if isinstance(gone, list):
        uploads.forget(gone)
    if request.headers.get("X-Requested-With") == "fetch":
        return jsonify(version=steps.fingerprint(step.read(queries.get_by_slug(slug))))
    if "stay" in request.form:
        flash(_("C’est enregistré."), "success")
        return redirect(url_for("campaigns.desk", slug=slug), 303)
    return redirect(url_for("campaigns.edit", slug=slug, step=steps.following(step.code)), 303)


def _unanswered(campaign: Campaign, step: Step) -> list[StepForm]:
    """The autosave that this tab sent last and heard no answer of: the row may hold it, and it is no stranger's."""
    sent = parse_qsl(request.form.get("unanswered", ""), keep_blank_values=True)
    return [step.form(formdata=MultiDict(sent), meta={"csrf": False}).prepare(campaign)] if sent else []


def _conflict(slug: str, step: Step, form: StepForm) -> ResponseReturnValue:
    """Both texts side by side; saving again keeps what stands in the form, and nothing is lost."""
    campaign = queries.get_by_slug(slug)
    stored = step.read(campaign)
    is_own = (campaign.saved_by or {}).get(step.code) == viewer().user_id
    if request.headers.get("X-Requested-With") == "fetch":
        return jsonify(error=str(Overtaken.own_message if is_own else Overtaken.message)), 409
    theirs = step.form(formdata=None, data=stored)
    form.version.data = steps.fingerprint(stored)
    return step_page(campaign, step, form, 409, differences=steps.differences(theirs, form), is_own=is_own)


@bp.post("/mes-campagnes/<slug>/apercu-texte")
@allow(policy.may_edit, subject=queries.get_by_slug)
def preview_text(campaign: Campaign) -> ResponseReturnValue:
    """The text of one field as readers will see it; nothing is saved."""
    form = PreviewForm()
    field = form["if_missed" if request.form.get("preview_field") == "if_missed" else "story"]
    if not form.validate():
        return render_template("campaigns/preview_text.html", html="", errors=field.errors or form.all_errors), 422
    return render_template("campaigns/preview_text.html", html=story_html(field.data or ""), errors=())
