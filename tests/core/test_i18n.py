"""Two languages: French as it is written, English from its catalogue; dates of Paris."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask_babel import force_locale, gettext, ngettext

from app.core import i18n

NIGHT = datetime(2027, 3, 2, 23, 30, tzinfo=UTC)  # already the next day in Paris


def test_french_counts_zero_and_one_alike(ctx):
    counted = [ngettext("%(num)d campagne", "%(num)d campagnes", n) for n in (0, 1, 2)]
    assert counted == ["0 campagne", "1 campagne", "2 campagnes"]


def test_french_sentences_get_their_spaces_and_values(ctx):
    assert gettext("« %(what)s » : %(n)s €", what="Four", n=12) == "«\u00a0Four\u00a0»\u00a0: 12\u00a0€"


def test_a_value_is_left_as_it_is(ctx):
    assert gettext("Bonjour %(name)s", name="A ? B") == "Bonjour A ? B"


def test_dates_are_those_of_paris_in_both_languages(ctx):
    assert i18n.date_long(NIGHT) == "3\u00a0mars 2027"
    assert i18n.datetime_long(NIGHT) == "3\u00a0mars 2027 à 00\u00a0h\u00a030"
    assert i18n.date_short(date(2027, 3, 3)) == "03/03/2027"
    with force_locale("en"):
        assert "March" in i18n.date_long(NIGHT)


def test_nothing_is_said_of_a_date_that_is_not_there(ctx):
    assert i18n.date_long(None) == i18n.date_short(None) == i18n.datetime_long(None) == i18n.days_left(None) == ""


@pytest.mark.parametrize(
    ("hours", "said"),
    [(-1, "terminée"), (0, "terminée"), (12, "dernier jour"), (24, "il reste 1 jour"), (240, "il reste 10 jours")],
)
def test_what_is_left_is_counted_in_days_of_paris(ctx, hours, said):
    noon = datetime(2027, 3, 3, 11, 0, tzinfo=UTC)
    end = datetime(2027, 3, 3, 22, 59, 59, tzinfo=UTC) if hours == 12 else noon + timedelta(hours=hours)
    with time_machine.travel(noon, tick=False):
        assert i18n.days_left(end).replace("\u00a0", " ") == said


@pytest.mark.parametrize(
    ("said", "chosen", "language"),
    [
        ("", "", "fr"), ("en-GB,en;q=0.9", "", "en-GB"), ("de,en;q=0.8,fr;q=0.7", "", "en-GB"),
        ("fr-FR,en;q=0.8", "", "fr"),
        ("de-DE", "", "fr"), ("*", "", "fr"),
        ("en;q=0", "", "fr"), ("x" * 300, "", "fr"),
        ("en", "fr", "fr"),
        ("fr", "en", "en-GB"), ("en", "xx", "en-GB"),
    ],
)  # fmt: skip
def test_the_browser_says_the_language_until_somebody_chooses(client, said, chosen, language):
    if chosen:
        client.set_cookie(i18n.COOKIE, chosen)
    answer = client.get("/regles", headers={"Accept-Language": said} if said else {})
    assert f'<html lang="{language}">' in answer.get_data(as_text=True)
    assert {"Cookie", "Accept-Language"} <= set(answer.vary.as_set(preserve_casing=True))
    assert "Set-Cookie" not in answer.headers, "nobody chose: nothing is kept"
