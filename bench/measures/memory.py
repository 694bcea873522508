"""Memory of one web process after 5 000 requests of all kinds, and how much of it came after the first 500."""

from __future__ import annotations

import random
from collections.abc import Iterator

from bench.client import Request, load, mixed
from bench.registry import Figure, Ground, measure
from bench.site import Site
from tests.support.statements import PAGES

WARM, ALL = 500, 5_000
MIB = 1024 * 1024
PUBLIC = ("/comment-ca-marche", "/aide", "/frais", "/regles", "/qui-peut-m-aider", "/connexion", "/inscription",
          "/campagnes?etat=toutes", "/campagnes?page=2", "/campagnes?q=four", "/communes.json?q=dijon")  # fmt: skip


def requests_of(site: Site) -> list[Request]:
    """Every page that lists know, every campaign, and the desks, in both languages where they are public."""
    known = [Request(page.address(site.crowd), site.cookies[page.reader] if page.reader else {}) for page in PAGES]
    paths = [*PUBLIC, *(f"/campagnes/{slug}" for slug in site.crowd.other_slugs)]
    return [*known, *(Request(path) for path in paths), *(Request(path, {"langue": "en"}) for path in paths)]


@measure("memory", goals="10")
def memory(ground: Ground) -> Iterator[Figure]:
    """VmRSS of the worker."""
    site, dice = ground.site, random.Random(ground.seed)
    requests = requests_of(site)
    with site.serve() as web:
        load(web.port, mixed(requests, WARM, dice))
        after_warm = web.memory_bytes()
        load(web.port, mixed(requests, ALL - WARM, dice))
        after_all = web.memory_bytes()
    note = f"{after_warm / MIB:.1f} MiB after {WARM}"
    yield Figure("10", f"memory of a web process after {ALL} requests", after_all / MIB, "MiB", 130, note)
    yield Figure("10", f"growth from {WARM} to {ALL} requests", after_all / after_warm, "×", 1.05)
