"""The first view of the campaign page on a telephone: weight, and when its largest part is painted."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from bench.browser import chromium, first_view, telephone
from bench.client import Request, load
from bench.registry import Figure, Ground, measure

TRIES = 5


@measure("first_view", goals="12")
def first_view_on_a_telephone(ground: Ground) -> Iterator[Figure]:
    """The server is warm, the visitor's cache is empty."""
    site = ground.site
    path = f"/campagnes/{site.crowd.slug}"
    with site.serve() as web, chromium() as browser:
        load(web.port, [Request(path)] * 20)
        views = []
        for _ in range(TRIES):
            with telephone(browser, web.url) as visitor:
                views.append(first_view(visitor, path))
    without = median(view.weight(without="/images/") for view in views) / 1000
    whole = median(view.weight(without="none") for view in views) / 1000
    paints = tuple(view.largest_paint_ms / 1000 for view in views)
    note = f"{len(views[0].bytes_by_url)} requests, photograph {whole - without:.0f} kB"
    yield Figure("12", "campaign page on a phone, without its photograph", without, "kB", 150, note)
    yield Figure("12", "campaign page on a phone, largest paint", median(paints), "s", 1.8, "", paints)
