"""The HTTP side: a page for people, JSON for scripts. Loopback only, whatever name is asked for."""

from __future__ import annotations

import json
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from dev.mailcatcher import pages
from dev.mailcatcher.store import Store

HOST = "127.0.0.1"
# A page elsewhere that points its own name at 127.0.0.1 must not read the mails.
LOCAL_NAMES = {"127.0.0.1", "localhost", "[::1]"}
CSP = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; form-action 'self'; base-uri 'none'"
MAIL_CSP = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox allow-popups"
_MAIL = re.compile(r"^/messages/(\d{1,9})(/html|/source)?$")


class Server(ThreadingHTTPServer):
    daemon_threads = True
    disable_nagle_algorithm = True
    request_queue_size = 64

    def __init__(self, port: int, store: Store):
        self.store = store
        super().__init__((HOST, port), Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A reader that goes away early is nobody's mistake."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # as socketserver passes it


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        to = parse_qs(url.query).get("to", [""])[0]
        store = self.server.store
        if not self._is_local():
            return self._send(403, "text/plain", "loopback only")
        if url.path == "/":
            return self._page(pages.inbox(store.list(to), to))
        if url.path == "/health":
            return self._json(200, {"status": "ok", "messages": len(store.list())})
        if url.path == "/messages.json":
            return self._json(200, [self._as_json(mail.id) for mail in store.list(to)])
        match = _MAIL.match(url.path)
        mail = store.find(int(match[1])) if match else None
        if match is None or mail is None:
            return self._page(pages.not_found(), 404)
        if match[2] == "/source":
            return self._send(200, "text/plain; charset=utf-8", store.source(mail.id))
        content = store.content(mail.id)
        if match[2] == "/html":
            return self._send(200, "text/html; charset=utf-8", pages.bare_html(content), MAIL_CSP)
        return self._page(pages.mail(mail, content))

    def do_DELETE(self) -> None:
        if not self._is_local():
            return self._send(403, "text/plain", "loopback only")
        if urlsplit(self.path).path != "/messages":
            return self._json(404, {"error": "unknown address"})
        return self._json(200, {"deleted": self.server.store.clear()})

    def do_POST(self) -> None:
        """The button of the page: forms cannot send DELETE."""
        self.rfile.read(min(int(self.headers.get("Content-Length") or 0), 10_000))
        site = self.headers.get("Sec-Fetch-Site", "same-origin")
        if not self._is_local() or site not in {"same-origin", "none"}:
            return self._send(403, "text/plain", "loopback only")
        if urlsplit(self.path).path != "/messages/delete":
            return self._json(404, {"error": "unknown address"})
        self.server.store.clear()
        self.send_response(303)
        self.send_header("Location", "/")
        self.send_header("Content-Length", "0")
        self.end_headers()
        return None

    def _is_local(self) -> bool:
        return re.sub(r":\d+$", "", self.headers.get("Host", "")) in LOCAL_NAMES

    def _as_json(self, number: int) -> dict[str, object]:
        mail = self.server.store.find(number)
        if mail is None:  # deleted meanwhile
            return {}
        content = self.server.store.content(number)
        return {
            "id": mail.id,
            "to": mail.to,
            "from": mail.sender,
            "subject": mail.subject,
            "at": mail.at.isoformat(),
            "text": content.text,
            "html": content.html,
            "links": list(content.links),
        }

    def _json(self, status: int, value: object) -> None:
        self._send(status, "application/json", json.dumps(value, ensure_ascii=False))

    def _page(self, html: str, status: int = 200) -> None:
        self._send(status, "text/html; charset=utf-8", html)

    def _send(self, status: int, kind: str, body: str | bytes, csp: str = CSP) -> None:
        raw = body.encode("utf-8", "replace") if isinstance(body, str) else body
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(raw)))
        self.send_header("Content-Security-Policy", csp)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, format: str, *args: object) -> None:
        """Silent: what matters is the mails, and `__main__` prints those."""
