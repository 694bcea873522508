"""The doors through which a campaign is shared: picture, poster, the widget for other sites, feeds."""

from __future__ import annotations

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from app.campaigns import feeds, queries, share
from app.campaigns.blueprint import bp
from app.campaigns.public_page import Page
from app.core import clock
from app.core.access import allow, anyone
from app.core.errors import NotFound
from app.network import places

HOUR = 3600


def _public(slug: str) -> Page:
    page = queries.page_of(slug)
    if not page.is_public:
        raise NotFound
    return page


def _for_all(content: bytes | str, kind: str, seconds: int = HOUR) -> Response:
    """The same for everybody: caches on the way may keep it a while."""
    answer = Response(content, mimetype=kind)
    answer.cache_control.public, answer.cache_control.max_age = True, seconds
    answer.add_etag()
    answer.make_conditional(request)
    return answer


@bp.get("/campagnes/<slug>/partage.png")
@allow(anyone)
def shared_picture(slug: str) -> ResponseReturnValue:
    answer = _for_all(share.picture(_public(slug)), "image/png")
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"  # the point of it is to be shown elsewhere
    return answer


@bp.get("/campagnes/<slug>/affiche.pdf")
@allow(anyone)
def poster(slug: str) -> ResponseReturnValue:
    answer = _for_all(share.poster(_public(slug)), "application/pdf")
    answer.headers.set("Content-Disposition", "inline", filename=f"affiche-{slug}.pdf")
    return answer


@bp.get("/campagnes/<slug>/encart")
@allow(anyone)
def widget(slug: str) -> ResponseReturnValue:
    """How far a campaign is, in a frame of another site: no cookie, no script, links open outside."""
    page = _public(slug)
    answer = _for_all(
        render_template("campaigns/widget.html", page=page, is_open=page.is_open(clock.now())), "text/html", 300
    )
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


@bp.get("/campagnes.atom")
@allow(anyone)
def feed() -> ResponseReturnValue:
    return _for_all(feeds.of_campaigns(queries.newest(), clock.now()), feeds.ATOM)


@bp.get("/territoires/<code>.atom")
@allow(anyone)
def place_feed(code: str) -> ResponseReturnValue:
    place = places.get_place(code)
    return _for_all(feeds.of_campaigns(queries.newest(place), clock.now(), place), feeds.ATOM)


@bp.get("/campagnes/<slug>.atom")
@allow(anyone)
def campaign_feed(slug: str) -> ResponseReturnValue:
    return _for_all(feeds.of_campaign(_public(slug)), feeds.ATOM)
