"""The public page kept in this process: drawn once per version, the same for every visitor without account.

What differs between visitors never enters a kept page: it is not used for signed-in people, for pages with a
message, under a travelled clock, or with a query in the address; the form token is put in at each answer.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from threading import Lock

from flask import Response, current_app, g, make_response, request, session
from flask_wtf.csrf import generate_csrf

from app.campaigns.public_page import Page, Stamp, find_stamp
from app.campaigns.rules import CampaignState
from app.core import clock, i18n
from app.core.access import viewer
from app.core.errors import NotFound

MOST_PAGES = 256
TOKEN_PLACE = "@token-of-this-visitor@"
TOKEN_HOURS = 6  # a page answered 304 shows a token at most this old
Key = tuple[object, ...]


class KeptPages:
    """The newest drawing of each page; the least recently asked for leaves first."""

    def __init__(self) -> None:
        self._pages: OrderedDict[tuple[str, str], tuple[Key, str]] = OrderedDict()
        self._lock = Lock()

    def knows(self, name: tuple[str, str]) -> bool:
        """True when some drawing of it is kept, fresh or not."""
        return name in self._pages

    def find(self, name: tuple[str, str], key: Key) -> str | None:
        with self._lock:
            known = self._pages.get(name)
            if known is None or known[0] != key:
                return None
            self._pages.move_to_end(name)
            return known[1]

    def keep(self, name: tuple[str, str], key: Key, html: str) -> None:
        with self._lock:
            self._pages[name] = (key, html)
            self._pages.move_to_end(name)
            while len(self._pages) > MOST_PAGES:
                self._pages.popitem(last=False)


def answer(slug: str, at: datetime, draw: Callable[[], tuple[Page, str]]) -> Response:
    """The page of `slug`: 304, a kept page (both one statement), or a new drawing. Errors: NotFound."""
    if not _is_plain_visit():
        return make_response(draw()[1])
    pages: KeptPages = current_app.extensions["kept_pages"]
    name = (slug, i18n.language())
    if request.if_none_match or pages.knows(name):
        stamp = find_stamp(slug, at)
        if stamp is None:
            raise NotFound
        key = _key(stamp, at)
        etag = _etag(key, name, at)
        if request.if_none_match.contains(etag):
            return _with_etag(Response(status=304), etag)
        html = pages.find(name, key)
        if html is not None:
            return _with_token(html, key, name, at)
    page, html = _draw_without_token(draw)
    if page.state == CampaignState.SUCCEEDED:  # cards are being charged: what is paid changes without a version
        return make_response(html.replace(TOKEN_PLACE, generate_csrf()))
    key = _key(page.stamp(at), at)
    pages.keep(name, key, html)
    return _with_token(html, key, name, at)


def _with_token(html: str, key: Key, name: tuple[str, str], at: datetime) -> Response:
    """The token first: it may begin the visitor's session, which the ETag names."""
    token = generate_csrf()
    return _with_etag(make_response(html.replace(TOKEN_PLACE, token)), _etag(key, name, at))


def _is_plain_visit() -> bool:
    return not (viewer().is_signed_in or session.get("_flashes") or request.query_string or clock.offset_seconds())


def _key(stamp: Stamp, at: datetime) -> Key:
    """The day counts: « il reste 12 jours » changes at midnight without any change of the row."""
    return (stamp.campaign_id, stamp.page_version, stamp.is_open, clock.paris_day(at).date().isoformat())


def _etag(key: Key, name: tuple[str, str], at: datetime) -> str:
    """With the visitor's own token: a browser's copy must not outlive the session it was made for."""
    parts = (*key, *name, session.get("csrf_token", ""), at.hour // TOKEN_HOURS)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:24]


def _draw_without_token(draw: Callable[[], tuple[Page, str]]) -> tuple[Page, str]:
    """Flask-WTF keeps the token of a request in `g`: there it finds our mark instead, for this drawing only."""
    g.csrf_token = TOKEN_PLACE
    try:
        return draw()
    finally:
        g.pop("csrf_token", None)


def _with_etag(response: Response, etag: str) -> Response:
    response.set_etag(etag)
    response.headers["Cache-Control"] = "private, no-cache"
    return response
