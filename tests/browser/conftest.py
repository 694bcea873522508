"""A whole platform and a Chromium that never leaves the machine, for journeys by hand and eye."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from tests.browser.visitor import Visitor
from tests.browser.world import World
from tests.support.browser import find_chromium, launch
from tests.support.platform import Platform

LOOPBACK = {"127.0.0.1", "localhost"}
FORM_SENT_BACK = (402, 422)
FEE_BPS = 500  # 5 %, so that the platform keeps something to be counted


@dataclass
class Trouble:
    """What went wrong in the pages of one test, however well they looked."""

    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("request", self._note)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._hear)

    def _hear(self, message: ConsoleMessage) -> None:
        """Errors and breaches of the content policy; a form sent back for correction is neither."""
        sent_back = any(f"status of {status} " in message.text for status in FORM_SENT_BACK)
        if message.type == "error" and not sent_back:
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")

    def _note(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme in {"http", "https"} and url.hostname not in LOOPBACK:
            self.outside.append(request.url)


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """Everything that `make serve` starts, once for all journeys of a worker: tests share its data."""
    running = Platform(tmp_path_factory.mktemp("platform")).start(PLATFORM_FEE_BPS=str(FEE_BPS))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def world(platform: Platform) -> World:
    """The platform seen from behind, with the people of the demo in it."""
    seen = World(platform)
    seen.scenery("people")
    return seen


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
def small_page(chromium: Browser) -> Iterator[Page]:
    """320 pixels, no platform behind it: for HTML that the test itself gives."""
    context = chromium.new_context(viewport={"width": 320, "height": 700}, java_script_enabled=True)
    yield context.new_page()
    context.close()


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """One visitor at a desk, with JavaScript."""
    return new_page()


@pytest.fixture
def someone(new_page: Callable[..., Page]) -> Callable[..., Visitor]:
    """`someone(width=…, script=…)`: one more person, in a browser of their own."""
    return lambda **kinds: Visitor(new_page(**kinds))
