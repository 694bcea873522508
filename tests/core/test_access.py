"""The viewer and the doorman; who may open which door is in tests/test_access.py."""

from __future__ import annotations

import pytest

from app.core.access import ANONYMOUS, Role, Viewer, anyone, signed_in, viewer
from tests.builders import a_user, give, sign_in

HERE, ELSEWHERE = 1, 2


def person(*rights):
    return Viewer(user_id=7, name="A", email="a@exemple.fr", rights=frozenset(rights))


def test_nobody_has_no_right_at_all():
    assert not ANONYMOUS.is_signed_in
    assert not ANONYMOUS.has(*Role)
    assert not any((ANONYMOUS.is_staff, ANONYMOUS.is_moderator, ANONYMOUS.is_coach, ANONYMOUS.is_admin))
    assert anyone(ANONYMOUS)
    assert not signed_in(ANONYMOUS)


def test_a_right_in_one_organisation_is_none_in_another():
    coach = person((Role.COACH, HERE))
    assert coach.has(Role.COACH)
    assert coach.has(Role.COACH, organisation_id=HERE)
    assert not coach.has(Role.COACH, organisation_id=ELSEWHERE)
    assert not coach.has(Role.MODERATOR)


@pytest.mark.parametrize(
    ("role", "coach", "moderator", "admin", "staff"),
    [
        (Role.COACH, True, False, False, True),
        (Role.MODERATOR, False, True, False, True),
        (Role.ORGANISATION_LEAD, True, True, False, True),
        (Role.PLATFORM_ADMIN, False, False, True, False),
        (Role.OBSERVER, False, False, False, False),
        (Role.EXPERT, False, False, False, False),
    ],
)
def test_each_role_opens_its_own_rooms(role, coach, moderator, admin, staff):
    who = person((role, None if role is Role.PLATFORM_ADMIN else HERE))
    assert (who.is_coach, who.is_moderator, who.is_admin, who.is_staff) == (coach, moderator, admin, staff)


def test_the_organisations_of_a_role_are_those_of_that_role():
    who = person((Role.COACH, HERE), (Role.MODERATOR, ELSEWHERE), (Role.PLATFORM_ADMIN, None))
    assert who.organisation_ids(Role.COACH) == {HERE}
    assert who.organisation_ids(Role.COACH, Role.MODERATOR) == {HERE, ELSEWHERE}
    assert who.organisation_ids(Role.PLATFORM_ADMIN) == frozenset()


def test_a_job_is_nobody(ctx):
    assert viewer() is ANONYMOUS


def test_a_visitor_who_posts_is_sent_to_sign_in_and_home(client):
    answer = client.post("/compte")
    assert (answer.status_code, answer.location) == (303, "/connexion?next=/")


WRITTEN = {"name": "Trois phrases écrites avec soin"}


def test_words_sent_after_signing_out_in_another_tab_come_back(client):
    answer = client.post("/moderation/phrases", data=WRITTEN, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 403
    assert WRITTEN["name"] in answer.get_data(as_text=True)


@pytest.mark.parametrize("origin", ["cross-site", "same-site", "none", ""])
def test_words_that_another_site_sends_are_not_given_back(client, origin):
    answer = client.post("/moderation/phrases", data=WRITTEN, headers={"Sec-Fetch-Site": origin})
    assert WRITTEN["name"] not in answer.get_data(as_text=True)


def test_the_question_of_an_address_survives_signing_in(client):
    assert client.get("/mes-campagnes?a=1&b=deux").location == "/connexion?next=/mes-campagnes?a%3D1%26b%3Ddeux"


def test_an_administrator_is_not_let_into_everything(app):
    with app.app_context():
        admin = sign_in(app, give(a_user(), Role.PLATFORM_ADMIN))
    assert admin.get("/moderation").status_code == 403
    assert admin.get("/administration").status_code == 200


@pytest.mark.parametrize("number", ["0", "2147483648", "99999999999999999999", "-5", "1.0", "0x1"])
def test_a_number_that_no_row_can_have_does_not_exist(app, number):
    with app.app_context():
        admin = sign_in(app, give(a_user(), Role.PLATFORM_ADMIN))
    assert admin.get(f"/administration/personnes/{number}").status_code == 404
