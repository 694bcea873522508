"""What is always true, one function an invariant of `docs/decisions/0015`: sentences when it is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from tests.money.machine.books import ACCEPTED, ASKED, COUNTING, HOLDING, LIVING, NEVER_CHARGED, OVER, Books, instant

Check = Callable[[Books], Iterator[str]]


def i1_the_ledger_is_balanced(books: Books) -> Iterator[str]:
    """Each fact adds up to zero, and so do all."""
    odd = books.read(
        "SELECT transaction_id FROM ledger_entries GROUP BY transaction_id HAVING SUM(amount_cents) <> 0 LIMIT 3"
    )
    yield from (f"I1: ledger transaction {row['transaction_id']} is not balanced" for row in odd)
    if sum(books.ledger.values()):
        yield f"I1: the ledger adds up to {sum(books.ledger.values())}"


def i3_no_charge_without_a_promise(books: Books) -> Iterator[str]:
    """Every charge at Stripe is of a promise of ours, of its amount, its campaign, in euros."""
    for name, charges in books.taken.items():
        pledge = books.pledge_named.get(name)
        for one in charges:
            if pledge is None:
                yield f"I3: charge {one['id']} is of no promise"
            elif (one["amount"], one["currency"]) != (pledge["amount_cents"], "eur"):
                yield f"I3: charged {one['amount']}, promised {pledge['amount_cents']}"
            elif one["transfer_group"] != f"campaign:{pledge['campaign_id']}":
                yield f"I3: charge {one['id']} is of another campaign"


def i4_one_charge_a_promise(books: Books) -> Iterator[str]:
    """At most one successful charge, one successful try, and one PaymentIntent that could still take money."""
    for name, charges in books.taken.items():
        if len(charges) > 1:
            yield f"I4: double charge: {len(charges)} for promise {name}"
    tries = Counter(row["pledge_id"] for row in books.of("attempts", state="succeeded"))
    yield from (f"I4: {count} successful tries of pledge {one}" for one, count in tries.items() if count > 1)
    alive = Counter(
        str(one["metadata"].get("pledge")) for one in books.stripe["payment_intents"] if one["status"] in LIVING
    )
    for name, count in alive.items():
        pledge = books.pledge_named.get(name)
        if pledge is None:
            continue
        is_waiting = books.has_open_call(pledge["id"], "intent.create", "intent.cancel")
        if count + bool(books.taken.get(name)) > 1 and not is_waiting:
            yield f"I4: {count} living PaymentIntents for promise {name}, {len(books.taken[name])} charges"
        if pledge["state"] in OVER and not is_waiting:
            yield f"I16: promise {name} is {pledge['state']}, and its PaymentIntent could take money"


def i5_no_charge_before_success(books: Books) -> Iterator[str]:
    """All-or-nothing: only after the verdict, and never when it was a failure or a cancellation before."""
    for name, charges in books.taken.items():
        pledge = books.pledge_named.get(name)
        campaign = books.campaigns[pledge["campaign_id"]] if pledge else None
        if campaign is None or campaign["kind"] != "all_or_nothing":
            continue
        first = min(one["created"] for one in charges)
        verdict = instant(campaign["verdict_at"]).timestamp()
        if campaign["state"] not in ("succeeded", "settled", "fulfilled", "cancelled") or not campaign["verdict_at"]:
            yield f"I5: charged for a campaign that is {campaign['state']}"
        elif first < int(verdict) - 1:
            yield f"I5: charged before the verdict of campaign {campaign['id']}"


def i6_the_total_is_the_sum(books: Books) -> Iterator[str]:
    """The one stored total, and the number of persons, follow from the promises that count."""
    for campaign in books["campaigns"]:
        counted = [one for one in books.of("pledges", campaign_id=campaign["id"]) if one["state"] in COUNTING]
        cents = sum(one["amount_cents"] - one["refunded_cents"] for one in counted)
        persons = len({one["email"] for one in counted})
        if (cents, persons) != (campaign["raised_cents"], campaign["backers_count"]):
            yield f"I6: stored {campaign['raised_cents']}/{campaign['backers_count']}, promised {cents}/{persons}"


def i9_never_more_back_than_taken(books: Books) -> Iterator[str]:
    """At Stripe and with us: between nothing and the charge, reservations included, to the source charge."""
    for one in books.stripe["charges"]:
        if not 0 <= one["amount_refunded"] <= one["amount"]:
            yield f"I9: {one['amount_refunded']} of {one['amount']} went back"
    for charge in books["charges"]:
        refunds = books.of("refunds", charge_id=charge["id"])
        gone = sum(one["amount_cents"] for one in refunds if one["state"] in ACCEPTED)
        asked = sum(one["amount_cents"] for one in refunds if one["state"] in ASKED)
        is_found = any(one["reason"] == "found" for one in refunds)
        lost = [one for one in books.of("disputes", charge_id=charge["id"]) if one["state"] == "lost"]
        if charge["refunded_cents"] != gone and not lost:
            yield f"I9: charge {charge['id']}: {charge['refunded_cents']} back, refunds say {gone}"
        if charge["refunded_cents"] + asked > charge["amount_cents"] and not is_found and not lost:
            yield f"I9: {asked} more asked of charge {charge['id']}, {charge['refunded_cents']} gone"
        if books.pledges[charge["pledge_id"]]["refunded_cents"] != charge["refunded_cents"]:
            yield f"I9: pledge {charge['pledge_id']} and its charge differ about what went back"


def i10_contested_or_gone_does_not_count(books: Books) -> Iterator[str]:
    """A contested or wholly refunded pledge is in no state that counts."""
    for charge in books["charges"]:
        pledge = books.pledges[charge["pledge_id"]]
        contested = any(one["state"] == "open" for one in books.of("disputes", charge_id=charge["id"]))
        if contested and pledge["state"] in COUNTING:
            yield f"I10: pledge {pledge['id']} is contested and counts as {pledge['state']}"
        if pledge["refunded_cents"] == pledge["amount_cents"] and pledge["state"] in COUNTING:
            yield f"I10: pledge {pledge['id']} went back and counts as {pledge['state']}"


def i14_stock(books: Books) -> Iterator[str]:
    """Never below zero; left and held make the whole."""
    for reward in books["rewards"]:
        held = sum(one["state"] in HOLDING for one in books.of("pledges", reward_id=reward["id"]))
        if reward["chosen_count"] != held:
            yield f"I14: reward {reward['id']} says {reward['chosen_count']} chosen, {held} hold one"
        if reward["stock_total"] is not None and (
            reward["stock_left"] < 0 or reward["stock_left"] + held != reward["stock_total"]
        ):
            yield f"I14: reward {reward['id']}: {reward['stock_left']} left, {held} held of {reward['stock_total']}"


def i16_over_is_over(books: Books) -> Iterator[str]:
    """What was withdrawn, released or dropped is never charged; nothing is charged before its time."""
    for pledge in books["pledges"]:
        is_flexible = books.campaigns[pledge["campaign_id"]]["kind"] == "flexible"
        if not is_flexible and books.taken.get(pledge["public_id"]) and pledge["state"] in NEVER_CHARGED:
            if pledge["state"] in ("due", "needs_card") and books.has_open_call(
                pledge["id"], "intent.confirm", "intent.confirm_on_session", "intent.create"
            ):
                continue
            yield f"I16: pledge {pledge['id']} is {pledge['state']} and was charged"
        if pledge["created_at"] > (books.campaigns[pledge["campaign_id"]]["closes_at"] or "9"):
            yield f"I5: pledge {pledge['id']} was promised after the end"


def i11_two_persons(books: Books) -> Iterator[str]:
    """What one person has proposed another one has approved, be it a refund or the way to the holder."""
    for refund in books["refunds"]:
        if refund["approved_by_id"] is not None and refund["approved_by_id"] == refund["proposed_by_id"]:
            yield f"I11: refund {refund['id']} was approved by who proposed it"
    for payout in books["payouts"]:
        if payout["approved_by_id"] is not None and payout["approved_by_id"] == payout["prepared_by_id"]:
            yield f"I11: payout {payout['id']} was approved by who prepared it"


def i25_amounts(books: Books) -> Iterator[str]:
    """Whole cents between one euro and the ceiling."""
    for pledge in books["pledges"]:
        if not isinstance(pledge["amount_cents"], int) or not 100 <= pledge["amount_cents"] <= 99_999_999:
            yield f"I25: pledge {pledge['id']} of {pledge['amount_cents']!r}"


def i19_no_handler_fails(books: Books) -> Iterator[str]:
    """Whatever was killed and run again: no answer is left that the product could not digest."""
    for one in books["stripe_operations"]:
        if one["error_code"] in ("handler_failed", "call_failed"):
            yield f"I19: {one['kind']} {one['id']}: {one['error_code']}"


ALWAYS: list[Check] = [
    i1_the_ledger_is_balanced, i3_no_charge_without_a_promise, i4_one_charge_a_promise, i5_no_charge_before_success,
    i6_the_total_is_the_sum, i9_never_more_back_than_taken, i10_contested_or_gone_does_not_count, i14_stock,
    i11_two_persons, i16_over_is_over, i19_no_handler_fails, i25_amounts,
]  # fmt: skip
