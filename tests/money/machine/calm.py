"""The end of an example: no faults, a living process, time; then what is true only when nothing is under way."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from app.core.database import db, transaction
from app.core.errors import DomainError
from app.payments import payees, poller, seals
from app.settlement import night_check
from app.settlement.books import compare
from tests.money.machine.base import FIGURES
from tests.money.machine.books import OPEN, OPEN_CALLS, Books
from tests.money.machine.people import FLEX_TOO

if TYPE_CHECKING:
    from tests.money.machine.machine import Money

MOST_ROUNDS = 12
# I26: what a person has to look at because a bank, a holder or somebody at the dashboard did something.
CAUSED = {
    "refund_failed", "reversal_owed", "refund_found", "reversal_found", "dispute_opened", "strange_dispute",
    "overdue_transfer",
}  # fmt: skip


def come_to_rest(machine: Money) -> None:
    """Errors: AssertionError with what is still not true."""
    world = machine.world
    world.restart()
    machine.fuse_steps = 0
    world.heal()
    with world.app.app_context():
        _until_quiet(machine)
        machine.check(machine.books())
        if FIGURES["examples"] % 2:
            _everything_told_again(machine)
        else:
            _to_the_end(machine)
        machine.check(machine.books())
        _books_equal(machine)
        db.session.remove()


def _until_quiet(machine: Money) -> None:
    world = machine.world
    for number in range(MOST_ROUNDS):
        world.travel(minutes=6)
        poller.poll()
        if number == 0:
            night_check.run()  # what happened more than thirty days ago is in no list of events
        world.ring_all()
        if number and not (waits := _under_way(machine.books())):
            return
    raise AssertionError(f"never quiet: {waits}")


def _under_way(books: Books) -> list[Any]:
    calls = [(one["kind"], one["state"], one["error_code"]) for one in books["stripe_operations"]
             if one["state"] in OPEN_CALLS]  # fmt: skip
    events = books.read("SELECT type FROM stripe_events WHERE state = 'received'")
    charging = [one["id"] for one in books["pledges"] if one["state"] in ("due", "charging")
                and books.campaigns[one["campaign_id"]]["state"] == "succeeded"
                and not one["retry_at"]]  # fmt: skip
    return calls + events + charging


def _everything_told_again(machine: Money) -> None:
    """I17, I18: each notification again, in another order: the same end."""
    before = dump(machine.books())
    dice = random.Random(FIGURES["examples"])
    with transaction():
        ids = list(db.session.scalars(text("SELECT event_id FROM stripe_events ORDER BY created")))
        dice.shuffle(ids)
        for number, event_id in enumerate(ids):
            moved = text(
                "UPDATE stripe_events SET state='received', tries=0, claimed_until=NULL, "
                "received_at=datetime('2026-01-01', '+' || :n || ' seconds') || '.000000' WHERE event_id=:i"
            )
            db.session.execute(moved, {"i": event_id, "n": number})
    machine.world.ring("events", "operations")
    after = dump(machine.books())
    different = [name for name in before if before[name] != after[name]]
    assert not different, f"I17: told again, and {different} differ: {[(before[n], after[n]) for n in different]}"


def dump(books: Books) -> dict[str, Any]:
    """All that must not depend on when something was heard."""
    return {
        "pledges": [(p["id"], p["state"], p["refunded_cents"], p["reward_id"]) for p in books["pledges"]],
        "campaigns": [(c["id"], c["state"], c["raised_cents"], c["backers_count"]) for c in books["campaigns"]],
        "money": [[(row["id"], row["state"], row["amount_cents"]) for row in books[name]]
                  for name in ("refunds", "transfers", "reversals", "disputes")],
        "ledger": sorted(books.ledger.items()),
    }  # fmt: skip


def _to_the_end(machine: Money) -> None:
    """Every window passes, holders may receive, two persons approve: nothing may be stuck."""
    world, town = machine.world, machine.town
    world.travel(days=15)
    for number in town.ids:
        if number != FLEX_TOO:
            world.fake.control("accounts", id=machine.account_of(number), status="active")
            payees.refresh(machine.owner_of(number))
    _until_quiet(machine)
    world.travel(days=8)
    _until_quiet(machine)
    world.travel(days=8)
    for number in town.ids:
        try:
            town.approve(number)
        except DomainError:
            db.session.rollback()
    _until_quiet(machine)
    books = machine.books()
    ended = {"succeeded", "settled", "failed", "cancelled"}
    stuck = [f"campaign {c['id']} is {c['state']}" for c in books["campaigns"] if c["state"] not in ended]
    stuck += [
        f"pledge {p['id']} is {p['state']}" for p in books["pledges"] if p["state"] in OPEN | {"draft", "authorised"}
    ]
    stuck += _owed(books, town.ids[FLEX_TOO])
    assert not stuck, f"stuck: {stuck}"


def _owed(books: Books, without_account: int) -> list[str]:
    """Charges that should have reached their holder, or gone back, and have not."""
    found = []
    for charge in books["charges"]:
        campaign, pledge = books.campaigns[charge["campaign_id"]], books.pledges[charge["pledge_id"]]
        left = charge["amount_cents"] - charge["refunded_cents"]
        refunds = books.of("refunds", charge_id=charge["id"])
        excused = any(one["state"] in ("failed", "proposed", "pending") for one in refunds) or any(
            one["state"] == "open" for one in books.of("disputes", charge_id=charge["id"])
        )
        is_done = any(one["state"] == "done" for one in books.of("transfers", charge_id=charge["id"]))
        if left == 0 or excused or is_done or campaign["id"] == without_account:
            continue
        found.append(f"{left} of charge {charge['id']} ({pledge['state']}, campaign {campaign['state']})")
    return found


def _books_equal(machine: Money) -> None:
    """I7 in whole, I2, I26."""
    night_check.run()
    different = [(one.campaign, one.name, one.values) for one in compare() if not one.is_equal]
    assert not different, f"I7: books differ: {different}"
    broken = seals.broken()
    assert broken is None, f"I2: {broken}"
    db.session.rollback()
    books = machine.books()
    strange = [one["kind"] for one in books["money_tasks"] if one["closed_at"] is None and one["kind"] not in CAUSED]
    assert not strange, f"I26: tasks without a cause: {strange}"
    late = [p["id"] for p in books["pledges"] if p["late_at"] and p["state"] == "abandoned" and p["payment_intent"]
            and not any(r["charge_id"] == c["id"] for c in books["charges"] if c["pledge_id"] == p["id"]
                        for r in books["refunds"])]  # fmt: skip
    assert not late, f"I5: paid too late and not given back: pledges {late}"
    FIGURES["rests"] += 1
