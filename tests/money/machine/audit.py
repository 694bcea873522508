"""The journal told again, line by line: which arrows were taken, and what was true at the instant money was let go."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.money.machine.books import PASSES_ON, UNFINISHED, Books, Row, instant

HOLD, COOL_OFF = timedelta(days=7), timedelta(hours=72)
ARROWS = {
    "draft": {"authorised", "paid", "abandoned"},
    "abandoned": {"draft", "authorised", "paid", "refunded"},
    "authorised": {"withdrawn", "released", "due"},
    "due": {"charging", "dropped", "needs_card", "paid"},
    "charging": {"paid", "needs_action", "needs_card", "due", "dropped"},
    "needs_action": {"charging", "dropped", "paid", "needs_card", "due"},
    "needs_card": {"charging", "dropped", "paid", "needs_action", "due"},
    "dropped": {"paid"},
    "paid": {"part_refunded", "refunded", "disputed"},
    "part_refunded": {"refunded", "disputed", "paid"},
    "refunded": {"paid", "part_refunded", "abandoned"},
    "disputed": {"paid", "part_refunded", "refunded", "lost"},
}  # fmt: skip
CAMPAIGN_ARROWS = {
    "live": {"closing", "cancelled", "suspended"},
    "suspended": {"live", "closing", "cancelled"},
    "closing": {"succeeded", "failed"},
    "succeeded": {"settled", "cancelled"},
    "settled": {"fulfilled"},
}  # fmt: skip
REFUND_STATES = {
    "asked": "planned", "proposed": "proposed", "approved": "planned", "accepted": "pending", "succeeded": "succeeded",
    "failed": "failed", "tried_again": "planned", "given_up": "over", "overtaken": "over", "replaced": "over",
    "found": "planned",
}  # fmt: skip
KEEPS_MONEY = {"proposed", "planned", "pending", "failed"}


class Audit:
    """State after the lines read so far. `findings`: what those lines should not have said."""

    def __init__(self) -> None:
        self.last_id = 0
        self.pledges: dict[int, str] = {}
        self.campaigns: dict[int, str] = {}
        self.verdicts: dict[int, list[datetime]] = {}
        self.payouts: dict[int, Row] = {}
        self.refunds: dict[int, str] = {}
        self.disputes: dict[int, str] = {}

    def read(self, books: Books, *, is_new: bool = True) -> list[str]:
        """Sentences about the lines written since; none for the lines of the moment itself (`is_new` False)."""
        found: list[str] = []
        for line in books.journal(self.last_id):
            self.last_id = line["id"]
            said = getattr(self, f"_of_{line['subject_kind']}", self._of_nothing)(line, books)
            found += said if is_new else []
        return found

    def _of_nothing(self, line: Row, books: Books) -> list[str]:
        return []

    def _of_pledges(self, line: Row, books: Books) -> list[str]:
        new, pledge_id = line["data"].get("state"), line["subject_id"]
        if line["action"] == "pledge.made":
            self.pledges[pledge_id] = "draft"
        if new == "charging" and pledge_id in books.pledges:
            campaign_id = books.pledges[pledge_id]["campaign_id"]
            if self.campaigns.get(campaign_id, "succeeded") != "succeeded":
                return [f"I16: a charge is begun for a campaign that is {self.campaigns[campaign_id]}"]
        if new is None or (line["action"] == "pledge.card_replaced" and "was" not in line["data"]):
            return []
        old = self.pledges.get(pledge_id)
        self.pledges[pledge_id] = new
        if old is None or old == new:
            return []
        said = line["data"].get("was", old)
        if said != old or new not in ARROWS.get(old, set()):
            return [f"I15: pledge {pledge_id} went from {old} (said {said}) to {new}: {line['action']}"]
        return []

    def _of_campaigns(self, line: Row, books: Books) -> list[str]:
        new, campaign_id = line["data"].get("new"), line["subject_id"]
        if new is None:
            return []
        old = self.campaigns.get(campaign_id, line["data"].get("old"))
        self.campaigns[campaign_id] = new
        found = []
        if new in ("succeeded", "failed"):
            self.verdicts.setdefault(campaign_id, []).append(instant(line["at"]))
            if len(self.verdicts[campaign_id]) > 1:
                found.append(f"I15: campaign {campaign_id} was judged twice")
        if new not in CAMPAIGN_ARROWS.get(old, set()):
            found.append(f"I15: campaign {campaign_id} went from {old} to {new}")
        return found

    def _of_payouts(self, line: Row, books: Books) -> list[str]:
        if line["action"] == "payout.prepared":
            self.payouts[line["subject_id"]] = {"by": line["actor_id"], **line["data"]}
        elif line["action"] == "payout.approved":
            self.payouts[line["subject_id"]]["second"] = line["actor_id"]
        elif line["action"] == "payout.withdrawn":
            self.payouts.pop(line["subject_id"], None)
        return []

    def _of_refunds(self, line: Row, books: Books) -> list[str]:
        state = REFUND_STATES.get(line["action"].partition(".")[2])
        if state is not None:
            self.refunds[line["subject_id"]] = state
        return []

    def _of_disputes(self, line: Row, books: Books) -> list[str]:
        self.disputes[line["subject_id"]] = line["action"].partition(".")[2]
        return []

    def _of_transfers(self, line: Row, books: Books) -> list[str]:
        """I11: everything that had to be true when this money was let go, by the lines before it."""
        if line["action"] not in ("transfer.prepared", "transfer.tried_again"):
            return []
        transfer = books.by_id("transfers").get(line["subject_id"])
        if transfer is None:
            return []
        at, campaign_id, charge_id = instant(line["at"]), transfer["campaign_id"], transfer["charge_id"]
        is_first = line["action"] == "transfer.prepared"
        state = self.campaigns.get(campaign_id, books.campaigns[campaign_id]["state"])
        unmet = {
            "the campaign has succeeded": state in PASSES_ON,
            "the hold is over": any(one + HOLD <= at for one in self.verdicts.get(campaign_id, [])),
            "two persons have approved": not is_first or self._is_approved(campaign_id, transfer, books),
            "no promise is open": not is_first or not self._open_pledges(campaign_id, books),
            "nobody contests it": not self._is_contested(charge_id, books),
            "nothing of it goes back": not self._goes_back(charge_id, books),
            "the account has cooled off": self._has_cooled(transfer["account"], at, books),
        }
        return [
            f"I11: a transfer of campaign {campaign_id}, and not: {why}" for why, holds in unmet.items() if not holds
        ]

    def _is_approved(self, campaign_id: int, transfer: Row, books: Books) -> bool:
        mine = {row["id"] for row in books.of("payouts", campaign_id=campaign_id)}
        return any(
            number in mine and payout.get("second") not in (None, payout["by"])
            and payout.get("account") == transfer["account"]
            and payout["covers_cents"] >= (transfer["base_cents"] or transfer["amount_cents"])
            for number, payout in self.payouts.items()
        )  # fmt: skip

    def _open_pledges(self, campaign_id: int, books: Books) -> list[int]:
        mine = [row["id"] for row in books["pledges"] if row["campaign_id"] == campaign_id]
        return [one for one in mine if self.pledges.get(one) in UNFINISHED]

    def _is_contested(self, charge_id: int, books: Books) -> bool:
        mine = [row["id"] for row in books.of("disputes", charge_id=charge_id)]
        return any(self.disputes.get(one) == "opened" for one in mine)

    def _goes_back(self, charge_id: int, books: Books) -> bool:
        mine = [row["id"] for row in books.of("refunds", charge_id=charge_id)]
        return any(self.refunds.get(one) in KEEPS_MONEY for one in mine)

    def _has_cooled(self, account: str, at: datetime, books: Books) -> bool:
        rows: list[dict[str, Any]] = books.of("payment_accounts", stripe_account=account)
        return not account or any(instant(row["created_at"]) + COOL_OFF <= at for row in rows)
