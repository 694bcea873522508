"""The deep pass of the night: what happened at Stripe without us is found, then all books are compared.

It writes down and books what Stripe shows; it never moves money. What it cannot explain becomes a task for a person,
with both sides shown, and closes by itself when it is gone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy import select

from app.campaigns.models import Campaign
from app.core import clock
from app.core.database import db, transaction
from app.core.errors import NotFound
from app.payments import environment, tasks
from app.payments.client import gateway
from app.payments.errors import GatewayRefused, GatewayUnavailable, WrongEnvironment
from app.payments.models import MoneyTask, StripeOperation
from app.payments.rules import OPEN_STATES
from app.pledges.errors import StrangeAnswer
from app.pledges.models import Pledge
from app.pledges.rules import PledgeState, transfer_group
from app.settlement import back_queries as backs
from app.settlement import book_rows
from app.settlement.back_sync import look_at_charge, look_at_refund
from app.settlement.books import WHOLE, Comparison, compare_one, compare_whole, is_ours
from app.settlement.models import Charge, Refund, RefundState, Transfer
from app.settlement.night_calm import steady
from app.settlement.nights import Later, once_a_night
from app.settlement.sync import sync_gift, sync_intent

log = structlog.get_logger()
SILENT = (GatewayUnavailable, GatewayRefused, WrongEnvironment)
DIFFERS, UNKNOWN_CHARGE, UNKNOWN_TRANSFER = "books_differ", "unknown_charge", "unknown_transfer"


def run_when_due() -> str:
    """The job: once a night, at three in Paris or as soon after as the worker runs."""
    try:
        with once_a_night("books") as is_mine:
            if not is_mine:
                return ""
            said, is_whole = _run()
            if is_whole:
                return said
            raise Later
        return f"again later, money is moving: {said}"
    except SILENT as error:
        log.warning("night_check_unanswered", kind=type(error).__name__)
        return "unanswered"


def run() -> str:
    """Outside any transaction. Errors: GatewayUnavailable, GatewayRefused, WrongEnvironment."""
    return _run()[0]


def _run() -> tuple[str, bool]:
    """What was done in words, and whether the books stood still enough to compare all of them."""
    report: Counter[str] = Counter()
    campaigns = book_rows.ids_to_compare()
    if not campaigns:
        return "", True
    environment.ensure()
    for what, look, ids in _to_look_at(clock.now()):
        report[what] += _each(ids, look)
    strange: set[str] = set()
    for campaign_id in campaigns:
        strange |= _discover(campaign_id)
    differing, moving = _differences(campaigns)
    at = clock.now()
    with transaction():
        for kind in (UNKNOWN_CHARGE, UNKNOWN_TRANSFER):
            tasks.close_gone(kind, strange, at=at)
        still = {_open_difference(one, at) for one in differing} | _open_keys(moving)
        tasks.close_gone(DIFFERS, still, at=at)
    report |= {"campaigns": len(campaigns), "differences": len(differing), "unknown": len(strange)}
    report["in movement"] = len(moving)
    return ", ".join(f"{count} {what}" for what, count in report.items() if count), not moving


# -- looked at again ------------------------------------------------------------------------------


def _to_look_at(at: datetime) -> list[tuple[str, Callable[[int], object], list[int]]]:
    """Whatever has waited for a day: its bell may have been lost."""
    yesterday = at - timedelta(days=1)
    at_the_bank = db.session.scalars(
        select(Pledge.id).where(Pledge.state == PledgeState.NEEDS_ACTION, Pledge.first_declined_at <= yesterday)
    ).all()
    db.session.rollback()
    return [
        ("asked by their bank", sync_intent, list(at_the_bank)),
        ("contested", look_at_charge, backs.pledges_with_open_dispute()),
        ("refunds pending", look_at_refund, backs.ids_pending(yesterday, limit=1000)),
    ]


def _each(ids: Iterable[int], look: Callable[[int], object]) -> int:
    """One that is gone at Stripe does not hold back the others."""
    count = 0
    for item in ids:
        try:
            look(item)
        except NotFound:
            log.warning("night_check_gone", item=item)
        count += 1
    return count


# -- discovered -----------------------------------------------------------------------------------


def _discover(campaign_id: int) -> set[str]:
    """Let every charge and transfer of a campaign be as Stripe shows it; the keys of what stays unknown."""
    group = transfer_group(campaign_id)
    known = _known_charges(campaign_id)
    strange: set[str] = set()
    for thing in gateway().list_charges(group):
        stripe_id = str(thing["id"])
        if thing["status"] != "succeeded" or _is_of_others(thing):
            continue
        if stripe_id not in known:
            strange |= _find_charge(campaign_id, thing)
        elif known[stripe_id][1] != thing["amount_refunded"] or thing.get("disputed"):
            look_at_charge(known[stripe_id][0])
    for thing in gateway().list_transfers(group):
        if not _is_of_others(thing):
            strange |= _find_transfer(campaign_id, thing)
    return strange


def _is_of_others(thing: dict[str, Any]) -> bool:
    """Marked by another installation on the same account. Without a mark, somebody made it by hand."""
    return bool((thing.get("metadata") or {}).get("env")) and not is_ours(thing)


def _known_charges(campaign_id: int) -> dict[str, tuple[int, int]]:
    """Stripe's id → (pledge, what our refunds gave back of it)."""
    rows = db.session.execute(
        select(Charge.stripe_charge, Charge.pledge_id, Charge.id).where(Charge.campaign_id == campaign_id)
    ).all()
    back: Counter[int] = Counter()
    for charge_id, cents in db.session.execute(
        select(Refund.charge_id, Refund.amount_cents).where(
            Refund.campaign_id == campaign_id, Refund.state.in_((RefundState.PENDING, RefundState.SUCCEEDED))
        )
    ):
        back[charge_id] += cents
    db.session.rollback()
    return {stripe_id: (pledge_id, back[charge_id]) for stripe_id, pledge_id, charge_id in rows}


def _find_charge(campaign_id: int, thing: dict[str, Any]) -> set[str]:
    """A charge that we do not know: its promise is looked at; if that does not explain it, a person is asked."""
    pledge_id = _pledge_of(thing)
    if pledge_id is not None:
        try:
            sync_gift(pledge_id)
        except (NotFound, StrangeAnswer) as error:  # its page is gone, or shows another amount: a person is asked
            log.warning("night_check_strange", pledge=pledge_id, kind=type(error).__name__)
        sync_intent(pledge_id)
        look_at_charge(pledge_id)
    if str(thing["id"]) in _known_charges(campaign_id) or thing["amount_refunded"] == thing["amount"]:
        return set()
    return {_ask(UNKNOWN_CHARGE, thing, "campaigns", campaign_id)}


def _pledge_of(thing: dict[str, Any]) -> int | None:
    public_id = str((thing.get("metadata") or {}).get("pledge", ""))
    found = db.session.scalar(select(Pledge.id).where(Pledge.public_id == public_id)) if is_ours(thing) else None
    db.session.rollback()
    return found


def _find_transfer(campaign_id: int, thing: dict[str, Any]) -> set[str]:
    stripe_id = str(thing["id"])
    is_coming = _is_under_way(thing)  # first: its answer may be written down between the two looks
    known = db.session.scalar(select(Transfer).where(Transfer.stripe_transfer == stripe_id))
    pledge_id = known.charge.pledge_id if known is not None else None
    differs = known is not None and known.reversed_cents != thing["amount_reversed"]
    db.session.rollback()
    if pledge_id is not None:
        if differs:
            look_at_charge(pledge_id)
        return set()
    is_over = thing["amount_reversed"] == thing["amount"]  # a person has taken it back
    return set() if is_coming or is_over else {_ask(UNKNOWN_TRANSFER, thing, "campaigns", campaign_id)}


def _is_under_way(thing: dict[str, Any]) -> bool:
    """Ours, and its answer is still on the way."""
    mark = str((thing.get("metadata") or {}).get("op", ""))
    return (
        db.session.scalar(
            select(StripeOperation.id).where(
                StripeOperation.idempotency_key == mark, StripeOperation.state.in_(OPEN_STATES)
            )
        )
        is not None
    )


def _ask(kind: str, thing: dict[str, Any], subject_kind: str, subject_id: int) -> str:
    """Both sides: nothing with us, so much at Stripe."""
    stripe_id, at = str(thing["id"]), clock.now()
    key = f"{kind}:{stripe_id}"
    with transaction():
        tasks.open_task(
            kind, key, at=at, subject_kind=subject_kind, subject_id=subject_id, ours_cents=0,
            theirs_cents=int(thing["amount"]), object=stripe_id,
        )  # fmt: skip
    return key


# -- compared -------------------------------------------------------------------------------------


def _differences(campaigns: list[int]) -> tuple[list[Comparison], set[str]]:
    """What differs, of every campaign and of the whole; and the names of those whose money moves right now."""
    found: list[Comparison] = []
    moving: set[str] = set()
    for campaign_id in campaigns:
        lines, is_calm = steady(partial(compare_one, campaign_id), partial(_discover, campaign_id), campaign_id)
        found += lines
        if not is_calm:
            moving.add(_slug(campaign_id))
    lines, is_calm = steady(compare_whole, lambda: [_discover(one) for one in campaigns], None)
    return found + lines, moving if is_calm else moving | {WHOLE}


def _slug(campaign_id: int) -> str:
    slug = db.session.scalars(select(Campaign.slug).where(Campaign.id == campaign_id)).one()
    db.session.rollback()
    return slug


def _open_keys(names: set[str]) -> set[str]:
    """The open tasks about books that could not be compared now: neither closed nor opened."""
    open_now = select(MoneyTask.key).where(MoneyTask.kind == DIFFERS, MoneyTask.closed_at.is_(None))
    return {key for key in db.session.scalars(open_now) if key.split(":")[1] in names}


def _open_difference(found: Comparison, at: datetime) -> str:
    key = f"{DIFFERS}:{found.campaign}:{found.name}"
    figures = dict(found.values)
    ours = next(iter(figures.values()))
    campaign_id = None
    if found.campaign != WHOLE:
        campaign_id = db.session.scalar(select(Campaign.id).where(Campaign.slug == found.campaign))
    tasks.open_task(
        DIFFERS, key, at=at, subject_kind="campaigns" if campaign_id else "", subject_id=campaign_id, ours_cents=ours,
        theirs_cents=figures.get("stripe", next(cents for cents in figures.values() if cents != ours)),
        what=found.name, **figures,
    )  # fmt: skip
    return key
