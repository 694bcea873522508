"""Mail: a row of the verb's own transaction, sent at least once, recognisable when it comes twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from aiosmtpd.controller import Controller
from flask_babel import lazy_gettext
from sqlalchemy import select

from app.core import clock
from app.core.database import db, transaction
from app.core.outbox import LEASE, MAX_TRIES, OutboxMail, build, deliver_waiting, is_read, one_line, post_mail
from tests.support.mailbox import Mailbox


def post(occasion="test:1", to="jeanne@exemple.fr", subject="Bonjour", title="Bonjour", **more):
    post_mail(
        "message", to=to, subject=subject, occasion=occasion, at=clock.now(), title=title,
        paragraphs=["Un mot."], reason="Parce que.", action_label="Ouvrir", action_url="http://127.0.0.1:8000/", **more,
    )  # fmt: skip


def the_mail():
    db.session.expire_all()
    return db.session.scalars(select(OutboxMail)).one()


@pytest.fixture
def box(app, mailbox: Mailbox, ctx):
    return mailbox


def test_a_mail_leaves_once_and_says_it_is_automatic(box):
    with transaction():
        post()
    assert deliver_waiting() == {"sent": 1}
    assert deliver_waiting() == {}
    (mail,) = box.received()
    assert (mail.to, mail.subject) == ("jeanne@exemple.fr", "Bonjour")
    assert mail.message["Auto-Submitted"] == "auto-generated"
    assert "Un mot." in mail.text
    assert "Un mot." in mail.html


def test_the_same_fact_is_mailed_once(box):
    with transaction():
        post()
        post()
    with transaction():
        post(subject="Encore")
    assert deliver_waiting() == {"sent": 1}


def test_a_mail_of_a_verb_that_failed_was_never_written(box):
    def fails():
        with transaction():
            post()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert deliver_waiting() == {}


def test_the_subject_speaks_the_language_of_the_reader(box):
    with transaction():
        post(subject=lazy_gettext("Confirmez votre adresse"), locale="en")
    subject = the_mail().subject
    assert subject != ""
    assert subject == str(subject)


@pytest.mark.parametrize(
    "break_", ["\r\nBcc: mal@exemple.fr", "\nBcc: mal@exemple.fr", "\r", "\x00", "\u2028Bcc: x", "\x0b"]
)
def test_no_line_break_reaches_a_header(box, break_):
    with transaction():
        post(subject=f"Merci{break_} fin", title=f"a{break_}b")
    assert deliver_waiting() == {"sent": 1}
    (mail,) = box.received()
    assert mail.message["Bcc"] is None
    assert [key for key in mail.message if key.lower() == "bcc"] == []
    assert mail.to == "jeanne@exemple.fr"


@pytest.mark.parametrize("to", ["a@exemple.fr\r\nBcc: b@exemple.fr", "a@exemple.fr\nX: y", "half@"])
def test_an_impossible_address_is_never_sent_to_and_holds_nobody_up(box, to):
    with transaction():
        post(to=to)
        post(occasion="test:2")
    assert deliver_waiting() == {"given up": 1, "sent": 1}
    assert deliver_waiting() == {}
    assert [mail.to for mail in box.received()] == ["jeanne@exemple.fr"]


def test_html_of_people_is_text_in_both_forms(box):
    with transaction():
        post(title="<img src=x onerror=alert(1)>")
    mail = the_mail()
    assert "<img" not in mail.html
    assert "<img" in mail.text


def test_a_server_that_is_away_loses_nothing(box):
    with transaction():
        post()
    box.stop()
    assert deliver_waiting() == {"mail server away": 1}
    assert the_mail().sent_at is None
    box.start()
    assert deliver_waiting() == {"sent": 1}


class Refusing:
    """A mail server that knows nobody."""

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802  # aiosmtpd's name
        return "550 no such mailbox"


@pytest.fixture
def refusing(box, settings):
    box.stop()
    server = Controller(Refusing(), hostname="127.0.0.1", port=settings.smtp_port)
    server.start()
    yield
    server.stop()
    box.start()


def test_a_refused_mail_is_tried_again_later_and_given_up_in_the_end(refusing):
    with transaction():
        post()
    tries, at = 0, datetime.now(UTC)
    while the_mail().given_up_at is None:
        with time_machine.travel(at, tick=False):
            assert deliver_waiting() == {"to retry": 1}
            assert deliver_waiting() == {}, "not again at once"
        at += timedelta(hours=13)
        tries += 1
        assert tries <= MAX_TRIES
    assert the_mail().tries == tries == MAX_TRIES
    with time_machine.travel(at + timedelta(days=9)):
        assert deliver_waiting() == {}


def test_a_mail_that_another_worker_holds_is_left_to_it(box):
    with transaction():
        post()
    with transaction():
        the_mail().claimed_until = clock.real_now() + LEASE
    assert deliver_waiting() == {}
    with time_machine.travel(datetime.now(UTC) + LEASE + timedelta(seconds=1)):
        assert deliver_waiting() == {"sent": 1}


def test_a_second_delivery_carries_the_same_name(box):
    with transaction():
        post()
    first, second = build(the_mail())["Message-ID"], build(the_mail())["Message-ID"]
    assert first == second
    assert "127.0.0.1" in first


def test_a_travelled_clock_does_not_hold_mail_back(box):
    with transaction():
        clock.set_offset(40 * 86_400)
    with transaction():
        post()
    assert deliver_waiting() == {"sent": 1}


@pytest.mark.parametrize(
    ("text", "line"), [("a\nb", "a b"), ("  a  b ", "a b"), ("x" * 500, "x" * 189 + "…"), ("🌱", "🌱"), ("", "")]
)
def test_a_line_is_one_line(text, line):
    assert one_line(text) == line


def test_a_worker_killed_while_sending_on_a_travelled_clock_loses_no_mail(box, monkeypatch):
    with transaction():
        clock.set_offset(40 * 86_400)
    clock.forget()
    with transaction():
        post()

    def killed(*_):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr("smtplib.SMTP.send_message", killed)
        with pytest.raises(SystemExit):
            deliver_waiting()
    with time_machine.travel(datetime.now(UTC) + LEASE + timedelta(seconds=1)):
        assert deliver_waiting() == {"sent": 1}


@pytest.mark.parametrize(
    ("sender", "expected"),
    [
        ("Graine <bonjour@graine.invalid>", False),
        ("bonjour@graine.INVALID", False),
        ("", False),
        ("Graine <bonjour@graine.example.org>", True),
    ],
)
def test_a_mail_offers_an_answer_only_where_somebody_can_read_it(sender: str, expected: bool):
    assert is_read(sender) is expected
