"""The team writes and publishes news; readers open them, and end their mails."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm.exc import StaleDataError

from app.campaigns import queries as campaign_queries
from app.campaigns import uploads
from app.campaigns.models import Campaign
from app.campaigns.steps import Difference
from app.core import clock
from app.core.access import allow, anyone, viewer
from app.core.database import transaction
from app.core.errors import DomainError, NotAllowed
from app.core.forms import EmptyForm
from app.threads import keys, policy, queries, services
from app.threads.doors import news_door
from app.threads.errors import NewsOvertaken
from app.threads.forms import NewsForm
from app.threads.models import News
from app.threads.policy import NewsDoor
from app.threads.rules import Audience
from app.threads.words import AUDIENCE_NOTES, AUDIENCES

bp = Blueprint("threads", __name__)
ONE = "/mes-campagnes/<slug>/nouvelles/<int:news_id>"


@bp.get("/mes-campagnes/<slug>/nouvelles")
@allow(policy.may_write, subject=campaign_queries.get_by_slug)
def news_list(campaign: Campaign) -> ResponseReturnValue:
    return render_template(
        "threads/news_list.html", campaign=campaign, news=queries.news_of(campaign.id), audiences=AUDIENCES
    )


@bp.route("/mes-campagnes/<slug>/nouvelles/ecrire", methods=["GET", "POST"])
@allow(policy.may_write, subject=campaign_queries.get_by_slug)
def write_news(campaign: Campaign) -> ResponseReturnValue:
    """A first draft; the page that follows shows it and offers to publish."""
    form = NewsForm().prepare(campaign)
    slug, campaign_id = campaign.slug, campaign.id
    if "add_picture" in request.form:
        status = 200 if uploads.into_text(form, campaign_id) else 422
        return _editor(campaign_queries.get_by_slug(slug), None, form, status)
    if form.validate_on_submit():
        with transaction():
            news = services.write_news(
                campaign_queries.get(campaign_id), **_typed(form), by=viewer().user_id or 0, at=clock.now()
            )
            news_id = news.id
        return redirect(url_for("threads.edit_news", slug=slug, news_id=news_id, _anchor="publier"), 303)
    return _editor(campaign, None, form, 422 if form.errors else 200)


@bp.route(ONE, methods=["GET", "POST"])
@allow(policy.may_write_news, subject=queries.get_news)
def edit_news(news: News) -> ResponseReturnValue:
    form = NewsForm(data=_stored(news)).prepare(news.campaign)
    if not form.is_submitted():
        return _editor(news.campaign, news, form)
    slug, news_id, at = news.campaign.slug, news.id, clock.now()
    if "add_picture" in request.form:
        status = 200 if uploads.into_text(form, news.campaign_id) else 422
        news = queries.get_news(slug, news_id)
        return _editor(news.campaign, news, form, status)
    if not form.validate():
        return _editor(news.campaign, news, form, 422)
    try:
        with transaction():
            services.change_news(
                queries.fresh_news(news_id), seen=_seen(form), **_typed(form), by=viewer().user_id or 0, at=at
            )
    except (NewsOvertaken, StaleDataError):
        return _conflict(slug, news_id, form)
    flash(_("C’est enregistré."), "success")
    return redirect(url_for("threads.edit_news", slug=slug, news_id=news_id, _anchor="publier"), 303)


def _conflict(slug: str, news_id: int, form: NewsForm) -> ResponseReturnValue:
    """Both texts; saving again keeps what stands in the form."""
    news = queries.get_news(slug, news_id)
    form.version.data = str(news.version)
    return _editor(news.campaign, news, form, 409, differences=_differences(form, news))


def _differences(form: NewsForm, news: News) -> list[Difference]:
    """Between what is kept and what was typed."""
    pairs = ((form.title, news.title), (form.story, news.markdown))
    return [Difference(str(f.label.text), theirs, f.data or "") for f, theirs in pairs if (f.data or "") != theirs]


def _seen(form: NewsForm) -> int:
    typed = form.version.data or ""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


def _stored(news: News) -> dict[str, Any]:
    return {
        "version": news.version, "title": news.title, "story": news.markdown, "audience": str(news.audience),
        "reward": news.reward_id or 0,
    }  # fmt: skip


def _typed(form: NewsForm) -> dict[str, Any]:
    return {
        "title": form.title.data, "markdown": form.story.data, "audience": Audience(form.audience.data),
        "reward_id": form.reward.data or None,
    }  # fmt: skip


def _editor(
    campaign: Campaign, news: News | None, form: NewsForm, status: int = 200, **more: Any
) -> ResponseReturnValue:
    readers = queries.count_contributors(campaign.id, news.audience, news.reward_id) if news else 0
    return render_template(
        "threads/news_edit.html", campaign=campaign, news=news, form=form, readers=readers, notes=AUDIENCE_NOTES,
        audiences=AUDIENCES, **{"differences": (), **more},
    ), status  # fmt: skip


@bp.post(f"{ONE}/publier")
@allow(policy.may_write_news, subject=queries.get_news)
def publish_news(news: News) -> ResponseReturnValue:
    """With what stands in the editor, saved or not: nobody is mailed the text of before."""
    words = _("Publiée. Les courriels partent dans quelques minutes.")
    form = NewsForm(data=_stored(news)).prepare(news.campaign)
    is_second_click = news.published_at is not None and not _differences(form, news)
    if "story" not in request.form or is_second_click:
        return _verb(news, services.publish_news, words)
    if not form.validate():
        return _editor(news.campaign, news, form, 422)
    slug, news_id, by, at = news.campaign.slug, news.id, viewer().user_id or 0, clock.now()
    try:
        with transaction():
            fresh = queries.fresh_news(news_id)
            services.change_news(fresh, seen=_seen(form), **_typed(form), by=by, at=at)
            services.publish_news(fresh, by=by, at=at)
    except (NewsOvertaken, StaleDataError):
        return _conflict(slug, news_id, form)
    except DomainError as refusal:
        flash(str(refusal), "error")
        news = queries.get_news(slug, news_id)
        return _editor(news.campaign, news, form, 422)
    flash(words, "success")
    return redirect(url_for("threads.news_list", slug=slug), 303)


@bp.post(f"{ONE}/retirer")
@allow(policy.may_write_news, subject=queries.get_news)
def remove_news(news: News) -> ResponseReturnValue:
    return _verb(news, services.remove_news, _("La nouvelle est retirée."))


def _verb(news: News, verb: Any, words: str) -> ResponseReturnValue:
    if not EmptyForm().validate_on_submit():
        raise NotAllowed
    slug, news_id = news.campaign.slug, news.id
    try:
        with transaction():
            verb(queries.fresh_news(news_id), by=viewer().user_id or 0, at=clock.now())
    except DomainError as refusal:
        flash(str(refusal), "error")
        return redirect(url_for("threads.edit_news", slug=slug, news_id=news_id), 303)
    flash(words, "success")
    return redirect(url_for("threads.news_list", slug=slug), 303)


@bp.get("/campagnes/<slug>/nouvelles/<int:news_id>")
@allow(policy.may_read, subject=news_door, public=True)
def news(door: NewsDoor) -> ResponseReturnValue:
    return render_template("threads/news.html", news=door.news, campaign=door.news.campaign)


@bp.route("/courriels/nouvelles/<key>", methods=["GET", "POST"])
@allow(anyone)
def stop_news(key: str) -> ResponseReturnValue:
    """The link's page only shows a button. The mail program's one click (RFC 8058) carries the signed key, no token."""
    campaign_id, email = keys.read_news_key(key)
    one_click = request.form.get("List-Unsubscribe") == "One-Click"
    if request.method == "POST" and (one_click or EmptyForm().validate_on_submit()):
        with transaction():
            if "again" in request.form:
                services.resume_news(campaign_id, email)
            else:
                services.stop_news(campaign_id, email, at=clock.now())
        if one_click:
            return "", 204
        return redirect(url_for("threads.stop_news", key=key), 303)
    return render_template(
        "threads/stop_news.html", campaign=queries.get_campaign(campaign_id), email=email, key=key,
        has_stopped=queries.has_stopped(campaign_id, email),
    )  # fmt: skip
