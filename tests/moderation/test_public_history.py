"""The public history says what visitors can see as changed, and only that."""

from __future__ import annotations

import re
from datetime import timedelta

from app.campaigns import drafting
from app.campaigns.models import Campaign
from app.core import clock
from app.core.database import db
from tests.moderation.test_edits import STORY, approved, change
from tests.moderation.world import World

__all__ = ["approved"]
MINOR = STORY.replace("samedi", "dimanche", 1)
SEEN = "Trois voisins devant le four, une pelle à la main."


def go_live(world: World) -> None:
    with world.app.app_context():
        at = clock.now()
    world.change(state="live", opens_at=at - timedelta(days=1), closes_at=at + timedelta(days=20))


def public(world: World) -> tuple[str, str]:
    """(the page, its history) as anybody reads them."""
    visitor, page = world.app.test_client(), f"/campagnes/{world.slug}"
    history = visitor.get(f"{page}/historique").get_data(as_text=True)
    return visitor.get(page).get_data(as_text=True), re.sub(r"<[^>]+>", " ", history[history.index("<main") :])


def test_saving_it_as_it_was_is_no_change(approved: World):
    change(approved, drafting.save_story, story_markdown=STORY, if_missed=_now(approved).if_missed)
    change(approved, drafting.save_picture, alternative=_words(approved), renditions=None)
    go_live(approved)
    page, history = public(approved)
    assert "Modifiée" not in history
    assert "Modifiée" not in page


def test_a_correction_stands_on_the_page_and_in_the_history(approved: World):
    go_live(approved)
    change(approved, drafting.save_story, story_markdown=MINOR, if_missed=_now(approved).if_missed)
    change(approved, drafting.save_picture, alternative=SEEN, renditions=None)
    page, history = public(approved)
    assert "dimanche" in page
    assert history.count("Modifiée") == 2
    assert "L’histoire" in history
    assert "L’image" in history
    assert f"/campagnes/{approved.slug}/historique" in page, "the page says so, and where one reads what"


def test_what_two_persons_have_read_again_is_no_correction_and_nothing_inside_shows(approved: World):
    change(approved, drafting.save_story, story_markdown=MINOR, if_missed="")
    change(approved, drafting.save_story, story_markdown="Tout autre chose, à relire en entier. " * 9, if_missed="")
    approved.propose(approved.first)
    assert approved.decide(approved.second) == 303
    go_live(approved)
    page, history = public(approved)
    assert "Tout autre chose" in page
    assert history.count("Approuvée par deux personnes") == 2
    assert history.count("Modifiée") == 1, "the correction between both approvals"
    assert "Modifiée" not in page, "it is as two persons have read it"
    for inside in ("Solène", "Malo", "Prêt."):
        assert inside not in history, inside


def _now(world: World) -> Campaign:
    with world.app.app_context():
        return db.session.scalars(db.select(Campaign)).one()


def _words(world: World) -> str:
    with world.app.app_context():
        picture = db.session.scalars(db.select(Campaign)).one().picture
        return picture.alternative if picture else ""
