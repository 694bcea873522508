"""The only file that knows the `stripe` library: our calls in, plain dicts or our own errors out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cached_property
from typing import Any, cast

import stripe
import structlog
from flask import has_request_context

from app.core.database import in_transaction
from app.payments.client import Call, Pace
from app.payments.errors import KEY_IS_TAKEN, GatewayRefused, GatewayUnavailable, InsideTransaction, ObjectMissing
from app.payments.key_rules import is_same_call
from app.payments.operators_questions import OperatorsQuestions
from app.payments.outcomes import Declined, Done, Outcome, Rejected, of_confirmation
from app.payments.rules import CONFIRMATIONS, OperationKind

log = structlog.get_logger()
API_VERSION = "2026-10-28.endive"
TIMEOUT_SECONDS = (5, 20)  # connect, read; the library's own 80 would hold a web worker
PAGE = 100
EXPANDED = {
    "checkout.session": ["setup_intent.payment_method", "payment_intent"],
    "payment_intent": ["latest_charge.balance_transaction"],
    "charge": ["balance_transaction"],
}
ACCOUNT_PARTS = ["configuration.recipient", "identity", "requirements"]
# It would write an id file in the user's folder and send details of the machine.
stripe.enable_telemetry = False

Thing = dict[str, Any]


class Gateway(OperatorsQuestions):
    """Calls outside any transaction. Every method may raise GatewayUnavailable and GatewayRefused."""

    def __init__(self, key: str, api_base: str, pace: Pace, transport: stripe.HTTPClient | None = None):
        self._client = stripe.StripeClient(
            key,
            stripe_version=API_VERSION,
            base_addresses={"api": api_base.rstrip("/")},
            http_client=pace.keep(transport or stripe.RequestsClient(timeout=TIMEOUT_SECONDS)),
            max_network_retries=0,  # the operation log is the retry
        )

    # -- orders --------------------------------------------------------------------------------

    def send(self, call: Call) -> tuple[Outcome, str]:
        """Carry out one order under its key. Returns the outcome and Stripe's request id."""
        method = self._orders[OperationKind(call.kind)]
        options = {"idempotency_key": call.key}
        targets = (call.target,) if call.target else ()
        try:
            answer = self._ask(lambda: method(*targets, params=cast(Any, call.params), options=options))
        except stripe.CardError as error:
            inside = _inside(error)
            intent = inside.get("payment_intent")
            declined = Declined(
                error.code or "", str(inside.get("decline_code") or ""), error.user_message or "", intent
            )
            return declined, error.request_id or ""
        except stripe.StripeError as error:
            if _is_final(error):
                intent = _inside(error).get("payment_intent")
                return Rejected(error.code or "", error.user_message or "", intent), error.request_id or ""
            raise _unavailable(error) from error
        thing = cast(stripe.StripeObject, answer)
        return Done(_plain(thing)), _request_id(thing)

    @cached_property
    def _orders(self) -> dict[OperationKind, Callable[..., object]]:
        v1, v2 = self._client.v1, self._client.v2
        return {
            OperationKind.CUSTOMER_CREATE: v1.customers.create,
            OperationKind.SESSION_CREATE: v1.checkout.sessions.create,
            OperationKind.SESSION_EXPIRE: v1.checkout.sessions.expire,
            OperationKind.INTENT_CREATE: v1.payment_intents.create,
            OperationKind.INTENT_CONFIRM: v1.payment_intents.confirm,
            OperationKind.INTENT_CONFIRM_ON_SESSION: v1.payment_intents.confirm,
            OperationKind.INTENT_CANCEL: v1.payment_intents.cancel,
            OperationKind.INTENT_UPDATE: v1.payment_intents.update,
            OperationKind.METHOD_DETACH: v1.payment_methods.detach,
            OperationKind.ACCOUNT_CREATE: v2.core.accounts.create,
            OperationKind.TRANSFER_CREATE: v1.transfers.create,
            OperationKind.REFUND_CREATE: v1.refunds.create,
            OperationKind.REVERSAL_CREATE: v1.transfers.reversals.create,
        }

    def look_up(self, call: Call) -> Outcome | None:
        """What became of an order whose answer is not known; None: Stripe knows nothing of it."""
        if call.kind in CONFIRMATIONS:
            return of_confirmation(self.fetch("payment_intent", call.target), sent_at=call.sent_at)
        for thing in self._everything(self._candidates(call)):
            if is_same_call((thing.get("metadata") or {}).get("op"), call.mark):
                return Done(thing)
        return None

    def _candidates(self, call: Call) -> Callable[[Any], Any]:
        """The list in which the creation would be found."""
        v1 = self._client.v1
        customer = str(call.params.get("customer", ""))
        group = str(call.params.get("transfer_group", ""))
        if call.kind == OperationKind.INTENT_CREATE:
            return lambda options: v1.payment_intents.list({"customer": customer, "limit": PAGE}, options)
        if call.kind == OperationKind.TRANSFER_CREATE:
            return lambda options: v1.transfers.list({"transfer_group": group, "limit": PAGE}, options)
        if call.kind == OperationKind.REFUND_CREATE:
            return lambda options: v1.refunds.list({"charge": str(call.params["charge"]), "limit": PAGE}, options)
        if call.kind == OperationKind.REVERSAL_CREATE:
            return lambda options: v1.transfers.reversals.list(call.target, {"limit": PAGE}, options)
        return lambda options: self._client.v2.core.accounts.list({"limit": PAGE}, options)

    # -- questions -----------------------------------------------------------------------------

    def fetch(self, object_type: str, object_id: str) -> Thing:
        """An object as it is now; the types are the names of `ways`.

        Errors: ObjectMissing.
        """
        v1, options = self._client.v1, self._options()
        params = {"expand": EXPANDED[object_type]} if object_type in EXPANDED else {}
        ways: dict[str, Callable[..., object]] = {
            "checkout.session": v1.checkout.sessions.retrieve,
            "payment_intent": v1.payment_intents.retrieve,
            "setup_intent": v1.setup_intents.retrieve,
            "payment_method": v1.payment_methods.retrieve,
            "transfer": v1.transfers.retrieve,
            "charge": v1.charges.retrieve,
            "refund": v1.refunds.retrieve,
            "dispute": v1.disputes.retrieve,
            "account": self._client.v2.core.accounts.retrieve,
            "balance": lambda _, params, options: v1.balance.retrieve(options=options),
        }
        if object_type == "account":
            params = {"include": ACCOUNT_PARTS}
        return self._read(lambda: ways[object_type](object_id, params=cast(Any, params), options=options))

    def list_charges(self, transfer_group: str) -> Iterator[Thing]:
        """Every charge of a group, with its balance transaction."""
        v1, more = self._client.v1, ["data.balance_transaction"]
        return self._everything(
            lambda o: v1.charges.list({"transfer_group": transfer_group, "limit": PAGE, "expand": more}, o)
        )

    def list_transfers(self, transfer_group: str) -> Iterator[Thing]:
        v1 = self._client.v1
        return self._everything(lambda o: v1.transfers.list({"transfer_group": transfer_group, "limit": PAGE}, o))

    def list_refunds(self, charge: str) -> Iterator[Thing]:
        """Every refund of a charge, whoever made it."""
        return self._everything(lambda o: self._client.v1.refunds.list({"charge": charge, "limit": PAGE}, o))

    def list_disputes(self, charge: str) -> Iterator[Thing]:
        return self._everything(lambda o: self._client.v1.disputes.list({"charge": charge, "limit": PAGE}, o))

    def list_reversals(self, transfer: str) -> Iterator[Thing]:
        return self._everything(lambda o: self._client.v1.transfers.reversals.list(transfer, {"limit": PAGE}, o))

    def list_events(self, *, since: int, types: list[str]) -> Iterator[Thing]:
        """Events from `since` (Stripe's seconds) on, newest first. At most 20 types."""
        v1 = self._client.v1
        return self._everything(lambda o: v1.events.list({"created": {"gte": since}, "types": types, "limit": PAGE}, o))

    def own_account(self) -> Thing:
        """The platform's account, with Stripe's clock (`date`) and the API `version` that answered, for the doctor."""
        held: list[stripe.StripeObject] = []

        def ask() -> stripe.StripeObject:
            held.append(self._client.v1.accounts.retrieve_current(options=self._options()))
            return held[0]

        found = self._read(ask)
        answer = held[0].last_response
        headers = answer.headers if answer is not None else {}
        return {**found, "date": headers.get("Date", ""), "version": headers.get("Stripe-Version", "")}

    def account_link(self, account_id: str, *, return_url: str, refresh_url: str) -> str:
        """The address of Stripe's onboarding pages for a connected account; single use, minutes long."""
        found = self._read(
            lambda: self._client.v2.core.account_links.create(
                {
                    "account": account_id,
                    "use_case": {
                        "type": "account_onboarding",
                        "account_onboarding": {"return_url": return_url, "refresh_url": refresh_url},
                    },
                }
            )
        )
        return str(found["url"])

    def register_webhook(self, url: str, types: list[str]) -> str:
        """Ask Stripe to call `url`; returns the signing secret, shown this once."""
        found = self._read(
            lambda: self._client.v1.webhook_endpoints.create(
                {"url": url, "enabled_events": cast(Any, types), "api_version": cast(Any, API_VERSION)}
            )
        )
        return str(found["secret"])

    # -- the wire ------------------------------------------------------------------------------

    def _options(self) -> Any:
        """Reading again costs nothing, but a person waits for a page and not for three time-outs."""
        return {"max_network_retries": 0 if has_request_context() else 2}

    def _ask(self, ask: Callable[[], object]) -> object:
        if in_transaction():
            raise InsideTransaction("Stripe is never asked inside a transaction")
        return ask()

    def _read(self, ask: Callable[[], object]) -> Thing:
        try:
            return _plain(cast(stripe.StripeObject, self._ask(ask)))
        except stripe.StripeError as error:
            raise _of_reading(error) from error

    def _everything(self, ask: Callable[[Any], Any]) -> Iterator[Thing]:
        """All pages, read as they are needed; `ask` is given the options of reading."""
        try:
            for thing in cast(Any, self._ask(lambda: ask(self._options()))).auto_paging_iter():
                yield _plain(thing)
        except stripe.StripeError as error:
            raise _of_reading(error) from error


def _plain(thing: stripe.StripeObject) -> Thing:
    return thing.to_dict()


def _request_id(thing: stripe.StripeObject) -> str:
    answer = thing.last_response
    return str(answer.request_id or "") if answer is not None else ""


def _inside(error: stripe.StripeError) -> Thing:
    body = error.json_body
    inside = body.get("error") if isinstance(body, dict) else None
    return inside if isinstance(inside, dict) else {}


def _is_final(error: stripe.StripeError) -> bool:
    """Stripe understood and refused: 400, 404 and their kin, but not "slow down" or "who are you"."""
    status = error.http_status or 0
    if isinstance(error, (stripe.APIConnectionError, stripe.IdempotencyError)) or not _inside(error):
        return False
    return 400 <= status < 500 and status not in (401, 403, 409, 429)


def _unavailable(error: stripe.StripeError) -> GatewayUnavailable:
    status = error.http_status or 0
    if isinstance(error, stripe.APIConnectionError):
        reason = "connection"
    elif isinstance(error, stripe.IdempotencyError):
        reason = KEY_IS_TAKEN
    elif status >= 400:
        reason = f"http_{status}"
    else:
        reason = "unreadable"
    if status in (401, 403):
        log.error("stripe_key_refused", status=status, request_id=error.request_id)
    return GatewayUnavailable(reason, error.request_id or "")


def _of_reading(error: stripe.StripeError) -> Exception:
    if not _is_final(error):
        return _unavailable(error)
    if error.http_status == 404 or error.code == "resource_missing":
        return ObjectMissing()
    log.error("stripe_refused_question", code=error.code, request_id=error.request_id)
    return GatewayRefused(error.code or "", error.user_message or "")


def is_signed(raw: bytes, header: str, secret: str, *, at: datetime) -> bool:
    """True when Stripe signed these bytes with `secret`, at most five minutes before `at`.

    The age is measured by our clock, which the local stand-in shares; the library knows the system's only.
    """
    try:
        stripe.WebhookSignature.verify_header(raw, header, secret)
        signed_at = int(dict(part.split("=", 1) for part in header.split(",") if part.startswith("t="))["t"])
    except (stripe.SignatureVerificationError, ValueError, TypeError, KeyError):
        return False  # also bytes that are no text, in the body or in the header
    return signed_at >= at.timestamp() - stripe.Webhook.DEFAULT_TOLERANCE
