"""The ground that every test stands on: fresh data, real mail, a fake Stripe that forgets."""

from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import func, select

from app.core.database import db, transaction
from app.core.outbox import OutboxMail, one_line
from app.network.models import Territory
from tests.fake_stripe.process import FakeStripe
from tests.support.mailbox import Mailbox

AT = datetime(2027, 3, 3, 9, 0, tzinfo=UTC)


def write_mail(app: Flask, to: str) -> None:
    with app.app_context(), transaction():
        db.session.add(
            OutboxMail(
                occasion=f"ground:{to}",
                to_address=to,
                subject=one_line("Été\n— essai"),
                text="https://x.fr/a b",
                html='<a href="https://x.fr/a?b=1&amp;c=2">ici</a>',
                created_at=AT,
                not_before=AT,
            )
        )


def test_a_row_written_by_one_test_is_there(app: Flask) -> None:
    write_mail(app, "un@exemple.fr")
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(OutboxMail)) == 1


def test_and_is_gone_in_the_next_one_while_reference_data_stays(app: Flask) -> None:
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(OutboxMail)) == 0
        assert (db.session.scalar(select(func.count()).select_from(Territory)) or 0) > 3000


def test_mail_goes_through_real_smtp_and_is_read_back(app: Flask, mailbox: Mailbox) -> None:
    write_mail(app, "trois@exemple.fr")
    mail = mailbox.last(to="trois@exemple.fr")
    assert mail.subject == "Été — essai"
    assert mail.links == ("https://x.fr/a", "https://x.fr/a?b=1&c=2")
    assert mailbox.fetch() == [mail], "the same mail was sent twice"


def test_the_mail_box_starts_empty_each_time(mailbox: Mailbox) -> None:
    assert mailbox.received() == []


def test_the_fake_stripe_forgets_between_tests(stripe_server: FakeStripe, app: Flask) -> None:
    assert stripe_server.url == app.config["SETTINGS"].stripe_api_base
    assert stripe_server.control("state")["customers"] == []
