"""The SMTP side: accepts everything, from loopback only."""

from __future__ import annotations

from collections.abc import Callable

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

Keep = Callable[[bytes, list[str], str], object]
HOST = "127.0.0.1"
LARGEST_MAIL_BYTES = 40_000_000


class Catcher:
    """Hands each mail to `keep(raw, recipients, sender)`; a mail is accepted only once kept."""

    def __init__(self, keep: Keep):
        self._keep = keep

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  name given by aiosmtpd
        raw = envelope.content
        if not isinstance(raw, bytes):
            return "451 4.3.0 no content"
        self._keep(raw, list(envelope.rcpt_tos), envelope.mail_from or "")
        return "250 2.0.0 caught"


def serve_smtp(port: int, keep: Keep) -> Controller:
    """Start the server in its own thread; `.stop()` ends it. Errors: OSError when the port is busy."""
    controller = Controller(Catcher(keep), hostname=HOST, port=port, data_size_limit=LARGEST_MAIL_BYTES)
    controller.start()
    return controller
