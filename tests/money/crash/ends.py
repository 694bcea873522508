"""The end of a story in values that do not depend on how often somebody died on the way."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from sqlalchemy import select

from app.campaigns.models import Campaign
from app.core.database import db
from app.core.outbox import OutboxMail
from app.payments import ledger
from app.pledges.models import Pledge
from app.settlement.models import Charge, Transfer
from tests.money.crash.truth import differences
from tests.money.crash.world import World

End = dict[str, Any]
MARK = "metadata"


def end_of(world: World, *, compared: bool = True) -> End:
    """Both sides, by the address of the person and the name of the campaign; `compared`: and where the books differ."""
    stripe = world.fake.control("state")
    with world.app.app_context():
        people = {one.public_id: one.email for one in db.session.scalars(select(Pledge))}
        end: End = {
            "promises": {
                one.email: (one.state, one.amount_cents, one.refunded_cents, one.card_last4, one.customer is not None)
                for one in db.session.scalars(select(Pledge))
            },
            "campaigns": {
                one.slug: (one.state, one.raised_cents, one.backers_count)
                for one in db.session.scalars(select(Campaign))
            },
            "charges": Counter(db.session.execute(select(Charge.amount_cents, Charge.fee_cents)).all()),
            "transfers": Counter(db.session.execute(select(Transfer.amount_cents, Transfer.state)).all()),
            "ledger": ledger.balances(),
            "mails": Counter(
                (to, subject, sent is not None)
                for to, subject, sent in db.session.execute(
                    select(OutboxMail.to_address, OutboxMail.subject, OutboxMail.sent_at)
                )
            ),
            "differences": [f"{one.campaign} {one.name} {one.values}" for one in differences()] if compared else [],
        }
        db.session.rollback()
    for kind in ("charges", "payment_intents", "transfers", "refunds", "reversals"):
        end[f"{kind} at Stripe"] = _at_stripe(stripe[kind], people)
    return end


def _at_stripe(things: list[dict[str, Any]], people: dict[str, str]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for one in things:
        whose = people.get(str(one.get(MARK, {}).get("pledge")), "?")
        found[whose].append([one.get("status", ""), one["amount"]])
    return {whose: sorted(those, key=str) for whose, those in sorted(found.items())}


def difference(expected: End, found: End) -> str:
    """The first parts that differ, in words; nothing when the ends are the same."""
    words = []
    for part, value in expected.items():
        if value != found[part]:
            words.append(f"{part}: {_only(found[part], value)} instead of {_only(value, found[part])}")
    return "; ".join(words)


def _only(these: Any, not_those: Any) -> Any:
    """What is in the first alone."""
    if isinstance(these, dict) and isinstance(not_those, dict):
        return {name: value for name, value in these.items() if not_those.get(name) != value}
    return these
