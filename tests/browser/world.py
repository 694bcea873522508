"""What stands around the browser: the mail box, the clock, the books, and people who were there before."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from config import ROOT
from tests.support.platform import KEPT, Platform

PATIENCE_SECONDS = 60.0
Found = TypeVar("Found")


def until(look: Callable[[], Found | None], what: str) -> Found:
    """The first answer that is not empty. Errors: AssertionError naming what never came."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < end, f"never seen: {what}"
        time.sleep(0.15)


def plain(text: str) -> str:
    """One kind of space, as people read it."""
    return " ".join(text.split())


@dataclass(frozen=True)
class Mail:
    """As the mail catcher tells it; `text` with plain spaces."""

    to: str
    subject: str
    text: str
    links: tuple[str, ...]

    def link(self, part: str) -> str:
        """The first address that contains `part`."""
        return next(link for link in self.links if part in link)


class World:
    """One running platform, seen from behind."""

    def __init__(self, platform: Platform):
        self.platform = platform
        self.stripe: str = platform.summary["fake_stripe_url"]
        self._mails: str = platform.summary["mailcatcher_url"]

    # -- mail ----------------------------------------------------------------------------------

    def mails(self, to: str) -> list[Mail]:
        """Newest first."""
        found = _json(f"{self._mails}/messages.json?to={to}")
        return [Mail(m["to"], plain(m["subject"]), plain(m["text"]), tuple(m["links"])) for m in found]

    def mail(self, to: str, subject: str) -> Mail:
        """The newest mail to this person whose subject contains `subject`, once it is there."""
        return until(
            lambda: next((mail for mail in self.mails(to) if subject in mail.subject), None),
            f"a mail « {subject} » to {to} (there: {[mail.subject for mail in self.mails(to)]})",
        )

    # -- commands of the instance --------------------------------------------------------------

    def flask(self, *words: str) -> subprocess.CompletedProcess[str]:
        return self._run("flask", "--app", "wsgi", *words)

    def travel(self, how_far: str) -> None:
        """Web, worker and the local Stripe move together."""
        ended = self.flask("dev", "travel", how_far)
        assert ended.returncode == 0, ended.stdout + ended.stderr

    def scenery(self, *words: str) -> Any:
        """What was there before the visitor came, made by the product's verbs: see scenery.py."""
        ended = self._run("tests.browser.scenery", *words)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return json.loads(ended.stdout.splitlines()[-1])

    def _run(self, module: str, *words: str) -> subprocess.CompletedProcess[str]:
        environment = {name: os.environ[name] for name in KEPT if name in os.environ}
        return subprocess.run(
            [sys.executable, "-m", module, *words],
            cwd=ROOT, env=environment | self.platform.environment(), text=True, capture_output=True, check=False,
        )  # fmt: skip

    # -- the local Stripe's own books ----------------------------------------------------------

    def books(self) -> dict[str, Any]:
        """Everything the local Stripe knows, as its API would show it."""
        found: dict[str, Any] = _json(f"{self.stripe}/_control/state")
        return found

    def orders(self) -> int:
        """How many writing calls the local Stripe has been given."""
        return sum(order["method"] == "POST" for order in _json(f"{self.stripe}/_control/orders")["orders"])


def _json(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return json.load(answer)


def knock(url: str) -> int:
    """Open a link as a mail program's scanner would: no cookie, no script. The final status."""
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            answer.read()
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        return refusal.code
