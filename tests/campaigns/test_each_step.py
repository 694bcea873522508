"""At each of the seven steps: an example, what is missing and why and where, the page as it will be, and autosave."""

from __future__ import annotations

import html
import re

import pytest

from app.campaigns import services, steps
from app.campaigns.readiness import missing
from app.core import clock
from app.core.database import transaction
from tests.builders import a_user, sign_in


@pytest.fixture
def slug(app):
    with app.app_context():
        user = a_user("Camille Fontbelle", "camille@example.org")
        with transaction():
            made = services.start_campaign(by=user, title="Un four au village", commune_code="21373", at=clock.now())
        return made.slug


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_each_step_says_what_is_missing_why_and_where_and_shows_the_page_by_a_private_link(app, slug):
    from app.accounts.queries import find_by_email
    from app.campaigns.queries import get_by_slug

    with app.app_context():
        holder = sign_in(app, find_by_email("camille@example.org"))
        lines = missing(get_by_slug(slug), "none")
        wanted = [(plain(str(line.why)), f"/mes-campagnes/{slug}/{line.step}") for line in lines]
    assert len(wanted) > 6
    for code in steps.CODES:
        text = plain(html.unescape(holder.get(f"/mes-campagnes/{slug}/{code}").get_data(as_text=True)))
        assert "Un exemple inventé" in text, code
        assert f'href="/mes-campagnes/{slug}/apercu"' in text, code
        for why, where in wanted:
            assert why in text, (code, why)
            assert f'href="{where}"' in text, (code, where)
        has_autosave = f'data-autosave="/mes-campagnes/{slug}/{code}"' in text
        assert has_autosave is (code != "contreparties"), f"{code}: a reward alone is added by its button"
        if code != "calendrier":
            link = re.search(r'href="https?://[^/"]+(/apercu/[^"]+)"', text)
            assert link, f"{code}: readable without script"
            assert "Un four au village" in app.test_client().get(link[1]).get_data(as_text=True)
