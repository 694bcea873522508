"""The holder's form against everything people, and machines, may type into it."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from flask import Flask

from app.campaigns.models import Campaign
from app.core import clock
from app.core.database import db, transaction
from tests.campaigns.conftest import MALAIN, STORY, Desk, fill

STEPS = ("projet", "histoire", "image", "valeur-ajoutee", "budget", "contreparties", "calendrier")
SAVED = {
    "projet": {"title": "Le four", "tagline": "", "commune": MALAIN, "theme": ""},
    "histoire": {"story": "", "if_missed": ""},
    "image": {"alternative": ""},
    "valeur-ajoutee": {"social": "", "societal": "", "environmental": ""},
    "budget": {"goal": "", "optimum": ""},
    "contreparties": {"title": "Une miche", "amount": "15", "nature": "thanks"},
    "calendrier": {"duration_days": "", "earliest_start_on": ""},
}
TEXTS = [("projet", "title"), ("projet", "tagline"), ("histoire", "if_missed"), ("valeur-ajoutee", "social"),
         ("image", "alternative"), ("contreparties", "title"), ("contreparties", "description"),
         ("histoire", "story")]  # fmt: skip
ODD = [
    "<script>alert(1)</script>",
    "🌻🥖" * 20,
    "\u202eégarer\u202c",
    "a\x00b\x07c",
    "{{ 7*7 }}",
    "'; DROP TABLE campaigns;--",
]


def test_every_step_can_be_saved_half_empty_and_the_draft_is_found_again(desk: Desk):
    for step, data in SAVED.items():
        assert desk.save_any(step, **data).status_code == 303, step
    assert desk.read(lambda c: (c.title, c.state)) == ("Le four", "draft")


@pytest.mark.parametrize(("step", "field"), TEXTS)
def test_odd_texts_are_kept_and_shown_as_text(desk: Desk, step: str, field: str):
    for text in ODD:
        sent = desk.save_any(step, **{**SAVED[step], field: text})
        assert sent.status_code in {303, 422}
        shown = desk.holder.get(desk.page(step)).get_data(as_text=True)
        assert "<script>alert(1)" not in shown
        assert "{{" not in text or "{{ 7*7 }}" in shown


@pytest.mark.parametrize(("step", "field"), TEXTS)
def test_a_million_characters_are_refused_with_a_sentence_and_kept_in_the_form(desk: Desk, step: str, field: str):
    answer = desk.save_any(step, **{**SAVED[step], field: "é" * 1_000_000})
    assert answer.status_code == 422
    html = answer.get_data(as_text=True)
    assert "trop long" in html
    assert "é" * 1000 in html


@pytest.mark.parametrize("step", STEPS)
def test_a_wrong_token_saves_nothing(desk: Desk, step: str):
    before = desk.read(lambda c: (c.title, c.page_version))
    for token in ("", "x", "é"):
        answer = desk.holder.client.post(desk.page(step), data={**SAVED[step], "csrf_token": token})
        assert answer.status_code == 422
    assert desk.read(lambda c: (c.title, c.page_version)) == before


@pytest.mark.parametrize(
    ("step", "wrong"),
    [
        ("projet", {"title": ""}), ("projet", {"theme": "weapons"}), ("projet", {"commune": "75056"}),
        ("projet", {"commune": "", "commune_text": "Nullepart"}),
        ("budget", {"goal": "12"}), ("budget", {"goal": "1.234"}), ("budget", {"goal": "-300"}),
        ("budget", {"goal": "600000"}), ("budget", {"goal": "NaN"}), ("budget", {"goal": "9" * 5000}),
        ("budget", {"goal": "300", "optimum": "299"}), ("budget", {"uses-0-label": "x", "uses-0-amount": "beaucoup"}),
        ("contreparties", {"amount": ""}), ("contreparties", {"amount": "0,50"}), ("contreparties", {"title": ""}),
        ("contreparties", {"nature": "bribe"}), ("contreparties", {"stock": "0"}), ("contreparties", {"stock": "-1"}),
        ("contreparties", {"stock": "9" * 30}), ("contreparties", {"stock": "dix"}),
        ("contreparties", {"delivery": "1999-01"}), ("contreparties", {"delivery": "demain"}),
        ("calendrier", {"duration_days": "4"}), ("calendrier", {"duration_days": "91"}),
        ("calendrier", {"duration_days": "9" * 5000}), ("calendrier", {"duration_days": "un mois"}),
        ("calendrier", {"earliest_start_on": "31/02/2027"}), ("calendrier", {"earliest_start_on": "0001-01-01"}),
        ("calendrier", {"earliest_start_on": "9999-12-31"}),
    ],
)  # fmt: skip
def test_impossible_values_are_refused_and_come_back_as_typed(desk: Desk, step: str, wrong: dict[str, str]):
    """But for a day or a number that cannot be read as one: no browser shows it again, and HTML forbids it."""
    before = desk.read(lambda c: c.page_version)
    answer = desk.save_any(step, **{**SAVED[step], **wrong})
    assert answer.status_code == 422, answer.get_data(as_text=True)[-3000:]
    html = answer.get_data(as_text=True)
    assert "data-summary" in html
    for value in wrong.values():
        if value and step not in {"projet"} and "bribe" not in wrong.values() and "delivery" not in wrong:
            is_unreadable = value in {"dix", "un mois", "31/02/2027"} or (len(value) > 4000 and step == "calendrier")
            assert (value[:40] in html) is not is_unreadable
    assert desk.read(lambda c: c.page_version) == before


def test_a_wrong_line_of_the_budget_is_said_in_a_sentence(desk: Desk):
    wrong = {**SAVED["budget"], "uses-0-amount": "12,5,0", "uses-0-label": "x" * 500}
    html = desk.save("budget", **wrong).get_data(as_text=True)
    assert "Ce montant n’est pas lisible" in html
    assert "{&#39;" not in html
    assert "[&#39;" not in html


def test_an_amount_with_too_many_figures_is_said_to_be_too_large(desk: Desk):
    html = desk.save("budget", **{**SAVED["budget"], "goal": "99 999 999 999"}).get_data(as_text=True)
    assert "Ce montant est trop grand" in html


def test_adding_a_line_keeps_what_is_typed_and_saves_nothing(desk: Desk):
    before = desk.read(lambda c: c.page_version)
    answer = desk.send("budget", {"goal": "abc", "uses-0-label": "La sole", "uses-0-amount": "12,5", "add_uses": "1"})
    html = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert 'value="La sole"' in html
    assert 'value="12,5"' in html
    assert html.count('name="uses-') == 2 * 4
    assert desk.read(lambda c: c.page_version) == before


def test_indices_that_are_no_numbers_are_ignored(desk: Desk):
    odd = {f"uses-{index}-label": "x" for index in ("²", "-1", "x", "9" * 400, "")}
    assert desk.save("budget", goal="300", **odd).status_code == 303
    assert desk.read(lambda c: len(c.budget_lines)) == 0


def test_a_thousand_lines_are_cut_to_what_a_budget_holds(desk: Desk):
    lines = {f"uses-{n}-{part}": value for n in range(1000) for part, value in (("label", "x"), ("amount", "1"))}
    assert desk.save("budget", **lines).status_code == 303
    assert desk.read(lambda c: len(c.budget_lines)) == 20


def test_extra_fields_of_a_form_change_no_column_beside_its_own(desk: Desk):
    forged = {
        "state": "live",
        "owner_id": "1",
        "raised_cents": "99",
        "fee_bps": "0",
        "slug": "autre",
        "version_id": "9",
    }
    assert desk.save("projet", **SAVED["projet"], **forged).status_code == 303
    assert desk.read(lambda c: (c.state, c.raised_cents, c.slug)) == ("draft", 0, desk.slug)


def test_a_second_click_on_a_reward_adds_one(desk: Desk):
    for _ in range(2):
        assert desk.save_any("contreparties", **SAVED["contreparties"]).status_code == 303
    assert desk.read(lambda c: len(c.rewards)) == 1


def test_a_second_click_on_begin_gives_the_same_draft(desk: Desk):
    again = desk.holder.post("/projets/nouveau", {"title": "Le four du village", "commune": MALAIN, "commune_text": ""})
    assert again.location.split("/")[2] == desk.slug


def test_a_reward_is_changed_and_removed(desk: Desk):
    desk.save_any("contreparties", **SAVED["contreparties"], stock="3")
    reward_id = desk.read(lambda c: c.rewards[0].id)
    page = desk.page(f"contreparties/{reward_id}")
    version = desk.version(f"contreparties/{reward_id}")
    changed = desk.holder.post(
        page, {**SAVED["contreparties"], "version": version, "title": "Deux miches", "stock": ""}
    )
    assert changed.status_code == 303
    assert desk.read(lambda c: (c.rewards[0].title, c.rewards[0].stock_total)) == ("Deux miches", None)
    assert desk.holder.post(f"{page}/supprimer", page=desk.page("contreparties")).status_code == 303
    assert desk.read(lambda c: c.rewards) == []
    assert desk.holder.get(page).status_code == 404


def test_autosave_answers_with_the_new_version_and_no_redirect(desk: Desk):
    answer = desk.send("histoire", {"story": "Un début", "if_missed": "", "version": desk.version("histoire")},
                       headers={"X-Requested-With": "fetch"})  # fmt: skip
    assert answer.status_code == 200
    assert answer.json["version"] == desk.version("histoire")


def test_the_preview_shows_clean_html_and_saves_nothing(desk: Desk):
    text = "## Titre\n\n<script>x</script> **gras** [lien](javascript:alert(1))"
    answer = desk.send("apercu-texte", {"preview_field": "story", "story": text}, page=desk.page("histoire"))
    html = answer.get_data(as_text=True)
    assert "<strong>gras</strong>" in html
    assert "<script>x" not in html
    assert 'href="javascript' not in html
    assert desk.read(lambda c: c.story_markdown) == ""
    too_long = desk.send("apercu-texte", {"preview_field": "story", "story": "x" * 20_001}, page=desk.page("histoire"))
    assert too_long.status_code == 422


def test_the_readiness_list_empties_step_by_step(desk: Desk):
    start = desk.holder.get(desk.page("calendrier")).get_data(as_text=True)
    assert "Votre histoire" in start
    fill(desk)
    assert desk.read(lambda c: c.story_markdown) == STORY.strip()
    missing = desk.holder.get(f"/mes-campagnes/{desk.slug}").get_data(as_text=True)
    assert "Le compte de paiement ouvert" in missing
    assert "Un budget équilibré" not in missing


def test_an_unbalanced_budget_says_by_how_much(desk: Desk):
    desk.save("budget", goal="300", **{"uses-0-label": "La sole", "uses-0-amount": "412,50"})
    assert "112,50\u00a0€" in desk.holder.get(desk.page("calendrier")).get_data(as_text=True)


def test_what_is_wrong_on_a_budget_line_is_said_in_words_at_the_top_of_the_page(desk: Desk):
    answer = desk.save("budget", goal="1000", optimum="", **{"uses-0-label": "Le four", "uses-0-amount": "12,5,0"})
    summary = answer.get_data(as_text=True).split("data-summary", 1)[1].split("</ul>", 1)[0]
    assert answer.status_code == 422
    assert "Ce montant n’est pas lisible" in summary
    assert "{" not in summary
    assert 'href="#uses-0-amount"' in summary


def test_a_campaign_sent_too_early_says_at_the_top_what_is_missing_with_a_link_to_each(desk: Desk):
    answer = desk.holder.post(f"/mes-campagnes/{desk.slug}/envoyer", {"is_adult": "y"}, page=desk.page("calendrier"))
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert html.count("data-summary") == 1
    assert html.index("data-summary") < html.index('name="duration_days"')
    summary = html.split("data-summary", 1)[1].split("</ul>", 1)[0]
    assert f'href="{desk.page("histoire")}"' in summary
    assert 'href="#accepts_terms"' in summary
    assert 'href="#is_adult"' not in summary
    assert "contreparties" not in summary  # advised, not needed


def test_the_step_and_the_desk_count_the_same_things(desk: Desk):
    desk.save("projet", title="Le four", tagline="Du pain.", commune=desk.read(lambda c: c.commune_code), theme="food")
    step = desk.holder.get(desk.page("histoire")).get_data(as_text=True)
    home = desk.holder.get(f"/mes-campagnes/{desk.slug}").get_data(as_text=True)
    counted = [re.search(r"Il manque (\d+) éléments", page) for page in (step, home)]
    assert all(counted)
    assert len({found[1] for found in counted if found}) == 1


def test_a_day_that_is_past_is_refused_but_one_kept_from_before_is_no_reproach(desk: Desk):
    refused = desk.save("calendrier", duration_days="30", earliest_start_on="2020-01-01")
    assert refused.status_code == 422
    assert "Ce jour est passé" in refused.get_data(as_text=True)
    tomorrow = (clock.paris_day(clock.real_now()) + timedelta(days=1)).date()
    assert desk.save("calendrier", duration_days="30", earliest_start_on=tomorrow.isoformat()).status_code == 303
    with desk.app.app_context(), transaction():
        one = db.session.scalars(db.select(Campaign).where(Campaign.slug == desk.slug)).one()
        one.earliest_start_on = date(2020, 1, 1)
    assert desk.save("calendrier", duration_days="45", earliest_start_on="2020-01-01").status_code == 303


def test_a_number_that_is_none_is_answered_with_a_sentence_of_this_house(desk: Desk):
    page = desk.save("calendrier", duration_days="12,5", earliest_start_on="bientôt").get_data(as_text=True)
    assert "Écrivez un nombre entier" in page
    assert "Cette date n’est pas lisible." in page
    assert "N&#39;est pas" not in page


def test_a_mark_that_turns_text_round_is_taken_out_of_what_is_typed(desk: Desk):
    desk.save_any("projet", **{**SAVED["projet"], "title": "\u202eLe four مرحبا"})
    assert desk.read(lambda c: c.title) == "Le four مرحبا"


def test_who_is_not_signed_in_reads_what_comes_and_is_led_back_after_signing_in(app: Flask):
    visitor = app.test_client()
    shown = visitor.get("/projets/nouveau?dossier=2026-21-0001")
    words = shown.get_data(as_text=True)
    assert shown.status_code == 200
    assert "La valeur ajoutée" in words
    back = "next=/projets/nouveau?dossier%3D2026-21-0001"
    assert f"/inscription?{back}" in words
    assert f"/connexion?{back}" in words
    assert "csrf_token" not in words
    assert visitor.post("/projets/nouveau", data={}).status_code == 303
