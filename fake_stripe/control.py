"""/_control: what only a test or a demo may do. See README.md for every call."""

from collections.abc import Callable
from typing import Any

from fake_stripe import money
from fake_stripe.cards import CARDS, MESSAGES
from fake_stripe.clock import Clock
from fake_stripe.errors import Refusal
from fake_stripe.faults import Faults
from fake_stripe.http import Request, Response, json_response
from fake_stripe.idempotency import Keys
from fake_stripe.resources import customers, disputes, payment_methods, refunds, v2_accounts
from fake_stripe.shopper import GOOD_CARD
from fake_stripe.store import Store
from fake_stripe.sweep import sweep
from fake_stripe.webhooks import MODES, Courier
from fake_stripe.work import Work, render

Body = dict[str, Any]

DUMPED = {
    "customers": "customer",
    "sessions": "checkout.session",
    "setup_intents": "setup_intent",
    "payment_methods": "payment_method",
    "payment_intents": "payment_intent",
    "charges": "charge",
    "refunds": "refund",
    "disputes": "dispute",
    "transfers": "transfer",
    "reversals": "transfer_reversal",
    "balance_transactions": "balance_transaction",
    "accounts": "v2.core.account",
}


class Control:
    def __init__(self, store: Store, clock: Clock, keys: Keys, rules: Faults, courier: Courier) -> None:
        self.store = store
        self.clock = clock
        self.keys = keys
        self.rules = rules
        self.courier = courier
        self.calls: dict[tuple[str, str], Callable[[Body], Any]] = {
            ("GET", "clock"): lambda body: self._clock(),
            ("POST", "clock"): self.set_clock,
            ("GET", "faults"): lambda body: {"rules": rules.listed()},
            ("POST", "faults"): lambda body: {"id": rules.add(body).id},
            ("DELETE", "faults"): lambda body: self.clear_faults(),
            ("GET", "webhooks"): lambda body: self.deliveries(),
            ("POST", "webhooks"): self.set_webhooks,
            ("POST", "webhooks/release"): self.release,
            ("POST", "accounts"): self.set_account,
            ("POST", "cards"): self.save_cards,
            ("POST", "payment_methods"): self.set_payment_method,
            ("POST", "disputes"): self.dispute,
            ("POST", "refunds"): self.set_refund,
            ("DELETE", "keys"): lambda body: {"forgotten": self._in_transaction(keys.forget)},
            ("GET", "state"): lambda body: self.state(),
            ("GET", "orders"): lambda body: {"orders": self.orders()},
            ("POST", "keep"): lambda body: self.keep(),
            ("POST", "back"): lambda body: self.back(),
            ("POST", "reset"): lambda body: self.reset(),
        }

    def answer(self, request: Request) -> Response:
        call = self.calls.get((request.method, request.path.removeprefix("/_control/")))
        if call is None:
            return json_response(404, {"error": f"no such control: {request.method} {request.path}"})
        try:
            body = request.json()
            if not isinstance(body, dict):
                raise ValueError("the body is a JSON object")
            return json_response(200, call(body))
        except (KeyError, TypeError, ValueError, Refusal) as wrong:
            return json_response(400, {"error": f"{type(wrong).__name__}: {wrong}"})

    def _in_transaction(self, step: Callable[[], Any]) -> Any:
        with self.store.transaction():
            return step()

    def _work(self) -> Work:
        return Work(self.store, self.clock.now(), self.courier.base_url)

    # -- time --------------------------------------------------------------------------------

    def _clock(self) -> Body:
        return {"now": self.clock.now(), "offset_seconds": self.clock.offset_seconds}

    def set_clock(self, body: Body) -> Body:
        offset = body["offset_seconds"]
        if isinstance(offset, bool) or not isinstance(offset, int | float):
            raise ValueError("offset_seconds is a number")
        with self.store.transaction():
            self.clock.set_offset(int(offset))
        with self.store.lock:
            sweep(self._work())
        self.courier.ring()
        return self._clock()

    def clear_faults(self) -> Body:
        self.rules.clear()
        return {}

    # -- webhooks ----------------------------------------------------------------------------

    def set_webhooks(self, body: Body) -> Body:
        mode = body.get("mode", self.courier.mode)
        if mode not in MODES:
            raise ValueError(f"mode is one of {', '.join(MODES)}")
        self.courier.skew_seconds = int(body.get("skew_seconds", 0))
        with self.store.transaction():
            self.store.write_meta("webhook_mode", mode)
        self.courier.ring()
        return {"mode": mode, "skew_seconds": self.courier.skew_seconds}

    def deliveries(self) -> Body:
        with self.store.lock:
            rows = self.store.db.execute(
                "SELECT d.event, o.type, d.endpoint, d.state, d.tries FROM delivery d "
                "JOIN object o ON o.id = d.event ORDER BY o.seq"
            ).fetchall()
        names = ("event", "type", "endpoint", "state", "tries")
        return {
            "mode": self.courier.mode,
            "deliveries": [dict(zip(names, row, strict=True)) for row in rows],
        }

    def release(self, body: Body) -> Body:
        """Sends these events now, in this order, as often as named; all the waiting ones if none."""
        wanted = body.get("events")
        if wanted is None:
            waiting = (d for d in self.deliveries()["deliveries"] if d["state"] == "waiting")
            wanted = list(dict.fromkeys(d["event"] for d in waiting))
        sent = [
            {"event": event, "status": self.courier.send(parcel)}
            for event in wanted
            for parcel in self.courier.parcels_for(event)
        ]
        return {"sent": sent}

    # -- people and banks --------------------------------------------------------------------

    def set_account(self, body: Body) -> Body:
        statuses = ("active", "pending", "restricted", "rejected", "unsupported")
        with self.store.transaction():
            work = self._work()
            account = work.get("v2.core.account", body["id"])
            if "status" in body:
                if body["status"] not in statuses:
                    raise ValueError(f"status is one of {', '.join(statuses)}")
                v2_accounts.set_status(work, account, body["status"], "requirements_past_due")
            if "payout" in body:
                for transfer in self.store.every("transfer", destination=account["id"]):
                    left = transfer["amount"] - transfer["amount_reversed"]
                    self.store.save(transfer | {"_paid_out": left if body["payout"] else 0})
            balance = money.balance_of_account(work, account["id"])
        return {"id": account["id"], "status": account["_status"], "balance": balance}

    def save_cards(self, body: Body) -> Body:
        """Customers with a saved card each, by the thousand and without an event: for what needs a crowd."""
        count, card = int(body["count"]), CARDS[body.get("card", GOOD_CARD)]
        if not 0 < count <= 20_000:
            raise ValueError("count is between 1 and 20000")
        made = []
        with self.store.transaction():
            work = self._work()
            for _ in range(count):
                customer = customers.create(work, {"email": "robot@example.org"}, is_told=False)
                method = payment_methods.new_card(work, card, exp_month=12, exp_year=2034)
                self.store.save(method | {"customer": customer["id"]})
                made.append({"customer": customer["id"], "payment_method": method["id"]})
        return {"cards": made}

    def set_payment_method(self, body: Body) -> Body:
        """How a saved card will behave from now on, whatever its number; a new end date as its bank announces it."""
        with self.store.transaction():
            work = self._work()
            method = work.get("payment_method", body["id"])
            if "exp" in body:
                year, month = (int(part) for part in str(body["exp"]).split("-"))
                method["card"] |= {"exp_year": year, "exp_month": month}
                work.emit("payment_method.automatically_updated", method)
            if "decline" in body:
                if body["decline"] is not None and body["decline"] not in MESSAGES:
                    raise ValueError(f"decline is null or one of {', '.join(MESSAGES)}")
                method["_decline"] = body["decline"]
            if "asks" in body:
                method["_asks"] = body["asks"]
            self.store.save(method)
        self.courier.ring()
        return {"id": method["id"], "decline": method.get("_decline"), "asks": method.get("_asks")}

    def dispute(self, body: Body) -> Body:
        """{"charge": …, "amount": …} opens one; {"id": …, "outcome": "won" or "lost"} closes it."""
        with self.store.transaction():
            work = self._work()
            if "charge" in body:
                charge = work.get("charge", body["charge"])
                found = disputes.open_dispute(work, charge, body.get("reason", "fraudulent"), body.get("amount"))
            else:
                if body["outcome"] not in ("won", "lost"):
                    raise ValueError("outcome is won or lost")
                dispute = work.get("dispute", body["id"])
                found = disputes.close_dispute(work, dispute, won=body["outcome"] == "won")
        self.courier.ring()
        return render(found, self.clock.now())

    def set_refund(self, body: Body) -> Body:
        if body["status"] not in ("succeeded", "failed", "pending"):
            raise ValueError("status is succeeded, failed or pending")
        with self.store.transaction():
            work = self._work()
            found = refunds.settle(work, work.get("refund", body["id"]), body["status"])
        self.courier.ring()
        return render(found, self.clock.now())

    # -- the truth ---------------------------------------------------------------------------

    def state(self) -> Body:
        """Everything, as the API would show it: what a ledger is compared with."""
        with self.store.lock:
            work = self._work()
            dump: Body = {
                name: [render(obj, work.now) for obj in self.store.every(kind)] for name, kind in DUMPED.items()
            }
            for shown, account in zip(dump["accounts"], self.store.every("v2.core.account"), strict=True):
                shown["transfers_status"] = v2_accounts.transfers_status(account)
                shown["balance"] = money.balance_of_account(work, account["id"])
            return dump | {
                "account": self.store.read_meta("account"),
                "clock": self._clock(),
                "balance": money.balance_of_platform(work),
            }

    def orders(self) -> list[Body]:
        names = ("seq", "at", "method", "path", "key", "params", "status", "outcome", "request_id", "received_at")
        with self.store.lock:
            rows = self.store.db.execute(f"SELECT {', '.join(names)} FROM orders ORDER BY seq").fetchall()
        return [dict(zip(names, row, strict=True)) for row in rows]

    def keep(self) -> Body:
        """Remembers the whole of the books, for `back`; in memory, until the process ends."""
        with self.store.lock:
            self.store.keep(self.clock.now())
        return self._clock()

    def back(self) -> Body:
        """As it was at `keep`, the simulated time included; faults are gone. ValueError without a `keep`."""
        with self.store.lock:
            kept_at = self.store.go_back()
            self.clock.reload()
            with self.store.transaction():
                self.clock.set_back_to(kept_at)
        self.rules.clear()
        return self._clock()

    def reset(self) -> Body:
        """Forgets everything but the account id (the installation stays the same)."""
        with self.store.transaction():
            self.store.forget_everything()
        self.clock.reload()
        self.rules.clear()
        self.courier.skew_seconds = 0
        return {"account": self.store.read_meta("account")}
