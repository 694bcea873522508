"""No page before the payment step asks another host for anything."""

from __future__ import annotations

from collections.abc import Iterator

from app.core.access import anyone
from bench.browser import View, chromium, open_page, telephone, watch_outside
from bench.client import Request
from bench.registry import Figure, Ground, measure
from bench.site import Site
from tests.support.statements import PAGES

NOT_A_PAGE = {"static", "pages.favicon", "pages.health", "network.communes_json"}


def pages_of(site: Site) -> list[Request]:
    """Every public page without a value in its address, the campaign's own, and those behind sign-in."""
    public = [
        rule.rule
        for rule in site.app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and not rule.arguments
        and rule.endpoint not in NOT_A_PAGE
        and getattr(site.app.view_functions[rule.endpoint], "policy", None) is anyone
        and rule.rule.rpartition(".")[2] != "txt"
    ]
    slug = site.crowd.slug
    public += [f"/campagnes/{slug}", f"/campagnes/{slug}/contribuer"]
    behind = [Request(one.address(site.crowd), site.cookies[one.reader]) for one in PAGES if one.reader]
    return [*(Request(path) for path in sorted(public)), *behind]


@measure("other_hosts")
def other_hosts(ground: Ground) -> Iterator[Figure]:
    """Seen by the browser itself, whoever asks: markup, style or script."""
    site, view = ground.site, View()
    pages = pages_of(site)
    with site.serve() as web, chromium() as browser:
        for request in pages:
            with telephone(browser, web.url, request.cookies) as visitor:
                page = visitor.new_page()
                watch_outside(page, view)
                open_page(page, request.path)
    note = ", ".join(sorted(set(view.outside))[:3]) or f"{len(pages)} pages opened"
    yield Figure("", "requests to another host", len(view.outside), "", 0, note)
