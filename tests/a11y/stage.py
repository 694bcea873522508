"""Gathered pages on a small local server, opened in Chromium and looked at by axe."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.support.browser import launch

AXE = Axe().axe_script
# Folded parts are opened: what one does not see is not looked at. The menus of the head cover the page, so they stay.
UNFOLD = "() => document.querySelectorAll('main details').forEach((part) => { part.open = true; })"
RUN = """() => axe.run(document, {resultTypes: ["violations"]}).then(({violations}) => violations.map(
    (one) => ({rule: one.id, help: one.help, where: one.nodes.slice(0, 4).map((node) =>
        node.target.join(" ") + " « " + node.html.slice(0, 120) + " » "
        + (node.any[0] ? node.any[0].message : ""))})))"""
SIDEWAYS = """() => { const wide = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= wide) return null;
    const out = [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > wide + 1);
    return document.documentElement.scrollWidth + " px: "
        + out.slice(-3).map((one) => one.outerHTML.slice(0, 110)); }"""


@dataclass(frozen=True)
class Look:
    """How a page is looked at."""

    width: int
    scheme: str  # light, dark

    def __str__(self) -> str:
        return f"{self.width} px, {self.scheme}"


NARROWEST = 320
WIDEST = 1280
DOUBLED = "(size) => { document.documentElement.style.fontSize = size; }"  # who needs large letters sets them so
LOOKS = tuple(Look(width, scheme) for width in (WIDEST, 360) for scheme in ("light", "dark"))


@dataclass(frozen=True)
class Fault:
    """`rule`: of axe, or « sideways »."""

    page: int
    look: str
    rule: str
    help: str
    where: tuple[str, ...]


class Quiet(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        pass


@contextmanager
def served(app: Flask, pages: list[str]) -> Iterator[str]:
    """The address of a server that shows page N at /seen/N, and everything else as the app does."""

    def answer(environ: dict[str, Any], start: Any) -> Any:
        path = environ["PATH_INFO"]
        if path.startswith("/seen/"):
            start("200 OK", [("Content-Type", "text/html; charset=utf-8")])
            return [pages[int(path.rpartition("/")[2])].encode()]
        if path.startswith("/static/") or path == "/favicon.ico":
            return app.wsgi_app(environ, start)
        start("404 Not Found", [("Content-Type", "text/plain")])
        return [b""]

    server = make_server("127.0.0.1", 0, answer, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        try:
            yield browser
        finally:
            browser.close()


def look_at(page: Page, url: str, number: int, looks: tuple[Look, ...]) -> list[Fault]:
    """Open page `number` once, then look at it in each way; with doubled text and when narrowest, at its edge."""
    faults: list[Fault] = []
    page.set_viewport_size({"width": NARROWEST, "height": 900})
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{url}/seen/{number}", wait_until="load")
    page.evaluate(UNFOLD)
    if looks:
        page.evaluate(AXE)
    for look in looks:
        page.emulate_media(color_scheme=look.scheme, reduced_motion="reduce")  # type: ignore[arg-type]  # light or dark
        page.set_viewport_size({"width": look.width, "height": 900})
        found = page.evaluate(RUN)
        faults += [Fault(number, str(look), one["rule"], one["help"], tuple(one["where"])) for one in found]
        faults += sideways(page, number, str(look))
    if looks:
        page.set_viewport_size({"width": WIDEST, "height": 900})
        page.evaluate(DOUBLED, "200%")
        faults += sideways(page, number, f"{WIDEST} px, text doubled")
        page.evaluate(DOUBLED, "")
        page.set_viewport_size({"width": NARROWEST, "height": 900})
    return faults + sideways(page, number, f"{NARROWEST} px")


def sideways(page: Page, number: int, look: str) -> list[Fault]:
    found = page.evaluate(SIDEWAYS)
    return [Fault(number, look, "sideways", "a page must not scroll sideways", (found,))] if found else []


def axe_version() -> str:
    return AXE.split("axe v", 1)[1].split("\n", 1)[0].strip()
