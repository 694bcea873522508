"""One's own second factor: switched on with the first code, its printed codes, switched off; each change is told."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from sqlalchemy import select

from app.accounts import second_factor_rules as rules
from app.accounts import second_factor_services as services
from app.accounts import totp
from app.accounts.errors import FactorNeeded
from app.accounts.models import RecoveryCode, SecondFactor, User
from app.accounts.queries import has_second_factor
from app.core import clock
from app.core.access import Role
from app.core.database import db, transaction
from app.core.journal import JournalEntry
from app.core.outbox import OutboxMail
from tests.accounts.people import codes_on, give_code, is_signed_in, secret_on, switch_on, words
from tests.accounts.people import sign_in as by_password
from tests.builders import PASSWORD, a_user, give, sign_in, with_second_factor

EMAIL = "jeanne@exemple.fr"
HOME = "/compte/double-verification"


@pytest.fixture
def jeanne(app):
    with app.app_context():
        return sign_in(app, a_user("Jeanne", EMAIL))


def everything_kept(app) -> str:
    """Every table as text: what a stolen backup would show."""
    with app.app_context():
        return repr([db.session.execute(select(table)).all() for table in db.metadata.tables.values()])


def mails(app) -> list[OutboxMail]:
    with app.app_context():
        return list(db.session.scalars(select(OutboxMail).order_by(OutboxMail.id)))


def lines(app) -> list[str]:
    with app.app_context():
        return list(
            db.session.scalars(
                select(JournalEntry.action)
                .where(JournalEntry.action.startswith("second_factor."))
                .order_by(JournalEntry.id)
            )
        )


def test_the_account_page_leads_there_and_says_how_it_stands(jeanne):
    page = jeanne.get("/compte")
    assert HOME in page.get_data(as_text=True)
    assert "pas activée" in words(page)
    switch_on(jeanne)
    assert "pas activée" not in words(jeanne.get("/compte"))


def test_it_is_switched_on_with_the_first_code_and_gives_ten_different_codes(app, jeanne):
    _, codes = switch_on(jeanne)
    assert len(set(codes)) == 10
    with app.app_context():
        assert has_second_factor(jeanne.user_id)
    assert "10 sur 10" in words(jeanne.get(HOME))


def test_looking_at_the_page_makes_no_secret(app, jeanne):
    jeanne.get(HOME)
    assert jeanne.get(f"{HOME}/confirmer").location == HOME
    with app.app_context():
        assert db.session.scalars(select(SecondFactor)).all() == []


def test_it_begins_with_the_password_again(app, jeanne):
    answer = jeanne.post(HOME, {"current": "pas le bon mot de passe"})
    assert answer.status_code == 422
    assert lines(app) == []


@pytest.mark.parametrize("wrong", ["000000", "", "12345", "abcdef", "１２３４５６", "123456789012"])
def test_a_wrong_first_code_switches_nothing_on(app, jeanne, wrong):
    begun = jeanne.post(HOME, {"current": PASSWORD})
    assert jeanne.post(begun.location, {"code": wrong}).status_code == 422
    with app.app_context():
        assert not has_second_factor(jeanne.user_id)
    assert is_signed_in(jeanne.client)


def test_a_secret_shown_half_an_hour_ago_is_forgotten(jeanne, time_machine_at):
    begun = jeanne.post(HOME, {"current": PASSWORD})
    secret = secret_on(jeanne.get(begun.location))
    with time_machine_at(minutes=31):
        assert jeanne.get(begun.location).location == HOME
        again = jeanne.post(HOME, {"current": PASSWORD})
        assert secret_on(jeanne.get(again.location)) != secret


def test_the_secret_of_an_earlier_beginning_is_not_the_one_that_counts(app, jeanne):
    first = secret_on(jeanne.get(jeanne.post(HOME, {"current": PASSWORD}).location))
    page = jeanne.post(HOME, {"current": PASSWORD}).location
    old_code = totp.code_at(first, rules.step_of(clock.real_now()))
    assert jeanne.post(page, {"code": old_code}).status_code == 422


def test_switching_on_twice_changes_nothing(app, jeanne):
    secret, _ = switch_on(jeanne)
    before = everything_kept(app)
    assert jeanne.get(f"{HOME}/confirmer").location == HOME
    jeanne.client.post(HOME, data={"current": PASSWORD})
    assert everything_kept(app) == before
    assert secret


def test_the_code_to_photograph_says_who_and_where(app, jeanne):
    page = jeanne.get(jeanne.post(HOME, {"current": PASSWORD}).location).get_data(as_text=True)
    assert f"secret={secret_on(jeanne.get(f'{HOME}/confirmer'))}" in page
    assert f"issuer={quote('Graine d’Actions')}" in page
    svg = re.search(r"<svg[^>]*class=\"qr\".*?</svg>", page, re.DOTALL)
    assert svg
    assert "style=" not in svg.group(0)
    assert 'aria-label="Code QR' in svg.group(0)


def test_every_change_is_told_by_mail_and_written_down(app, jeanne, time_machine_at):
    secret, codes = switch_on(jeanne)
    with time_machine_at(minutes=1):
        renewed = jeanne.post(f"{HOME}/codes-de-secours", {"code": code_now(secret)})
        assert renewed.status_code == 200
    with time_machine_at(minutes=2):
        jeanne.post(f"{HOME}/arreter", {"code": code_now(secret)})
    assert lines(app) == ["second_factor.begun", "second_factor.on", "second_factor.codes_renewed", "second_factor.off"]
    told = mails(app)
    assert [mail.to_address for mail in told] == [EMAIL] * 3
    assert [mail.subject for mail in told] == [
        "La double vérification est activée",
        "Vos codes de secours ont été renouvelés",
        "La double vérification est arrêtée",
    ]
    assert codes


def code_now(secret: str) -> str:
    return totp.code_at(secret, rules.step_of(clock.real_now()))


def test_every_change_ends_the_other_browsers_and_keeps_this_one_under_a_new_key(app, jeanne, time_machine_at):
    with app.app_context():
        other = sign_in(app, db.session.get_one(User, jeanne.user_id))
    old_key = jeanne.client.get_cookie("session").value
    secret, _ = switch_on(jeanne)
    assert jeanne.client.get_cookie("session").value != old_key
    assert is_signed_in(jeanne.client)
    assert not is_signed_in(other.client)
    thief = app.test_client()
    thief.set_cookie("session", old_key)
    assert not is_signed_in(thief)
    for minutes, page in ((1, "codes-de-secours"), (2, "arreter")):
        with app.app_context():
            other = sign_in(app, db.session.get_one(User, jeanne.user_id), proved=True)
        assert is_signed_in(other.client)
        with time_machine_at(minutes=minutes):
            jeanne.post(f"{HOME}/{page}", {"code": code_now(secret)})
            assert not is_signed_in(other.client), page
            assert is_signed_in(jeanne.client), page


def test_the_secret_and_the_codes_stand_nowhere_once_it_is_on(app, jeanne, capsys, time_machine_at):
    secret, codes = switch_on(jeanne)
    with time_machine_at(minutes=1):
        give_code(jeanne.client, code_now(secret), "/compte/verification")
    pages = ["/compte", HOME, f"{HOME}/codes-de-secours", f"{HOME}/arreter", "/compte/verification"]
    seen = "".join(jeanne.get(page).get_data(as_text=True) for page in pages)
    kept, told = everything_kept(app), "".join(mail.text + mail.html + mail.subject for mail in mails(app))
    logged = "".join(capsys.readouterr())
    for place in (seen, kept, told, logged):
        assert secret not in place
        for code in codes:
            assert code not in place
            assert code.replace(" ", "") not in place


def test_new_printed_codes_make_the_old_ones_void(app, jeanne, time_machine_at):
    secret, old = switch_on(jeanne)
    with time_machine_at(minutes=1):
        new = codes_on(jeanne.post(f"{HOME}/codes-de-secours", {"code": code_now(secret)}))
    assert len(new) == 10
    assert not set(new) & set(old)
    visitor = app.test_client()
    by_password(visitor, EMAIL)
    assert give_code(visitor, old[0]).status_code == 422
    assert give_code(visitor, new[0]).status_code == 303


def test_printed_codes_are_renewed_and_the_factor_stopped_with_a_code_only(app, jeanne):
    switch_on(jeanne)
    for page in (f"{HOME}/codes-de-secours", f"{HOME}/arreter"):
        assert jeanne.post(page, {"code": "000000"}).status_code == 422
    with app.app_context():
        assert has_second_factor(jeanne.user_id)
        assert db.session.query(RecoveryCode).count() == 10


def test_once_stopped_the_password_is_enough_and_nothing_is_kept(app, jeanne, time_machine_at):
    secret, _ = switch_on(jeanne)
    with time_machine_at(minutes=1):
        assert jeanne.post(f"{HOME}/arreter", {"code": code_now(secret)}).location == HOME
        visitor = app.test_client()
        by_password(visitor, EMAIL)
        assert is_signed_in(visitor)
    with app.app_context():
        assert db.session.query(SecondFactor).count() == db.session.query(RecoveryCode).count() == 0


def test_a_treasurer_cannot_stop_it(app):
    with app.app_context():
        user = give(a_user("Théo", "theo@exemple.fr"), Role.TREASURER)
        code = with_second_factor(user)
        theo = sign_in(app, user, proved=True)
    assert "trésorerie" in words(theo.get(f"{HOME}/arreter"))
    assert f'href="{HOME}/arreter"' not in theo.get(HOME).get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', theo.get("/compte").get_data(as_text=True))
    answer = theo.client.post(f"{HOME}/arreter", data={"code": code(), "csrf_token": token.group(1)})
    assert answer.status_code == 409
    with app.app_context():
        with pytest.raises(FactorNeeded), transaction():
            services.switch_off(db.session.get_one(User, theo.user_id), keep_session=0, at=clock.now())
        assert has_second_factor(theo.user_id)
    assert "second_factor.off" not in lines(app)


def test_the_way_leads_back_to_the_page_that_asked(jeanne):
    page = jeanne.get(f"{HOME}?next=/mes-campagnes")
    assert "touche à l’argent" in words(page)
    begun = jeanne.post(f"{HOME}?next=/mes-campagnes", {"current": PASSWORD, "next": "/mes-campagnes"})
    assert begun.location.endswith("next=/mes-campagnes")
    secret = secret_on(jeanne.get(begun.location))
    done = jeanne.post(begun.location, {"code": code_now(secret), "next": "/mes-campagnes"})
    assert 'href="/mes-campagnes"' in done.get_data(as_text=True).partition("<main")[2]


def main_of(page) -> str:
    return page.get_data(as_text=True).partition("<main")[2].partition("</main")[0]


@pytest.mark.parametrize("bad", ["https://mal.example", "//mal.example", "/\\mal.example", "javascript:alert(1)"])
def test_the_way_never_leads_elsewhere(jeanne, bad):
    assert "mal.example" not in main_of(jeanne.get(f"{HOME}?next={quote(bad)}"))
    begun = jeanne.post(HOME, {"current": PASSWORD, "next": bad})
    assert "next" not in begun.location
    secret = secret_on(jeanne.get(begun.location))
    done = main_of(jeanne.post(begun.location, {"code": code_now(secret), "next": bad}))
    assert "mal.example" not in done
    assert "javascript:" not in done


def test_a_closed_account_keeps_no_factor(app, jeanne):
    switch_on(jeanne)
    assert jeanne.post("/compte/fermer", {"current": PASSWORD}).status_code == 303
    with app.app_context():
        assert db.session.query(SecondFactor).count() == db.session.query(RecoveryCode).count() == 0
