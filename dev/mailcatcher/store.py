"""Caught mails: one .eml file each, a small index in memory."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from html import unescape
from pathlib import Path

RECIPIENTS, SENDER, RECEIVED = "X-Caught-To", "X-Caught-From", "X-Caught-At"
_URL = re.compile(r"https?://[^\s<>\"']+")
_HREF = re.compile(r"href\s*=\s*[\"'](https?://[^\"']+)[\"']", re.IGNORECASE)


@dataclass(frozen=True)
class Caught:
    """One mail. `to`: addresses of the envelope joined by a comma; `at`: aware UTC."""

    id: int
    to: str
    sender: str
    subject: str
    at: datetime


@dataclass(frozen=True)
class Content:
    """The readable parts; "" when the mail has none. `links`: addresses in order, each once."""

    text: str
    html: str
    links: tuple[str, ...]


def parse(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)  # what policy.default builds
    return message


def read_content(message: EmailMessage) -> Content:
    text, html = _part(message, "plain"), _part(message, "html")
    found = [url.rstrip(".,;:!?)»”’") for url in _URL.findall(text)]
    found += [unescape(url) for url in _HREF.findall(html)]
    return Content(text, html, tuple(dict.fromkeys(found)))


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except (LookupError, UnicodeDecodeError):  # an unknown or a lying charset: show what can be shown
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


class Store:
    """The folder of .eml files. Safe to use from the SMTP thread and the HTTP threads at once."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._index: dict[int, Caught] = {}
        for path in sorted(folder.glob("*.eml")):
            if path.stem.isdigit():
                with path.open("rb") as file:
                    headers = BytesHeaderParser(policy=policy.default).parse(file)
                self._index[int(path.stem)] = _describe(int(path.stem), headers)
        self._next = max(self._index, default=0) + 1

    def add(self, raw: bytes, *, to: list[str], sender: str) -> Caught:
        """Keep a mail; the file is complete before the mail is listed."""
        with self._lock:
            number, self._next = self._next, self._next + 1
        at = datetime.now(UTC).isoformat()
        head = f"{RECIPIENTS}: {', '.join(to)}\r\n{SENDER}: {sender}\r\n{RECEIVED}: {at}\r\n"
        path = self._path(number)
        unfinished = path.with_suffix(".part")
        unfinished.write_bytes(head.encode("utf-8", "replace") + raw)
        unfinished.rename(path)
        caught = _describe(number, parse(head.encode("utf-8", "replace") + raw))
        with self._lock:
            self._index[number] = caught
        return caught

    def list(self, to: str = "") -> list[Caught]:
        """Newest first; `to` keeps the mails whose recipients contain it, capitals ignored."""
        with self._lock:
            kept = [mail for mail in self._index.values() if to.lower() in mail.to.lower()]
        return sorted(kept, key=lambda mail: -mail.id)

    def find(self, number: int) -> Caught | None:
        with self._lock:
            return self._index.get(number)

    def source(self, number: int) -> bytes:
        return self._path(number).read_bytes()

    def content(self, number: int) -> Content:
        return read_content(parse(self.source(number)))

    def clear(self) -> int:
        """Delete every mail; says how many."""
        with self._lock:
            gone = list(self._index)
            self._index.clear()
        for number in gone:
            self._path(number).unlink(missing_ok=True)
        return len(gone)

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:06d}.eml"


def _describe(number: int, headers: object) -> Caught:
    def value(name: str) -> str:
        return " ".join(str(headers.get(name, "")).split())  # type: ignore[attr-defined]  # any header map

    try:
        at = datetime.fromisoformat(value(RECEIVED))
    except ValueError:  # a file put here by hand
        at = datetime.fromtimestamp(0, UTC)
    return Caught(number, value(RECIPIENTS) or value("To"), value(SENDER), value("Subject"), at)
