"""The public page kept in this process: drawn once per version, the same for every visitor without account.

What differs between visitors never enters a kept page: it is not used for signed-in people, for pages with a
message, under a travelled clock, or with a query in the address; a drawing that asked for a form token is not kept.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from threading import Lock

from flask import Response, current_app, g, make_response, request, session

from app.campaigns.public_page import Page, Stamp, find_stamp
from app.campaigns.rules import CampaignState
from app.core import clock, i18n
from app.core.access import viewer
from app.core.errors import NotFound

MOST_PAGES = 256
DRAWN_WITH = ("templates/**/*.html", "translations/**/*.mo", "static/dist/manifest.json")
Name = tuple[str, str]  # slug, language
Key = tuple[object, ...]


class KeptPages:
    """The newest drawing of each page; the least recently asked for leaves first.

    `mark` names the templates, words and built files: after an update no browser keeps the old page.
    """

    def __init__(self, mark: str = "") -> None:
        self.mark = mark
        self._pages: OrderedDict[Name, tuple[Key, str]] = OrderedDict()
        self._lock = Lock()

    def knows(self, name: Name) -> bool:
        """True when some drawing of it is kept, fresh or not."""
        return name in self._pages

    def find(self, name: Name, key: Key) -> str | None:
        with self._lock:
            known = self._pages.get(name)
            if known is None or known[0] != key:
                return None
            self._pages.move_to_end(name)
            return known[1]

    def keep(self, name: Name, key: Key, html: str) -> None:
        with self._lock:
            self._pages[name] = (key, html)
            self._pages.move_to_end(name)
            while len(self._pages) > MOST_PAGES:
                self._pages.popitem(last=False)


def mark_of(root: Path) -> str:
    """A short name of everything a page is drawn with."""
    files = sorted(p for pattern in DRAWN_WITH for p in root.glob(pattern))
    return hashlib.sha256(b"".join(hashlib.sha256(p.read_bytes()).digest() for p in files)).hexdigest()[:12]


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
        etag = _etag(key, name)
        if request.if_none_match.contains(etag):
            return _with_etag(Response(status=304), etag)
        html = pages.find(name, key)
        if html is not None:
            return _with_etag(make_response(html), etag)
    page, html = draw()
    if page.state == CampaignState.SUCCEEDED or "csrf_token" in g:
        return make_response(html)  # cards are being charged: what is paid changes without a version
    key = _key(page.stamp(at), at)
    pages.keep(name, key, html)
    return _with_etag(make_response(html), _etag(key, name))


def _is_plain_visit() -> bool:
    return not (viewer().is_signed_in or session.get("_flashes") or request.query_string or clock.offset_seconds())


def _key(stamp: Stamp, at: datetime) -> Key:
    """The day counts: « il reste 12 jours » changes at midnight without any change of the row."""
    return (stamp.campaign_id, stamp.page_version, stamp.is_open, clock.paris_day(at).date().isoformat())


def _etag(key: Key, name: Name) -> str:
    pages: KeptPages = current_app.extensions["kept_pages"]
    parts = (*key, *name, pages.mark)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:24]


def _with_etag(response: Response, etag: str) -> Response:
    response.set_etag(etag)
    response.headers["Cache-Control"] = "no-cache"
    response.vary.add("Cookie")
    return response
