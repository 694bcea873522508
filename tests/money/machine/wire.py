"""The way to Stripe with numbered steps: where the process may die, and where something else may happen meanwhile.

The hooks hang on the libraries (SQLAlchemy, the transport of `stripe`): the product knows nothing of them.
"""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import stripe
from sqlalchemy import Engine, event

IDLE_SECONDS = 20.0
LEASE_SECONDS = 60.0  # how long a call belongs to whoever makes it


class Crash(BaseException):
    """The process is dead: no `except Exception` of the product may survive it."""


class Fuse:
    """Dies at step `left`, then stays dead (also its other threads) until `reset`."""

    def __init__(self) -> None:
        self.left, self.is_dead = 0, False

    def light(self, steps: int) -> None:
        self.left, self.is_dead = steps, False

    def reset(self) -> None:
        self.left, self.is_dead = 0, False

    def step(self) -> None:
        if self.is_dead:
            raise Crash
        if self.left:
            self.left -= 1
            if self.left == 0:
                self.is_dead = True
                raise Crash

    def hang(self, engine: Engine) -> None:
        event.listen(engine, "before_cursor_execute", lambda *_: self.step())
        event.listen(engine, "commit", lambda *_: self.step())


class Wire(stripe.HTTPClient):
    """One kept connection a thread. `meanwhile`: what is to happen during a call to come, once, each."""

    name = "machine"

    def __init__(self, fuse: Fuse, seconds: Callable[[], float]) -> None:
        super().__init__()
        self.fuse, self.seconds = fuse, seconds
        self.meanwhile: list[tuple[str, Callable[[], None]]] = []
        self.twice: list[str] = []  # calls under way twice at once (I20)
        self.is_excused = False  # time has jumped since the calls of now were leased: any lease may be over
        self.calls = 0
        self._flying: dict[str, float] = {}
        self._guard = threading.Lock()
        self._kept = threading.local()

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        self.calls += 1
        name = _name(method, url, headers or {}, post_data)
        self.fuse.step()
        self._begin(name)
        try:
            self._happen("before" if name else "question")
            answer = self._exchange(method, url, dict(headers or {}), post_data)
            self.fuse.step()  # it was done, and nobody has written it down yet
            self._happen("after" if name else "")
            return answer
        finally:
            with self._guard:
                self._flying.pop(name, None)

    def _begin(self, name: str) -> None:
        if not name:
            return
        with self._guard:
            since = self._flying.get(name)
            if since is not None and self.seconds() - since < LEASE_SECONDS and not self.is_excused:
                self.twice.append(name)
            self._flying[name] = self.seconds()

    def _happen(self, when: str) -> None:
        if when and self.meanwhile and self.meanwhile[0][0] == when:
            self.meanwhile.pop(0)[1]()

    def _exchange(self, method: str, url: str, headers: dict[str, str], body: Any) -> tuple[bytes, int, Any]:
        parts = urlsplit(url)
        connection = self._connection(parts.netloc)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        try:
            connection.request(method.upper(), target, body, headers)
            answer = connection.getresponse()
            return answer.read(), answer.status, dict(answer.headers.items())
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise stripe.APIConnectionError(f"{type(error).__name__}") from error

    def _connection(self, address: str) -> http.client.HTTPConnection:
        """A kept one, unless it has been idle for so long that the other side may have closed it."""
        kept: dict[str, tuple[http.client.HTTPConnection, float]] = self._kept.__dict__.setdefault("pool", {})
        connection, used_at = kept.get(address, (http.client.HTTPConnection(address, timeout=20), 0.0))
        if time.monotonic() - used_at > IDLE_SECONDS:
            connection.close()
        kept[address] = connection, time.monotonic()
        return connection

    def _sleep_time_seconds(self, *_: Any, **__: Any) -> float:
        return 0.0  # what the library repeats by itself, it repeats at once

    def close(self) -> None:
        for connection, _ in self._kept.__dict__.get("pool", {}).values():
            connection.close()


def _name(method: str, url: str, headers: Mapping[str, str], body: Any) -> str:
    """What must not be under way twice: the order, whatever its key; "" for questions."""
    if method.upper() != "POST":
        return ""
    path = urlsplit(url).path
    if path.endswith("/confirm"):
        return path
    marks = parse_qs(body if isinstance(body, str) else "").get("metadata[op]")
    return f"{path} {marks[0] if marks else headers.get('Idempotency-Key', '').partition('#')[0]}"
