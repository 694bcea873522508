"""The hosted pages: what people see when the application sends them to « Stripe »."""

import re
from collections.abc import Callable

from fake_stripe.clock import Clock
from fake_stripe.errors import Refusal
from fake_stripe.http import Request, Response
from fake_stripe.pages import checkout, onboarding, render, three_d_secure
from fake_stripe.store import Store
from fake_stripe.sweep import sweep
from fake_stripe.work import Work

Page = Callable[..., Response]

PAGES: list[tuple[str, re.Pattern[str], Page]] = [
    ("GET", re.compile(r"/c/pay/(cs_test_\w+)"), checkout.show),
    ("POST", re.compile(r"/c/pay/(cs_test_\w+)"), checkout.submit),
    ("GET", re.compile(r"/c/back/(cs_test_\w+)"), checkout.come_back),
    ("GET", re.compile(r"/3ds/((?:pi|seti)_\w+)/(\w+)"), three_d_secure.show),
    ("POST", re.compile(r"/3ds/((?:pi|seti)_\w+)/(\w+)"), three_d_secure.submit),
    ("GET", re.compile(r"/setup/e/(acct_\w+)/(\w+)"), onboarding.open_link),
    ("GET", re.compile(r"/setup/s/(acct_\w+)/(\w+)"), onboarding.show),
    ("POST", re.compile(r"/setup/s/(acct_\w+)/(\w+)"), onboarding.submit),
]


class Pages:
    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    def answer(self, request: Request) -> Response:
        """A page, inside one transaction. 404 for anything unknown."""
        for method, pattern, page in PAGES:
            match = pattern.fullmatch(request.path)
            if match is None or method != request.method:
                continue
            work = Work(self.store, self.clock.now(), f"http://{request.host}")
            with self.store.lock:
                sweep(work)
                try:
                    with self.store.transaction():
                        return page(work, request, *match.groups())
                except Refusal as refusal:
                    return render.page(400, "message.html", title="Ce n’est pas possible", text=str(refusal))
        return render.page(404, "message.html", title="Page introuvable", text="Cette page n’existe pas (ou plus).")
