"""The end told in words, and a new campaign that starts from an old one."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts import queries as account_queries
from app.campaigns import closing_services, policy, queries, uploads
from app.campaigns.blueprint import bp
from app.campaigns.closing_services import TELLABLE
from app.campaigns.models import Campaign
from app.campaigns.rules import EDITABLE
from app.campaigns.team_forms import CloseOutForm
from app.core import clock
from app.core.access import allow, viewer
from app.core.database import transaction
from app.core.errors import MoveNotAllowed, NotAllowed
from app.core.forms import EmptyForm
from app.desk import queries as desk_queries


@bp.route("/mes-campagnes/<slug>/cloture", methods=["GET", "POST"])
@allow(policy.may_manage, subject=queries.get_by_slug)
def close_out(campaign: Campaign) -> ResponseReturnValue:
    """What is delivered, what happened in words, then the button that ends the campaign."""
    form = CloseOutForm(data={"story": campaign.closing_markdown or ""})
    slug, campaign_id, may_tell = campaign.slug, campaign.id, campaign.state in TELLABLE
    if may_tell and "add_picture" in request.form:
        uploads.into_text(form, campaign_id)
        campaign = queries.get_by_slug(slug)
    elif may_tell and form.validate_on_submit():
        with transaction():
            closing_services.tell_end(
                queries.get(campaign_id), words=form.story.data or "", by=viewer().user_id or 0, at=clock.now()
            )
        flash(_("Votre texte paraît sur la page de la campagne."), "success")
        return redirect(url_for("campaigns.close_out", slug=slug), 303)
    return render_template(
        "campaigns/close_out.html", campaign=campaign, form=form, may_tell=may_tell,
        counts=desk_queries.delivery_counts(campaign_id), is_holder=policy.is_holder(viewer(), campaign),
    ), 422 if form.errors else 200  # fmt: skip


@bp.post("/mes-campagnes/<slug>/dupliquer")
@allow(policy.is_holder, subject=queries.get_by_slug)
def duplicate(campaign: Campaign) -> ResponseReturnValue:
    """A new draft from an old campaign; the files of the photograph are copied, none is shared."""
    if not EmptyForm().validate_on_submit():
        raise NotAllowed
    if campaign.state in EDITABLE:
        raise MoveNotAllowed
    campaign_id, title = campaign.id, _("%(title)s (nouvelle campagne)", title=campaign.title[:95])
    with uploads.Uploads() as files:
        copies = uploads.copy(campaign.picture.renditions if campaign.picture else [], files)
        with transaction():
            made = closing_services.duplicate(
                queries.get(campaign_id), by=account_queries.get_user(viewer().user_id), title=title, pictures=copies,
                at=clock.now(),
            )  # fmt: skip
            new_slug = made.slug
        files.keep()
    flash(_("Votre nouveau brouillon reprend les textes, le budget et les contreparties. Relisez tout."), "success")
    return redirect(url_for("campaigns.desk", slug=new_slug), 303)
