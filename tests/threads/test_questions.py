"""Questions: from people who can be answered, shown with their answer, told why when there is none."""

from __future__ import annotations

import re
from datetime import timedelta

from app.campaigns.rules import CampaignState
from app.core import clock, limits
from app.core.database import db, transaction
from app.threads import services
from app.threads.models import Question
from tests.builders import post_form, token_of
from tests.threads.conftest import Square, form_values, link_in

ASKED = {"text": "Le four sera-t-il ouvert le dimanche ?", "name": "Rose", "email": "rose@example.org"}


def ask(square: Square, **more: str):
    page = f"/campagnes/{square.slug}/question"
    return square.visitor.post(page, data={**form_values(square.visitor, page), **ASKED, **more})


def only(square: Square, what: str):
    return square.read(lambda: getattr(db.session.scalars(db.select(Question)).one(), what))


def confirm(square: Square) -> None:
    link = link_in(square.mails("rose@example.org")[0].text, "/questions/")
    assert square.app.test_client().get(link).status_code == 200
    assert only(square, "state") == "unconfirmed", "a robot that opens links confirms nothing"
    for _click in range(2):
        assert post_form(square.visitor, link, {}, page=f"/campagnes/{square.slug}/question").status_code == 303


def test_a_visitor_asks_confirms_and_reads_the_answer_on_the_page(square: Square):
    assert ask(square).status_code == 303
    assert ASKED["text"] not in square.holder.get(square.page("questions")).get_data(as_text=True)
    confirm(square)
    assert len(square.mails("camille@example.org")) == 1
    assert ASKED["text"] not in square.shown()
    question_id = only(square, "id")
    answered = square.holder.post(
        square.page(f"questions/{question_id}/repondre"),
        {"words": "Oui, de 9 h à midi."},
        page=square.page("questions"),
    )
    assert answered.status_code == 303
    shown = square.shown()
    assert ASKED["text"] in shown
    assert "de 9 h à midi" in shown
    assert "rose@example.org" not in shown
    assert "de 9 h à midi" in square.mails("rose@example.org")[-1].text
    square.holder.post(
        square.page(f"questions/{question_id}/decliner"), {"reason": "Trop tard"}, page=square.page("nouvelles/ecrire")
    )
    assert only(square, "state") == "answered"


def test_a_declined_question_stays_private_and_says_why(square: Square):
    ask(square)
    confirm(square)
    path = square.page(f"questions/{only(square, 'id')}")
    empty = square.holder.post(f"{path}/decliner", {"reason": " "}, page=square.page("questions"))
    assert empty.status_code == 422
    square.holder.post(f"{path}/decliner", {"reason": "Cela regarde un voisin."}, page=square.page("questions"))
    assert only(square, "state") == "declined"
    assert ASKED["text"] not in square.shown()
    assert "Cela regarde un voisin." in square.mails("rose@example.org")[-1].text


def test_a_second_click_is_the_same_question_and_an_account_needs_no_confirmation(square: Square):
    page = f"/campagnes/{square.slug}/question"
    sent = {**form_values(square.stranger.client, page), "text": "Et l’hiver ?", "name": "Sol"}
    for _click in range(2):
        assert square.stranger.client.post(page, data=sent).status_code == 303
    assert only(square, "state") == "waiting"
    assert only(square, "email") == square.stranger.email


def test_too_many_questions_and_bad_input_are_refused_with_a_sentence(square: Square):
    assert ask(square, text="").status_code == 422
    assert ask(square, email="rose").status_code == 422
    assert ask(square, form_key="x").status_code == 422
    codes = [ask(square).status_code for _ in range(8)]
    assert codes.count(429) == 2
    assert square.visitor.get("/questions/forged").status_code == 410


def test_a_stranger_answers_nothing_and_a_campaign_that_failed_takes_no_question(square: Square):
    ask(square)
    confirm(square)
    path = square.page(f"questions/{only(square, 'id')}/repondre")
    assert square.stranger.client.post(path, data={"words": "Non"}).status_code == 404
    assert square.member("thanks").client.post(path, data={"words": "Non"}).status_code == 404
    square.move(CampaignState.FAILED)
    assert "ne prend pas de questions" in square.visitor.get(f"/campagnes/{square.slug}/question").get_data(True)


def test_a_question_that_nobody_confirms_is_forgotten_after_a_week(square: Square):
    ask(square)
    with square.app.app_context():
        for days, forgotten in ((6, 0), (8, 1)):
            with transaction():
                assert services.forget_unconfirmed(at=clock.now() + timedelta(days=days)) == forgotten


def test_an_answer_to_what_was_declined_in_another_tab_is_given_back(square: Square):
    ask(square)
    confirm(square)
    one, page = f"questions/{only(square, 'id')}", square.page("questions")
    token = token_of(square.holder.client, page)
    declined = {"reason": "Trop tard", "csrf_token": token}
    assert square.holder.client.post(square.page(f"{one}/decliner"), data=declined).status_code == 303
    words = {"words": "Oui, tout le dimanche.", "csrf_token": token}
    late = square.holder.client.post(square.page(f"{one}/repondre"), data=words)
    assert late.status_code == 409
    assert "Oui, tout le dimanche." in late.get_data(as_text=True)
    assert only(square, "state") == "declined"


def test_a_question_that_comes_too_late_or_too_often_is_given_back(square: Square, monkeypatch):
    page = f"/campagnes/{square.slug}/question"
    filled = {**form_values(square.visitor, page), **ASKED}
    with monkeypatch.context() as strict:
        strict.setitem(limits.LIMITS, "question_network", limits.Limit(1, 3600))
        assert square.visitor.post(page, data=filled).status_code == 303
        often = square.visitor.post(page, data=filled)
    assert often.status_code == 429
    assert int(often.headers["Retry-After"]) > 0
    square.move(CampaignState.FAILED)
    late = square.visitor.post(page, data={**filled, "form_key": "a-form-of-another-tab"})
    assert late.status_code >= 400
    for answer in (often, late):
        assert ASKED["text"] in answer.get_data(as_text=True)
        assert filled["form_key"] not in re.sub("<input[^>]*>", "", answer.get_data(as_text=True))
