"""A picture into a text of the team: pasted or dropped (script), or chosen in the form (without)."""

from __future__ import annotations

from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.campaigns import policy, queries, rules, uploads
from app.campaigns.blueprint import bp
from app.campaigns.errors import NotEditable
from app.campaigns.models import Campaign
from app.campaigns.step_page import step_page
from app.campaigns.steps import Step
from app.core.access import allow
from app.core.errors import DomainError
from app.core.forms import EmptyForm


def picture_added(campaign: Campaign, step: Step, form: Any) -> ResponseReturnValue:
    """The form again with the picture at the end of the text; nothing else is saved."""
    slug = campaign.slug
    status = 200 if uploads.into_text(form, campaign.id) else 422
    return step_page(queries.get_by_slug(slug), step, form, status)


@bp.post("/mes-campagnes/<slug>/images-du-texte")
@allow(policy.may_edit, subject=queries.get_by_slug)
def add_story_picture(campaign: Campaign) -> ResponseReturnValue:
    """For script: the Markdown to put into the text (story, news, the end), or the sentence that says why not."""
    if not EmptyForm().validate_on_submit():
        return jsonify(error=_("Cette page est restée ouverte trop longtemps. Rechargez-la.")), 422
    if not rules.may_illustrate(campaign.state):
        raise NotEditable
    try:
        return jsonify(markdown=uploads.for_text(campaign.id, request.form.get("words", "")[:300]))
    except DomainError as refusal:
        return jsonify(error=str(refusal)), refusal.status
