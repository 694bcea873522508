"""Invariants of what was taken, passed on and given back: our rows, the sealed ledger and Stripe's books agree."""

from __future__ import annotations

from collections.abc import Iterator

from tests.money.machine.books import ACCEPTED, Books, Row


def i7_ours_is_at_stripe(books: Books) -> Iterator[str]:
    """What we say was done was done, to the cent; the other way round only calls under way may be missing."""
    charges, transfers = books.at_stripe("charges"), books.at_stripe("transfers")
    refunds, reversals = books.at_stripe("refunds"), books.at_stripe("reversals")
    fees = {one["id"]: one["fee"] for one in books.stripe["balance_transactions"]}
    for row in books["charges"]:
        one = charges.get(row["stripe_charge"])
        if one is None or one["status"] != "succeeded" or one["amount"] != row["amount_cents"]:
            yield f"I7: charge {row['id']} is not Stripe's"
        elif fees.get(_id(one["balance_transaction"])) != row["fee_cents"]:
            yield f"I7: the fee of charge {row['id']} is not Stripe's"
    for row in books["transfers"]:
        one = transfers.get(row["stripe_transfer"] or "")
        if row["state"] == "done" and row["stripe_transfer"] and (one is None or one["amount"] != row["amount_cents"]):
            yield f"I7: transfer {row['id']} is not Stripe's"
    for row in books["refunds"]:
        one = refunds.get(row["stripe_refund"] or "")
        if row["state"] in ACCEPTED and (one is None or one["amount"] != row["amount_cents"]):
            yield f"I7: refund {row['id']} is not Stripe's"
    for row in books["reversals"]:
        one = reversals.get(row["stripe_reversal"] or "")
        if row["state"] == "done" and (one is None or one["amount"] != row["amount_cents"]):
            yield f"I7: reversal {row['id']} is not Stripe's"


def _id(value: object) -> str:
    return str(value["id"] if isinstance(value, dict) else value)


def i7_the_ledger_is_the_rows(books: Books) -> Iterator[str]:
    """Each kind of fact, booked once and whole, every fee its own line."""
    done = [row for row in books["transfers"] if row["state"] == "done"]
    at_bank = [row for row in books["refunds"] if row["state"] in ACCEPTED]
    back = [row for row in books["reversals"] if row["state"] == "done"]
    owed = [row for row in books["reversals"] if row["state"] == "owed"]
    pairs = {
        "charges": (_sum(books["charges"], "amount_cents") - _sum(books["charges"], "fee_cents"),
                    books.booked("psp:available", "charge")),
        "Stripe's fees": (_sum(books["charges"], "fee_cents"), books.booked("fees:psp", "charge")),
        "transfers": (-_sum(done, "amount_cents"), books.booked("psp:available", "transfer")),
        "the platform's fees": (-_sum(done, "platform_fee_cents"), books.booked("fees:platform", "transfer")),
        "refunds": (-_sum(at_bank, "amount_cents"), books.booked("psp:available", "refund", "refund_failure")),
        "reversals": (_sum(back, "amount_cents"), books.booked("psp:available", "reversal")),
        "debts": (_sum(owed, "amount_cents"), books.owed_by_holders),
    }  # fmt: skip
    for name, (rows, ledger) in pairs.items():
        if rows != ledger:
            yield f"I7: {name}: the rows say {rows}, the ledger {ledger}"


def _sum(rows: list[Row], name: str) -> int:
    return sum(int(row[name]) for row in rows)


def i12_never_more_passed_on_than_taken(books: Books) -> Iterator[str]:
    """Per charge at Stripe, and per campaign in the ledger: what leaves is covered by what came."""
    charges = books.at_stripe("charges")
    sent: dict[str, int] = {}
    for one in books.stripe["transfers"]:
        source = _id(one["source_transaction"])
        sent[source] = sent.get(source, 0) + one["amount"] - one["amount_reversed"]
    for source, cents in sent.items():
        if cents > charges[source]["amount"]:
            yield f"I12: {cents} passed on of {charges[source]['amount']}"
    for campaign_id in books.campaigns:
        balance = books.booked(f"campaign:{campaign_id}")
        has_odd = books.of("disputes", campaign_id=campaign_id) or books.of(
            "refunds", campaign_id=campaign_id, reason="found"
        )
        if balance > 0 and not has_odd:
            yield f"I12: campaign {campaign_id} has paid out {balance} more than it had"


def i12_the_holder_bears_their_share(books: Books) -> Iterator[str]:
    """Of money that goes back after its transfer the holder gives back exactly their part, and never more."""
    for transfer in books["transfers"]:
        charge = books.charges[transfer["charge_id"]]
        refunds = books.of("refunds", charge_id=charge["id"])
        reversals = books.of("reversals", transfer_id=transfer["id"])
        is_plain = (
            transfer["state"] == "done" and transfer["base_cents"] != 0
            and not books.of("disputes", charge_id=charge["id"])
            and all(row["state"] in (*ACCEPTED, "planned", "proposed") and row["reason"] != "found" for row in refunds)
            and all(row["refund_id"] is not None for row in reversals)
        )  # fmt: skip
        if not is_plain:
            continue
        base = transfer["base_cents"] or charge["amount_cents"]
        kept_back = charge["amount_cents"] - base
        taken = sum(row["amount_cents"] for row in reversals)
        accepted = _sum([row for row in refunds if row["state"] in ACCEPTED], "amount_cents") - kept_back
        asked = accepted + _sum([row for row in refunds if row["state"] == "planned"], "amount_cents")
        least, most = (_part(transfer["amount_cents"], gone, base) for gone in (accepted, asked))
        if not least <= taken <= most:
            yield f"I12: of transfer {transfer['id']} came {taken} back, {least} to {most} are due"


def _part(whole: int, gone: int, of: int) -> int:
    """Half up, reckoned here anew."""
    gone = max(0, min(gone, of))
    return (2 * whole * gone + of) // (2 * of) if of else 0


def i13_the_fee_is_the_formula(books: Books) -> Iterator[str]:
    """Half up, once, on all that is passed on: the parts add up to it, to the cent."""
    for campaign_id, campaign in books.campaigns.items():
        mine = [row for row in books.of("transfers", campaign_id=campaign_id) if row["base_cents"] != 0]
        if not mine:
            continue
        base = sum(row["base_cents"] or books.charges[row["charge_id"]]["amount_cents"] for row in mine)
        whole = (base * campaign["fee_bps"] + 5_000) // 10_000
        parts = _sum(mine, "platform_fee_cents")
        # One that was refused and priced anew may find that the others have borne a cent of its part; one whose
        # charge went back before it could leave takes its part with it, and the others keep theirs, rounded or not.
        above = len(mine) if any(row["tries"] > 1 for row in mine) else 0
        below = len(books.of("transfers", campaign_id=campaign_id)) - len(mine)
        if not whole - below <= parts <= whole + max(above, below):
            yield f"I13: campaign {campaign_id}: fee {parts}, the formula says {whole} on {base}"
        for row in mine:
            if row["base_cents"] is not None and row["amount_cents"] + row["platform_fee_cents"] > row["base_cents"]:
                yield f"I13: transfer {row['id']} is more than what it is of"


MONEY = [
    i7_ours_is_at_stripe, i7_the_ledger_is_the_rows, i12_never_more_passed_on_than_taken,
    i12_the_holder_bears_their_share, i13_the_fee_is_the_formula,
]  # fmt: skip
