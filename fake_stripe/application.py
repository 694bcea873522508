"""The WSGI application: API, pages, control, health, styles."""

import logging
from collections.abc import Iterable
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

from fake_stripe.api import Api
from fake_stripe.clock import Clock
from fake_stripe.control import Control
from fake_stripe.faults import Faults
from fake_stripe.http import HTML, Request, Response, TooLarge, json_response
from fake_stripe.idempotency import Keys
from fake_stripe.ids import new_id
from fake_stripe.pages import Pages
from fake_stripe.store import Store
from fake_stripe.webhooks import Courier
from fake_stripe.work import API_VERSION

log = logging.getLogger(__name__)

STYLE = (Path(__file__).parent / "static" / "style.css").read_bytes()
SAFE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Application:
    def __init__(self, database: Path, base_url: str) -> None:
        self.store = Store(database)
        if self.store.read_meta("account") is None:
            with self.store.transaction():
                self.store.write_meta("account", new_id("acct_"))
        clock, keys, rules = Clock(self.store), Keys(self.store), Faults()
        self.courier = Courier(self.store, clock, base_url)
        self.api = Api(self.store, clock, keys, rules)
        self.control = Control(self.store, clock, keys, rules, self.courier)
        self.pages = Pages(self.store, clock)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            response = self.dispatch(Request.read(environ))
        except TooLarge:
            response = json_response(413, {"error": {"type": "invalid_request_error"}})
            response.headers["Connection"] = "close"
        except Exception:
            log.exception("%s %s", environ.get("REQUEST_METHOD"), environ.get("PATH_INFO"))
            response = json_response(
                500, {"error": {"type": "api_error", "message": "The stand-in has a bug: see its log."}}
            )
        return response.send(environ, start_response)

    def dispatch(self, request: Request) -> Response:
        if not request.is_local:
            return json_response(421, {"error": {"message": "this machine only"}})
        path = request.path
        if path.startswith(("/v1/", "/v2/")):
            response = self.api.answer(request)
            self.courier.ring()
            return response
        if path == "/health":
            account = self.store.read_meta("account")
            return json_response(200, {"ok": True, "account": account, "version": API_VERSION})
        if path.startswith("/_control/"):
            # Browsers name the page that sends a form: no page has business here.
            if request.header("Origin") is not None:
                return json_response(403, {"error": "not from a web page"})
            return self.control.answer(request)
        if path == "/style.css":
            return Response(200, STYLE, "text/css; charset=utf-8", {"Cache-Control": "max-age=300"})
        response = self.pages.answer(request)
        self.courier.ring()
        if response.content_type == HTML:
            response.headers |= SAFE_HEADERS
        return response
