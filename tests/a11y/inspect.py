"""An album looked at: every page by the Nu HTML checker, and beside it all of them, or the fewest that show every
shape, by axe in one or two browsers."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from tests.a11y import nu, stage
from tests.a11y.gather import Album
from tests.a11y.shapes import fewest
from tests.a11y.stage import LOOKS, NARROWEST, WIDEST, Look

Tell = Callable[[str], None]
PATIENCE_MS = 120_000


@dataclass(frozen=True)
class Found:
    """One kind of fault: the tool (« axe » or « html »), its rule and sentence, and the pages where it was seen."""

    tool: str
    rule: str
    sentence: str
    pages: tuple[str, ...]
    where: tuple[str, ...]

    def __str__(self) -> str:
        places = "\n".join(f"      {one}" for one in self.where[:4])
        return (
            f"{self.tool} {self.rule}: {self.sentence}\n   on {len(self.pages)}: {'; '.join(self.pages[:4])}\n{places}"
        )


@dataclass(frozen=True)
class Inspection:
    """`in_browser`: how many pages axe looked at; `chromium`: its version; `html_checked`: False without Java."""

    found: list[Found]
    in_browser: int
    looks: tuple[Look, ...]
    chromium: str
    html_checked: bool
    seconds: float


def inspect(
    album: Album, folder: Path, *, every_look: bool, browsers: int = 1, tell: Tell = lambda _: None
) -> Inspection:
    """`every_look`: each page in light and dark, wide and narrow; otherwise in one of the four, by turns. Of an album
    that is not whole, a browser opens the fewest pages that show every shape."""
    began = time.monotonic()
    pages = [seen.html for seen in album.seen]
    numbers = [*range(len(pages))] if album.whole else fewest(pages)
    looks = {n: LOOKS if every_look else (LOOKS[turn % len(LOOKS)],) for turn, n in enumerate(numbers)}
    # Of the others only the edge: words that are too long are on pages of every shape.
    plan = [(n, looks.get(n, ())) for n, seen in enumerate(album.seen) if n in looks or seen.is_overfull]
    checker = (
        None
        if nu.missing()
        else nu.Checker(folder, {n: seen.html for n, seen in enumerate(album.seen) if not seen.is_mail})
    )
    with checker or nullcontext(), stage.served(album.app, pages) as url, ThreadPoolExecutor(browsers) as pool:
        jobs = [pool.submit(_walk, url, plan[n::browsers], tell) for n in range(browsers)]
        walks = [job.result() for job in jobs]
        said = checker.findings() if checker else []
    faults = [fault for walk, _version in walks for fault in walk]
    found = _sorted(
        album,
        [("axe", one.rule, one.help, one.page, [f"{one.look}: {where}" for where in one.where]) for one in faults],
    )
    found += _sorted(album, [("html", one.kind, one.kind, one.page, [one.said]) for one in said])
    return Inspection(found, len(numbers), LOOKS, walks[0][1], checker is not None, time.monotonic() - began)


def _walk(url: str, plan: Sequence[tuple[int, tuple[Look, ...]]], tell: Tell) -> tuple[list[stage.Fault], str]:
    faults: list[stage.Fault] = []
    with stage.chromium() as browser:
        page = browser.new_page(locale="fr-FR")
        page.set_default_timeout(PATIENCE_MS)
        for done, (number, looks) in enumerate(plan, 1):
            faults += stage.look_at(page, url, number, looks)
            if done % 50 == 0:
                tell(f"{done} of {len(plan)} pages")
        return faults, browser.version


def _sorted(album: Album, faults: list) -> list[Found]:
    """Put together by rule; the most widespread first."""
    names = [str(seen) for seen in album.seen]
    pages, where, sentences = defaultdict(dict), defaultdict(list), {}
    for tool, rule, sentence, page, places in faults:
        pages[tool, rule][names[page]] = True
        where[tool, rule] += [f"{names[page]}: {place}" for place in places]
        sentences[tool, rule] = sentence
    made = [Found(*key, sentences[key], tuple(pages[key]), tuple(where[key])) for key in pages]
    return sorted(made, key=lambda one: -len(one.pages))


def as_json(album: Album, inspection: Inspection, *, checked_at: str, is_whole: bool) -> dict[str, object]:
    """What app/pages/statement.py reads."""
    return {
        "checked_at": checked_at, "is_whole": is_whole, "opened": album.looked, "pages": len(album.seen),
        "in_browser": inspection.in_browser,
        "routes": len(album.routes), "states": len(album.states), "people": len(album.roles),
        "looks": [*map(str, inspection.looks), f"{WIDEST} px, text doubled", f"{NARROWEST} px, light"],
        "axe": stage.axe_version(), "html_checker": nu.version(), "chromium": inspection.chromium,
        "faults": [
            {"tool": one.tool, "rule": one.rule, "sentence": one.sentence, "pages": len(one.pages)}
            for one in inspection.found
        ],
    }  # fmt: skip
