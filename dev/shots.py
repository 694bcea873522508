"""`make shots`: the README's screenshots, taken again from a fresh demo in `docs/shots/`.

With INSTANCE=… naming a folder where `make run` has made its demo, that demo is used.
"""

from __future__ import annotations

import io
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from dev.launch.instance import ROOT
from tests.support.browser import find_chromium, launch
from tests.support.platform import Platform

FOLDER = ROOT / "docs" / "shots"
SIZES = {"1280": (1280, 1500), "360": (360, 1100)}
QUALITY = 80


@dataclass(frozen=True)
class Shot:
    """`path`: where to go; `link`: a selector whose first address is opened next; `role`: who looks."""

    name: str
    path: str
    link: str = ""
    role: str = ""
    dark: bool = False


CAMPAIGN = 'main a[href^="/campagnes/"]'
SHOTS = (
    Shot("accueil", "/"),
    Shot("accueil-sombre", "/", dark=True),
    Shot("catalogue", "/campagnes"),
    Shot("campagne", "/campagnes", CAMPAIGN),
    Shot("contribuer", "/campagnes", f'{CAMPAIGN} >> goto >> a[href$="/contribuer"]'),
    Shot("projet", "/mes-campagnes", 'main a[href^="/mes-campagnes/"]', "holder"),
    Shot("moderation", "/moderation", "", "moderator"),
    Shot("relecture", "/moderation", 'main a[href^="/moderation/"]', "moderator"),
    Shot("accompagnement", "/accompagnement", "", "referent"),
    Shot("dossier", "/accompagnement", 'main a[href*="/dossiers/"]', "referent"),
)


def sign_in(page: Page, platform: Platform, role: str) -> None:
    """As the first demo account of that role."""
    account = next(person for person in platform.summary["accounts"] if person["role"] == role)
    page.goto("/connexion")
    form = page.locator("main form", has=page.locator("input[type=password]"))
    form.locator("input[type=email]").fill(account["email"])
    form.locator("input[type=password]").fill(account["password"])
    form.locator("button, input[type=submit]").last.click()
    page.wait_for_url(lambda url: "/connexion" not in url)


def take(browser: Browser, platform: Platform, shot: Shot, width: str) -> None:
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
    if shot.role:
        sign_in(page, platform, shot.role)
    page.goto(shot.path)
    for selector in filter(None, shot.link.split(" >> goto >> ")):
        page.goto(page.locator(selector).first.get_attribute("href") or "/")
    page.wait_for_load_state("networkidle")
    picture = Image.open(io.BytesIO(page.screenshot()))
    picture.convert("RGB").save(FOLDER / f"{shot.name}-{width}.webp", quality=QUALITY, method=6)
    context.close()


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
                        take(browser, platform, shot, width)
                        print(f"docs/shots/{shot.name}-{width}.webp", flush=True)
                browser.close()
        finally:
            platform.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
