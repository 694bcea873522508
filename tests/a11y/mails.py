"""Every mail template, filled with words that are too long."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace

from flask import Flask, render_template

from config import ROOT
from tests.a11y.wordy import LONG, RICH_HTML, WORD

FRAMES = {"base"}
AT = datetime(2027, 3, 3, 22, 59, tzinfo=UTC)
URL = f"http://127.0.0.1:8000/campagnes/{WORD.lower()}-{WORD.lower()}?jeton={'x' * 120}"
FOLLOWED = SimpleNamespace(
    url=URL, title=LONG[:120], percent=12_345, raised_cents=99_999_999, goal_cents=50_000_000, news=[LONG[:120]] * 3,
    closes_at=AT, is_ongoing=True, state="live", kind="all_or_nothing",
)  # fmt: skip
ACTION = {"action_label": "Voir ma contribution et choisir une autre carte", "action_url": URL, "url": URL}
VALUES: dict[str, dict[str, object]] = {
    "campaign_live": {"name": LONG[:120], "title": LONG[:120], "closes_at": AT, "page_url": URL},
    "campaign_opening_delayed": {"name": LONG[:120], "title": LONG[:120], "reason": "account"},
    "campaign_submitted": {
        "name": LONG[:120], "title": LONG[:120], "again": False, "organisation": LONG[:160], "reason": LONG[:300],
        "first_answer_on": AT, "decision_on": AT,
    },
    "followed": {
        "title": LONG[:120], "lead": LONG, "campaigns": [FOLLOWED, FOLLOWED], "leave_url": URL, "preferences_url": URL,
    },
    "message": {"title": LONG[:120], "paragraphs": [LONG, URL], "reason": LONG[:300]},
    "news": {"title": LONG[:120], "author": LONG[:120], "campaign": LONG[:120], "html": RICH_HTML,
             "stop_url_shown": URL},
    "pledge": {
        "title": LONG[:120], "name": LONG[:120], "paragraphs": [LONG, URL],
        "facts": [(WORD, WORD), ("Montant", "999 999,99 €"), ("Carte", "visa •••• 4242")],
    },
}  # fmt: skip


def names() -> set[str]:
    return {path.stem for path in (ROOT / "templates" / "emails").glob("*.html") if path.stem not in FRAMES}


def pages(app: Flask) -> Iterator[tuple[str, str]]:
    """(name, HTML). Errors: KeyError on a template without its line above."""
    for name in sorted(names()):
        with app.test_request_context("/"):
            yield name, render_template(f"emails/{name}.html", **ACTION, **VALUES[name])
