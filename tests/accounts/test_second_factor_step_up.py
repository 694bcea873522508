"""Before money moves: who has no factor is led to it, who proved it long ago is asked again, and comes back."""

from __future__ import annotations

import pytest
from flask import Flask

from app.accounts.policy import is_treasurer_with_factor
from app.accounts.sessions import proved_recently
from app.accounts.step_up import require_second_factor
from app.core.access import Role, Viewer, allow, signed_in, viewer
from app.core.errors import NotAllowed, NotFound
from tests.accounts.people import give_code
from tests.builders import Visitor, a_user, give, sign_in, with_second_factor

PAGE = "/tresorerie/versements?page=2"


def moves_money(minutes: int = 15):
    """A view as another room writes it."""

    @allow(signed_in)
    @require_second_factor(minutes)
    def view():
        return "done"

    return view


def ask(app: Flask, who: Visitor, view, path: str = PAGE, **request):
    """Call a view for the browser of `who`."""
    cookie = who.client.get_cookie("session")
    headers = {"Cookie": f"session={cookie.value}", **request.pop("headers", {})}
    with app.test_request_context(path, headers=headers, **request):
        return view()


@pytest.fixture
def plain(app):
    with app.app_context():
        return sign_in(app, a_user("Paul", "paul@exemple.fr"))


@pytest.fixture
def proved(app):
    """A browser that has just given a code, and the telephone."""
    with app.app_context():
        user = a_user("Jeanne", "jeanne@exemple.fr")
        code = with_second_factor(user)
        return sign_in(app, user, proved=True), code


def test_without_a_factor_the_way_leads_to_it_and_names_the_page(app, plain):
    answer = ask(app, plain, moves_money())
    assert answer.status_code == 303
    assert answer.location == "/compte/double-verification?next=/tresorerie/versements?page%3D2"


def test_with_a_fresh_proof_the_view_runs(app, proved):
    assert ask(app, proved[0], moves_money()) == "done"


def test_an_old_proof_is_asked_again_and_leads_back(app, proved, time_machine_at):
    who, code = proved
    with time_machine_at(minutes=14):
        assert ask(app, who, moves_money()) == "done"
    with time_machine_at(minutes=16):
        answer = ask(app, who, moves_money())
        assert answer.location == "/compte/verification?next=/tresorerie/versements?page%3D2"
        back = who.post(answer.location, {"code": code(), "next": PAGE})
        assert back.location == PAGE
        assert ask(app, who, moves_money()) == "done"


def test_each_view_says_how_fresh(app, proved, time_machine_at):
    with time_machine_at(minutes=3):
        assert ask(app, proved[0], moves_money(5)) == "done"
        assert ask(app, proved[0], moves_money(2)).status_code == 303


def test_a_new_proof_changes_the_key(app, proved, time_machine_at):
    who, code = proved
    old = who.client.get_cookie("session").value
    give_code(who.client, code(), "/compte/verification")
    assert who.client.get_cookie("session").value != old
    thief = app.test_client()
    thief.set_cookie("session", old)
    assert thief.get("/compte").status_code == 303


def test_a_new_proof_makes_no_longer_life(app, proved, time_machine_at):
    who, code = proved
    with time_machine_at(days=13):
        assert give_code(who.client, code(), "/compte/verification").status_code == 303
    with time_machine_at(days=14, minutes=1):
        assert who.get("/compte").status_code == 303


def test_a_wrong_code_proves_nothing(app, proved, time_machine_at):
    who, _ = proved
    with time_machine_at(minutes=20):
        assert give_code(who.client, "000000", "/compte/verification").status_code == 422
        assert ask(app, who, moves_money()).status_code == 303


@pytest.mark.parametrize(
    ("referrer", "expected"),
    [
        ("http://localhost/tresorerie/versements/3?a=1", "?next=/tresorerie/versements/3?a%3D1"),
        ("https://mal.example/tresorerie", ""),
        ("http://localhost//mal.example", ""),
        ("", ""),
    ],
)
def test_an_act_leads_back_to_the_page_with_its_form(app, plain, referrer, expected):
    answer = ask(app, plain, moves_money(), method="POST", headers={"Referer": referrer})
    assert answer.location == f"/compte/double-verification{expected}"


@pytest.mark.parametrize("bad", ["https://mal.example", "//mal.example", "/\\mal.example", "/%2f%2fmal.example"])
def test_the_way_back_stays_on_this_site(proved, bad):
    who, code = proved
    answer = who.post("/compte/verification", {"code": code(), "next": bad})
    assert answer.location == "/compte"


def test_a_browser_that_owes_its_code_is_a_visitor(app, proved):
    with app.app_context():
        from app.accounts.queries import get_user

        half = sign_in(app, get_user(proved[0].user_id))
    assert ask(app, half, moves_money()).location.startswith("/connexion?next=")
    assert ask(app, half, proved_recently) is False
    assert ask(app, half, lambda: viewer().is_signed_in) is False


def test_the_viewer_says_whether_a_code_was_given(app, plain, proved):
    assert ask(app, plain, lambda: viewer().second_factor_ok) is False
    assert ask(app, proved[0], lambda: viewer().second_factor_ok) is True
    assert ask(app, plain, proved_recently) is False
    assert ask(app, proved[0], proved_recently) is True


def treasury():
    @allow(is_treasurer_with_factor)
    def view():
        return "money"

    return view


def one_payment(policy):
    @allow(policy, subject=lambda: "payment")
    def view(found):
        return found

    return view


def test_a_treasurer_without_a_factor_has_no_power_and_is_led_to_it(app):
    with app.app_context():
        user = give(a_user("Théo", "theo@exemple.fr"), Role.TREASURER)
        theo = sign_in(app, user)
    assert ask(app, theo, treasury()).location.startswith("/compte/double-verification?next=/tresorerie")
    assert ask(app, theo, one_payment(is_treasurer_with_factor)).location.startswith("/compte/double-verification")
    with app.app_context():
        from app.accounts.queries import get_user

        with_second_factor(get_user(theo.user_id))
        theo = sign_in(app, get_user(theo.user_id), proved=True)
    assert ask(app, theo, treasury()) == "money"


def test_a_factor_is_no_right(app, plain, proved):
    for who in (plain, proved[0]):
        with pytest.raises(NotAllowed):
            ask(app, who, treasury())
        with pytest.raises(NotFound):
            ask(app, who, one_payment(is_treasurer_with_factor))


@pytest.mark.parametrize(
    ("roles", "ok", "may"),
    [((), True, False), ((Role.TREASURER,), False, False), ((Role.TREASURER,), True, True),
     ((Role.PLATFORM_ADMIN,), True, False)],
)  # fmt: skip
def test_treasurers_are_those_with_both(roles, ok, may):
    who = Viewer(user_id=1, rights=frozenset((role, None) for role in roles), second_factor_ok=ok)
    assert is_treasurer_with_factor(who) is may
