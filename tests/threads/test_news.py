"""News: written, published once, mailed to those they are for and to nobody else, ended by those who want no more."""

from __future__ import annotations

import re
from html import unescape

import pytest

from app.campaigns.rules import CampaignState
from app.core.database import db, transaction
from app.core.outbox import build
from app.threads import jobs, readers
from app.threads.models import News, NewsStop
from app.threads.readers import Reader
from tests.builders import post_form
from tests.campaigns.conftest import a_picture
from tests.threads.conftest import Square, a_pledge, link_in

WORDS = {"title": "La sole est posée", "story": "**Merci** à vous toutes et tous."}


def write(square: Square, audience: str = "everybody", reward: int = 0, **words: str) -> int:
    sent = square.holder.post(
        square.page("nouvelles/ecrire"), {**WORDS, **words, "audience": audience, "reward": str(reward)}
    )
    assert sent.status_code == 303, sent.get_data(as_text=True)
    return int(sent.location.split("/nouvelles/")[1].split("#")[0])


def publish(square: Square, news_id: int) -> None:
    page = square.page(f"nouvelles/{news_id}")
    assert square.holder.post(f"{page}/publier", page=page).status_code == 303


def posted(square: Square, batch: int = 50) -> list[str]:
    jobs.A_BATCH, before = batch, jobs.A_BATCH
    with square.app.app_context():
        jobs.mail_news()
    jobs.A_BATCH = before
    return [m.to_address for m in square.mails() if m.occasion.startswith("news:")]


def test_the_same_words_sent_twice_are_one_draft_and_other_words_another(square: Square):
    first = write(square)
    assert write(square, audience="contributors") == first
    assert write(square, title="Le pétrin arrive") != first
    publish(square, first)
    assert write(square) != first, "what is published is not a draft any more"


def test_news_are_shown_at_once_and_mailed_once_to_each_contributor(square: Square):
    news_id = write(square)
    assert "La sole est posée" not in square.shown()
    publish(square, news_id)
    publish(square, news_id)
    assert "<strong>Merci</strong>" in square.shown()
    with square.app.app_context():
        a_pledge(square.campaign_id, "ana@example.org")  # the same person twice
    assert posted(square, batch=1) == ["ana@example.org", "bob@example.org"]
    assert len(posted(square)) == 2, "a second run mails nobody again"


def correct_and_publish(square: Square, news_id: int, version: int, **typed: str):
    page = square.page(f"nouvelles/{news_id}")
    fields = {**WORDS, "audience": "everybody", "reward": "0", "version": str(version), **typed}
    return square.holder.post(f"{page}/publier", fields, page=page)


def version_of(square: Square, news_id: int) -> int:
    with square.app.app_context():
        return db.session.get_one(News, news_id).version


def test_what_stands_in_the_editor_is_published_though_nobody_saved_it(square: Square):
    news_id = write(square)
    seen = version_of(square, news_id)
    assert correct_and_publish(square, news_id, seen, title="La sole est posée et sèche").status_code == 303
    assert correct_and_publish(square, news_id, seen, title="La sole est posée et sèche").status_code == 303, "twice"
    assert "La sole est posée et sèche" in square.shown()
    late = correct_and_publish(square, news_id, seen, title="La sole attend encore")
    assert late.status_code == 409, "other words, from a tab that has not seen it published"
    assert "La sole attend encore" in unescape(late.get_data(as_text=True))
    assert "La sole attend encore" not in square.shown()
    posted(square)
    assert "La sole est posée et sèche" in square.mails("ana@example.org")[-1].text


def test_a_correction_that_cannot_be_taken_is_given_back_and_nothing_is_published(square: Square):
    news_id = write(square)
    seen = version_of(square, news_id)
    empty = correct_and_publish(square, news_id, seen, title="", story="Le pétrin arrive jeudi.")
    overtaken = correct_and_publish(square, news_id, seen - 1, story="Le pétrin arrive vendredi.")
    assert (empty.status_code, overtaken.status_code) == (422, 409)
    assert "Le pétrin arrive jeudi." in unescape(empty.get_data(as_text=True))
    assert "Le pétrin arrive vendredi." in unescape(overtaken.get_data(as_text=True))
    assert "La sole est posée" not in square.shown()
    assert posted(square) == []


@pytest.mark.parametrize(("audience", "reached"), [("contributors", ["ana", "bob"]), ("reward", ["ana"])])
def test_reserved_news_reach_those_they_are_for_and_stay_off_the_page(square: Square, audience, reached):
    news_id = write(square, audience, square.reward_id if audience == "reward" else 0, title="Rien que pour vous")
    publish(square, news_id)
    assert posted(square) == [f"{name}@example.org" for name in reached]
    shown = square.shown()
    assert "Rien que pour vous" not in shown
    assert "Une nouvelle réservée" in shown
    page = f"/campagnes/{square.slug}/nouvelles/{news_id}"
    assert square.visitor.get(page).location.startswith("/connexion")
    assert square.stranger.get(page).status_code == 404
    link = link_in(square.mails("ana@example.org")[-1].text, f"/nouvelles/{news_id}")
    assert "Rien que pour vous" in square.visitor.get(link).get_data(as_text=True)
    assert square.visitor.get(link[:-3] + "xyz").status_code == 410
    with square.app.app_context(), transaction():
        db.session.get_one(News, news_id).audience = "everybody"
        db.session.get_one(News, news_id).reward_id = None
    assert square.visitor.get(page).status_code == 200


def test_who_wants_no_more_gets_no_more_by_page_or_by_one_click(square: Square):
    publish(square, write(square))
    posted(square)
    mail = square.mails("ana@example.org")[-1]
    with square.app.app_context():
        message = build(mail)
    assert message["Reply-To"] == "camille@example.org"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    stop = link_in(mail.text, "/courriels/nouvelles/")
    assert square.visitor.get(stop).status_code == 200
    assert square.read(lambda: db.session.query(NewsStop).count()) == 0, "a robot that opens links ends nothing"
    assert post_form(square.visitor, stop, {}).status_code == 303
    one_click = link_in(square.mails("bob@example.org")[-1].stop_url or "", "/courriels/nouvelles/")
    for _click in range(2):
        clicked = square.app.test_client().post(one_click, data={"List-Unsubscribe": "One-Click"})
        assert clicked.status_code == 204
    publish(square, write(square))
    assert len(posted(square)) == 2, "both have stopped"
    assert post_form(square.visitor, stop, {"again": "1"}).status_code == 303
    publish(square, write(square))
    assert posted(square)[2:] == ["ana@example.org"]
    assert square.visitor.post("/courriels/nouvelles/forged", data={"List-Unsubscribe": "One-Click"}).status_code == 410


def test_a_correction_is_dated_and_mails_nobody_and_two_writers_lose_nothing(square: Square):
    news_id = write(square)
    page = square.page(f"nouvelles/{news_id}")
    sent = square.holder.post(page, {**WORDS, "audience": "everybody", "reward": "0", "version": "1"})
    assert sent.status_code == 303
    late = square.holder.post(
        page, {**WORDS, "title": "Mon titre", "audience": "everybody", "reward": "0", "version": "0"}
    )
    assert late.status_code == 409
    assert 'value="Mon titre"' in late.get_data(as_text=True)
    publish(square, news_id)
    posted(square)
    version = square.read(lambda: db.session.get_one(News, news_id).version)
    changed = {**WORDS, "title": "La voûte aussi", "audience": "contributors", "reward": "0", "version": str(version)}
    assert square.holder.post(page, changed).status_code == 303
    assert "La voûte aussi" in square.shown()
    assert square.read(lambda: db.session.get_one(News, news_id).audience) == "everybody"
    assert len(posted(square)) == 2


def test_only_the_page_s_writers_write_and_never_before_the_page(square: Square):
    for role, status in (("editor", 200), ("manager", 200), ("thanks", 404)):
        assert square.member(role).get(square.page("nouvelles")).status_code == status
    assert square.stranger.get(square.page("nouvelles")).status_code == 404
    square.move(CampaignState.APPROVED)
    news_id = write(square)
    publish(square, news_id)
    assert square.read(lambda: db.session.get_one(News, news_id).published_at) is None


def test_removed_news_leave_the_page_and_stop_being_mailed(square: Square):
    news_id = write(square)
    publish(square, news_id)
    page = square.page(f"nouvelles/{news_id}")
    assert square.holder.post(f"{page}/retirer", page=page).status_code == 303
    assert "La sole est posée" not in square.shown()
    assert posted(square) == []
    assert square.visitor.get(f"/campagnes/{square.slug}/nouvelles/{news_id}").status_code == 404


def test_a_reward_of_somebody_else_s_campaign_is_no_audience(square: Square):
    sent = square.holder.post(
        square.page("nouvelles/ecrire"), {**WORDS, "audience": "reward", "reward": str(square.reward_id + 999)}
    )
    assert sent.status_code == 422
    sent = square.holder.post(square.page("nouvelles/ecrire"), {**WORDS, "audience": "reward", "reward": "0"})
    assert sent.status_code == 422
    assert "La sole est posée" in sent.get_data(as_text=True)


def test_followers_given_by_another_room_read_what_is_for_everybody_once(square: Square):
    people = [Reader(f"{n}@example.org", n, "fr") for n in ("ana", "zoe", "yan")]

    def find(campaign_id: int, after: str, limit: int) -> list[Reader]:
        return sorted((p for p in people if p.email > after), key=lambda p: p.email)[:limit]

    readers.register(square.app, find)
    try:
        publish(square, write(square))
        assert posted(square, batch=2) == [f"{n}@example.org" for n in ("ana", "bob", "yan", "zoe")]
    finally:
        square.app.extensions["news_readers"].remove(find)


def test_a_picture_of_a_news_is_shown_on_the_page_and_told_in_words_in_the_mail(square: Square):
    page = square.page("nouvelles/ecrire")
    sent = {**WORDS, "audience": "everybody", "reward": "0"}
    picture = {"add_picture": "1", "picture": (a_picture(), "four.jpg"), "picture_words": "La sole du four"}
    answer = square.holder.post(page, {**sent, **picture}, page=page, content_type="multipart/form-data")
    story = re.search(r"!\[La sole du four\]\(image:[0-9a-f]{16}\)", answer.get_data(as_text=True))
    assert answer.status_code == 200
    assert story, "the picture comes to the end of the text, and the text is kept"
    assert square.read(lambda: db.session.scalars(db.select(News)).all()) == [], "adding is not saving"
    empty = {**sent, "add_picture": "1", "picture_words": ""}
    assert square.holder.post(page, empty, page=page).status_code == 422
    silent = story[0].replace("La sole du four", " ")
    assert square.holder.post(page, {**sent, "story": silent}, page=page).status_code == 422
    news_id = write(square, story=f"Merci.\n\n{story[0]}\n\nhttps://youtu.be/abcdef123")
    edit = square.page(f"nouvelles/{news_id}")
    again = {**sent, "story": "Bonjour", "version": "1", **picture, "picture": (a_picture(), "four.jpg")}
    assert "Bonjour\n\n![" in unescape(
        square.holder.post(edit, again, page=edit, content_type="multipart/form-data").get_data(as_text=True)
    ).replace("\r", "")
    publish(square, news_id)
    assert '<img src="/images/' in square.shown()
    assert 'alt="La sole du four"' in square.shown()
    assert "data-player" in square.shown()
    posted(square)
    mail = next(m for m in square.mails() if m.occasion.startswith("news:"))
    assert "La sole du four" in mail.text
    assert "La sole du four" in mail.html
    assert "image:" not in mail.text
    assert "<img" not in mail.html.partition("Merci.")[2].partition("Voir sur la page")[0]
