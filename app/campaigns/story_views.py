"""A picture into the story: pasted or dropped (script), or chosen in the form (without)."""

from __future__ import annotations

from typing import Any

from flask import flash, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.campaigns import policy, queries, rules, story
from app.campaigns.blueprint import bp
from app.campaigns.errors import NotEditable
from app.campaigns.models import Campaign
from app.campaigns.step_page import step_page
from app.campaigns.steps import Step
from app.core import clock, images
from app.core.access import allow, viewer
from app.core.database import transaction
from app.core.errors import DomainError
from app.core.forms import EmptyForm


def _stored(campaign_id: int, words: str) -> str:
    """The Markdown of the picture just sent. Errors: PictureRefused, PictureTooLarge, TooManyTries."""
    sent = request.files.get("picture")
    if sent is None or not sent.filename:
        raise images.PictureRefused(_("Choisissez d’abord une image."))
    content = sent.stream.read(images.MAX_BYTES + 1)
    renditions = story.store(content, account=str(viewer().user_id))
    with transaction():
        name = story.add_picture(campaign_id, renditions, at=clock.now())
    return story.markdown_of(name, words)


def picture_added(campaign: Campaign, step: Step, form: Any) -> ResponseReturnValue:
    """The form again with the picture at the end of the text; nothing else is saved."""
    slug, campaign_id, words = campaign.slug, campaign.id, form.picture_words.data or ""
    if not EmptyForm().validate():
        form.validate()
        return step_page(campaign, step, form, 422)
    try:
        added = _stored(campaign_id, words)
    except images.PictureRefused as refusal:
        form.picture.errors = [str(refusal)]
        return step_page(queries.get_by_slug(slug), step, form, 422)
    form.story.data = f"{form.story.data or ''}\n\n{added}\n".lstrip()
    form.picture_words.data = ""
    flash(_("L’image est à la fin de votre texte. Enregistrez pour la garder."), "info")
    return step_page(queries.get_by_slug(slug), step, form)


@bp.post("/mes-campagnes/<slug>/images-du-texte")
@allow(policy.may_edit, subject=queries.get_by_slug)
def add_story_picture(campaign: Campaign) -> ResponseReturnValue:
    """For script: the Markdown to put into the text, or the sentence that says why not."""
    if not EmptyForm().validate_on_submit():
        return jsonify(error=_("Cette page est restée ouverte trop longtemps. Rechargez-la.")), 422
    if not rules.may_change(campaign.state, "histoire"):
        raise NotEditable
    try:
        return jsonify(markdown=_stored(campaign.id, request.form.get("words", "")[:300]))
    except DomainError as refusal:
        return jsonify(error=str(refusal)), refusal.status
