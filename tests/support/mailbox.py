"""A real SMTP server inside the test process, and what arrived in it."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from flask import Flask

from app.core.outbox import deliver_waiting
from dev.mailcatcher.smtp import serve_smtp
from dev.mailcatcher.store import parse, read_content


@dataclass(frozen=True)
class Mail:
    """One received mail; `to` is the first recipient of the envelope."""

    to: str
    sender: str
    subject: str
    text: str
    html: str
    links: tuple[str, ...]
    message: EmailMessage


class Mailbox:
    """Tests ask `fetch()` (deliver what waits in the outbox, then read everything) or `last(to=…)`."""

    def __init__(self, port: int):
        self.port = port
        self.app: Flask | None = None
        self._mails: list[Mail] = []
        self._server: Controller | None = None

    def start(self) -> None:
        """Also brings the server back after `stop()`, for tests of a mail server that is away."""
        if self._server is None:
            self._server = serve_smtp(self.port, self._keep)

    def stop(self) -> None:
        if self._server is not None:
            self._server.stop()
            self._server = None

    def clear(self) -> None:
        self._mails.clear()

    def fetch(self, to: str | None = None) -> list[Mail]:
        """Send what the outbox holds by real SMTP, then all mails so far, oldest first."""
        assert self.app is not None, "the mailbox fixture needs the app fixture"
        with self.app.app_context():
            deliver_waiting(limit=1000)
        return self.received(to)

    def received(self, to: str | None = None) -> list[Mail]:
        """What arrived so far, without sending anything."""
        return [mail for mail in self._mails if to is None or mail.to.lower() == to.lower()]

    def last(self, to: str | None = None) -> Mail:
        """The newest mail after a delivery; a clear failure when there is none."""
        mails = self.fetch(to)
        assert mails, f"no mail for {to}; there are mails for {sorted({m.to for m in self._mails})}"
        return mails[-1]

    def _keep(self, raw: bytes, recipients: list[str], sender: str) -> None:
        message = parse(raw)
        content = read_content(message)
        subject = str(message["Subject"])
        self._mails.append(Mail(recipients[0], sender, subject, content.text, content.html, content.links, message))
