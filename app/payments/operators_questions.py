"""What only commands and a restored database ask of Stripe. The gateway inherits it, and owns client and wire."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any

Thing = dict[str, Any]
PAGE = 100
# What the platform reads, as a restricted key names its rights.
READ = (
    "checkout.sessions", "setup_intents", "payment_intents", "charges", "refunds", "disputes",
    "transfers", "balance_transactions", "events",
)  # fmt: skip


class OperatorsQuestions(ABC):
    """Every method may raise GatewayUnavailable and GatewayRefused."""

    _client: Any

    @abstractmethod
    def _read(self, ask: Callable[[], object]) -> Thing: ...

    @abstractmethod
    def _everything(self, ask: Callable[[Any], Any]) -> Iterator[Thing]: ...

    def list_sessions(self, *, since: int) -> Iterator[Thing]:
        """Checkout Sessions made from `since` (Stripe's seconds) on, newest first."""
        v1 = self._client.v1
        return self._everything(lambda o: v1.checkout.sessions.list({"created": {"gte": since}, "limit": PAGE}, o))

    def list_intents(self, *, since: int) -> Iterator[Thing]:
        """PaymentIntents made from `since` on, newest first."""
        v1 = self._client.v1
        return self._everything(lambda o: v1.payment_intents.list({"created": {"gte": since}, "limit": PAGE}, o))

    def list_accounts(self, limit: int = 1) -> list[Thing]:
        """Some connected accounts: proves that Connect is switched on."""
        found = self._read(lambda: self._client.v2.core.accounts.list({"limit": limit}))
        return list(found.get("data", []))

    def list_webhooks(self) -> list[Thing]:
        """Where Stripe calls: url, status, api_version, enabled_events of each address."""
        found = self._read(lambda: self._client.v1.webhook_endpoints.list({"limit": PAGE}))
        return list(found.get("data", []))

    def glance(self, name: str) -> None:
        """Read one of a list of `READ`: returns when the key has the right to."""
        v1 = self._client.v1
        lists = {
            "checkout.sessions": v1.checkout.sessions, "setup_intents": v1.setup_intents,
            "payment_intents": v1.payment_intents, "charges": v1.charges, "refunds": v1.refunds,
            "disputes": v1.disputes, "transfers": v1.transfers, "balance_transactions": v1.balance_transactions,
            "events": v1.events,
        }  # fmt: skip
        self._read(lambda: lists[name].list({"limit": 1}))
