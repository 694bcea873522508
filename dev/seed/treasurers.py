"""What treasurers do in the demo: one prepares the payout of a campaign that has ended well, another approves it."""

from __future__ import annotations

from app.core import clock
from app.core.database import db, transaction
from app.settlement import payout_queries
from app.treasury import services
from dev.seed.holders import Made, user

WAITS_DAYS = 8  # after the end: by then everybody has paid, or has not


def let_money_leave(made: dict[str, Made], day: int) -> None:
    """Those of the demo whose money has arrived; of the newest one nobody has prepared anything yet."""
    for one in made.values():
        is_over = one.project.fate == "settled" and day >= one.project.start + one.project.days + WAITS_DAYS
        if is_over and payout_queries.situation(one.campaign_id, at=clock.now()).may_be_prepared:
            _approve(one)


def _approve(one: Made) -> None:
    first, second = user("tresorerie1").id, user("tresorerie2").id
    with transaction():
        payout_id = services.prepare_payout(one.campaign, by=first, at=clock.now()).id
    with transaction():
        services.approve_payout(payout_queries.get_payout(payout_id), by=second, at=clock.now())
    db.session.rollback()
