"""What was acknowledged to somebody, and is looked for after whatever happened since (I8)."""

from __future__ import annotations

from collections.abc import Iterator

from tests.money.machine.books import Books

GONE = {"withdrawn"}


class Memory:
    def __init__(self) -> None:
        self.promises: dict[int, dict[str, object]] = {}
        self.events: set[str] = set()
        self.ledger_ids: tuple[int, int] = (0, 0)  # (how many facts, the newest)

    def keep(self, pledge_id: int, what: str, value: object) -> None:
        self.promises.setdefault(pledge_id, {})[what] = value

    def check(self, books: Books) -> Iterator[str]:
        """I8, and the part of I2 that needs a memory."""
        for pledge_id, said in self.promises.items():
            pledge = books.pledges.get(pledge_id)
            if pledge is None:
                yield f"I8: promise {pledge_id} was acknowledged and is gone"
            elif said.get("withdrawn") and pledge["state"] not in GONE:
                yield f"I8: promise {pledge_id} was withdrawn and is {pledge['state']}"
            elif "cents" in said and pledge["amount_cents"] != said["cents"]:
                yield f"I8: promise {pledge_id}: {said['cents']} acknowledged, {pledge['amount_cents']} kept"
        if self.events:
            known = {row["event_id"] for row in books.read("SELECT event_id FROM stripe_events")}
            lost = self.events - known
            if lost:
                yield f"I8: {len(lost)} acknowledged events are gone"
        count, newest = books.file.execute("SELECT COUNT(*), COALESCE(MAX(id), 0) FROM ledger_transactions").fetchone()
        if count < self.ledger_ids[0] or newest < self.ledger_ids[1]:
            yield f"I2: the ledger shrank from {self.ledger_ids} to {(count, newest)}"
        self.ledger_ids = (count, newest)


def effects(books: Books) -> Iterator[str]:
    """I8: an event marked as done has had its effect; otherwise nobody would ever look again."""
    done = books.read("SELECT type, object_id FROM stripe_events WHERE state = 'done'")
    disputes = {row["stripe_dispute"] for row in books["disputes"]}
    charges = {row["stripe_charge"]: row for row in books["charges"]}
    at_stripe = books.at_stripe("disputes")
    for event in done:
        if event["type"] == "charge.dispute.created" and event["object_id"] not in disputes:
            one = at_stripe.get(event["object_id"])
            if one is not None and one["charge"] in charges:
                yield f"I8: a dispute was heard of and is unknown: {event['object_id']}"
