"""One person at one browser: finds things by the words on the screen, as people do."""

from __future__ import annotations

import os
import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.world import plain

SHOTS = os.environ.get("SHOTS", "")  # a folder: each `shot` leaves two pictures there
IDS_TWICE = """() => [...document.querySelectorAll("[id]")].map((one) => one.id)
    .filter((id, place, all) => all.indexOf(id) < place)"""
expect.set_options(timeout=20_000)


def words(text: str) -> re.Pattern[str]:
    """The beginning of a label, whatever its spaces; what follows (a star, a counter) is free."""
    return re.compile(r"^\s*" + re.escape(text).replace(r"\ ", r"\s+"))


class Visitor:
    def __init__(self, page: Page):
        self.page = page

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    @property
    def path(self) -> str:
        return re.sub(r"^https?://[^/]+", "", self.page.url)

    def go(self, path: str) -> Visitor:
        self.page.goto(path)
        return self

    def says(self, *sentences: str) -> Visitor:
        """Each is on the page, soon."""
        for sentence in sentences:
            expect(self.main).to_contain_text(sentence)
        return self

    def never_says(self, *sentences: str) -> Visitor:
        for sentence in sentences:
            expect(self.main).not_to_contain_text(sentence)
        return self

    def text(self) -> str:
        return plain(self.main.inner_text())

    def follow(self, link: str, *, inside: str = "body") -> Visitor:
        """Press the first visible link that begins with these words."""
        self.page.locator(inside).get_by_role("link", name=words(link)).locator("visible=true").first.click()
        return self

    def press(self, button: str, *, inside: str = "body") -> Visitor:
        self.page.locator(inside).get_by_role("button", name=words(button)).locator("visible=true").first.click()
        return self

    def unfold(self, title: str) -> Visitor:
        """Open a folded part, unless it is open."""
        part = self.main.locator("details", has=self.page.locator("summary", has_text=words(title))).first
        if part.get_attribute("open") is None:
            part.locator("summary").first.click()
        return self

    def field(self, label: str, *, inside: str = "main") -> Locator:
        return self.page.locator(inside).get_by_label(words(label)).locator("visible=true").first

    def fill(self, label: str, value: str, *, inside: str = "main") -> Visitor:
        """A text field; a choice that happens to begin with the same words is none."""
        typed = self.page.locator("input:not([type=radio], [type=checkbox]), textarea")
        self.page.locator(inside).get_by_label(words(label)).and_(typed).locator("visible=true").first.fill(value)
        return self

    def choose(self, label: str, option: str) -> Visitor:
        self.field(label).select_option(label=option)
        return self

    def tick(self, *labels: str, inside: str = "main") -> Visitor:
        """Boxes and round choices alike."""
        for label in labels:
            self.field(label, inside=inside).check()
        return self

    def holds(self, label: str, value: str) -> Visitor:
        """What a field has kept."""
        expect(self.field(label)).to_have_value(value)
        return self

    def shot(self, name: str) -> Visitor:
        """A page people stay on: no id twice; and when pictures are wanted, one at a desk and one on a phone."""
        assert self.page.evaluate(IDS_TWICE) == []
        if SHOTS:
            folder, now = Path(SHOTS), self.page.viewport_size
            folder.mkdir(parents=True, exist_ok=True)
            for width, height in ((1280, 860), (360, 740)):
                self.page.set_viewport_size({"width": width, "height": height})
                self.page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)
            if now:
                self.page.set_viewport_size(now)
        return self
