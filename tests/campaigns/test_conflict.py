"""Two people write the same step: the second is told, sees both texts, and loses nothing."""

from __future__ import annotations

import html as pages
from urllib.parse import urlencode

from app.campaigns.models import CampaignMember
from app.core.database import db, transaction
from tests.builders import Visitor
from tests.campaigns.conftest import Desk, a_picture


def team_mate(desk: Desk) -> Visitor:
    """The stranger joins the team."""
    campaign_id = desk.read(lambda c: c.id)
    with desk.app.app_context(), transaction():
        db.session.add(CampaignMember(campaign_id=campaign_id, user_id=desk.stranger.user_id, role="manager"))
    return desk.stranger


def test_the_second_saver_sees_both_texts_and_may_save_again(desk: Desk):
    mate, seen = team_mate(desk), desk.version("histoire")
    assert mate.post(desk.page("histoire"), {"story": "Le texte de Malo", "version": seen}).status_code == 303
    late = desk.send("histoire", {"story": "Le texte de Camille", "if_missed": "Rien", "version": seen})
    shown = pages.unescape(late.get_data(as_text=True))
    assert late.status_code == 409
    assert "Le texte de Malo" in shown
    assert "Le texte de Camille</textarea>" in shown
    assert desk.read(lambda c: c.story_markdown) == "Le texte de Malo"
    version = shown.split('name="version"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
    assert desk.send("histoire", {"story": "Les deux textes", "version": version}).status_code == 303
    assert desk.read(lambda c: c.story_markdown) == "Les deux textes"


OTHER, WINDOW = "Une autre personne a enregistré cette étape", "dans une autre fenêtre"


def test_a_second_window_of_the_same_person_is_not_called_another_person(desk: Desk):
    mate, seen = team_mate(desk), desk.version("histoire")
    assert desk.send("histoire", {"story": "Première fenêtre", "version": seen}).status_code == 303
    late = desk.send("histoire", {"story": "Deuxième fenêtre", "version": seen}).get_data(as_text=True)
    assert WINDOW in late
    assert OTHER not in late
    theirs = mate.post(desk.page("histoire"), {"story": "Malo", "version": seen}).get_data(as_text=True)
    assert OTHER in theirs
    assert WINDOW not in theirs
    version = desk.version("valeur-ajoutee")
    assert mate.post(desk.page("valeur-ajoutee"), {"social": "Un lieu.", "version": version}).status_code == 303
    again = desk.send("histoire", {"story": "Troisième", "version": seen}).get_data(as_text=True)
    assert WINDOW in again, "what somebody saved elsewhere does not count here"


def test_two_people_on_two_steps_do_not_disturb_each_other(desk: Desk):
    mate, seen = team_mate(desk), desk.version("histoire")
    version = desk.version("valeur-ajoutee")
    assert mate.post(desk.page("valeur-ajoutee"), {"social": "Un lieu.", "version": version}).status_code == 303
    assert desk.send("histoire", {"story": "À moi", "version": seen}).status_code == 303


def test_a_budget_and_a_reward_are_told_too(desk: Desk):
    team_mate(desk)
    seen = desk.version("budget")
    desk.save("budget", goal="300", **{"uses-0-label": "La sole", "uses-0-amount": "300"})
    late = desk.send("budget", {"goal": "500", "version": seen})
    assert late.status_code == 409
    assert "La sole" in late.get_data(as_text=True)
    desk.save_any("contreparties", title="Une miche", amount="15", nature="thanks")
    page = f"contreparties/{desk.read(lambda c: c.rewards[0].id)}"
    seen = desk.version(page)
    reward = {"title": "Deux miches", "amount": "15", "nature": "thanks"}
    assert desk.send(page, {**reward, "version": seen}).status_code == 303
    late = desk.send(page, {**reward, "title": "Trois miches", "version": seen})
    assert late.status_code == 409
    assert WINDOW in late.get_data(as_text=True)
    assert "Deux miches" in late.get_data(as_text=True)
    assert 'value="Trois miches"' in late.get_data(as_text=True)


def test_a_missing_or_forged_version_never_overwrites(desk: Desk):
    for version in ({}, {"version": ""}, {"version": "0" * 16}):
        assert desk.send("histoire", {"story": "Écrasé", **version}).status_code == 409
    assert desk.read(lambda c: c.story_markdown) == ""


def test_the_autosave_of_a_tab_does_not_stand_in_the_way_of_its_own_button(desk: Desk):
    """Both were sent with the version that the page was shown with: the answer to the autosave came too late."""
    seen = desk.version("image")
    words = {"alternative": "Le four, porte ouverte."}
    fetched = {"X-Requested-With": "fetch"}
    assert desk.send("image", {**words, "version": seen}, headers=fetched).status_code == 200
    sent = desk.send("image", {**words, "version": seen, "picture": (a_picture(), "four.jpg")})
    assert sent.status_code == 303
    assert desk.read(lambda c: len(c.picture.renditions)) > 0


def test_a_tab_that_typed_on_after_an_unanswered_autosave_is_not_its_own_rival(desk: Desk):
    seen = desk.version("histoire")
    half = {"story": "Le four", "if_missed": "Rien"}
    desk.send("histoire", {**half, "version": seen}, headers={"X-Requested-With": "fetch"})
    whole = {"story": "Le four du village", "if_missed": "Rien", "version": seen}
    assert desk.send("histoire", whole).status_code == 409, "without a word about the autosave it is a stranger’s"
    sent = desk.send("histoire", {**whole, "unanswered": urlencode({**half, "version": seen})})
    assert sent.status_code == 303
    assert desk.read(lambda c: c.story_markdown) == "Le four du village"


def test_an_unanswered_autosave_does_not_hide_what_somebody_else_wrote_since(desk: Desk):
    mate, seen = team_mate(desk), desk.version("histoire")
    assert mate.post(desk.page("histoire"), {"story": "Le texte de Malo", "version": seen}).status_code == 303
    mine = {"story": "Le texte de Camille", "version": seen}
    sent = desk.send("histoire", {**mine, "unanswered": urlencode({"story": "Le texte de", "version": seen})})
    assert sent.status_code == 409
    assert desk.read(lambda c: c.story_markdown) == "Le texte de Malo"


def test_the_budget_of_a_tab_is_recognised_line_by_line(desk: Desk):
    seen = desk.version("budget")
    lines = {"goal": "300", "kind": "all_or_nothing", "uses-0-label": "La sole", "uses-0-amount": "300"}
    assert desk.send("budget", {**lines, "version": seen}, headers={"X-Requested-With": "fetch"}).status_code == 200
    assert desk.send("budget", {**lines, "version": seen}).status_code == 303
