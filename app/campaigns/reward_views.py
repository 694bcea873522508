"""Step six: the list of rewards, one form to add, one page to change or remove each."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm.exc import StaleDataError

from app.campaigns import drafting, policy, queries, rules, steps
from app.campaigns.blueprint import bp
from app.campaigns.errors import NotEditable, Overtaken, TooMany
from app.campaigns.forms import RewardForm
from app.campaigns.models import Campaign, Reward
from app.campaigns.step_page import step_page
from app.campaigns.words import NATURE_NOTES
from app.core import clock
from app.core.access import allow, viewer
from app.core.database import transaction
from app.core.errors import NotAllowed
from app.core.forms import EmptyForm

REWARD = "/mes-campagnes/<slug>/contreparties/<int(max=2147483647):reward_id>"


def page(campaign: Campaign) -> ResponseReturnValue:
    """The step itself: what is offered, and a form for one more."""
    form = RewardForm()
    if not form.is_submitted():
        return _list(campaign, form)
    if not form.validate():
        return _list(campaign, form, 422)
    slug = campaign.slug
    try:
        with transaction():
            drafting.add_reward(
                queries.get(campaign.id),
                by=viewer().user_id or 0,
                at=clock.now(),
                **steps.reward_values(form),
            )
    except TooMany as refusal:
        form.form_errors.append(str(refusal))
        return _list(queries.get_by_slug(slug), form, 422)
    flash(_("La contrepartie est ajoutée."), "success")
    return redirect(url_for("campaigns.edit", slug=slug, step="contreparties"), 303)


def _list(campaign: Campaign, form: RewardForm, status: int = 200) -> ResponseReturnValue:
    step = steps.BY_CODE["contreparties"]
    return step_page(campaign, step, form, status, notes=NATURE_NOTES, most=rules.MAX_REWARDS)


@bp.route(REWARD, methods=["GET", "POST"])
@allow(policy.may_edit_reward, subject=queries.get_reward)
def reward(found: Reward) -> ResponseReturnValue:
    """Change one; a second saver sees both texts."""
    campaign = found.campaign
    if not rules.may_change(campaign.state, "contreparties", is_reopened=campaign.reopened_at is not None):
        raise NotEditable
    stored = steps.read_reward(found)
    form = RewardForm(data={**stored, "version": steps.fingerprint(stored)})
    if not form.is_submitted():
        return _reward_page(found, form)
    if not form.validate():
        return _reward_page(found, form, 422)
    slug, reward_id = found.campaign.slug, found.id
    try:
        with transaction():
            fresh = queries.get_reward(slug, reward_id)
            steps.check_fresh(steps.read_reward(fresh), request.form.get("version", ""))
            drafting.change_reward(fresh, by=viewer().user_id or 0, at=clock.now(), **steps.reward_values(form))
    except (Overtaken, StaleDataError):
        fresh = queries.get_reward(slug, reward_id)
        theirs = RewardForm(formdata=None, data=steps.read_reward(fresh))
        form.version.data = steps.fingerprint(steps.read_reward(fresh))
        is_own = (fresh.campaign.saved_by or {}).get(drafting.saved_key(fresh)) == viewer().user_id
        return _reward_page(fresh, form, 409, differences=steps.differences(theirs, form), is_own=is_own)
    flash(_("La contrepartie est enregistrée."), "success")
    return redirect(url_for("campaigns.edit", slug=slug, step="contreparties"), 303)


def _reward_page(found: Reward, form: RewardForm, status: int = 200, **conflict: object) -> ResponseReturnValue:
    return render_template(
        "campaigns/reward.html", reward=found, campaign=found.campaign, form=form, notes=NATURE_NOTES,
        **{"differences": (), **conflict},
    ), status  # fmt: skip


@bp.post(f"{REWARD}/supprimer")
@allow(policy.may_edit_reward, subject=queries.get_reward)
def remove_reward(found: Reward) -> ResponseReturnValue:
    if not EmptyForm().validate_on_submit():
        raise NotAllowed
    slug = found.campaign.slug
    with transaction():
        drafting.remove_reward(queries.get_reward(slug, found.id), by=viewer().user_id or 0, at=clock.now())
    flash(_("La contrepartie est retirée."), "success")
    return redirect(url_for("campaigns.edit", slug=slug, step="contreparties"), 303)
