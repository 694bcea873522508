"""Mail as rows of the verb's own transaction, sent by the worker: at least once, never lost."""

from __future__ import annotations

import smtplib
from collections import Counter
from datetime import datetime, timedelta
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from urllib.parse import urlsplit

import structlog
from flask import current_app, render_template
from flask_babel import force_locale
from sqlalchemy import ColumnElement, Index, String, Text, UniqueConstraint, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import Model, db, table_of, transaction

log = structlog.get_logger()
LEASE = timedelta(minutes=2)
WAIT_AFTER_FAILURE = (60, 300, 900, 3600, 3 * 3600, 12 * 3600)  # seconds
MAX_TRIES = 12


class OutboxMail(Model):
    """One message. `occasion` makes it unique: the same fact is never mailed twice."""

    __tablename__ = "outbox_mail"
    __table_args__ = (
        UniqueConstraint("occasion"),
        Index("ix_outbox_mail_waiting", "sent_at", "not_before"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    occasion: Mapped[str] = mapped_column(String(160))
    to_address: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    reply_to: Mapped[str | None] = mapped_column(String(254))  # somebody else than us
    stop_url: Mapped[str | None] = mapped_column(String(700))  # ends this kind of mail with one POST (RFC 8058)
    created_at: Mapped[datetime] = mapped_column()
    not_before: Mapped[datetime] = mapped_column()
    claimed_until: Mapped[datetime | None] = mapped_column()
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column()
    given_up_at: Mapped[datetime | None] = mapped_column()


_MAIL = insert(table_of(OutboxMail)).inline()


def post_mail(
    template: str, *, to: str, subject: str, occasion: str, at: datetime, locale: str = "fr", reply_to: str = "",
    stop_url: str = "", **values: object,
) -> None:  # fmt: skip
    """Write a mail into the outbox; the caller commits.

    `template`: name under templates/emails without suffix (both .html and .txt must exist).
    `occasion`: unique key, e.g. `pledge:12:confirmed`; a second post of the same occasion does nothing.
    `subject` holds no line break; user text never goes into it without `one_line`.
    `reply_to`: who reads an answer, when it is not us; `stop_url`: an address that ends such mails by one POST.
    """
    if db.session.scalar(select(OutboxMail.id).where(OutboxMail.occasion == occasion)) is not None:
        return
    with force_locale(locale):
        values["can_answer"] = bool(reply_to) or is_read(current_app.config["SETTINGS"].mail_from)
        text = render_template(f"emails/{template}.txt", **values)
        html = render_template(f"emails/{template}.html", **values)
        title = one_line(subject)  # a lazy sentence speaks the reader's language
    mail = {
        "occasion": occasion,
        "to_address": to,
        "subject": title,
        "text": text.replace("\0", ""),  # PostgreSQL's text holds no NUL
        "html": html.replace("\0", ""),
        "reply_to": reply_to or None,
        "stop_url": stop_url or None,
        "created_at": at,
        "not_before": at,
    }
    db.session.execute(_MAIL, mail)


def is_read(sender: str) -> bool:
    """False for a sender that nobody can write to: `.invalid` is the reserved end of an address not yet set."""
    domain = parseaddr(sender)[1].rpartition("@")[2].lower()
    return bool(domain) and not domain.endswith(".invalid")


def one_line(text: str, limit: int = 190) -> str:
    """Control characters and line breaks become spaces, too long ends with an ellipsis."""
    flat = " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


def build(mail: OutboxMail) -> EmailMessage:
    """The message as sent: stable Message-ID, so that a second delivery is recognised."""
    settings = current_app.config["SETTINGS"]
    message = EmailMessage()
    message["From"] = settings.mail_from
    message["To"] = mail.to_address
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.created_at)
    host = urlsplit(settings.public_url).hostname or "localhost"
    message["Message-ID"] = f"<outbox-{mail.id}-{int(mail.created_at.timestamp())}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    if mail.reply_to:
        message["Reply-To"] = mail.reply_to
    if mail.stop_url:
        message["List-Unsubscribe"] = f"<{mail.stop_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message


def deliver_waiting(*, limit: int = 100) -> Counter[str]:
    """Send what waits. Safe to stop, repeat, or run twice at once."""
    report: Counter[str] = Counter()
    at = clock.real_now()
    ids = db.session.scalars(
        select(OutboxMail.id)
        .where(OutboxMail.sent_at.is_(None), OutboxMail.given_up_at.is_(None), *_free(at))
        .order_by(OutboxMail.id)
        .limit(limit)
    ).all()
    db.session.rollback()
    if not ids:
        return report
    try:
        server = _connect()
    except OSError as error:
        log.warning("mail_server_away", kind=type(error).__name__, waiting=len(ids))
        report["mail server away"] = len(ids)
        return report
    with server:
        for mail_id in ids:
            report[_deliver_one(mail_id, server)] += 1
    return report


def _free(at: datetime) -> tuple[ColumnElement[bool], ...]:
    """`not_before` is kept in the system's time: a travelled clock must not hold mail back."""
    return (
        (OutboxMail.claimed_until.is_(None)) | (OutboxMail.claimed_until < at),
        (OutboxMail.not_before <= at) | (OutboxMail.tries == 0),
    )


def _connect() -> smtplib.SMTP:
    settings = current_app.config["SETTINGS"]
    server = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=20)
    if settings.smtp_tls:
        server.starttls()
    if settings.smtp_user:
        server.login(settings.smtp_user, settings.smtp_password)
    return server


def _deliver_one(mail_id: int, server: smtplib.SMTP) -> str:
    at = clock.real_now()
    with transaction():
        claim = (
            update(OutboxMail)
            .where(OutboxMail.id == mail_id, OutboxMail.sent_at.is_(None), *_free(at))
            .values(claimed_until=at + LEASE, not_before=at, tries=OutboxMail.tries + 1)
        )
        if db.session.execute(claim).rowcount == 0:  # type: ignore[attr-defined]  # known to CursorResult only
            return "held elsewhere"
        mail = db.session.get_one(OutboxMail, mail_id)
        try:
            message, tries = build(mail), mail.tries
        except (
            ValueError,
            IndexError,
            MessageError,
        ) as error:  # it will never be right: the others must not wait behind it
            log.error("mail_impossible", mail=mail_id, kind=type(error).__name__)
            mail.given_up_at = at
            return "given up"
    try:
        server.send_message(message)
    except (smtplib.SMTPException, OSError) as error:
        log.warning("mail_not_sent", mail=mail_id, kind=type(error).__name__, tries=tries)
        with transaction():
            mail = db.session.get_one(OutboxMail, mail_id)
            mail.claimed_until = None
            wait = WAIT_AFTER_FAILURE[min(tries, len(WAIT_AFTER_FAILURE)) - 1]
            mail.not_before = at + timedelta(seconds=wait)
            if tries >= MAX_TRIES:
                mail.given_up_at = at
        return "to retry"
    with transaction():
        db.session.get_one(OutboxMail, mail_id).sent_at = at
    return "sent"
