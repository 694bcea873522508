"""Words from people: safe as HTML, searchable, and spaced as French wants."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from app.core.text import fold, french_spaces, markdown_to_html, public_id, slugify, stem

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](https://mal.example/a.png)",
    "<iframe src=//mal.example></iframe>",
    "<svg onload=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    "<style>*{display:none}</style>",
    "<b onclick=x>y</b>",
    "[x](vbscript:x)",
    "[x](//mal.example)",
    "<form action=//mal.example><input name=p>",
    "<!--><script>x</script>",
    "<base href=//m>",
    "`<script>`",
    "```\n<script>\n```",
    "[x]: javascript:alert(1)\n[x]",
    "<math><mtext></mtext></math>",
    "&lt;script&gt;",
]


@pytest.mark.parametrize("source", HOSTILE)
def test_no_markdown_becomes_anything_that_acts(source):
    html = markdown_to_html(source).casefold()
    for sign in (
        "<script",
        "<img",
        "<iframe",
        "<svg",
        "<style",
        "<form",
        "<input",
        "<base",
        "<math",
    ):
        assert sign not in html
    assert "onerror=" not in html or "&lt;" in html
    assert 'href="vbscript' not in html
    assert 'href="javascript' not in html
    assert 'href="data' not in html


@settings(deadline=None)
@given(some.text(max_size=400))
def test_whatever_is_written_is_answered_with_safe_html(source):
    html = markdown_to_html(source)
    assert "<script" not in html.casefold()
    assert markdown_to_html(source) == html


def test_ordinary_markdown_looks_as_meant():
    html = markdown_to_html("# Titre\n\nUn **mot** et un [lien](https://exemple.fr).\n\n- un\n- deux")
    assert "<h2>Titre</h2>" in html
    assert "<strong>mot</strong>" in html
    assert 'href="https://exemple.fr" rel="noopener nofollow ugc"' in html
    assert html.count("<li>") == 2


def test_headings_stay_below_the_title_of_the_page():
    html = markdown_to_html("\n\n".join(f"{'#' * n} h" for n in range(1, 7)))
    assert "<h1" not in html
    assert "<h5" not in html


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Mâlain", "malain"),
        ("L’Isle-sur-le-Doubs", "l isle sur le doubs"),
        ("Œuvre & cœur", "oeuvre coeur"),
        ("ÉCOLE", "ecole"),
        ("Straße", "strasse"),
        ("  a\u00a0b  ", "a b"),
        ("🌱", ""),
        ("", ""),
        ("100 % %_\\", "100"),
    ],
)
def test_words_are_found_whatever_their_accents(text, folded):
    assert fold(text) == folded


@settings(deadline=None)
@given(some.text())
def test_folding_leaves_only_letters_digits_and_single_spaces(text):
    folded = fold(text)
    assert set(folded) <= set("abcdefghijklmnopqrstuvwxyz0123456789 ")
    assert "  " not in folded
    assert fold(folded) == folded


def test_plural_and_singular_meet():
    assert stem("velos") == stem("velo") == "velo"
    assert stem("gateaux") == stem("gateau")
    assert stem("bus") == "bus"


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Rallumons le four banal !", "rallumons-le-four-banal"),
        ("", "projet"),
        ("🌱🌱", "projet"),
        ("../../etc", "etc"),
        ("a" * 99, "a" * 60),
    ],
)
def test_addresses_are_made_of_words(text, slug):
    assert slugify(text) == slug


def test_a_cut_address_does_not_end_with_a_dash():
    assert not slugify("mot " * 30).endswith("-")


def test_names_that_must_not_be_guessed_differ_and_are_long():
    names = {public_id() for _ in range(1000)}
    assert len(names) == 1000
    assert min(map(len, names)) >= 21


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Pourquoi ?", "Pourquoi\u00a0?"),
        ("Oui !", "Oui\u00a0!"),
        ("ceci : cela ; fin", "ceci\u00a0: cela\u00a0; fin"),
        ("« oui »", "«\u00a0oui\u00a0»"),
        ("100 %% ici", "100\u00a0%% ici"),
        ("72 %", "72\u00a0%"),
        ("12,50 €", "12,50\u00a0€"),
        ("%(n)s %(m)s", "%(n)s %(m)s"),
        ("%(n)s : %(m)s €", "%(n)s\u00a0: %(m)s\u00a0€"),
        ("https://a.fr?b", "https://a.fr?b"),
        ("", ""),
    ],
)
def test_french_signs_never_stand_alone_on_a_line(typed, printed):
    assert french_spaces(typed) == printed
