"""A crowd at one reward, all at once over real HTTP. `python -m tests.money.rush --buyers 1000 --rewards 100`"""

from __future__ import annotations

import argparse
import http.client
import os
import re
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

from werkzeug.serving import WSGIRequestHandler, make_server

from config import ROOT
from tests.support.scene import CONSENTS, Scene

AT_ONCE = 12  # browsers that wait for an answer at the same time; the pool has 15 connections to the database


class Quiet(WSGIRequestHandler):
    def log_request(self, code: object = "-", size: object = "-") -> None:
        """A thousand lines would hide the one that matters."""


@contextmanager
def shop(scene: Scene) -> Iterator[str]:
    """The app behind a real socket, one thread a visitor; its address. Everybody comes from one network."""
    scene.app.config["LIMITS_OFF"] = True
    server = make_server("127.0.0.1", 0, scene.app, threaded=True, request_handler=Quiet)
    server.request_queue_size = 256
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        del scene.app.config["LIMITS_OFF"]


def rush(scene: Scene, slug: str, buyers: int) -> Counter[int]:
    """So many people send the form for the campaign's only reward; HTTP status → how many got it."""
    path, reward = f"/campagnes/{slug}/contribuer", str(scene.reward(slug).id)
    answers: Counter[int] = Counter()
    numbers, guard, gate = iter(range(buyers)), threading.Lock(), threading.Barrier(min(AT_ONCE, buyers))
    wrong: list[BaseException] = []

    def visit(address: str) -> None:
        """One browser after the other, each with a form key of its own."""
        cookie, token = open_form(address, path)
        gate.wait()
        while True:
            with guard:
                number = next(numbers, None)
            if number is None:
                return
            fields = {
                "csrf_token": token, "form_key": f"rush-{number:012d}", "reward": reward, "amount": "25",
                "email": f"foule{number}@exemple.fr", "name": f"Personne {number}", **CONSENTS,
            }  # fmt: skip
            status = send(address, path, cookie, fields)
            with guard:
                answers[status] += 1

    def try_to_visit(address: str) -> None:
        try:
            visit(address)
        except BaseException as error:
            wrong.append(error)
            gate.abort()

    with shop(scene) as address:
        threads = [threading.Thread(target=try_to_visit, args=(address,)) for _ in range(min(AT_ONCE, buyers))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []
    return answers


def open_form(address: str, path: str) -> tuple[str, str]:
    """The browser's cookie, and the token of the form that it saw."""
    connection = http.client.HTTPConnection(address, timeout=60)
    connection.request("GET", path)
    answer = connection.getresponse()
    page = answer.read().decode()
    connection.close()
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found, page
    return "; ".join(one.split(";")[0] for one in answer.headers.get_all("Set-Cookie") or []), found.group(1)


def send(address: str, path: str, cookie: str, fields: dict[str, str]) -> int:
    connection = http.client.HTTPConnection(address, timeout=120)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie, "Referer": f"http://{address}/"}
    connection.request("POST", path, urlencode(fields), headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.money.rush", description=__doc__)
    parser.add_argument("--buyers", type=int, default=1000)
    parser.add_argument("--rewards", type=int, default=100)
    given = parser.parse_args()
    environment = {**os.environ, "RUSH": f"{given.buyers},{given.rewards}"}
    command = [sys.executable, "-m", "pytest", "-n0", "-s", "-q", "tests/money/test_rush.py"]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
