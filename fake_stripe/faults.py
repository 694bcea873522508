"""Faults on order: what a network or a payment service can do to a call.

A rule matches calls by method and path and plays one action, a number of times:

    {"method": "POST", "path": "/v1/payment_intents/*/confirm", "contains": "off_session=true",
     "phase": "after", "action": "drop", "times": 1}

`phase`: before (nothing was done) or after (it was done, the answer is harmed).
Actions: delay (seconds), drop, half, html, status (401, 403, 429, 500, 503: not kept), sticky (a 500
kept under the idempotency key; phase tells whether the work was done).
"""

import fnmatch
import itertools
import json
import threading
import time
from dataclasses import asdict, dataclass

from fake_stripe.errors import Refusal
from fake_stripe.http import HTML, Request, Response, json_response

ACTIONS = ("delay", "drop", "half", "html", "status", "sticky")
STATUSES = (401, 403, 409, 429, 500, 502, 503)


@dataclass
class Rule:
    """skip: let this many matching calls through first. times: 0 means for ever."""

    action: str
    method: str = "*"
    path: str = "*"
    contains: str = ""
    phase: str = "before"
    seconds: float = 0.0
    status: int = 500
    times: int = 1
    skip: int = 0
    id: int = 0
    played: int = 0

    def matches(self, request: Request) -> bool:
        return (
            fnmatch.fnmatchcase(request.method, self.method)
            and fnmatch.fnmatchcase(request.path, self.path)
            and (not self.contains or self.contains.encode() in request.body)
        )


class Faults:
    def __init__(self) -> None:
        self._rules: list[Rule] = []
        self._numbers = itertools.count(1)
        self._guard = threading.Lock()

    def add(self, wanted: dict[str, object]) -> Rule:
        """Raises ValueError on an unknown field, action, phase or status."""
        try:
            rule = Rule(**wanted)  # type: ignore[arg-type]  # checked by the next lines
        except TypeError as wrong:
            raise ValueError(str(wrong)) from wrong
        if rule.action not in ACTIONS:
            raise ValueError(f"action is one of {', '.join(ACTIONS)}")
        if rule.phase not in ("before", "after"):
            raise ValueError("phase is before or after")
        if rule.status not in STATUSES:
            raise ValueError(f"status is one of {', '.join(map(str, STATUSES))}")
        with self._guard:
            rule.id = next(self._numbers)
            self._rules.append(rule)
        return rule

    def listed(self) -> list[dict[str, object]]:
        with self._guard:
            return [asdict(rule) for rule in self._rules]

    def clear(self) -> None:
        with self._guard:
            self._rules.clear()

    def pick(self, request: Request) -> Rule | None:
        """The first rule that matches and is not used up; counts this play."""
        with self._guard:
            for rule in self._rules:
                if (rule.times and rule.played >= rule.times) or not rule.matches(request):
                    continue
                if rule.skip > 0:
                    rule.skip -= 1
                    continue
                rule.played += 1
                return rule
        return None


def harm(rule: Rule, answer: Response | None) -> Response | None:
    """Plays a rule. `answer` is the true one (phase after) or None (phase before).

    Returns what to send, or None to go on as if nothing had happened (a delay before).
    """
    if rule.action == "delay":
        time.sleep(rule.seconds)
        return answer
    if rule.action == "drop":
        return Response(200, b"", cut=-1)
    if rule.action == "html":
        return Response(200, b"<html><body><h1>502 Bad Gateway</h1></body></html>", HTML)
    if rule.action == "half":
        whole = answer.body if answer else json.dumps({"id": "pi_", "object": "payment_intent"}).encode()
        return Response(200, whole, cut=len(whole) // 2)
    return broken(rule.status if rule.action == "status" else 500)


def broken(status: int) -> Response:
    if status == 401:
        return json_response(401, Refusal(401, "Invalid API Key provided: sk_test_****.").body())
    if status == 403:
        return json_response(
            403,
            Refusal(
                403,
                "The provided key 'rk_test_****' does not have the required permissions for this endpoint. "
                "Having more permissions would allow this request to continue.",
            ).body(),
        )
    if status == 429:
        return json_response(
            429,
            Refusal(
                429,
                "Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.",
                code="rate_limit",
            ).body(),
        )
    if status == 409:
        return json_response(
            409,
            Refusal(
                409,
                "This object cannot be accessed right now because another API request or Stripe "
                "process is currently accessing it.",
                code="lock_timeout",
            ).body(),
        )
    return json_response(
        status,
        Refusal(
            status,
            "Sorry! There was an error while talking to one of our backends. Support has been notified.",
            kind="api_error",
        ).body(),
    )
