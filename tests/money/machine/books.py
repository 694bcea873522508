"""Both sides at one instant: Stripe's own journal of truth, and our rows as the file holds them."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

Row = dict[str, Any]
TABLES = (
    "campaigns", "rewards", "pledges", "attempts", "charges", "refunds", "disputes", "payouts", "transfers",
    "reversals", "stripe_operations", "money_tasks", "payment_accounts",
)  # fmt: skip

# The test's own words: nothing of these is read from the product.
COUNTING = {"authorised", "due", "charging", "needs_action", "needs_card", "paid", "part_refunded"}
HOLDING = COUNTING | {"draft"}
OPEN = {"due", "charging", "needs_action", "needs_card"}
UNFINISHED = OPEN | {"authorised", "draft"}
NEVER_CHARGED = {"withdrawn", "released", "dropped", "authorised", "due", "needs_card"}
OVER = {"withdrawn", "released", "dropped", "abandoned"}
PASSES_ON = {"succeeded", "settled", "fulfilled"}
OPEN_CALLS = {"planned", "sent", "unknown", "look_up"}
ACCEPTED = {"pending", "succeeded"}
ASKED = {"proposed", "planned"}
LIVING = {"requires_payment_method", "requires_confirmation", "requires_action", "processing"}


def instant(text: str | None) -> datetime:
    """A column of our file as aware UTC; the beginning of time for none."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else datetime(1970, 1, 1, tzinfo=UTC)


class Books:
    """`stripe`: the dump of the fake. Tables as lists of dicts, by the names of `TABLES`."""

    def __init__(self, file: sqlite3.Connection, stripe: Row):
        self.file, self.stripe = file, stripe
        self.rows: dict[str, list[Row]] = {name: self.read(f"SELECT * FROM {name} ORDER BY id") for name in TABLES}

    def read(self, statement: str, *values: Any) -> list[Row]:
        cursor = self.file.execute(statement, values)
        names = [one[0] for one in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def __getitem__(self, table: str) -> list[Row]:
        return self.rows[table]

    def by_id(self, table: str) -> dict[int, Row]:
        return {row["id"]: row for row in self.rows[table]}

    @cached_property
    def pledges(self) -> dict[int, Row]:
        return self.by_id("pledges")

    @cached_property
    def pledge_named(self) -> dict[str, Row]:
        return {row["public_id"]: row for row in self.rows["pledges"]}

    @cached_property
    def campaigns(self) -> dict[int, Row]:
        return self.by_id("campaigns")

    @cached_property
    def charges(self) -> dict[int, Row]:
        return self.by_id("charges")

    @cached_property
    def taken(self) -> dict[str, list[Row]]:
        """Pledge's name → charges that took money, by Stripe's books."""
        found: dict[str, list[Row]] = defaultdict(list)
        for one in self.stripe["charges"]:
            if one["status"] == "succeeded":
                found[str(one["metadata"].get("pledge"))].append(one)
        return found

    def at_stripe(self, kind: str) -> dict[str, Row]:
        return {one["id"]: one for one in self.stripe[kind]}

    def of(self, table: str, **values: Any) -> list[Row]:
        return [row for row in self.rows[table] if all(row[name] == value for name, value in values.items())]

    @cached_property
    def ledger(self) -> dict[tuple[str, str], int]:
        """(kind, account) → cents."""
        rows = self.file.execute(
            "SELECT t.kind, e.account, SUM(e.amount_cents) FROM ledger_entries e "
            "JOIN ledger_transactions t ON t.id = e.transaction_id GROUP BY 1, 2"
        ).fetchall()
        return {(kind, account): cents for kind, account, cents in rows}

    def booked(self, account: str, *kinds: str) -> int:
        return sum(v for (kind, at), v in self.ledger.items() if at == account and (not kinds or kind in kinds))

    @cached_property
    def owed_by_holders(self) -> int:
        return sum(cents for (_, account), cents in self.ledger.items() if account.startswith("holder:"))

    def has_open_call(self, pledge_id: int, *kinds: str) -> bool:
        return any(
            one["subject_kind"] == "pledges" and one["subject_id"] == pledge_id and one["state"] in OPEN_CALLS
            and one["kind"] in kinds
            for one in self.rows["stripe_operations"]
        )  # fmt: skip

    def journal(self, after: int) -> list[Row]:
        """Lines since that one, oldest first; `data` as a dict."""
        rows = self.read("SELECT * FROM journal WHERE id > ? ORDER BY id", after)
        return [row | {"data": json.loads(row["data"])} for row in rows]
