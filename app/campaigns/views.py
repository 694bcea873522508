"""The public doors: the catalogue, a campaign's page, its photographs."""

from __future__ import annotations

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.campaigns import kept, near, policy, queries, steps, structured, words
from app.campaigns.blueprint import bp
from app.campaigns.catalogue import Filters, epcis
from app.campaigns.models import Campaign
from app.campaigns.public_page import Page
from app.coaching import queries as coaching_queries
from app.core import clock, i18n, storage
from app.core.access import allow, anyone
from app.core.errors import NotFound
from app.network.communes import departements, map_data
from app.pledges import queries as pledge_queries
from app.threads import queries as thread_queries

KINDS = {"webp": "image/webp", "jpg": "image/jpeg"}
YEAR_SECONDS = 365 * 24 * 3600


@bp.get("/campagnes")
@allow(anyone)
def catalogue() -> ResponseReturnValue:
    filters = Filters.read(request.args)
    found = queries.catalogue(filters, clock.now())
    nothing_here = not found.cards and filters.page == 1
    return render_template(
        "campaigns/catalogue.html",
        filters=filters,
        found=found,
        nearby=near.nearest(filters.territory, filters.words) if nothing_here else [],
        departements=departements(),
        epcis=epcis(),
        words=words,
        orders=words.orders(has_words=filters.has_words),
        region=map_data(),
    )


@bp.get("/campagnes/<slug>")
@allow(anyone)
def show(slug: str) -> ResponseReturnValue:
    return kept.answer(slug, clock.now(), lambda: _draw(slug))


def _draw(slug: str) -> tuple[Page, str]:
    page = queries.page_of(slug)
    if not page.is_public:
        raise NotFound
    return page, render_template("campaigns/show.html", **page_values(page))


def page_values(page: Page) -> dict[str, object]:
    """Everything the template of a campaign needs, for its page and its preview."""
    record_id, at = page.coaching_record_id, clock.now()
    backers, nearby = pledge_queries.public_backers(page.id, page.backers_count, page.departement_code, page.epci_code)
    return {
        "page": page,
        "is_open": page.is_open(at),
        "mention": coaching_queries.public_mention(record_id, page.owner_id) if record_id else None,
        "money": pledge_queries.cents_by_state(page.id) if page.is_after_verdict else {},
        "backers": backers,
        "nearby": nearby,
        "thread": thread_queries.public_thread(page.id),
        "themes": words.THEMES,
        "structured": structured.of_page(page, is_open=page.is_open(at)),
        "fee_rate": i18n.rate(page.fee_bps),
    }


@bp.get("/campagnes/<slug>/historique")
@allow(anyone, subject=queries.get_public)
def history(campaign: Campaign) -> ResponseReturnValue:
    """What was changed since the approval, and what happened to the campaign: dates and kinds, no names."""
    return render_template(
        "campaigns/history.html", campaign=campaign, events=queries.public_history(campaign.id),
        happened=words.HAPPENED, steps=steps.BY_CODE,
    )  # fmt: skip


@bp.get("/mes-campagnes/<slug>/apercu")
@allow(policy.may_preview, subject=queries.get_by_slug)
def preview(campaign: Campaign) -> ResponseReturnValue:
    """The page as the public will see it, for the team and those who review it."""
    return _preview(campaign)


@bp.get("/apercu/<key>")
@allow(anyone, subject=queries.get_by_preview_key)
def shared_preview(campaign: Campaign) -> ResponseReturnValue:
    """The same by a signed address, for people without account; it ends when the page is public."""
    if campaign.is_public:
        return redirect(url_for("campaigns.show", slug=campaign.slug), 303)
    return _preview(campaign)


def _preview(campaign: Campaign) -> ResponseReturnValue:
    page = queries.page_of(campaign.slug)
    return render_template("campaigns/preview.html", **page_values(page)), 200, {"X-Robots-Tag": "noindex"}


@bp.get("/images/<name>")
@allow(anyone)
def picture(name: str) -> ResponseReturnValue:
    """A rendition. Its random name never serves anything else, so a browser may keep it for ever."""
    stem, _, suffix = name.partition(".")
    if suffix not in KINDS or len(stem) != 32 or not set(stem) <= set("0123456789abcdef"):
        raise NotFound
    try:
        content = storage.read(f"images/{name}")
    except storage.FileMissing as missing:
        raise NotFound from missing
    answer = Response(content, mimetype=KINDS[suffix])
    answer.cache_control.public, answer.cache_control.immutable = True, True
    answer.cache_control.max_age = YEAR_SECONDS
    return answer
