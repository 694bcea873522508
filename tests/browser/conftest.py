"""A whole platform and a Chromium that never leaves the machine, for journeys by hand and eye."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright

from tests.support.browser import find_chromium, launch
from tests.support.platform import Platform

LOOPBACK = {"127.0.0.1", "localhost"}


@dataclass
class Trouble:
    """What went wrong in the pages of one test, however well they looked."""

    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("request", self._note)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on(
            "console",
            lambda message: self.errors.append(message.text) if "Content Security" in message.text else None,
        )

    def _note(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme in {"http", "https"} and url.hostname not in LOOPBACK:
            self.outside.append(request.url)


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """Everything that `make serve` starts, once for all journeys of a worker: tests share its data."""
    running = Platform(tmp_path_factory.mktemp("platform")).start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if find_chromium() is None:
        pytest.skip("no Chromium found: apt-get install chromium, or CHROMIUM=/path/to/chromium")
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium: Browser, platform: Platform) -> Iterator[Callable[..., Page]]:
    """`new_page(width=1280, script=True, dark=False)`: a visitor of their own, French, at the site.

    At the end the test fails if any page asked for another host, threw, or broke the content policy.
    """
    trouble, contexts = Trouble(), []

    def make(*, width: int = 1280, height: int = 900, script: bool = True, dark: bool = False) -> Page:
        context = chromium.new_context(
            base_url=platform.url,
            locale="fr-FR",
            timezone_id="Europe/Paris",
            viewport={"width": width, "height": height},
            java_script_enabled=script,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        trouble.watch(page)
        return page

    yield make
    for context in contexts:
        context.close()
    assert trouble.outside == [], "a page asked for another host"
    assert trouble.errors == []


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """One visitor at a desk, with JavaScript."""
    return new_page()
