"""The desk: few statements however much there is, lists page by page, words for emptiness, nobody’s data."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from app.accounts.models import User
from app.core import clock
from app.core.access import Role
from app.core.database import db
from app.treasury import desk_queries
from tests.builders import Visitor, a_user, give, sign_in, with_second_factor
from tests.support.statements import statements
from tests.treasury.rows import fill

FEW, MANY = 2, 8
MOST = {
    "/tresorerie": 50, "/tresorerie/approbations": 12, "/tresorerie/campagnes/{slug}": 34,
    "/tresorerie/campagnes/{slug}/contributions": 12, "/tresorerie/contributions/{public_id}": 30,
    **{f"/tresorerie/listes/{name}": 16 for name in desk_queries.LISTS},
}  # fmt: skip


def somebody(app: Flask) -> Visitor:
    with app.app_context():
        user = give(a_user(), Role.TREASURER)
        user_id = user.id
        with_second_factor(user)
        return sign_in(app, db.session.get_one(User, user_id), proved=True)


def sent_by(app: Flask, who: Visitor, path: str) -> list[str]:
    assert who.get(path).status_code == 200, path
    with statements(app) as sent:
        assert who.get(path).status_code == 200
    return sent


def test_no_page_sends_more_statements_when_there_is_more_to_show(app: Flask) -> None:
    who = somebody(app)
    counts = []
    for size in (FEW, MANY):
        with app.app_context():
            slug, public_id = fill(size)
        counts.append({path: sent_by(app, who, path.format(slug=slug, public_id=public_id)) for path in MOST})
    few, many = counts
    assert {path: len(few[path]) for path in MOST if len(few[path]) > MOST[path]} == {}
    grown = {path: (len(few[path]), len(many[path])) for path in MOST if len(many[path]) > len(few[path])}
    assert grown == {}


def test_an_empty_desk_says_so_in_words(app: Flask) -> None:
    who = somebody(app)
    page = who.get("/tresorerie").get_data(as_text=True)
    assert "Rien n’attend" in page
    assert "pas encore faite" in page
    for name in desk_queries.LISTS:
        answer = who.get(f"/tresorerie/listes/{name}")
        assert answer.status_code == 200
        assert 'class="empty"' in answer.get_data(as_text=True), name
    assert "Rien n’attend votre accord" in who.get("/tresorerie/approbations").get_data(as_text=True)


@pytest.mark.parametrize("name", sorted(desk_queries.LISTS))
def test_every_list_is_read_page_by_page_without_gap_or_repeat(
    app: Flask, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(desk_queries, "PAGE", 3)
    monkeypatch.setitem(desk_queries.page.__kwdefaults__, "limit", 3)
    who = somebody(app)
    with app.app_context():
        fill(4)
        whole = desk_queries.page(name, after=0, at=clock.now(), limit=1000)
        wanted = [row.thing.id for row in whole.rows]
        seen: list[int] = []
        after: int | None = 0
        while after is not None:
            found = desk_queries.page(name, after=after, at=clock.now())
            seen += [row.thing.id for row in found.rows]
            after = found.after
    assert len(wanted) >= 4
    assert seen == wanted
    first = who.get(f"/tresorerie/listes/{name}").get_data(as_text=True)
    link = re.search(r'href="([^"]*apres=\d+)"', first)
    assert link, "the next page is a plain link"
    assert who.get(link.group(1)).status_code == 200


@pytest.mark.parametrize("typed", ["", "x", "-1", "9" * 40, "１２", "%00", "1e3", "0"])
def test_a_made_up_page_number_begins_at_the_start(app: Flask, typed: str) -> None:
    who = somebody(app)
    assert who.get(f"/tresorerie/listes/taches?apres={typed}").status_code in (200, 404)


def test_a_list_that_does_not_exist_is_not_found(app: Flask) -> None:
    who = somebody(app)
    assert who.get("/tresorerie/listes/inconnue").status_code == 404
    assert who.get("/tresorerie/approbations/taches").status_code == 404, "only what waits for a second person"


def test_a_task_shows_both_sides_and_closes_with_words_only(app: Flask) -> None:
    who = somebody(app)
    with app.app_context():
        fill(1)
        task_id = next(
            row.thing.id
            for row in desk_queries.page("taches", after=0, at=clock.now()).rows
            if row.thing.kind == "books_differ"
        )
    page = f"/tresorerie/taches/{task_id}"
    shown = who.get(page).get_data(as_text=True)
    assert "0,01\u00a0€" in shown
    assert "0,02\u00a0€" in shown
    assert who.post(page, {"words": " "}).status_code == 422
    assert who.post(page, {"words": "Arrondi de la banque, vérifié."}).status_code == 303
    assert who.post(page, {"words": "Autre chose."}, page="/tresorerie/approbations").status_code == 303
    closed = who.get(page).get_data(as_text=True)
    assert "Arrondi de la banque, vérifié." in closed
    assert "Autre chose." not in closed


def test_the_parameters_of_calls_and_the_names_of_people_stay_off_the_desk(app: Flask) -> None:
    who = somebody(app)
    with app.app_context():
        slug, _ = fill(2)
    paths = [
        "/tresorerie",
        f"/tresorerie/campagnes/{slug}",
        *(f"/tresorerie/listes/{name}" for name in desk_queries.LISTS),
    ]
    for path in paths:
        page = who.get(path).get_data(as_text=True)
        assert "personal" not in page, path
        assert "a@exemple.fr" not in page, path
    assert "timeout" in who.get("/tresorerie/listes/appels").get_data(as_text=True)


def test_the_desk_is_in_the_menu_of_those_who_may_and_of_nobody_else(app: Flask) -> None:
    who = somebody(app)
    assert 'href="/tresorerie"' in who.get("/compte").get_data(as_text=True)
    with app.app_context():
        other = sign_in(app, a_user())
    assert "/tresorerie" not in other.get("/compte").get_data(as_text=True)
