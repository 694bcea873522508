"""Every kind of mail on a narrow telephone: nothing reaches beyond the edge, however long the words and addresses."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flask import Flask, render_template
from flask_babel import force_locale
from playwright.sync_api import Page

from config import ROOT
from tests.browser.visitor import SHOTS

pytestmark = pytest.mark.browser

LONG = "Anticonstitutionnellement" * 4
ADDRESS = f"https://www.exemple.fr/campagnes/{'tres-longue-adresse-' * 8}?cle={'x' * 200}"
WORDS = {
    "title": f"Votre campagne {LONG}", "name": f"Camille {LONG}", "campaign": f"Le four {LONG}", "author": "Camille",
    "organisation": "Pôle d’Économie Solidaire", "reason": f"parce que {LONG}", "lead": "Elles finissent bientôt.",
    "paragraphs": [f"Bonjour {LONG}.", "Rien n’est débité aujourd’hui."], "facts": [("Montant", LONG), (LONG, "12 €")],
    "html": f"<p><strong>Merci</strong> {LONG}</p>", "text": "Merci", "again": False,
    "action_label": "Voir ma contribution", "first_answer_on": date(2027, 3, 3), "decision_on": date(2027, 3, 20),
    "closes_at": datetime(2027, 3, 3, 22, 59, tzinfo=UTC),
    **dict.fromkeys(("url", "page_url", "action_url", "stop_url_shown", "leave_url", "preferences_url"), ADDRESS),
    "campaigns": [
        {"url": ADDRESS, "title": LONG, "percent": 65, "raised_cents": 325_000, "goal_cents": 500_000, "news": [LONG],
         "is_ongoing": True, "state": "live", "closes_at": datetime(2027, 3, 3, 22, 59, tzinfo=UTC)}
    ],
}  # fmt: skip


@pytest.mark.usefixtures("ctx")
def test_no_mail_is_wider_than_a_telephone_of_320_pixels(app: Flask, small_page: Page) -> None:
    names = sorted(path.stem for path in (ROOT / "templates" / "emails").glob("[!_]*.html") if path.stem != "base")
    assert len(names) >= 7
    for locale in ("fr", "en"):
        for name in names:
            with force_locale(locale):
                small_page.set_content(render_template(f"emails/{name}.html", **WORDS))
            wide = small_page.evaluate("document.documentElement.scrollWidth")
            assert wide <= 320, f"{name} ({locale}): {wide} pixels"
            assert small_page.locator("h1").count() == 1, name
            if SHOTS:
                small_page.screenshot(path=Path(SHOTS) / f"courriel-{name}-{locale}.png", full_page=True)
