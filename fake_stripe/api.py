"""The API's door: key, version, fault, idempotency, parameters, work, one commit."""

import json
import logging
import re
import time
from dataclasses import dataclass, field

from fake_stripe import expand as expansion
from fake_stripe import faults, routes
from fake_stripe.clock import Clock
from fake_stripe.errors import Refusal, invalid, unknown_url
from fake_stripe.http import JSON, Request, Response
from fake_stripe.idempotency import Keys, Saved, fingerprint
from fake_stripe.ids import new_id
from fake_stripe.params import decode_form
from fake_stripe.store import Obj, Store
from fake_stripe.sweep import sweep
from fake_stripe.work import API_VERSION, Work, render

log = logging.getLogger(__name__)

KEY_SHAPE = re.compile(r"sk_test_local_[A-Za-z0-9_]*")


@dataclass
class Call:
    """One API request on its way through the door."""

    request: Request
    request_id: str
    key: str | None
    account: str | None = None
    received_at: float = field(default_factory=time.time)  # real Unix seconds, before any delay

    @property
    def is_order(self) -> bool:
        return self.request.method != "GET"


class Api:
    def __init__(self, store: Store, clock: Clock, keys: Keys, rules: faults.Faults) -> None:
        self.store = store
        self.clock = clock
        self.keys = keys
        self.rules = rules

    def answer(self, request: Request) -> Response:
        call = Call(request, new_id("req_"), request.header("Idempotency-Key"))
        if request.method == "GET":
            call.key = None
        try:
            _check_caller(call)
            response = self._with_faults(call)
        except Refusal as refusal:
            response = _refuse(refusal)
            self._log_alone(call, refusal.status, "refused")
        response.headers |= {
            "Request-Id": call.request_id,
            "Stripe-Version": API_VERSION,
        }
        if call.key is not None:
            response.headers["Idempotency-Key"] = call.key
        return response

    # -- faults ------------------------------------------------------------------------------

    def _with_faults(self, call: Call) -> Response:
        if call.key is not None:
            self.keys.begin(call.key)
        try:
            rule = self.rules.pick(call.request)
            if rule is not None and rule.phase == "before" and rule.action != "sticky":
                harmed = faults.harm(rule, None)
                if harmed is not None:
                    self._log_alone(call, harmed.status, f"fault {rule.action}")
                    return harmed
            sticky = rule is not None and rule.action == "sticky"
            response = self._execute(call, rule if sticky else None)
        finally:
            if call.key is not None:
                self.keys.end(call.key)
        if rule is not None and rule.phase == "after" and not sticky:
            response = faults.harm(rule, response) or response
        return response

    # -- one transaction -----------------------------------------------------------------------

    def _execute(self, call: Call, sticky: faults.Rule | None) -> Response:
        request = call.request
        now = self.clock.now()
        print_ = fingerprint(request.path, request.body)
        with self.store.lock:
            if call.key is not None:
                saved = self.keys.recall(call.key, request.path, print_, now)
                if saved is not None:
                    self._log_alone(call, saved.status, "replayed")
                    headers = {"Idempotent-Replayed": "true", "Original-Request": saved.request_id}
                    return Response(saved.status, saved.body, JSON, headers)
            work = Work(self.store, now, f"http://{request.host}", call.request_id, call.key, call.account)
            sweep(work)
            if not call.is_order:
                return _json(200, self._handle(work, call))
            return self._order(work, call, print_, sticky)

    def _order(self, work: Work, call: Call, print_: str, sticky: faults.Rule | None) -> Response:
        """The work, its events, the kept answer and the log line: committed together."""
        refusal: Refusal | None = None
        response: Response
        try:
            with self.store.transaction():
                if sticky is not None and sticky.phase == "before":
                    response = faults.broken(500)
                    self._finish(work, call, print_, response, "fault sticky")
                    return response
                try:
                    response = _json(200, self._handle(work, call))
                except Refusal as caught:
                    refusal, response = caught, _refuse(caught)
                    if not caught.keeps_changes:
                        raise
                if sticky is not None:
                    response = faults.broken(500)
                self._finish(work, call, print_, response, "executed")
        except Refusal:
            assert refusal is not None
            response = _refuse(refusal)
            with self.store.transaction():
                key = call.key if refusal.executed else None
                self._finish(work, call, print_, response, "refused", kept=key is not None)
        return response

    def _finish(self, work: Work, call: Call, print_: str, response: Response, outcome: str, kept: bool = True) -> None:
        if call.key is not None and kept:
            saved = Saved(response.status, response.body, call.request_id)
            self.keys.keep(call.key, call.request.path, print_, saved, work.now)
        self._log(call, response.status, outcome)

    def _handle(self, work: Work, call: Call) -> Obj:
        request = call.request
        found = routes.find(request.method, request.path)
        if found is None:
            raise unknown_url(request.method, request.path)
        route, identifiers = found
        if call.account is not None and not route.connected:
            raise invalid("This local stand-in does not play this call for a connected account.")
        params = route.params.read(_raw_params(request), "")
        paths = params.pop("expand", [])
        answer = route.handler(work, params, *identifiers)
        return expansion.expand(work, render(answer, work.now) if "object" in answer else answer, paths)

    # -- the order log -------------------------------------------------------------------------

    def _log(self, call: Call, status: int, outcome: str) -> None:
        """A fake that deduplicates hides a double charge: every order received is written down."""
        self.store.db.execute(
            "INSERT INTO orders (at, method, path, key, params, status, outcome, request_id, received_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self.clock.now(),
                call.request.method,
                call.request.path,
                call.key,
                call.request.body.decode("utf-8", "replace"),
                status,
                outcome,
                call.request_id,
                call.received_at,
            ),
        )

    def _log_alone(self, call: Call, status: int, outcome: str) -> None:
        if call.is_order:
            with self.store.transaction():
                self._log(call, status, outcome)


def _check_caller(call: Call) -> None:
    request = call.request
    given = request.header("Authorization") or ""
    key = given.removeprefix("Bearer ").strip()
    if not given.startswith("Bearer ") or KEY_SHAPE.fullmatch(key) is None:
        shown = f"{key[:8]}…" if key else "none"
        raise Refusal(
            401,
            f"Invalid API Key provided: {shown}. This local stand-in only accepts keys that begin with sk_test_local_.",
            executed=False,
        )
    version = request.header("Stripe-Version")
    if version != API_VERSION:
        raise invalid(f"Invalid Stripe API version: {version}. This local stand-in plays {API_VERSION} only.")
    if call.key is not None and not 0 < len(call.key) <= 255:
        raise invalid("Idempotency keys have between 1 and 255 characters.")
    call.account = request.header("Stripe-Account")


def _raw_params(request: Request) -> Obj:
    if request.method == "GET" or not request.body:
        return decode_form(request.query)
    if not request.path.startswith("/v2/"):
        return decode_form(request.body.decode("utf-8", "replace"))
    try:
        value = request.json()
    except ValueError as wrong:
        raise invalid("The request body is not valid JSON.") from wrong
    if not isinstance(value, dict):
        raise invalid("The request body must be a JSON object.")
    return value


def _json(status: int, value: Obj) -> Response:
    return Response(status, json.dumps(value, ensure_ascii=False).encode())


def _refuse(refusal: Refusal) -> Response:
    return _json(refusal.status, refusal.body())
