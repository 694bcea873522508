"""The mail catcher keeps every mail, shows it harmlessly, and answers this machine only."""

from __future__ import annotations

import http.client
import json
import smtplib
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from dev.mailcatcher.http import Server
from dev.mailcatcher.smtp import serve_smtp
from dev.mailcatcher.store import Store
from tests.support.ports import free_port


class Catcher:
    """Both servers over one folder, in this process."""

    def __init__(self, folder: Path):
        self.store, self.smtp_port, self.http_port = Store(folder), free_port(), free_port()
        self.smtp = serve_smtp(self.smtp_port, lambda raw, to, sender: self.store.add(raw, to=to, sender=sender))
        self.http = Server(self.http_port, self.store)
        self.thread = threading.Thread(target=self.http.serve_forever)
        self.thread.start()

    def stop(self) -> None:
        self.http.shutdown()
        self.thread.join()
        self.http.server_close()
        self.smtp.stop()

    def send(self, to: str, subject: str = "Bonjour", html: str = "", text: str = "Texte") -> None:
        message = EmailMessage()
        message["To"], message["From"], message["Subject"] = to, "nous@exemple.fr", subject
        message.set_content(text)
        if html:
            message.add_alternative(html, subtype="html")
        self.send_raw(to, message.as_bytes())

    def send_raw(self, to: str, raw: bytes) -> None:
        with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=10) as server:
            server.sendmail("nous@exemple.fr", [to], raw)

    def ask(self, path: str, method: str = "GET", **headers: str) -> tuple[int, str, http.client.HTTPMessage]:
        connection = http.client.HTTPConnection("127.0.0.1", self.http_port, timeout=10)
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        read = answer.status, answer.read().decode(), answer.headers
        connection.close()
        return read


@pytest.fixture
def catcher(tmp_path: Path) -> Iterator[Catcher]:
    made = Catcher(tmp_path / "mails")
    yield made
    made.stop()


def test_a_mail_is_listed_read_and_found_by_its_recipient(catcher: Catcher) -> None:
    catcher.send("Une@exemple.fr", "Été — 12,50 €", '<p><a href="https://x.fr/a?b=1&amp;c=2">là</a></p>')
    catcher.send("autre@exemple.fr", text="Voir https://x.fr/suite.")
    found = json.loads(catcher.ask("/messages.json?to=une@")[1])
    assert [mail["subject"] for mail in found] == ["Été — 12,50 €"]
    assert found[0]["links"] == ["https://x.fr/a?b=1&c=2"]
    assert [m["to"] for m in json.loads(catcher.ask("/messages.json")[1])] == ["autre@exemple.fr", "Une@exemple.fr"]
    assert "Été — 12,50 €" in catcher.ask("/messages/1")[1]
    assert "X-Caught-To: Une@exemple.fr" in catcher.ask("/messages/1/source")[1]


def test_what_a_mail_contains_does_nothing_in_the_page(catcher: Catcher) -> None:
    catcher.send("<b>a@exemple.fr", "<script>alert(1)</script>", "<script>alert(2)</script>", "<img src=x>")
    for path in ("/", "/messages/1"):
        assert "<script>alert" not in catcher.ask(path)[1]
        assert "<img src=x>" not in catcher.ask(path)[1]
    policy = catcher.ask("/messages/1/html")[2]["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy


def test_a_broken_mail_is_still_kept_and_shown(catcher: Catcher) -> None:
    catcher.send_raw("a@exemple.fr", b"Content-Type: text/plain; charset=nowhere\r\n\r\n\xff\xfe caf\xe9\r\n")
    catcher.send_raw("a@exemple.fr", b"no header at all\r\n")
    assert len(json.loads(catcher.ask("/messages.json")[1])) == 2
    assert catcher.ask("/messages/1")[0] == catcher.ask("/messages/2")[0] == 200


@pytest.mark.parametrize("path", ["/messages/99", "/messages/0", "/messages/abc", "/../etc/passwd", "/messages/1/x"])
def test_an_unknown_address_is_a_plain_404(catcher: Catcher, path: str) -> None:
    assert catcher.ask(path)[0] == 404


def test_deleting_forgets_everything_and_numbers_go_on(catcher: Catcher, tmp_path: Path) -> None:
    catcher.send("a@exemple.fr")
    assert json.loads(catcher.ask("/messages", "DELETE")[1]) == {"deleted": 1}
    assert list((tmp_path / "mails").iterdir()) == []
    catcher.send("a@exemple.fr")
    assert [mail["id"] for mail in json.loads(catcher.ask("/messages.json")[1])] == [2]


def test_mails_are_still_there_after_a_restart(catcher: Catcher, tmp_path: Path) -> None:
    catcher.send("a@exemple.fr", "Avant")
    assert [mail.subject for mail in Store(tmp_path / "mails").list()] == ["Avant"]


def test_another_site_cannot_read_the_mails_through_its_own_name(catcher: Catcher) -> None:
    assert catcher.ask("/messages.json", Host="evil.example")[0] == 403
    assert catcher.ask("/messages/delete", "POST", **{"Sec-Fetch-Site": "cross-site"})[0] == 403
