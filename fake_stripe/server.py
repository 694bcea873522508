"""A small HTTP/1.1 server for one WSGI application: threads, kept connections, no Nagle delay.

Werkzeug's development server closes every connection, gunicorn is two processes (a kill -9 would
leave one behind), and `http.server` as it comes waits 40 ms in Nagle's algorithm. This one reads
every body to its end, answers in one packet and keeps the connection.
"""

import errno
import socket
import threading
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any
from urllib.parse import unquote
from wsgiref.types import WSGIApplication, WSGIEnvironment

from fake_stripe.http import MOST_BODY_BYTES

# Read and thrown away so that the sender of a huge body reads our 413 instead of a cut connection.
MOST_DISCARDED_BYTES = 50_000_000


class Busy(Exception):
    """Another program listens on this port."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 120
    server: "Server"

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except ConnectionError:
            self.close_connection = True

    def respond(self) -> None:
        if self.headers.get("Transfer-Encoding"):
            self.send_error(411)
            self.close_connection = True
            return
        length = self.headers.get("Content-Length") or "0"
        size = int(length) if length.isascii() and length.isdigit() else 0
        if size > MOST_BODY_BYTES:
            self.close_connection = True
        wanted = min(size, MOST_BODY_BYTES)
        body = self.rfile.read(wanted)
        if len(body) < wanted:  # the caller has died in the middle of its words: nobody acts on half an order
            self.close_connection = True
            return
        left = min(size, MOST_DISCARDED_BYTES) - len(body)
        while left > 0 and (chunk := self.rfile.read(min(left, 65_536))):
            left -= len(chunk)
        head: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc: Any = None) -> Any:
            head.append((status, headers))

        answer = self.server.application(self._environ(body, length), start_response)
        status, headers = head[-1]
        if self.close_connection:
            headers = [*headers, ("Connection", "close")]
        headers = [*headers, ("Date", formatdate(usegmt=True))]  # this machine's time, whatever is simulated
        lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers), "", ""]
        start = "\r\n".join(lines).encode("latin-1")
        for part in answer:
            self.wfile.write(start + (b"" if self.command == "HEAD" else part))
            start = b""

    do_GET = do_HEAD = do_POST = do_DELETE = do_PUT = do_PATCH = respond  # noqa: N815  (http.server's names)

    def _environ(self, body: bytes, length: str) -> WSGIEnvironment:
        path, _, query = self.path.partition("?")
        environ: WSGIEnvironment = {
            "REQUEST_METHOD": self.command,
            "PATH_INFO": unquote(path),
            "QUERY_STRING": query,
            "CONTENT_LENGTH": length,
            "wsgi.input": BytesIO(body),
            "fake_stripe.socket": self.connection,
        }
        for name, value in self.headers.items():
            environ["HTTP_" + name.upper().replace("-", "_")] = value
        return environ

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: the orders are in the database."""


class Server(ThreadingHTTPServer):
    """Bound when made, so that a busy port is known before the database is touched."""

    daemon_threads = True
    request_queue_size = 128
    application: WSGIApplication

    def __init__(self, host: str, port: int) -> None:
        """Raises Busy, or OSError for any other reason."""
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            super().__init__((host, port), Handler)
        except OSError as wrong:
            if wrong.errno == errno.EADDRINUSE:
                raise Busy from wrong
            raise

    def server_bind(self) -> None:
        # http.server asks the resolver for this machine's name here, which can take seconds.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_port: int = self.server_address[1]

    def serve(self, application: WSGIApplication) -> None:
        self.application = application
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True, name="server").start()

    def close(self) -> None:
        self.shutdown()
        self.server_close()
