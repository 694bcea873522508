"""A small visitor: keep-alive connections, nothing but the standard library."""

from __future__ import annotations

import http.client
import random
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from queue import SimpleQueue

from dev.launch.checks import HOST

CONNECTIONS = 4


@dataclass(frozen=True)
class Request:
    """A GET; `cookies` name → value."""

    path: str
    cookies: Mapping[str, str] = field(default_factory=dict)


class Visitor:
    """One connection that stays open."""

    def __init__(self, port: int):
        self._connection = http.client.HTTPConnection(HOST, port, timeout=60)

    def get(self, request: Request) -> tuple[int, bytes]:
        """(status, body). Errors: OSError, HTTPException when the server is not there."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in request.cookies.items())}
        try:
            return self._get(request.path, headers if request.cookies else {})
        except (ConnectionError, http.client.BadStatusLine):  # closed by the server between two requests
            self._connection.close()
            return self._get(request.path, headers if request.cookies else {})

    def _get(self, path: str, headers: dict[str, str]) -> tuple[int, bytes]:
        self._connection.request("GET", path, headers=headers)
        answer = self._connection.getresponse()
        return answer.status, answer.read()

    def close(self) -> None:
        self._connection.close()


def load(port: int, requests: Sequence[Request], connections: int = CONNECTIONS) -> None:
    """Send all of them over a few connections. Errors: AssertionError at the first answer but 200."""
    waiting: SimpleQueue[Request | None] = SimpleQueue()
    for request in [*requests, *[None] * connections]:
        waiting.put(request)
    wrong: list[str] = []

    def send() -> None:
        visitor = Visitor(port)
        while (request := waiting.get()) is not None and not wrong:
            try:
                status, _body = visitor.get(request)
            except (OSError, http.client.HTTPException) as error:
                wrong.append(f"GET {request.path}: {error!r}")
            else:
                if status != 200:
                    wrong.append(f"GET {request.path} answered {status}")
        visitor.close()

    threads = [threading.Thread(target=send) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong, wrong[0]


def mixed(requests: Sequence[Request], number: int, dice: random.Random) -> list[Request]:
    """`number` of them in random order, each at least once when there is room."""
    chosen = [*requests[:number], *(dice.choice(requests) for _ in range(number - len(requests)))]
    dice.shuffle(chosen)
    return chosen


def seconds_until_good(port: int, request: Request, patience: float = 60.0) -> float:
    """From now until the first 200, asked again every few milliseconds. Errors: TimeoutError."""
    began = time.perf_counter()
    while time.perf_counter() - began < patience:
        visitor = Visitor(port)
        try:
            if visitor.get(request)[0] == 200:
                return time.perf_counter() - began
        except (OSError, http.client.HTTPException):
            time.sleep(0.005)
        finally:
            visitor.close()
    raise TimeoutError(f"{request.path} did not answer 200 within {patience:.0f} s")
