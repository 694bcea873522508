"""The site in its second language: nothing is missing, nothing stays in the other one, numbers and days are right."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale, ngettext
from sqlalchemy import select

from app.accounts.models import User
from app.coaching import invitation_services
from app.coaching.models import CoachingRecord
from app.core import i18n
from app.core.access import Role
from app.core.database import db, transaction
from app.core.outbox import OutboxMail, post_mail
from app.network.reasons import Reason, in_words
from dev import words
from tests.builders import a_record, a_user, an_organisation, give
from tests.support.crowd import Crowd, browser_of, gather
from tests.support.statements import PAGES
from tests.support.texts import Reader, both_sides, placeholders

FOR_EVERYBODY = (
    "/aide", "/regles", "/frais?montant=500&contributions=12", "/confidentialite", "/mentions-legales",
    "/accessibilite", "/comment-ca-marche", "/qui-peut-m-aider", "/qui-peut-m-aider?commune_text=M%C3%A2lain",
    "/campagnes?etat=toutes&q=four", "/campagnes?q=rien-ne-s-appelle-ainsi", "/connexion", "/inscription",
    "/mot-de-passe-oublie", "/contributions", "/nulle-part",
)  # fmt: skip
FOR_A_HOLDER = (
    "/compte",
    "/compte/adresse",
    "/compte/mot-de-passe",
    "/compte/fermer",
    "/compte/double-verification",
    "/projets/nouveau",
)
FOR_A_COACH = ("/accompagnement/nouveau",)
FOR_AN_ADMINISTRATOR = (
    "/administration", "/administration/couverture", "/administration/journal", "/administration/offres",
    "/administration/offres/nouvelle", "/administration/personnes", "/administration/structures",
    "/administration/structures/nouvelle", "/administration/structures/pes-21", "/administration/textes",
    "/administration/textes/platform_fee_bps", "/administration/textes/contact_email",
)  # fmt: skip


# -- the catalogue ---------------------------------------------------------------------------------


def test_the_catalogue_holds_exactly_the_sentences_of_the_code():
    in_code = {message.id if isinstance(message.id, str) else tuple(message.id) for message in _code()}
    kept = {message.id if isinstance(message.id, str) else tuple(message.id) for message in _english()}
    assert in_code - kept == set(), "`make words`, then translate them"
    assert kept - in_code == set(), "no longer said: `make words` takes them out"


def test_every_sentence_has_its_english_and_none_is_a_guess():
    assert [message.id for message in _english() if not words.is_translated(message)] == []
    assert [message.id for message in _english() if message.fuzzy] == []


def test_a_translation_keeps_what_is_filled_in():
    changed = []
    for message in filter(words.is_translated, _english()):
        if isinstance(message.id, str):
            same = placeholders(message.id) == placeholders(str(message.string))
        else:  # « une campagne » and “%(num)s campaign” are both right for one
            one, many = message.string
            same = placeholders(message.id[1]) == placeholders(many)
            same = same and set(placeholders(one)) <= set(placeholders(message.id[1]))
        if not same:
            changed.append((message.id, message.string))
    assert changed == []


def test_english_is_set_as_english():
    """No space before a sign, no guillemets, no straight apostrophe, nothing French left by a copy. « ![ » of
    Markdown is no sign."""
    wrong = [
        text
        for message in _english()
        for text in ([message.string] if isinstance(message.string, str) else message.string)
        if re.search(r"[ \u00a0](?:[:;?]|!(?!\[))|[«»'\u00a0]|\d,\d\d\b", text)
    ]
    assert wrong == []


def test_a_new_sentence_would_be_missed(tmp_path, monkeypatch):
    """The gathering sees Python, lazy sentences, plurals, pages and mails in plain text."""
    for path, text in {
        "babel.cfg": (words.ROOT / "babel.cfg").read_text("utf-8"),
        "app/a.py": '_("un"); _l("deux"); lazy_gettext("trois"); ngettext("une vis", "des vis", 3)',
        "templates/a/b.html": "{{ _('quatre') }}{% trans %}cinq{% endtrans %}",
        "templates/emails/c.txt": "{{ _('six') }}",
        "dev/d.py": '_("sept")',
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    monkeypatch.setattr(words, "ROOT", tmp_path)
    found = {message.id for message in words.sentences(words.gather())}
    assert found == {"un", "deux", "trois", ("une vis", "des vis"), "quatre", "cinq", "six"}


def test_a_no_break_space_in_the_french_keeps_its_english(tmp_path, monkeypatch):
    catalogue, kept = tmp_path / "messages.po", words.ENGLISH.read_text("utf-8")
    spaced = re.sub(r'^(msgid "\w+) ', "\\1\u00a0", kept, count=5, flags=re.MULTILINE)
    assert spaced != kept
    catalogue.write_text(spaced, "utf-8")
    monkeypatch.setattr(words, "ENGLISH", catalogue)
    words.main()
    assert catalogue.read_text("utf-8") == kept


# -- the pages -------------------------------------------------------------------------------------


@pytest.fixture
def crowd(app: Flask) -> Crowd:
    with app.app_context():
        made = gather(2)
        give(db.session.get_one(User, made.people["backer"]), Role.PLATFORM_ADMIN)
    return made


def addresses(crowd: Crowd) -> list[tuple[str, str]]:
    """(who, address): every page that can be opened without a one-time link."""
    desk = f"/mes-campagnes/{crowd.draft_slug}"
    steps = [f"{desk}/{number}" for number in range(1, 8)]
    public = (*FOR_EVERYBODY, f"/campagnes/{crowd.slug}/contribuer")
    return [
        *((page.reader, page.address(crowd)) for page in PAGES),
        *(("", address) for address in public),
        *(("holder", address) for address in (*FOR_A_HOLDER, *steps, f"{desk}/apercu")),
        *(("coach", address) for address in FOR_A_COACH),
        *(("backer", address) for address in FOR_AN_ADMINISTRATOR),
    ]


def opened(app: Flask, crowd: Crowd, language: str) -> dict[str, list[str]]:
    """The visible texts of each page."""
    clients: dict[str, FlaskClient] = {}
    seen = {}
    for who, address in addresses(crowd):
        if who not in clients:
            clients[who] = browser_of(app, crowd, who)
            clients[who].set_cookie("langue", language)
        answer = clients[who].get(address, follow_redirects=True)
        assert answer.status_code == (404 if address == "/nulle-part" else 200), (who, address, answer.status_code)
        html = answer.get_data(as_text=True)
        assert f'<html lang="{"en-GB" if language == "en" else "fr"}">' in html
        seen[f"{who} {address}"] = Reader(html).texts
    return seen


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_page_mixes_the_languages(app, crowd, language):
    french, english = both_sides()
    own, foreign = (english, french) if language == "en" else (french, english)
    pages = opened(app, crowd, language)
    mixed = {page: foreign.found_in(texts) for page, texts in pages.items()}
    assert {page: found for page, found in mixed.items() if found} == {}
    assert min(len(own.found_in(texts)) for texts in pages.values()) > 10, "the catalogue recognises every page"


def test_the_switch_at_the_foot_changes_the_whole_site(client):
    assert "Comment ça marche" in client.get("/").get_data(as_text=True)
    answer = client.post("/langue", data={"language": "en", "next": "/frais"})
    assert answer.headers["Location"] == "/frais"
    page = client.get("/frais").get_data(as_text=True)
    assert "Fees, to the cent" in page
    assert "Les frais" not in page


# -- numbers, days, plurals --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "none", "one", "many"),
    [("fr", "0 campagne", "1 campagne", "2 campagnes"), ("en", "0 campaigns", "1 campaign", "2 campaigns")],
)
def test_each_language_has_its_own_plural(ctx, language, none, one, many):
    with force_locale(language):
        said = [ngettext("%(num)s campagne", "%(num)s campagnes", number) for number in (0, 1, 2)]
        whole = [ngettext("il reste %(num)d jour", "il reste %(num)d jours", number) for number in (1, 12)]
    assert said == [none, one, many]
    assert whole == (["il reste 1 jour", "il reste 12 jours"] if language == "fr" else ["1 day left", "12 days left"])


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("fr", ["12,50\u00a0€", "1\u202f234\u00a0€", "4,5\u00a0%", "0\u00a0%", "3\u00a0mars 2027", "1er\u00a0mars 2027",
                "03/03/2027", "mars 2027", "3\u00a0mars 2027 à 23\u00a0h\u00a059"]),
        ("en", ["€12.50", "€1,234", "4.5%", "0%", "3 March 2027", "1 March 2027",
                "03/03/2027", "March 2027", "3 March 2027 at 23:59"]),
    ],
)  # fmt: skip
def test_money_rates_and_days_are_written_as_the_reader_writes_them(ctx, language, expected):
    day, end = date(2027, 3, 3), datetime(2027, 3, 3, 22, 59, 59, tzinfo=UTC)
    with force_locale(language):
        said = [
            i18n.euros(12_50), i18n.euros(1_234_00), i18n.rate(450), i18n.rate(0), i18n.date_long(end),
            i18n.date_long(date(2027, 3, 1)), i18n.date_short(day), i18n.month_long(day), i18n.datetime_long(end),
        ]  # fmt: skip
    assert said == expected


def test_a_mail_speaks_the_language_of_who_receives_it(app, client):
    """Also when somebody with another language caused it."""
    client.set_cookie("langue", "en")
    with app.test_request_context(headers={"Cookie": "langue=en"}):
        for language in ("fr", "en"):
            post_mail(
                "message", to="a@exemple.fr", subject="x", occasion=language, at=datetime.now(UTC), locale=language,
                title="x", paragraphs=[], action_label="x", action_url="https://exemple.fr", reason="",
                reply_to="b@exemple.fr",
            )  # fmt: skip
        texts = {mail.occasion: mail.text for mail in db.session.scalars(select(OutboxMail))}
        db.session.rollback()
    assert "Vous pouvez répondre à ce message." in texts["fr"]
    assert "x\u00a0: https://exemple.fr" in texts["fr"]
    assert "You can reply to this message." in texts["en"]
    assert "x: https://exemple.fr" in texts["en"]


def test_an_invitation_does_not_speak_the_language_of_the_coach(app):
    with app.test_request_context(headers={"Cookie": "langue=en"}):
        coach = give(a_user(), Role.COACH, an_organisation())
        coach_id, record_id = coach.id, a_record("Ada", "ada@exemple.fr", referent=coach).id
        with transaction():
            record = db.session.get_one(CoachingRecord, record_id)
            invitation_services.invite(record, by=coach_id, sender="Inès", at=datetime.now(UTC))
        mail = db.session.scalars(select(OutboxMail).where(OutboxMail.to_address == "ada@exemple.fr")).one()
        assert mail.subject == "Votre dossier d’accompagnement est ouvert"
        assert "Inès, de" in mail.text


@pytest.mark.parametrize(
    ("reason", "french", "english"),
    [
        (Reason("departement", "Yonne", "89", "DLA"), "répond dans l’Yonne pour", "answers in the Yonne for “DLA”"),
        (Reason("commune", "Dijon", "21", "DLA", is_shared=True), "ordre alphabétique", "in the commune (Dijon)"),
        (Reason("epci", "Dijon Métropole", "21", "DLA"), "intercommunalité (Dijon Métropole)", "group of communes"),
        (Reason("region", "", "21", "DLA"), "dans toute la région", "in the whole region"),
        (
            Reason("nobody", "Nevers", departement="Nièvre"),
            "(Nevers, Nièvre)\u00a0: le réseau",
            "(Nevers, Nièvre): the",
        ),
        (Reason("appeal"), "décide d’un recours", "an appeal is decided by"),
    ],
)
def test_a_reason_is_kept_once_and_said_in_both_languages(ctx, reason, french, english):
    kept = reason.kept()
    assert len(kept) <= 300
    for language, words_of_it in (("fr", french), ("en", english)):
        with force_locale(language):
            assert words_of_it in in_words(kept)
            assert in_words(kept) == str(reason)


def _code():
    return list(words.sentences(words.gather()))


def _english():
    return list(words.sentences(words.read_english()))
