"""The code after the password: until it is right, a browser has no right at all; each code serves once."""

from __future__ import annotations

import re
import threading

import pytest
from sqlalchemy import event, select

from app.accounts import queries, second_factors, totp
from app.accounts import second_factor_rules as rules
from app.accounts import second_factor_services as services
from app.accounts.models import AccountSession, User
from app.accounts.second_factors import Verdict
from app.core import clock, limits
from app.core.database import db, transaction
from app.core.errors import TooManyTries
from app.core.journal import JournalEntry
from app.core.limits import LimitHit
from app.core.outbox import OutboxMail
from tests.accounts.people import NEW_PASSWORD, give_code, is_signed_in, path_of, switch_on, words
from tests.accounts.people import sign_in as by_password
from tests.builders import PASSWORD, a_user, post_form, sign_in, with_second_factor

EMAIL = "jeanne@exemple.fr"


@pytest.fixture
def telephone(app):
    """Jeanne's telephone: each call shows a code."""
    with app.app_context():
        return with_second_factor(a_user("Jeanne", EMAIL))


def jeanne_id(app) -> int:
    with app.app_context():
        return db.session.scalars(select(User.id).where(User.email == EMAIL)).one()


def test_a_code_is_asked_after_the_password_and_opens_the_page_that_was_asked_for(client, telephone):
    answer = by_password(client, EMAIL, query="?next=/contributions")
    assert answer.location == "/connexion/code?next=/contributions"
    assert not is_signed_in(client)
    page = client.get(answer.location)
    assert page.status_code == 200
    opened = post_form(client, answer.location, {"code": telephone(), "next": "/contributions"})
    assert opened.location == "/contributions"
    assert is_signed_in(client)


def test_the_key_of_the_half_way_is_not_the_key_of_the_session(app, client, telephone):
    by_password(client, EMAIL)
    half = client.get_cookie("session").value
    give_code(client, telephone())
    assert client.get_cookie("session").value != half
    thief = app.test_client()
    thief.set_cookie("session", half)
    assert not is_signed_in(thief)


@pytest.mark.parametrize("wrong", ["000000", "12345", "1234567", "abcdef", "0000 0000 0000", "１２３４５６", "²²²²²²"])
def test_a_wrong_code_opens_nothing(client, telephone, wrong):
    by_password(client, EMAIL)
    answer = give_code(client, wrong)
    assert answer.status_code == 422
    assert "ne convient pas" in words(answer)
    assert not is_signed_in(client)


def test_spaces_in_a_code_are_no_mistake(client, telephone):
    by_password(client, EMAIL)
    code = telephone()
    assert give_code(client, f" {code[:3]} {code[3:]} ").status_code == 303


def test_a_code_serves_once(app, client, telephone):
    code = telephone()
    by_password(client, EMAIL)
    assert give_code(client, code).status_code == 303
    second = app.test_client()
    by_password(second, EMAIL)
    answer = give_code(second, code)
    assert answer.status_code == 422
    assert "déjà servi" in words(answer)
    assert not is_signed_in(second)
    assert give_code(second, telephone()).status_code == 303


def test_the_code_before_the_last_one_used_is_too_old(app, client, telephone):
    earlier, later = telephone(), telephone()
    by_password(client, EMAIL)
    assert give_code(client, later).status_code == 303
    second = app.test_client()
    by_password(second, EMAIL)
    assert give_code(second, earlier).status_code == 422


@pytest.mark.parametrize(("seconds", "is_taken"), [(-95, False), (-30, True), (0, True), (30, True), (95, False)])
def test_a_telephone_may_be_half_a_minute_wrong_and_no_more(app, client, seconds, is_taken):
    secret = totp.new_secret()
    at = clock.real_now().timestamp() + seconds
    code = totp.code_at(secret, int(at) // rules.STEP_SECONDS)
    found = totp.matching_step(secret, code, at=clock.real_now())
    assert (found is not None) is is_taken


def test_the_code_of_another_person_opens_nothing(app, client, telephone):
    with app.app_context():
        other = with_second_factor(a_user("Paul", "paul@exemple.fr"))
    by_password(client, EMAIL)
    assert give_code(client, other()).status_code == 422
    assert not is_signed_in(client)


def test_a_secret_moved_to_another_row_opens_nothing(app, client, telephone):
    """Somebody with the database alone gives an administrator's row their own sealed secret."""
    with app.app_context():
        paul = a_user("Paul", "paul@exemple.fr")
        own = with_second_factor(paul)
        with db.engine.begin() as connection:
            rows = dict(connection.exec_driver_sql("SELECT user_id, secret FROM second_factors").all())
            sealed = rows[paul.id]
            connection.exec_driver_sql(f"UPDATE second_factors SET secret = '{sealed}'")
    by_password(client, EMAIL)
    assert give_code(client, own()).status_code == 422


def test_half_signed_in_lasts_ten_minutes(client, telephone, time_machine_at):
    by_password(client, EMAIL)
    with time_machine_at(minutes=11):
        assert client.get("/connexion/code").location == "/connexion"
        assert not is_signed_in(client)


def test_giving_up_half_way_ends_it(app, client, telephone):
    by_password(client, EMAIL)
    post_form(client, "/deconnexion", {}, page="/connexion/code")
    assert client.get("/connexion/code").location == "/connexion"
    with app.app_context():
        assert db.session.scalars(select(AccountSession.ended_at)).one() is not None


def test_without_the_password_no_code_is_asked_for(client, telephone):
    assert client.get("/connexion/code?next=/compte").location == "/connexion?next=/compte"
    assert client.post("/connexion/code", data={"code": telephone()}).location == "/connexion"


def test_five_wrong_codes_close_the_door_even_to_the_right_one_and_the_person_is_told(
    app, client, telephone, time_machine_at
):
    by_password(client, EMAIL)
    for _ in range(5):
        assert give_code(client, "000000").status_code == 422
    refused = give_code(client, telephone())
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert not is_signed_in(client)
    give_code(client, "000000")
    with app.app_context():
        told = db.session.scalars(select(OutboxMail)).all()
        assert [mail.subject for mail in told] == ["Plusieurs codes faux pour votre compte"]
        actions = db.session.scalars(select(JournalEntry.action)).all()
        assert actions.count("second_factor.refused") == 5
    with time_machine_at(minutes=16):
        by_password(client, EMAIL)
        assert give_code(client, telephone()).status_code == 303


def test_signing_in_again_elsewhere_gives_no_new_tries(app, client, telephone):
    by_password(client, EMAIL)
    for _ in range(5):
        give_code(client, "000000")
    other = app.test_client()
    other.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    by_password(other, EMAIL)
    assert give_code(other, telephone()).status_code == 429


def test_twenty_wrong_codes_a_day_are_all(app, telephone, time_machine_at):
    user_id, tried = jeanne_id(app), 0
    for hours in range(20):
        with time_machine_at(hours=hours), app.app_context():
            for _ in range(5):
                try:
                    second_factors.attempt(user_id, "000000")
                except TooManyTries:
                    continue
                tried += 1
    assert tried == 20


def test_a_right_code_gives_the_tries_back(app, client, telephone):
    by_password(client, EMAIL)
    for _ in range(3):
        give_code(client, "000000")
    assert give_code(client, telephone()).status_code == 303
    with app.app_context():
        rules_hit = set(db.session.scalars(select(LimitHit.rule)))
    assert not rules_hit & {"second_factor", "second_factor_day"}


def all_at_once(app, count, act):
    """`act()` in as many threads, each in a context of its own; what each gave or raised."""
    found, gate = [], threading.Barrier(count)

    def one():
        with app.app_context():
            gate.wait()
            try:
                found.append(act())
            except Exception as error:  # the test looks at it
                found.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=one) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_of_many_wrong_codes_at_once_no_more_than_the_limit_are_looked_at(app, telephone):
    user_id = jeanne_id(app)
    found = all_at_once(app, 12, lambda: second_factors.attempt(user_id, "000000"))
    looked_at = [one for one in found if one is Verdict.WRONG]
    assert len(looked_at) <= 5
    assert all(one is Verdict.WRONG or isinstance(one, TooManyTries) for one in found), found


def test_who_passed_the_first_look_together_with_five_others_is_refused(app, telephone):
    """Five others are counted between this one's look at the count and its own try."""
    user_id, others = jeanne_id(app), []

    def come_between(_connection, _cursor, statement, *_rest):
        if not others and statement.startswith("SELECT") and "limit_hits" in statement:
            others.append(threading.Thread(target=five_tries))
            others[0].start()
            others[0].join()

    def five_tries():
        with app.app_context():
            for _ in range(5):
                limits.hit("second_factor", str(user_id))
            db.session.remove()

    with app.app_context():
        event.listen(db.engine, "after_cursor_execute", come_between)
        try:
            with pytest.raises(TooManyTries):
                limits.take("second_factor", str(user_id))
        finally:
            event.remove(db.engine, "after_cursor_execute", come_between)
    assert others


def test_a_code_that_two_read_as_unused_is_taken_by_one(app, printed):
    """Both looked before either wrote: the statement that takes it decides."""
    with app.app_context():
        user_id = jeanne_id(app)
        code_id, factor_id = queries.unused_recovery_codes(user_id)[0][0], queries.factor_of(user_id).id
        step = rules.step_of(clock.real_now()) + 5
        printed_takes, step_takes = [], []
        for _ in range(2):
            with transaction():
                user = queries.get_user(user_id)
                printed_takes.append(services.take_recovery_code(code_id, user, at=clock.now()))
                step_takes.append(services.take_step(factor_id, step))
    assert printed_takes == step_takes == [True, False]


def test_of_two_uses_of_a_code_at_once_one_wins(app, telephone):
    user_id, code = jeanne_id(app), telephone()
    found = all_at_once(app, 2, lambda: second_factors.attempt(user_id, code))
    assert sorted(found) == [Verdict.RIGHT, Verdict.USED]


@pytest.fixture
def printed(app):
    """Jeanne's printed codes."""
    with app.app_context():
        visitor = sign_in(app, a_user("Jeanne", EMAIL))
    return switch_on(visitor)[1]


def test_a_printed_code_opens_once_and_its_owner_is_told(app, client, printed):
    by_password(client, EMAIL)
    assert give_code(client, printed[3]).status_code == 303
    assert is_signed_in(client)
    second = app.test_client()
    by_password(second, EMAIL)
    assert give_code(second, printed[3]).status_code == 422
    assert give_code(second, printed[4].replace(" ", "")).status_code == 303
    with app.app_context():
        assert queries.recovery_codes_left(jeanne_id(app)) == 8
        subjects = db.session.scalars(select(OutboxMail.subject).order_by(OutboxMail.id)).all()
        assert subjects.count("Un code de secours a servi") == 2
        used = db.session.scalars(
            select(JournalEntry.data).where(JournalEntry.action == "second_factor.recovery_code_used")
        ).all()
        assert [line["left"] for line in used] == [9, 8]


def test_of_two_uses_of_a_printed_code_at_once_one_wins(app, printed):
    user_id = jeanne_id(app)
    found = all_at_once(app, 3, lambda: second_factors.attempt(user_id, printed[0]))
    assert [one for one in found if one is Verdict.RIGHT] == [Verdict.RIGHT]
    assert not [one for one in found if isinstance(one, Exception)], found
    with app.app_context():
        assert queries.recovery_codes_left(user_id) == 9


def test_somebody_elses_printed_code_opens_nothing(app, client, printed):
    with app.app_context():
        with_second_factor(a_user("Paul", "paul@exemple.fr"))
    by_password(client, "paul@exemple.fr")
    assert give_code(client, printed[0]).status_code == 422


def test_a_new_password_by_mail_does_not_open_without_the_code(app, client, telephone, mailbox):
    post_form(client, "/mot-de-passe-oublie", {"email": EMAIL})
    link = re.search(r"http://\S+/mot-de-passe/\S+", mailbox.last(EMAIL).text).group(0)
    assert post_form(client, path_of(link), {"password": NEW_PASSWORD}).status_code == 303
    assert by_password(client, EMAIL, NEW_PASSWORD).location == "/connexion/code"
    assert not is_signed_in(client)
    assert give_code(client, telephone()).status_code == 303
    assert is_signed_in(client)


def test_a_changed_password_keeps_the_proof_of_this_browser(app, telephone):
    with app.app_context():
        jeanne = sign_in(app, db.session.get_one(User, jeanne_id(app)), proved=True)
    answer = jeanne.post("/compte/mot-de-passe", {"current": PASSWORD, "password": NEW_PASSWORD})
    assert answer.status_code == 303
    assert is_signed_in(jeanne.client)


def test_a_browser_that_waits_for_its_code_is_shown_as_such(app, client, telephone):
    with app.app_context():
        jeanne = sign_in(app, db.session.get_one(User, jeanne_id(app)), proved=True)
    by_password(client, EMAIL)
    assert words(jeanne.get("/compte")).count("code attendu") == 1
