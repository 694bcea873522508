"""Which of many pages show everything that the templates can write: the fewest that hold each shape once.

A shape is an element inside another one, by tag and classes, with what a screen reader hears of it: its role and its
states. Two pages with the same shapes differ in words only. What words do (too long, missing) is itself a shape where
the template says so, and is looked at on every page by `make a11y`.
"""

from __future__ import annotations

from collections.abc import Sequence
from html.parser import HTMLParser

VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])
# Attributes whose value is heard or decides what is shown; of the others it counts that they are there.
HEARD = frozenset((
    "aria-current", "aria-expanded", "aria-invalid", "aria-live", "aria-pressed", "aria-sort", "hidden", "lang", "role",
    "scope", "type",
))  # fmt: skip

Shape = tuple[str, str]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[Shape] = set()
        self._inside = [""]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        name = ".".join((tag, *sorted(said.pop("class", "").split())))
        heard = sorted(f"{key}={value}" if key in HEARD else key for key, value in said.items() if key[:5] != "data-")
        self.found.add((self._inside[-1], f"{name}[{' '.join(heard)}]"))
        if tag not in VOID:
            self._inside.append(name)

    def handle_endtag(self, tag: str) -> None:
        for depth in range(len(self._inside) - 1, 0, -1):
            if self._inside[depth].partition(".")[0] == tag:
                del self._inside[depth:]
                return


def shapes(html: str) -> set[Shape]:
    reader = _Reader()
    reader.feed(html)
    return reader.found


def fewest(pages: Sequence[str]) -> list[int]:
    """The numbers of the pages that together show every shape; always the one that shows most of what is left."""
    found = [shapes(html) for html in pages]
    left, chosen = set().union(*found), list[int]()
    while left:
        best = max(range(len(found)), key=lambda number: len(found[number] & left))
        left -= found[best]
        chosen.append(best)
    return sorted(chosen)
