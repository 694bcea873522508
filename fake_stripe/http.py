"""Requests and answers of the WSGI application, as small as needed."""

import json
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit
from wsgiref.types import StartResponse, WSGIEnvironment

MOST_BODY_BYTES = 1_000_000
JSON = "application/json"
HTML = "text/html; charset=utf-8"


class TooLarge(Exception):
    """The body is over a megabyte."""


@dataclass
class Request:
    environ: WSGIEnvironment
    method: str
    path: str
    query: str
    body: bytes

    @classmethod
    def read(cls, environ: WSGIEnvironment) -> "Request":
        """Raises TooLarge."""
        length = environ.get("CONTENT_LENGTH") or "0"
        size = int(length) if length.isdigit() else 0
        if size > MOST_BODY_BYTES:
            raise TooLarge
        body = environ["wsgi.input"].read(size) if size else b""
        return cls(
            environ,
            environ["REQUEST_METHOD"],
            environ.get("PATH_INFO", "/"),
            environ.get("QUERY_STRING", ""),
            body,
        )

    def header(self, name: str) -> str | None:
        value = self.environ.get("HTTP_" + name.upper().replace("-", "_"))
        return None if value is None else str(value)

    @property
    def host(self) -> str:
        return str(self.environ.get("HTTP_HOST") or "127.0.0.1")

    @property
    def is_local(self) -> bool:
        """The Host header names this machine: a page elsewhere cannot reach us by DNS tricks."""
        return urlsplit(f"//{self.host}").hostname in ("127.0.0.1", "localhost", "::1")

    def form(self) -> dict[str, str]:
        """The fields of a page's form; the last one wins."""
        text = self.body.decode("utf-8", "replace")
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=200))

    def json(self) -> Any:
        """Raises ValueError when the body is not JSON."""
        return json.loads(self.body or b"{}")


@dataclass
class Response:
    """cut: send this many bytes only and close (-1: close without a byte)."""

    status: int
    body: bytes
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None

    def send(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if self.cut == -1:
            _hang_up(environ)
        reason = HTTPStatus(self.status).phrase
        headers = [
            ("Content-Type", self.content_type),
            ("Content-Length", str(len(self.body))),
            *self.headers.items(),
        ]
        start_response(f"{self.status} {reason}", headers)
        if self.cut is not None:
            return _half(environ, self.body[: self.cut])
        return [self.body]


def json_response(status: int, value: Any) -> Response:
    return Response(status, json.dumps(value, ensure_ascii=False).encode())


def redirect(url: str) -> Response:
    # Quoted again: an address with a line break or an accent must not break the header.
    return Response(303, b"", HTML, {"Location": quote(url, safe="%/:=&?~#+!$,;'@()*[]")})


def _half(environ: WSGIEnvironment, start: bytes) -> Iterator[bytes]:
    yield start
    _hang_up(environ)


def _hang_up(environ: WSGIEnvironment) -> None:
    """Cuts the connection under the client, as a network does."""
    connection = environ.get("fake_stripe.socket")
    if isinstance(connection, socket.socket):
        connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionResetError("cut on purpose")
