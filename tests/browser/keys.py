"""A person without a mouse: Tab, Enter, Space and letters, and at each stop a focus that one sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.browser.visitor import Visitor, words

FAR = 260  # stops of Tab before one gives up
# What has the focus, and whether one sees it: an outline or a shadow on the thing itself or on what surrounds it.
FOCUS = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const said = one.getAttribute("aria-label") || [...(one.labels || [])].map((label) => label.innerText).join(" ")
    || one.innerText || one.value || "";
  const marked = [one, one.parentElement, one.closest("label")].filter(Boolean).some((part) => {
    const style = getComputedStyle(part);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  });
  const box = one.getBoundingClientRect();
  return {
    name: said.replace(/\\s+/g, " ").trim(), kind: one.type || one.tagName.toLowerCase(), marked,
    on_screen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    in_main: !!one.closest("main"), checked: !!one.checked,
  };
}"""


@dataclass(frozen=True)
class Stop:
    """What has the focus: its words, its kind (« checkbox », « submit », « a » …), and what one sees of it."""

    name: str
    kind: str
    marked: bool
    on_screen: bool
    in_main: bool
    checked: bool


class Keys:
    def __init__(self, who: Visitor):
        self.who, self.page = who, who.page

    def stop(self) -> Stop | None:
        found: dict[str, Any] | None = self.page.evaluate(FOCUS)
        return Stop(**found) if found else None

    def tab(self) -> Stop | None:
        """One step further; whatever is reached can be seen, and seen to be reached."""
        self.page.keyboard.press("Tab")
        here = self.stop()
        if here is not None:
            assert here.on_screen, f"the focus went out of sight: {here}"
            assert here.marked, f"one cannot see that the focus is here: {here}"
        return here

    def reach(self, label: str, *, in_main: bool = True) -> Keys:
        """Tab until the thing whose words begin so."""
        passed, wanted = [], words(label)
        for _ in range(FAR):
            here = self.tab()
            if here is None:
                continue
            if wanted.match(here.name) and here.in_main >= in_main:
                return self
            passed.append(here.name[:30])
        raise AssertionError(f"« {label} » is out of reach; passed by {passed}")

    def type(self, label: str, text: str) -> Keys:
        self.reach(label).page.keyboard.type(text)
        return self

    def tick(self, label: str) -> Keys:
        self.reach(label).page.keyboard.press("Space")
        here = self.stop()
        assert here is not None
        assert here.checked, f"Space did not tick {here}"
        return self

    def unfold(self, title: str) -> Keys:
        """Open a folded part, unless it is open."""
        self.reach(title)
        if not self.page.evaluate("document.activeElement.closest('details').open"):
            self.page.keyboard.press("Enter")
        return self

    def press(self, label: str, *, in_main: bool = True) -> Visitor:
        """A button or a link."""
        self.reach(label, in_main=in_main).page.keyboard.press("Enter")
        self.page.wait_for_load_state()
        return self.who

    def answer_all(self, label: str, groups: int) -> Keys:
        """The same answer in so many groups of choices that follow one another."""
        done = 0
        for _ in range(FAR):
            here = self.tab()
            if here is None or here.kind != "radio":
                if done == groups:
                    return self
                continue
            for _choice in range(6):
                if here is not None and words(label).match(here.name):
                    break
                self.page.keyboard.press("ArrowDown")
                here = self.stop()
            self.page.keyboard.press("Space")
            done += 1
        raise AssertionError(f"{done} of {groups} groups answered")
