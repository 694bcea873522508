"""Pages that only an act shows, and only once, or a purchase: what they would be handed, too long."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace

from flask import Flask, render_template

from tests.a11y.wordy import LONG, RICH_HTML, WORD

AT = datetime(2027, 3, 3, 22, 59, tzinfo=UTC)
EMAIL = f"{WORD.lower()}@{WORD.lower()}.example.org"
PLEDGE = SimpleNamespace(
    public_id="one-that-waits", campaign=SimpleNamespace(title=LONG[:120]), amount_cents=99_999_999, reward=None,
    card_last4="4242", card_brand="visa", state="draft", is_anonymous=False, name=LONG[:120], created_at=AT,
)  # fmt: skip
BOUGHT = SimpleNamespace(
    **{**vars(PLEDGE), "state": "paid", "email": EMAIL, "reward": SimpleNamespace(title=LONG[:120])}
)
NOTE = SimpleNamespace(created_at=AT, author=LONG[:120], visibility="team", text=LONG)
DOCUMENTS = [
    SimpleNamespace(public_id="one", title=LONG[:120], visibility="restricted"),
    SimpleNamespace(public_id="two", title=LONG[:120], visibility="team"),
]
VALUES: dict[str, tuple[dict[str, object], ...]] = {
    "accounts/new_email_asked.html": ({"old_email": EMAIL, "new_email": EMAIL},),
    "accounts/new_email_confirmed.html": ({"is_done": True, "new_email": EMAIL}, {"is_done": False}),
    "accounts/recovery_codes.html": ({"codes": ["ABCDE-FGHIJ"] * 10, "target": "", "is_new": True},),
    "campaigns/preview_text.html": ({"html": RICH_HTML, "errors": ()}, {"html": "", "errors": [LONG]}),
    "coaching/kept_notes.html": (
        {
            "record": SimpleNamespace(reference="2026-21-0001", project=SimpleNamespace(title=LONG[:120])),
            "notes": [NOTE, NOTE], "documents": DOCUMENTS, "level_words": {"team": LONG[:60]},
        },
    ),
    "following/gone.html": ({},),
    "pledges/waiting.html": ({"pledge": PLEDGE, "key": "x" * 40},),
    "settlement/renounce.html": tuple(
        {"pledge": BOUGHT, "key": "x" * 40, "sale": SimpleNamespace(until=until)} for until in (AT, None)
    ),
}  # fmt: skip


def pages(app: Flask) -> Iterator[tuple[str, str]]:
    """(name, page) of each."""
    for name, cases in VALUES.items():
        for number, values in enumerate(cases, 1):
            with app.test_request_context("/campagnes"):
                yield f"{name.removesuffix('.html')} {number}", render_template(name, **values)
