"""`make shots`: the README's screenshots, taken again from a fresh demo in `docs/shots/`.

With INSTANCE=… naming a folder where `make run` has made its demo, that demo is used.
"""

from __future__ import annotations

import io
import os
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from app.accounts.second_factor_rules import step_of
from app.accounts.totp import code_at
from dev.launch.instance import ROOT
from tests.support.browser import find_chromium, launch
from tests.support.platform import Platform

FOLDER = ROOT / "docs" / "shots"
SIZES = {"1280": (1280, 900), "360": (360, 780)}
LARGEST_BYTES = 150_000
QUALITIES = (82, 70, 55, 40)


@dataclass(frozen=True)
class Shot:
    """`path`: where to go; `links`: selectors whose first address is opened next; `account`: who looks (an e-mail's
    beginning); `part`: what to bring to the top of the picture."""

    name: str
    path: str
    links: tuple[str, ...] = ()
    account: str = ""
    dark: bool = False
    part: str = ""


FOUND = 'main a[href^="/campagnes/"]'
SHOTS = (
    Shot("home", "/"),
    Shot("home-dark", "/", dark=True),
    Shot("catalogue", "/campagnes"),
    Shot("campaign", "/campagnes?q=four+banal", (FOUND,)),
    Shot("campaign-dark", "/campagnes?q=four+banal", (FOUND,), dark=True),
    Shot("contribute", "/campagnes?q=four+banal", (FOUND, 'a[href$="/contribuer"]')),
    Shot("desk", "/mes-campagnes", ('main a[href*="four-banal"]',), account="porteuse@"),
    Shot("record", "/accompagnement", ('main a[href*="/dossiers/"]:has-text("four banal")',), account="referent.pes21"),
    Shot("review", "/moderation", ('main td a[href^="/moderation/"]',), account="moderation1.pes21"),
)


def sign_in(page: Page, platform: Platform, beginning: str) -> None:
    """As the demo account whose e-mail begins so."""
    account = next(person for person in platform.summary["accounts"] if person["email"].startswith(beginning))
    page.goto("/connexion")
    form = page.locator("main form", has=page.locator("input[type=password]"))
    form.locator("input[type=email]").fill(account["email"])
    form.locator("input[type=password]").fill(account["password"])
    form.locator("button, input[type=submit]").last.click()
    if account["second_factor"]:
        page.wait_for_url("**/connexion/code*")
        page.locator("main input[name=code]").fill(code_at(account["second_factor"], step_of(datetime.now(UTC))))
        page.locator("main form", has=page.locator("input[name=code]")).locator("button").first.click()
    page.wait_for_url(lambda url: "/connexion" not in url)


def take(browser: Browser, platform: Platform, shot: Shot, width: str) -> Path:
    wide, high = SIZES[width]
    context = browser.new_context(
        base_url=platform.url,
        locale="fr-FR",
        timezone_id="Europe/Paris",
        viewport={"width": wide, "height": high},
        color_scheme="dark" if shot.dark else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    if shot.account:
        sign_in(page, platform, shot.account)
    page.goto(shot.path)
    for selector in shot.links:
        page.goto(page.locator(selector).first.get_attribute("href") or "/")
    if shot.part:
        page.locator(shot.part).first.evaluate("part => part.scrollIntoView()")
    page.wait_for_load_state("networkidle")
    path = FOLDER / f"{shot.name}-{width}.webp"
    path.write_bytes(small(Image.open(io.BytesIO(page.screenshot()))))
    context.close()
    return path


def small(picture: Image.Image) -> bytes:
    """WebP in the best quality that stays below LARGEST_BYTES."""
    for quality in QUALITIES:
        out = io.BytesIO()
        picture.convert("RGB").save(out, "WEBP", quality=quality, method=6)
        if out.tell() <= LARGEST_BYTES:
            break
    return out.getvalue()


def main() -> int:
    if find_chromium() is None:
        print("Chromium est introuvable : apt-get install chromium, puis relancez.", file=sys.stderr)
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="graine-shots-") as folder:
        platform = Platform(Path(os.environ.get("INSTANCE") or folder).absolute(), demo=True)
        print("La démonstration démarre (deux minutes la première fois)…", flush=True)
        platform.start()
        try:
            with sync_playwright() as playwright:
                browser = launch(playwright)
                for shot in SHOTS:
                    for width in SIZES:
                        path = take(browser, platform, shot, width)
                        print(f"{path.relative_to(ROOT)} · {path.stat().st_size // 1024} Ko", flush=True)
                browser.close()
        finally:
            platform.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
