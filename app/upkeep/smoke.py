"""The guided try with a real test key: every kind of call once, and where Stripe differs from what we built on.

What is expected is in the payments design (« how Stripe answers » and « to verify first »). The person
opens the hosted pages; everything else goes by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from app.payments import payees
from app.payments.client import gateway
from app.payments.outcomes import UNEXPECTED_STATE, Declined, Done, Outcome, Rejected, settled
from app.payments.rules import EVENT_TYPES, OperationKind, account_status, is_booked
from app.upkeep.till import Till, said

K = OperationKind
AMOUNT_CENTS, BACK_CENTS, PASSED_ON_CENTS = 25_00, 5_00, 10_00
GOOD_CARD, ASKING_CARD = "4242 4242 4242 4242", "4000 0027 6000 3184"


@dataclass(frozen=True)
class Seen:
    """One step. `agrees` None: left out, or for the person to judge."""

    name: str
    found: str
    agrees: bool | None = True
    expected: str = ""


Steps = Generator[Seen, None, str]  # gives steps, and in the end an id ("" when there is none)


class Person(Protocol):
    def visit(self, url: str, words: str, is_done: Callable[[], bool]) -> bool:
        """Ask them to open `url` and to do what `words` say; False when they leave it out."""


@dataclass
class Payee:
    """The holder of the connected account that the try opens."""

    id: int = 0
    email: str = "essai@example.org"
    name: str = "Essai de la plateforme"


class Smoke:
    """`run` gives each step as it is seen; then `till.clean_up()`. Errors: GatewayUnavailable, GatewayRefused."""

    def __init__(self, person: Person, home: str):
        self.person, self.home, self.till = person, home, Till()
        self._customer = self._charge = ""
        self._since = 0

    def run(self) -> Iterator[Seen]:
        yield from self._account()
        yield from self._make_customer()
        card = yield from self._card("smooth", GOOD_CARD)
        if card:
            yield from self._charge_absent(card)
        if self._charge:
            yield from self._give_back()
            yield from self._connect()
        asking = yield from self._card("asked by the bank", ASKING_CARD)
        if asking:
            yield from self._recover(asking)
        yield from self._events()

    # -- one step after the other ----------------------------------------------------------------

    def _account(self) -> Iterator[Seen]:
        own = gateway().own_account()
        yield Seen("account", f"{own['id']}, API {own.get('version') or 'version not said'}")

    def _make_customer(self) -> Iterator[Seen]:
        made = self.till.order(K.CUSTOMER_CREATE, {"email": Payee().email, "name": Payee().name})
        if isinstance(made, Done):
            self._customer, self._since = str(made.object["id"]), int(made.object["created"])
        yield Seen("customer", self._customer or said(made), bool(self._customer))

    def _card(self, name: str, number: str) -> Steps:
        made = self.till.order(
            K.SESSION_CREATE,
            {
                "mode": "setup",
                "customer": self._customer,
                "allowed_payment_method_types": ["card"],
                "client_reference_id": self.till.token,
                "success_url": self.home,
                "cancel_url": self.home,
                "locale": "fr",
                "custom_text": {"submit": {"message": "Essai : rien n’est débité."}},
            },
        )
        if not isinstance(made, Done):
            yield Seen(f"card page ({name})", said(made), False, "a Session in setup mode")
            return ""
        session_id = str(made.object["id"])
        self.till.open_sessions.append(session_id)
        words = f"card {number}, any later date, any code. The page must offer cards only: no Link, no bank debit"
        if not self.person.visit(str(made.object["url"]), words, lambda: self._status(session_id) == "complete"):
            yield Seen(f"card page ({name})", "left out", None)
            return ""
        self.till.open_sessions.remove(session_id)
        method = gateway().fetch("checkout.session", session_id)["setup_intent"]["payment_method"]
        self.till.open_cards.append(str(method["id"]))
        yield Seen(f"card page ({name})", str(method["type"]), method["type"] == "card", "card")
        return str(method["id"])

    @staticmethod
    def _status(session_id: str) -> str:
        return str(gateway().fetch("checkout.session", session_id).get("status"))

    def _intent(self) -> Steps:
        made = self.till.order(
            K.INTENT_CREATE,
            {
                "amount": AMOUNT_CENTS,
                "currency": "eur",
                "customer": self._customer,
                "allowed_payment_method_types": ["card"],
                "transfer_group": self.till.group,
            },
        )
        yield Seen(
            "intent, unconfirmed", said(made), said(made) == "requires_payment_method", "requires_payment_method"
        )
        if not isinstance(made, Done):
            return ""
        self.till.open_intents.append(str(made.object["id"]))
        return str(made.object["id"])

    def _confirm(self, intent: str, card: str, *, absent: bool) -> Outcome:
        params: dict[str, Any] = {"payment_method": card, "return_url": self.home}
        expand = {"expand": ["latest_charge.balance_transaction"]}
        kind = K.INTENT_CONFIRM if absent else K.INTENT_CONFIRM_ON_SESSION
        return self.till.order(kind, params | expand | ({"off_session": True} if absent else {}), intent)

    def _charge_absent(self, card: str) -> Iterator[Seen]:
        intent = yield from self._intent()
        if not intent:
            return
        done = self._confirm(intent, card, absent=True)
        yield Seen("confirmed with off_session and return_url", said(done), said(done) == "succeeded", "succeeded")
        if not isinstance(done, Done) or done.object.get("status") != "succeeded":
            return
        self._booked(intent, done.object)
        yield self._fee(done.object)
        again = self._confirm(intent, card, absent=True)
        is_guarded = isinstance(again, Rejected) and again.code == UNEXPECTED_STATE
        is_done = isinstance(settled(K.INTENT_CONFIRM, intent, again), Done)
        yield Seen("confirmed a second time", said(again), is_guarded and is_done, f"refused: {UNEXPECTED_STATE}")
        fresh = any(one["id"] == self._charge for one in gateway().list_charges(self.till.group))
        yield Seen("charges of the transfer group", "listed at once" if fresh else "not listed yet", fresh, "listed")

    def _booked(self, intent: str, thing: Mapping[str, Any]) -> None:
        self.till.open_intents.remove(intent)
        self._charge = str(thing["latest_charge"]["id"] if isinstance(thing["latest_charge"], Mapping) else "")
        if self._charge:
            self.till.open_charges.append(self._charge)

    @staticmethod
    def _fee(thing: Mapping[str, Any]) -> Seen:
        if not is_booked(thing):
            return Seen("Stripe’s fee", "the answer has no balance transaction", False, "in the same answer")
        entry = thing["latest_charge"]["balance_transaction"]
        agrees = entry["amount"] - entry["fee"] == entry["net"] and entry["fee"] > 0
        return Seen("Stripe’s fee", f"{entry['fee']} cents of {entry['amount']}", agrees, "amount − fee = net")

    def _give_back(self) -> Iterator[Seen]:
        part = self.till.order(K.REFUND_CREATE, {"charge": self._charge, "amount": BACK_CENTS})
        yield Seen("partial refund", said(part), said(part) in ("succeeded", "pending"), "succeeded or pending")
        charge = gateway().fetch("charge", self._charge)
        yield Seen("refunded so far", f"{charge['amount_refunded']} cents", charge["amount_refunded"] == BACK_CENTS)
        much = self.till.order(K.REFUND_CREATE, {"charge": self._charge, "amount": AMOUNT_CENTS})
        yield Seen("refund above what is left", said(much), isinstance(much, Rejected), "refused")

    def _connect(self) -> Iterator[Seen]:
        made = self.till.order(K.ACCOUNT_CREATE, payees.account_params(Payee(), "individual"))
        if not isinstance(made, Done):
            yield Seen("connected account", said(made), False, "an account (Accounts v2, Express)")
            return
        account = str(made.object["id"])
        yield Seen("connected account", f"{account}, {self._stands(account)}", self._stands(account) == "new", "new")
        early = self._pass_on(account)
        expected = "refused: insufficient_capabilities_for_transfer"
        yield Seen("transfer before onboarding", said(early), said(early).startswith(expected), expected)
        link = gateway().account_link(account, return_url=self.home, refresh_url=self.home)
        words = "fill in the onboarding with Stripe’s test values (the account stays in your sandbox)"
        if not self.person.visit(link, words, lambda: self._stands(account) == "active"):
            yield Seen("onboarding", f"left out ({self._stands(account)})", None)
            return
        yield Seen("onboarding", "active")
        yield from self._transfer(account)

    @staticmethod
    def _stands(account: str) -> str:
        return account_status(gateway().fetch("account", account))

    def _pass_on(self, account: str) -> Outcome:
        return self.till.order(
            K.TRANSFER_CREATE,
            {
                "amount": PASSED_ON_CENTS,
                "currency": "eur",
                "destination": account,
                "source_transaction": self._charge,
                "transfer_group": self.till.group,
            },
        )

    def _transfer(self, account: str) -> Iterator[Seen]:
        sent = self._pass_on(account)
        if not isinstance(sent, Done):
            yield Seen("transfer of a charge", said(sent), False, "done")
            return
        transfer = str(sent.object["id"])
        fresh = any(one["id"] == transfer for one in gateway().list_transfers(self.till.group))
        yield Seen("transfer of a charge", f"done, {'listed at once' if fresh else 'not listed yet'}", fresh, "listed")
        back = self.till.order(K.REVERSAL_CREATE, {"amount": PASSED_ON_CENTS}, transfer)
        yield Seen("reversal of it", said(back), isinstance(back, Done), "done")

    def _recover(self, card: str) -> Iterator[Seen]:
        intent = yield from self._intent()
        if not intent:
            return
        absent = self._confirm(intent, card, absent=True)
        asks = isinstance(absent, Declined) and absent.code == "authentication_required"
        yield Seen("the bank asks, nobody is there", said(absent), asks, "declined: authentication_required")
        present = self._confirm(intent, card, absent=False)
        action = (present.object.get("next_action") or {}) if isinstance(present, Done) else {}
        way = str(action.get("type") or said(present))
        yield Seen("the same intent, now on session", way, way == "redirect_to_url", "redirect_to_url")
        if way != "redirect_to_url":
            return
        words = "answer the bank’s page: complete the authentication"
        is_paid = self.person.visit(
            str(action["redirect_to_url"]["url"]), words,
            lambda: gateway().fetch("payment_intent", intent).get("status") == "succeeded",
        )  # fmt: skip
        if is_paid:
            self._booked(intent, gateway().fetch("payment_intent", intent))
        yield Seen("paid at the bank’s page", "succeeded" if is_paid else "left out", True if is_paid else None)

    def _events(self) -> Iterator[Seen]:
        if not self._since:
            return
        heard = {str(one["type"]) for one in gateway().list_events(since=self._since, types=EVENT_TYPES)}
        wanted = (
            {"checkout.session.completed", "payment_intent.succeeded", "charge.refunded"} if self._charge else set()
        )
        missing = sorted(wanted - heard)
        found = f"{len(heard)} kinds heard" + (f", not {', '.join(missing)}" if missing else "")
        yield Seen("events by polling", found, not missing, ", ".join(sorted(wanted)))
