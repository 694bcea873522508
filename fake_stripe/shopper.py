"""The robot customer: fills in the hosted pages by plain HTTP, for demos, seeding and tests.

Standard library only, kept connections (one per thread and address). It follows the pages'
documented fields, so a demo made with it went through the same door as a person.
"""

import http.client
import json
import threading
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

GOOD_CARD = "4242424242424242"


class PageRefused(Exception):
    """The page did not let the robot through; `str()` is what it says, `html` the whole page."""

    def __init__(self, message: str, html: str) -> None:
        super().__init__(message)
        self.html = html


_kept = threading.local()


def _connection(address: str) -> http.client.HTTPConnection:
    pool: dict[str, http.client.HTTPConnection] | None = getattr(_kept, "pool", None)
    if pool is None:
        pool = _kept.pool = {}
    if address not in pool:
        pool[address] = http.client.HTTPConnection(address, timeout=30)
    return pool[address]


def close() -> None:
    """Closes this thread's kept connections."""
    for connection in getattr(_kept, "pool", {}).values():
        connection.close()
    _kept.pool = {}


def request(method: str, url: str, body: bytes | None = None, content_type: str = "") -> tuple[int, str, str]:
    """Returns status, Location (absolute, or empty) and text. Raises OSError, HTTPException."""
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    headers = {"Content-Type": content_type} if content_type else {}
    for attempt in (1, 2):
        connection = _connection(parts.netloc)
        try:
            connection.request(method, target, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
            break
        except (OSError, http.client.HTTPException):
            # A kept connection may have been closed by the other side since its last use.
            connection.close()
            if attempt == 2:
                raise
    location = answer.headers.get("Location")
    return answer.status, urljoin(url, location) if location else "", text


def post_form(url: str, **fields: str) -> tuple[int, str, str]:
    """Posts a page's form. Returns as `request`."""
    return request("POST", url, urlencode(fields).encode(), "application/x-www-form-urlencoded")


def complete_checkout(
    url: str,
    card: str = GOOD_CARD,
    authenticate: bool = True,
    *,
    email: str = "robot@example.org",
    name: str = "Camille Robot",
    expiry: str = "12/34",
    cvc: str = "123",
) -> str:
    """Fills in a Checkout page, and the bank's page when it comes.

    Args:
        url: the Session's `url`.
        authenticate: what to answer the bank (True: authorise).

    Returns:
        The address the person is sent back to (the site's `success_url`); it is not visited.

    Raises:
        PageRefused: the card is refused, 3-D Secure failed, or the page is closed.
    """
    status, location, text = post_form(
        url, email=email, card_number=card, card_expiry=expiry, card_cvc=cvc, card_name=name
    )
    origin = urlsplit(url).netloc
    while location and urlsplit(location).netloc == origin:
        path = urlsplit(location).path
        if path.startswith("/3ds/"):
            location = authenticate_payment(location, authenticate)
        elif path.startswith("/c/back/"):
            status, location, text = request("GET", location)
        else:
            break
    if not location:
        raise PageRefused(_message(text) or f"HTTP {status}", text)
    return location


def authenticate_payment(url: str, authorise: bool = True) -> str:
    """Answers the bank's page (`next_action.redirect_to_url.url`). Returns the return address.

    Raises:
        PageRefused: there is nothing to confirm any more.
    """
    status, location, text = post_form(url, decision="authorise" if authorise else "refuse")
    if not location:
        raise PageRefused(_message(text) or f"HTTP {status}", text)
    return location


def complete_onboarding(url: str, decision: str = "complete") -> str:
    """Opens an Account Link and answers: complete, restricted or later.

    Returns:
        The site's `return_url` (or `refresh_url` when the link is used up); it is not visited.
    """
    _, location, text = request("GET", url)
    if urlsplit(location).netloc == urlsplit(url).netloc and "/setup/s/" in location:
        _, location, text = post_form(location, decision=decision)
    if not location:
        raise PageRefused(_message(text), text)
    return location


def control(base: str, path: str, method: str | None = None, /, **body: Any) -> Any:
    """Calls `/_control/<path>`: GET without a body, POST with one, unless `method` says otherwise.

    Raises:
        ValueError: the control refused, with its reason.
    """
    verb = method or ("POST" if body else "GET")
    status, _, text = request(
        verb,
        f"{base}/_control/{path}",
        json.dumps(body).encode() if body else None,
        "application/json",
    )
    answer = json.loads(text)
    if status != 200:
        raise ValueError(answer["error"])
    return answer


def _message(html: str) -> str:
    """The page's alert, or its first paragraph after the title, as plain text."""
    for mark in ('role="alert"', "<h1>"):
        start = html.find(mark)
        first = html.find("<p", start) if start >= 0 else -1
        if first >= 0:
            inside = html[html.find(">", first) + 1 : html.find("</p>", first)]
            return " ".join(inside.split())
    return ""
