"""Chromium with the network and processor of a telephone, and what it says about a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bench.registry import CannotMeasure
from tests.support.browser import HOW_TO_INSTALL, find_chromium, launch

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

LOOPBACK = {"127.0.0.1", "localhost"}
# The mobile profile of Lighthouse: slow 4G and a processor four times slower.
LATENCY_MS, DOWN_BYTES, UP_BYTES, CPU_TIMES = 150, 1_600_000 // 8, 750_000 // 8, 4
LARGEST_PAINT = """
window.largestPaint = 0;
new PerformanceObserver(list => { for (const entry of list.getEntries()) window.largestPaint = entry.startTime; })
  .observe({type: 'largest-contentful-paint', buffered: true});
"""


@dataclass
class View:
    """What one view cost. Sizes in bytes as they crossed the network, headers included."""

    bytes_by_url: dict[str, int] = field(default_factory=dict)
    outside: list[str] = field(default_factory=list)
    largest_paint_ms: float = 0.0

    def weight(self, *, without: str) -> int:
        """All but the addresses whose path begins with `without`."""
        return sum(size for url, size in self.bytes_by_url.items() if not urlsplit(url).path.startswith(without))


@contextmanager
def chromium() -> Iterator[Browser]:
    """Errors: CannotMeasure when there is none on this machine."""
    if find_chromium() is None:
        raise CannotMeasure(f"no Chromium. {HOW_TO_INSTALL}")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@contextmanager
def telephone(browser: Browser, base_url: str, cookies: Mapping[str, str] | None = None) -> Iterator[BrowserContext]:
    """A new visitor with an empty cache on a telephone of 360 × 740."""
    context = browser.new_context(
        base_url=base_url, locale="fr-FR", timezone_id="Europe/Paris", viewport={"width": 360, "height": 740},
        device_scale_factor=2, is_mobile=True, has_touch=True,
    )  # fmt: skip
    context.add_cookies([{"name": name, "value": value, "url": base_url} for name, value in (cookies or {}).items()])
    yield context
    context.close()


def first_view(context: BrowserContext, path: str) -> View:
    """Open a page as slowly as a telephone would. Errors: AssertionError when it does not answer 200."""
    page, view = context.new_page(), View()
    session = context.new_cdp_session(page)
    addresses: dict[str, str] = {}

    def begins(event: dict[str, Any]) -> None:
        addresses[event["requestId"]] = event["request"]["url"]

    def ends(event: dict[str, Any]) -> None:
        url = addresses[event["requestId"]]
        view.bytes_by_url[url] = view.bytes_by_url.get(url, 0) + int(event["encodedDataLength"])

    session.on("Network.requestWillBeSent", begins)
    session.on("Network.loadingFinished", ends)
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": LATENCY_MS, "downloadThroughput": DOWN_BYTES, "uploadThroughput": UP_BYTES},
    )
    session.send("Emulation.setCPUThrottlingRate", {"rate": CPU_TIMES})
    watch_outside(page, view)
    page.add_init_script(LARGEST_PAINT)
    open_page(page, path)
    page.wait_for_timeout(500)  # a later, larger paint would count
    view.largest_paint_ms = float(page.evaluate("window.largestPaint"))
    page.close()
    return view


def watch_outside(page: Page, view: View) -> None:
    """Note every request to another host."""

    def note(request: Any) -> None:
        url = urlsplit(request.url)
        if url.scheme in {"http", "https", "ws", "wss"} and url.hostname not in LOOPBACK:
            view.outside.append(request.url)

    page.on("request", note)


def open_page(page: Page, path: str) -> None:
    answer = page.goto(path, wait_until="networkidle", timeout=60_000)
    assert answer is not None, path
    assert answer.status == 200, f"{path} answered {answer.status}"
