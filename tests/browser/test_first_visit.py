"""A first visit: every width, with and without script, light and dark, nothing from elsewhere."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("path", ["/", "/campagnes"])
@pytest.mark.parametrize("width", [320, 360, 1280])
def test_a_page_never_scrolls_sideways(new_page: Callable[..., Page], path: str, width: int) -> None:
    page = new_page(width=width)
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 200
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [360, 1280])
def test_every_piece_of_the_gallery_keeps_within_a_screen(new_page: Callable[..., Page], width: int) -> None:
    page = new_page(width=width)
    page.goto("/dev/galerie")
    assert page.locator(".progress.large", has_text="Optimum atteint").count() == 1, "the widest of its states is shown"
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_home_page_is_read_without_script_and_in_the_dark(new_page: Callable[..., Page]) -> None:
    page = new_page(script=False, dark=True)
    page.goto("/")
    assert page.locator("h1").inner_text().strip()
    assert page.locator("main").is_visible()


def test_the_first_tab_leads_to_the_content(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    href = page.evaluate("document.activeElement.getAttribute('href')")
    assert href.startswith("#")
    assert page.locator(href).count() == 1
